"""Russian."""

from __future__ import annotations

from pathlib import Path

from mtfix.sources.russian.evidence import CIS, RUSSIA
from mtfix.sources.russian.romanization import LEVELS
from mtfix.sources.russian.signs import SIGNS
from mtfix.sources.source import Source

SOURCE = Source(
    code="ru",
    name="Russian",
    rule_tag="from-ru",
    signs=SIGNS,
    levels=LEVELS,
    evidence={"russia": RUSSIA, "cis": CIS},
    agencies=(
        r"RIA(?:\sNovosti|\sNews)?", r"(?:ITAR-)?TASS", r"Interfax(?:[-.]\w+)?", r"Bel[Tt][Aa]", "REGNUM", "Rosbalt",
        r"Sputnik(?:\s\w+)?", "Kazinform", "AKIpress", "Kabar", "Armenpress", "Prime", "Finmarket", "RBC", "Vedomosti",
        "Kommersant", r"Gazeta\.Ru", r"Lenta\.ru", "RT", "NSN", r"Newsru(?:\.com)?", r"Rossiya\sSegodnya",
    ),
    abbreviations=frozenset("obl ul im pos pgt prosp nab".split()),
    packs=Path(__file__).parent / "packs",
)  # fmt: skip
