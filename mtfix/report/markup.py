"""A segment cut into pieces that carry their findings: what the diff and the HTML report draw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from mtfix.findings import Finding, Status
from mtfix.trail import compose
from mtfix.types import Document

# Numbers stay whole: "2,5" against "2.5" is another number, not another mark.
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|\w+|\s+|[^\w\s]")


# Inside a change, a run of this many words that both sides share is shown once.
_SHARED_WORDS = 3


class Part(Enum):
    """Which side of a change holds a run of words."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the original and what became of it. No findings: the same text on both sides.

    Joining ``before`` over all pieces of a segment gives its ``mt``, joining ``after`` gives its ``text``.
    """

    before: str
    after: str
    findings: tuple[Finding, ...] = ()

    @property
    def changed(self) -> bool:
        return self.before != self.after

    def parts(self) -> list[tuple[Part, str]]:
        """Cut the change at what both sides share: whole words at its ends, and longer runs of words inside.

        A reader sees that "reported the ministry" became "the ministry reported" without reading the ministry twice;
        single words that happen to stand on both sides would only break the change into pieces.
        """
        old, new = _TOKEN.findall(self.before), _TOKEN.findall(self.after)
        parts: list[tuple[Part, str]] = []
        at_old = at_new = 0
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
            words = sum(token[0].isalnum() for token in old[block.a : block.a + block.size])
            starts = block.a == block.b == 0
            ends = block.a + block.size == len(old) and block.b + block.size == len(new)
            if words < _SHARED_WORDS and not starts and not ends:
                continue
            parts += _pair("".join(old[at_old : block.a]), "".join(new[at_new : block.b]))
            parts.append((Part.SAME, "".join(old[block.a : block.a + block.size])))
            at_old, at_new = block.a + block.size, block.b + block.size
        return [(part, text) for part, text in parts if text]


def _pair(deleted: str, inserted: str) -> list[tuple[Part, str]]:
    """Return a deletion and its insertion; a blank that ends both is the same blank."""
    shared = deleted[-1:] if deleted[-1:] == inserted[-1:] and deleted[-1:].isspace() else ""
    cut = len(shared)
    return [
        (Part.DELETED, deleted[: len(deleted) - cut]),
        (Part.INSERTED, inserted[: len(inserted) - cut]),
        (Part.SAME, shared),
    ]


def mark_segments(document: Document, findings: Sequence[Finding]) -> list[list[Piece]]:
    """Return the pieces of every segment. Refusals are left out: they change nothing and show nothing.

    Changes that touch the same words are one piece with all their findings; a suggestion that overlaps a change joins
    its piece.
    """
    by_segment: list[list[Finding]] = [[] for _ in document.segments]
    for finding in findings:
        if finding.status is not Status.REFUSED:
            by_segment[finding.segment].append(finding)
    marked: list[list[Piece]] = []
    at = len(document.gaps[0])
    for segment, gap, own in zip(document.segments, document.gaps[1:], by_segment, strict=True):
        edits = {id(f.edit): f for f in own}
        spans: list[tuple[int, int, str, list[Finding]]] = [
            (c.start, c.end, c.replacement, [edits[id(e)] for e in c.edits]) for c in compose(segment.mt, segment.trail)
        ]
        for f in own:
            if f.status is not Status.APPLIED:
                _add_note(spans, segment.mt, f.start - at, f.end - at, f)
        pieces: list[Piece] = []
        done = 0
        for start, end, replacement, why in spans:
            if done < start:
                pieces.append(Piece(segment.mt[done:start], segment.mt[done:start]))
            pieces.append(Piece(segment.mt[start:end], replacement, tuple(why)))
            done = end
        if done < len(segment.mt):
            pieces.append(Piece(segment.mt[done:], segment.mt[done:]))
        marked.append(pieces)
        at += len(segment.mt) + len(gap)
    return marked


def _add_note(
    spans: list[tuple[int, int, str, list[Finding]]], mt: str, start: int, end: int, finding: Finding
) -> None:
    """Put a suggestion among the spans: into those that it meets, or beside them. Keeps the spans sorted."""
    for low, high, _, why in spans:
        if low < end and start < high:
            why.append(finding)
            return
    index = sum(1 for low, high, *_ in spans if (low, high) <= (start, end))
    spans.insert(index, (start, end, mt[start:end], [finding]))
