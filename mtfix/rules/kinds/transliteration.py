"""Rules of the kind `transliteration`: one romanization of a Russian name throughout a document.

Baysultanov and Baisultanov, Sergey and Sergei are one name to the reader of Cyrillic. The spelling that the document
uses most (at a tie, first) is proposed for all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from mtfix.english.agreement import opens_sentence
from mtfix.profile import Profile
from mtfix.rules.reading import Reading
from mtfix.rules.rule import Proposal, RuleInfo
from mtfix.rules.schema import DocumentModel
from mtfix.sources.russian.romanization import level_name

_NAME = re.compile(r"(?<![\w@/.'’-])[A-Z][a-z]{4,}(?![\w@]|\.[a-z])")


class TransliterationModel(DocumentModel):
    """YAML: no keys of its own; always `stage: document`."""

    whole: ClassVar[bool] = True
    kind: Literal["transliteration"] = "transliteration"

    def compile(self, info: RuleInfo, profile: Profile) -> TransliterationRule:
        return TransliterationRule(info)


@dataclass(frozen=True, slots=True)
class TransliterationRule:
    info: RuleInfo
    patterns: Sequence[str] = (r"[A-Z][a-z]{2,}(?:v|va|in|ina|y|i|ev|ov|ko|uk|an|ich|ets|ia|ya)\b",)

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        names = [reading.note(i, self.info.id, find_names) for i in range(len(reading.segments))]
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


def find_names(text: str) -> tuple[Name, ...]:
    """Return the words that may be romanized names, in order."""
    return tuple(
        Name(m.start(), m.group(), level_name(m.group()), not opens_sentence(text, m.start()))
        for m in _NAME.finditer(text)
    )
