"""Rules of the kind `consistency`: one way of writing a thing throughout a document (spelling, dates, percent, clock).

A profile that sets the ``setting`` decides. Where it leaves it open (as `plain` does), a document keeps the habit it has:
only mixed documents are made one, and documents in which the packs have repaired translationese.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from pydantic import Field, model_validator

from mtfix.errors import unknown_name
from mtfix.profile import SETTINGS, Profile
from mtfix.rules.kinds.styles import FINDERS, Occurrence, find_words, parse_families
from mtfix.rules.reading import Reading
from mtfix.rules.rule import Proposal, RuleInfo
from mtfix.rules.schema import DocumentModel
from mtfix.trail import locked_spans

# So many edits that repair what only a translation says prove one.
PROOFS = 2
# In a document that is no translation, one in so many is a slip from the document's habit.
SLIP = 3


class ConsistencyModel(DocumentModel):
    """YAML: the profile `setting` that decides; what is found (`words`, families of a spelling, or a built-in `finds`).

    ``mixed``: what a document in two minds becomes where the profile leaves the setting open: what clearly prevails,
    else the setting's default (``profile``) or nothing (``dominant``); ``leave`` never acts on its own.
    """

    kind: Literal["consistency"] = "consistency"
    setting: str
    finds: str | None = None
    words: tuple[str, ...] = Field(default=(), strict=False)
    styles: tuple[str, ...] = Field(default=(), strict=False)
    mixed: Literal["profile", "dominant", "leave"] = "profile"

    @model_validator(mode="after")
    def _check_finds(self) -> ConsistencyModel:
        if self.setting not in SETTINGS:
            raise ValueError(unknown_name("profile setting", self.setting, SETTINGS))
        if bool(self.words) == (self.finds is not None):
            raise ValueError("a consistency rule has either 'words' (with 'styles') or 'finds'")
        if self.finds is not None and self.finds not in FINDERS:
            raise ValueError(unknown_name("finder", self.finds, FINDERS))
        if self.words and len(self.styles) != 2:
            raise ValueError("'words' needs 'styles': the two values of the setting, in the order of the words")
        for style in self.styles:
            if style not in SETTINGS[self.setting]:
                raise ValueError(unknown_name(f"value of {self.setting}", style, SETTINGS[self.setting]))
        return self

    def compile(self, info: RuleInfo, profile: Profile) -> ConsistencyRule:
        if self.words:
            families = parse_families(self.words, self.styles)
            literals = sorted(set(families), key=len, reverse=True)
            find: Find = partial(find_words, families=families)
            patterns: tuple[str, ...] = (r"(?i)\b(?:" + "|".join(literals) + r")\b",)
        else:
            finder = FINDERS[self.finds or ""]
            find, patterns = finder.find, finder.patterns
        return ConsistencyRule(info, self, profile, find, patterns)


Find = Callable[[str], Iterator[Occurrence]]


@dataclass(frozen=True, slots=True)
class ConsistencyRule:
    info: RuleInfo
    model: ConsistencyModel
    profile: Profile
    find: Find
    patterns: Sequence[str]

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        """Yield the proposals; see :class:`mtfix.rules.reading.DocumentRule`."""
        found = [(number, list(self._open(reading, number))) for number in near]
        style = self.choose(Counter(o.style for _, each in found for o in each if o.counts), reading)
        if style is None:
            return
        for number, each in found:
            for o in each:
                if o.style != style and (form := o.forms.get(style)) is not None:
                    yield number, Proposal(o.start, o.end, form, exact=o.exact)

    def _list(self, text: str) -> tuple[Occurrence, ...]:
        return tuple(self.find(text))

    def _open(self, reading: Reading, number: int) -> Iterator[Occurrence]:
        """Yield what stands in no locked span and in no title or name between quotation marks."""
        segment = reading.segments[number]
        occurrences = reading.note(number, self.info.id, self._list)
        if not occurrences or segment.kind not in self.info.kinds:
            return
        closed = [
            (lock.start, lock.end) for lock in locked_spans(segment) if not lock.rules or lock.rules & self.info.tags
        ]
        quotes = reading.context(number).quotes
        closed += [(q.start, q.end) for q in quotes if not q.speech or self.info.quotes == "leave"]
        for o in occurrences:
            if not any(a < o.end and o.start < b for a, b in closed):
                yield o

    def choose(self, counts: Counter[str], reading: Reading) -> str | None:
        """Return the style to use throughout the document; None changes nothing."""
        setting = self.model.setting
        if setting in self.profile.settings:
            return self.profile[setting]
        if self.model.mixed == "leave" or not counts:
            return None
        (most, first), (_, second) = (*counts.most_common(2), ("", 0))[:2]
        if reading.repaired >= PROOFS:
            clear = self.model.mixed == "dominant" and first >= SLIP and first >= SLIP * second
            return most if clear else self.profile[setting]
        if not second:
            return None
        if first >= SLIP * second:
            return most
        return None if self.model.mixed == "dominant" else self.profile[setting]
