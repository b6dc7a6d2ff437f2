"""Signs that a text was translated by a machine from Ukrainian. English written in Ukraine shows none of them."""

from __future__ import annotations

SIGNS = (
    # Legal terms word by word: "was notified of suspicion", "criminal production".
    r"\b(?:was|were|been) (?:notified|informed|reported) (?:of|about) (?:the )?suspicion (?:of|to|under|in)\b",
    r"\b(?:a|the|of|in|opened|within) criminal production\b[^s]",
    r"\bdeprivation of will\b",
    # Slang, posts and acronyms that nobody writes in English.
    r"\bTC[CRK] and S[PS]\b",
    r"\b(?:in|of|to|from|by|the) (?:ORDLO|DSNS|NAZK|OPZZh|KPVV|RSZV|SNBOU?|ZAES|KMDA)\b",
    r"\b[Nn]ardeps?\b|\bmono-?majority\b|\b[Tt]er+oborona\b",
    r"\bpeople's deput(?:y|ies) of Ukraine\b",
    # Regions by the name that only Ukrainian gives them.
    r"\b(?:Kharkiv|Kyiv|Lviv|Cherka|Odes|Sum|Poltav|Kherson|Mykolaiv|Chernihiv|Zhytomyr|Ternopil|Luhan|Rivnen)s?hchyna\b",
    r"\b(?:Donechchyna|Vinnychchyna|Khmelnychchyna)\b",
    r"\b[A-Z][a-z]+(?:sk|tsk|zk)a (?:oblast|Oblast)\b",
    # Wires: "transmits Ukrinform".
    r", (?:transmits|passes|conveys) [“\"«]?(?:Ukrinform|UNIAN|UNN|Suspilne|Interfax-Ukraine)\b",
    r"\b(?:air|aerial) anxiety\b|\bcommandant(?:'s)? hour\b",
)
