"""Words that show that a text is about Russia or its neighbors."""

from __future__ import annotations

from mtfix.sources.ukrainian.evidence import UKRAINE

# Evidence that several institutions share; a rule names it: `evidence: russia`.
RUSSIA = (
    "Russia*", "Moscow", "Kremlin", "Putin", "Medvedev", "Duma", "St. Petersburg", "ruble*", "rouble*", "Chechnya",
    "Chechen*", "Dagestan", "Tatarstan", "Siberia*", "Sochi", "Crimea*", "FSB", "TASS", "Interfax", "Caucasus",
    "Soviet", "CIS", "RF", "Sverdlovsk", "Krasnodar", "Ekaterinburg", "Yekaterinburg", "Novosibirsk", "Ingushetia",
)  # fmt: skip

CIS = (
    *RUSSIA, *UKRAINE, "Belarus*", "Kazakh*", "Kyrgyz*", "Tajik*", "Uzbek*", "Armenia*", "Azerbaijan*",
    "Georgia*", "Moldova*", "Astana", "Bishkek", "Dushanbe", "Tashkent", "Turkmen*",
)  # fmt: skip
