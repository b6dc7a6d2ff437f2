"""Words that show that a text is about Russia or Ukraine."""

from __future__ import annotations

# Evidence that several institutions share; a rule names it: `evidence: russia`.
RUSSIA = (
    "Russia*", "Moscow", "Kremlin", "Putin", "Medvedev", "Duma", "St. Petersburg", "ruble*", "rouble*", "Chechnya",
    "Chechen*", "Dagestan", "Tatarstan", "Siberia*", "Sochi", "Crimea*", "FSB", "TASS", "Interfax", "Caucasus",
    "Soviet", "CIS", "RF", "Sverdlovsk", "Krasnodar", "Ekaterinburg", "Yekaterinburg", "Novosibirsk", "Ingushetia",
)  # fmt: skip

UKRAINE = (
    "Ukrain*", "Kiev", "Kyiv", "Donbass", "Donbas", "Donetsk", "Lugansk", "Luhansk", "Poroshenko", "Zelensky", "Rada",
    "hryvnia*", "Crimea*", "Minsk", "Kharkov", "Kharkiv", "Odessa", "Odesa", "Mariupol",
)  # fmt: skip
