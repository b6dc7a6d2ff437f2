"""The words that every stage shares: edit, step, trail, segment, document.

A *segment* (a sentence, a heading ...) may change in one way only: a stage adds a *step* to its *trail*.
Replaying the trail over ``mt`` gives ``text``; nothing else is ever stored about how the text came to be.
All spans are half-open and count code points of the text that *enters* their step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple, Protocol

from mtfix.errors import TrailError


class Tier(str, Enum):
    """How sure an edit is: AUTO is applied, SUGGEST is shown and applied on request."""

    AUTO = "auto"
    SUGGEST = "suggest"


class Kind(str, Enum):
    """What a segment is in its document. Rules and the model read it; markup and code are never segments."""

    SENTENCE = "sentence"
    HEADING = "heading"
    DATELINE = "dateline"
    CAPTION = "caption"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement, with its author and its reason.

    ``start`` and ``end`` are code points of the text entering the step; ``by`` is ``rule:ID`` or
    ``model:NAME@HASH``; ``why`` is one sentence for the editor; ``confidence`` is a probability or None.
    """

    start: int
    end: int
    replacement: str
    by: str
    why: str
    tier: Tier = Tier.AUTO
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that a guard turned down, and why."""

    edit: Edit
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage did to one segment: edits applied, edits only suggested, edits refused.

    All three count code points of the same text, the one that entered the step.
    """

    stage: str
    edits: tuple[Edit, ...] = ()
    suggested: tuple[Edit, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.edits or self.suggested or self.refused)


#: In the rules that a lock names: whoever changes words, the model too, but not who mends names, numbers and typography.
SPEECH = "direct speech"


class Lock(NamedTuple):
    """A half-open span of a segment's ``mt`` that must stay as it is.

    ``rules`` names the rules (ids, tags or `SPEECH`) that are locked out; empty means that nobody may touch the span.
    """

    start: int
    end: int
    rules: frozenset[str] = frozenset()


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` with ``edits`` (sorted, not overlapping) applied.

    Raises:
        TrailError: an edit lies outside the text, or two overlap.

    >>> apply_edits("2,5 thousand", [Edit(0, 12, "2,500", "rule:X", "a reason")])
    '2,500'
    """
    parts: list[str] = []
    at = 0
    for edit in edits:
        if not at <= edit.start <= edit.end <= len(text):
            raise TrailError(
                f"edit {edit.by} spans {edit.start}:{edit.end}, but the text is free from {at} to {len(text)}"
            )
        parts += (text[at : edit.start], edit.replacement)
        at = edit.end
    parts.append(text[at:])
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence (or heading ...) of a document: what came in, what it is now, and every step between.

    ``start`` is the offset of ``mt`` in the document's original text; ``locks`` are spans of ``mt`` that stages
    leave alone (inline code, link targets, markup, what an ignore comment covers). ``block`` numbers the paragraph that
    the segment stands in, where the format knows it (-1: line breaks tell). Use :meth:`add` to change the text.
    """

    mt: str
    text: str
    kind: Kind = Kind.SENTENCE
    start: int = 0
    source: str | None = None
    locks: tuple[Lock, ...] = ()
    trail: tuple[Step, ...] = ()
    block: int = -1

    def add(self, step: Step) -> Segment:
        """Return the segment after ``step``; an empty step changes nothing and is not recorded."""
        if not step:
            return self
        return replace(self, text=apply_edits(self.text, step.edits), trail=(*self.trail, step))

    @property
    def is_locked(self) -> bool:
        """Whether nobody may touch any of the segment: another language, broken characters, ``mtfix off``."""
        return any(not lock.rules and lock.start <= 0 and lock.end >= len(self.mt) for lock in self.locks)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Every applied edit in the order of the trail."""
        return tuple(edit for step in self.trail for edit in step.edits)


class Anchor(NamedTuple):
    """Where in its file a document's text stands: from offset ``at`` on, it begins at this line and column (from 1)."""

    at: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """Segments and the text between them; joining them gives the document back, byte for byte.

    ``gaps`` has one item more than ``segments``: the text before the first, between each pair, after the last.
    ``notes`` are remarks for the user (a detected encoding, a sentence left alone); they never change the text.
    ``anchors`` (sorted) tell where the text stands in a file that holds more than it; none means that it is the file.
    ``left_alone`` counts the paragraphs that the pipeline locked, by the reason (`mtfix.admission`).
    """

    name: str
    segments: tuple[Segment, ...]
    gaps: tuple[str, ...]
    format: str = "text"
    notes: tuple[str, ...] = field(default=())
    anchors: tuple[Anchor, ...] = ()
    left_alone: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if len(self.gaps) != len(self.segments) + 1:
            raise TrailError(
                f"{self.name}: {len(self.segments)} segments need {len(self.segments) + 1} gaps, not {len(self.gaps)}"
            )

    def _join(self, parts: Sequence[str]) -> str:
        pieces = [self.gaps[0]]
        for part, gap in zip(parts, self.gaps[1:], strict=True):
            pieces += (part, gap)
        return "".join(pieces)

    @property
    def mt(self) -> str:
        """The original text."""
        return self._join([s.mt for s in self.segments])

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self._join([s.text for s in self.segments])

    def replace_segments(self, segments: Sequence[Segment]) -> Document:
        """Return the document with ``segments`` in the place of its own."""
        return replace(self, segments=tuple(segments))

    def paragraphs(self) -> list[range]:
        """Ranges of segment indices, one a paragraph: a new block, or without blocks a line break, ends a paragraph."""
        ranges: list[range] = []
        first = 0
        last = len(self.segments) - 1
        for i, segment in enumerate(self.segments):
            if i == last or (
                segment.block != self.segments[i + 1].block
                if segment.block >= 0
                else "\n" in self.gaps[i + 1] or "\r" in self.gaps[i + 1]
            ):
                ranges.append(range(first, i + 1))
                first = i + 1
        return ranges


class Stage(Protocol):
    """One step of the pipeline: a document in, the same document with longer trails out."""

    @property
    def name(self) -> str: ...

    def __call__(self, document: Document) -> Document: ...


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a model proposes for one text, and its log-probability (natural log, summed over pieces) if known.

    ``translationese`` is the log odds that the text it read is the work of a machine translation system, if known.
    """

    text: str
    score: float | None = None
    translationese: float | None = None


class PostEditor(Protocol):
    """The model behind one small door."""

    @property
    def name(self) -> str: ...

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]: ...


class Fix(str, Enum):
    """Which edits are applied: AUTO ones, suggestions too, or none (everything is only shown)."""

    SAFE = "safe"
    ALL = "all"
    NONE = "none"

    def applies(self, tier: Tier) -> bool:
        """Whether edits of a tier are applied, whoever made them.

        >>> [fix.applies(Tier.SUGGEST) for fix in Fix], Fix.SAFE.applies(Tier.AUTO)
        ([False, True, False], True)
        """
        return self is Fix.ALL or (self is Fix.SAFE and tier is Tier.AUTO)
