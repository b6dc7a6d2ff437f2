"""Ukrainian."""

from __future__ import annotations

from pathlib import Path

from mtfix.sources.source import Source
from mtfix.sources.ukrainian.evidence import UKRAINE
from mtfix.sources.ukrainian.romanization import LEVELS
from mtfix.sources.ukrainian.signs import SIGNS

SOURCE = Source(
    code="uk",
    name="Ukrainian",
    rule_tag="from-uk",
    signs=SIGNS,
    levels=LEVELS,
    evidence={"ukraine": UKRAINE},
    agencies=("Ukrinform", "UNIAN", "UNN"),
    abbreviations=frozenset(("smt",)),
    packs=Path(__file__).parent / "packs",
)
