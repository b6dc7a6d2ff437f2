"""Warnings about odd texts (empty outputs, tokenised text, HTML entities): the result names them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_TOKENISED = re.compile(r" [.!?,](?: |$)| n['’]t\b| ['’]s\b")
_ENTITY = re.compile(r"&(?:amp|quot|lt|gt|apos|#\d+);")
_NOT_A_TEXT = frozenset({"nan", "none", "null", "n/a", "<na>"})


@dataclass(slots=True)
class Column:
    """Counts of oddities in one column of texts."""

    texts: int = 0
    empty: int = 0
    first_empty: int = 0
    tokenised: int = 0
    lower: int = 0
    cased: int = 0
    entities: int = 0
    undecodable: int = 0
    not_text: Counter[str] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        self.texts += 1
        plain = text.strip()
        if not plain:
            self.empty += 1
            self.first_empty = self.first_empty or self.texts
            return
        self.tokenised += _TOKENISED.search(plain) is not None
        if any(c.isalpha() for c in plain):
            self.cased += 1
            self.lower += plain == plain.lower()
        self.entities += _ENTITY.search(plain) is not None
        self.undecodable += "\ufffd" in plain
        if plain.casefold() in _NOT_A_TEXT:
            self.not_text[plain.casefold()] += 1

    @property
    def looks_tokenised(self) -> bool:
        return self.texts >= 5 and self.tokenised > 0.3 * self.texts

    @property
    def looks_lowercased(self) -> bool:
        return self.cased >= 5 and self.lower > 0.9 * self.cased


class Sanity:
    """Watches the columns of one scoring run; ``notes`` says what a reader of the scores must know."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}

    def add(self, column: str, text: str) -> None:
        self.columns.setdefault(column, Column()).add(text)

    def notes(self, names: Sequence[str]) -> list[str]:
        """Return one line for each oddity of the columns in ``names``."""
        found = []
        here = {name: self.columns[name] for name in names if name in self.columns}
        for name, column in here.items():
            share = f"of {column.texts:,}"
            if column.empty:
                found.append(
                    f"{name}: {column.empty:,} {share} are empty (the first is segment {column.first_empty:,})"
                )
            if column.not_text:
                word, count = column.not_text.most_common(1)[0]
                found.append(f"{name}: {count:,} {share} are just '{word}': a missing value that was written as text?")
            if column.undecodable:
                found.append(f"{name}: {column.undecodable:,} {share} hold U+FFFD: the text was decoded wrongly before")
            if column.entities:
                found.append(f"{name}: {column.entities:,} {share} hold HTML entities such as &quot;")
        found += _unlike(here, "looks_tokenised", "tokenised", "detokenise it, or the scores compare spaces")
        found += _unlike(here, "looks_lowercased", "lowercased", "case is part of every score here (TER excepted)")
        return found


def _unlike(columns: dict[str, Column], attribute: str, word: str, advice: str) -> list[str]:
    yes = [name for name, column in columns.items() if getattr(column, attribute)]
    if not yes:
        return []
    if len(yes) == len(columns):
        return [f"all texts look {word}: scores are not comparable with those of natural text"]
    return [f"{name}: looks {word}, other columns do not: {advice}" for name in yes]
