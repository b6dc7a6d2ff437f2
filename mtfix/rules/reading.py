"""A document as the rules of the document stage read it: what several of them need is computed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from typing import Protocol, TypeVar, cast

from mtfix.profile import Profile
from mtfix.rules.index import RuleIndex, Sheet
from mtfix.rules.origin import Origin, find_origin
from mtfix.rules.quotes import find_quotes
from mtfix.rules.rule import Context, Proposal, Quote, RuleInfo
from mtfix.types import Document

Note = TypeVar("Note")


class Reading:
    """One look at a document. ``notes`` is for what a rule finds in its whole text and another may ask for too."""

    def __init__(
        self, document: Document, profile: Profile, index: RuleIndex | None = None, origin: Origin | None = None
    ) -> None:
        self.document = document
        self.segments = document.segments
        self.profile = profile
        self.notes: dict[Hashable, object] = {}
        self._index = index or RuleIndex(())
        self._origin = find_origin() if origin is None else origin
        self._contexts: dict[int, Context] = {}

    @cached_property
    def text(self) -> str:
        """The document's text as it is now."""
        return self.document.text

    @cached_property
    def translated(self) -> bool:
        """Whether the document, as it came in, shows a sign of machine translation."""
        return self._origin.shows_in(self.document.mt)

    @cached_property
    def repaired(self) -> int:
        """How many edits of rules that repair only translations the document has had."""
        return sum(
            edit.by in self._origin.rules for segment in self.segments for step in segment.trail for edit in step.edits
        )

    @cached_property
    def _sheets(self) -> list[Sheet]:
        return [self._index.read(segment.text) for segment in self.segments]

    @cached_property
    def _quotes(self) -> list[tuple[Quote, ...]]:
        return find_quotes(self.document)

    def context(self, number: int) -> Context:
        """Return what stands around a segment's text."""
        known = self._contexts.get(number)
        if known is None:
            segment = self.segments[number]
            known = self._contexts[number] = Context(self.profile, segment.kind, self._quotes[number])
        return known

    def note(self, number: int, key: Hashable, find: Callable[[str], Note]) -> Note:
        """Return what a rule found in a segment's text the last time, or ``find`` it there; ``key`` names the rule.

        What is found may depend on the text and the key alone: it is remembered beyond this document.
        """
        notes = self._sheets[number].notes
        if key not in notes:
            notes[key] = find(self.segments[number].text)
        return cast(Note, notes[key])

    def wake(self) -> Iterator[tuple[DocumentRule, list[int]]]:
        """Yield the rules with a pattern that matches the document, and the segments that they match, in order."""
        near: dict[int, list[int]] = defaultdict(list)
        for number, sheet in enumerate(self._sheets):
            for rule in sheet.rules:
                near[rule].append(number)
        for rule in sorted({*near, *self._index.whole}):
            if self._index.matches(rule, self.text):
                yield cast(DocumentRule, self._index.rules[rule]), near.get(rule, [])


class DocumentRule(Protocol):
    """A rule of the stage ``document``: it sees every segment.

    The document's ``text`` must match a pattern of it, and so must a segment unless the rule is a ``whole`` one.
    """

    @property
    def info(self) -> RuleInfo: ...

    @property
    def patterns(self) -> Sequence[str]: ...

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        """Yield the number of a segment and a proposal for it (spans in the segment's ``text``).

        ``near``: the numbers of the segments in which a pattern matches, in order.
        """
        ...
