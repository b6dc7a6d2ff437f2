"""Rules of the kind `transliteration`: one romanization of a Russian name throughout a document.

Baysultanov and Baisultanov, Sergey and Sergei are one name to the reader of Cyrillic. The spelling that the document
uses most (at a tie, first) is proposed for all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mtfix.profile import Profile
from mtfix.rules.agreement import opens_sentence
from mtfix.rules.rule import Context, DocumentModel, Proposal, RuleInfo
from mtfix.types import Document

_NAME = re.compile(r"(?<![\w@/.'’-])[A-Z][a-z]{4,}(?![\w@]|\.[a-z])")
# Spellings that romanization systems choose between, in the order in which they are levelled.
_LEVELS = tuple(
    (re.compile(pattern), level)
    for pattern, level in (
        (r"(?:iy|yi|yy|ij|ii|y|i)$", "i"),
        (r"(?<=[aeou])[yij](?=[^aeiou])", "i"),
        (r"(?<=[aeou])[yi]$", "i"),
        (r"(?:ie|je|ye|yo|jo|io)", "e"),
        (r"(?:iu|ju|yu)", "u"),
        (r"(?:ia|ja|ya)", "a"),
        (r"(?:shch|sch)", "sc"),
        (r"(?:kh)", "h"),
        (r"(?:ks)", "x"),
        (r"(?:tz|ts)", "c"),
        (r"ph", "f"),
        (r"w", "v"),
    )
)


class TransliterationModel(DocumentModel):
    """YAML: no keys of its own; always `stage: document`."""

    kind: Literal["transliteration"] = "transliteration"

    def compile(self, info: RuleInfo, profile: Profile) -> TransliterationRule:
        return TransliterationRule(info)


@dataclass(frozen=True, slots=True)
class TransliterationRule:
    info: RuleInfo
    patterns: Sequence[str] = (r"[A-Z][a-z]{2,}(?:v|va|in|ina|y|i|ev|ov|ko|uk|an|ich|ets|ia|ya)\b",)

    def propose_document(self, document: Document, contexts: Sequence[Context]) -> list[list[Proposal]]:
        texts = [segment.text for segment in document.segments]
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        inside: set[str] = set()  # spellings that stand inside a sentence: names, not words with a capital
        for text in texts:
            for m in _NAME.finditer(text):
                counts[level_name(m.group())][m.group()] += 1
                if not opens_sentence(text, m.start()):
                    inside.add(m.group())
        chosen = {
            spelling: variants.most_common(1)[0][0]
            for variants in counts.values()
            if len(variants) > 1 and all(v in inside for v in variants)
            for spelling in variants
        }
        return [
            [
                Proposal(m.start(), m.end(), chosen[m.group()], exact=True)
                for m in _NAME.finditer(text)
                if chosen.get(m.group(), m.group()) != m.group()
            ]
            for text in texts
        ]


def level_name(name: str) -> str:
    """Return what is left of a romanized name when the choices between romanizations are levelled.

    >>> level_name("Baysultanov") == level_name("Baisultanov"), level_name("Sergey") == level_name("Sergei")
    (True, True)
    >>> level_name("Ivanov") == level_name("Ivanova"), level_name("Petrov") == level_name("Petrovsky")
    (False, False)
    """
    levelled = name.lower()
    for pattern, level in _LEVELS:
        levelled = pattern.sub(level, levelled)
    return levelled
