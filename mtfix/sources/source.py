"""What a source language brings: data, in one record. `docs/languages.md` shows how to add a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A language that texts are translated from.

    ``code`` is what `--source` and ``reads:`` of a number rule call it. Rules with the tag ``rule_tag`` repair what only a
    translation from it says. ``signs`` are RE2 patterns that a text written in English never matches.
    ``notation`` says how it writes digits: a comma or a point for decimals. ``levels`` are pairs (pattern, what it becomes)
    that make romanizations of one name equal. ``evidence`` are lists of words by the name that a rule calls them by, in the
    notation of a rule's ``evidence``. ``agencies`` are patterns of agencies that sign datelines, ``abbreviations`` words
    with a full stop that ends no sentence (small letters, without the stop). ``packs`` is the folder of its rule packs.
    """

    code: str
    name: str
    rule_tag: str
    signs: tuple[str, ...] = ()
    notation: Literal["comma", "point"] = "comma"
    levels: tuple[tuple[str, str], ...] = ()
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    agencies: tuple[str, ...] = ()
    abbreviations: frozenset[str] = frozenset()
    packs: Path | None = None
