"""Rules of the kind `transliteration`: one romanization of a name throughout a document.

Baysultanov and Baisultanov, Sergey and Sergei are one name to the reader of Cyrillic. The spelling that the document
uses most (at a tie, first) is proposed for all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import ClassVar, Literal, NamedTuple

from pydantic import field_validator

from mtfix.english.agreement import opens_sentence
from mtfix.profile import Profile
from mtfix.rules.reading import Reading
from mtfix.rules.rule import Proposal, RuleInfo
from mtfix.rules.schema import DocumentModel
from mtfix.sources.registry import check_code, choose_sources

# Pairs of a pattern and what it becomes (see `mtfix.sources.source`).
Levels = tuple[tuple[str, str], ...]
_NAME = re.compile(r"(?<![\w@/.'’-])[A-Z][a-z]{4,}(?![\w@]|\.[a-z])")


class TransliterationModel(DocumentModel):
    """YAML: ``source``, the language whose romanizations are levelled; always `stage: document`."""

    whole: ClassVar[bool] = True
    kind: Literal["transliteration"] = "transliteration"
    source: str = "ru"

    def compile(self, info: RuleInfo, profile: Profile) -> TransliterationRule:
        (source,) = choose_sources((self.source,))
        return TransliterationRule(info, source.levels)

    @field_validator("source")
    @classmethod
    def _know(cls, code: str) -> str:
        return check_code(code)


@dataclass(frozen=True, slots=True)
class TransliterationRule:
    info: RuleInfo
    levels: Levels
    patterns: Sequence[str] = (r"[A-Z][a-z]{2,}(?:v|va|in|ina|y|i|ev|ov|ko|uk|an|ich|ets|ia|ya)\b",)

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        find = partial(find_names, levels=self.levels)
        names = [reading.note(i, self.info.id, find) for i in range(len(reading.segments))]
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        inside: set[str] = set()  # spellings that stand inside a sentence: names, not words with a capital
        for found in names:
            for name in found:
                counts[name.level][name.spelling] += 1
                if name.inside:
                    inside.add(name.spelling)
        chosen = {
            spelling: variants.most_common(1)[0][0]
            for variants in counts.values()
            if len(variants) > 1 and all(v in inside for v in variants)
            for spelling in variants
        }
        for number, found in enumerate(names) if chosen else ():
            for name in found:
                spelling = chosen.get(name.spelling, name.spelling)
                if spelling != name.spelling:
                    yield number, Proposal(name.start, name.start + len(name.spelling), spelling, exact=True)


class Name(NamedTuple):
    """A name of one text, what is left of it when levelled, and whether it stands inside a sentence."""

    start: int
    spelling: str
    level: str
    inside: bool


def find_names(text: str, levels: Levels) -> tuple[Name, ...]:
    """Return the words that may be romanized names, in order."""
    return tuple(
        Name(m.start(), m.group(), level_name(m.group(), levels), not opens_sentence(text, m.start()))
        for m in _NAME.finditer(text)
    )


@lru_cache(maxsize=8192)  # the same names stand in many wires
def level_name(name: str, levels: Levels) -> str:
    """Return what is left of a romanized name when the choices between romanizations are levelled.

    >>> level_name("Sergey", ((r"(?:ey|ei)$", "i"),)) == level_name("Sergei", ((r"(?:ey|ei)$", "i"),))
    True
    """
    levelled = name.lower()
    for pattern, level in levels:
        levelled = re.sub(pattern, level, levelled)
    return levelled
