"""A segment cut into pieces that carry their findings: what the diff and the HTML report draw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mtfix.report.findings import Finding, Status
from mtfix.trail import compose
from mtfix.types import Document

# Numbers stay whole: "2,5" against "2.5" is another number, not another mark.
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|\w+|\s+|[^\w\s]")


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

    def split(self) -> tuple[str, str, str, str]:
        """Return the shared start, what is deleted, what is inserted, the shared end, cut between words."""
        old, new = _TOKEN.findall(self.before), _TOKEN.findall(self.after)
        lead = 0
        while lead < min(len(old), len(new)) and old[lead] == new[lead]:
            lead += 1
        tail = 0
        while tail < min(len(old), len(new)) - lead and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        stop_old, stop_new = len(old) - tail, len(new) - tail
        return "".join(old[:lead]), "".join(old[lead:stop_old]), "".join(new[lead:stop_new]), "".join(old[stop_old:])


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
