"""What can be done with a trail: replay it, revert one edit, find where an edit stands in the original.

Spans of an edit count code points of the text that entered its step; everything here maps between those texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mtfix.errors import TrailError
from mtfix.types import SPEECH, Edit, Lock, Segment, Step, apply_edits


def replay(mt: str, trail: Sequence[Step]) -> str:
    """Return the text that ``trail`` makes of ``mt``. Raises TrailError when an edit does not fit."""
    text = mt
    for step in trail:
        text = apply_edits(text, step.edits)
    return text


def map_forward(span: tuple[int, int], edits: Sequence[Edit]) -> tuple[int, int]:
    """Return where a span of the text before ``edits`` stands after them; an end inside an edit moves to its edge."""
    low, high = span
    offset_low = offset_high = 0
    for e in edits:
        grown = len(e.replacement) - (e.end - e.start)
        if e.end <= span[0]:
            offset_low += grown
        elif e.start < span[0]:
            low = e.start
        if e.end <= span[1] and e.start < span[1]:
            offset_high += grown
        elif e.start < span[1]:
            high = e.end
            offset_high += grown
        elif e.end <= span[0]:  # an insertion right before an empty span
            offset_high += grown
    return low + offset_low, high + offset_high


def map_back(span: tuple[int, int], edits: Sequence[Edit]) -> tuple[int, int]:
    """Return the span of the text before ``edits`` that ``span`` of the text after them came from.

    A span that touches an edit's replacement covers the whole of what the edit replaced.
    """
    low = high = None
    offset = 0  # position after minus position before, left of the edit in hand
    for e in edits:
        new_start, new_end = e.start + offset, e.start + offset + len(e.replacement)
        if low is None:
            if span[0] < new_start or (span[0] == new_start and new_end > new_start):
                low = span[0] - offset
            elif span[0] < new_end:
                low = e.start
        if high is None:
            if span[1] <= new_start:
                high = span[1] - offset
            elif span[1] < new_end:
                high = e.end
        offset += len(e.replacement) - (e.end - e.start)
    low = span[0] - offset if low is None else low
    high = span[1] - offset if high is None else high
    return min(low, high), max(low, high)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a span of the original: ``start:end`` of ``mt`` now reads ``replacement``, by these edits."""

    start: int
    end: int
    replacement: str
    edits: tuple[Edit, ...]


def compose(mt: str, trail: Sequence[Step]) -> list[Change]:
    """Fold a trail into changes of the original, sorted and not overlapping.

    Edits of different steps that touch the same words become one change that names them all. Applying the changes to
    ``mt`` gives the text that the trail gives.
    """
    changes: list[Change] = []
    text = mt
    for step in trail:
        if step.edits:
            changes = _merge(changes, step.edits, text)
            text = apply_edits(text, step.edits)
    return [c for c in changes if mt[c.start : c.end] != c.replacement]


def _merge(changes: Sequence[Change], edits: Sequence[Edit], text: str) -> list[Change]:
    """Merge the edits of one step into changes; both meet in ``text``, the text between them."""
    spans: list[tuple[int, int, Change | Edit]] = [(e.start, e.end, e) for e in edits]
    offset = 0
    for c in changes:
        start = c.start + offset
        spans.append((start, start + len(c.replacement), c))
        offset += len(c.replacement) - (c.end - c.start)
    spans.sort(key=lambda s: (s[0], s[1]))
    groups: list[tuple[int, int, list[Change | Edit]]] = []
    for start, end, item in spans:
        if groups:
            low, high, items = groups[-1]
            if start < high or (start == high and (start == end or low == high)):
                groups[-1] = (low, max(high, end), [*items, item])
                continue
        groups.append((start, end, [item]))
    merged: list[Change] = []
    offset = 0  # position in text minus position in mt, left of the group
    for low, high, items in groups:
        inner = [i for i in items if isinstance(i, Edit)]
        old = [i for i in items if isinstance(i, Change)]
        moved = [replace(e, start=e.start - low, end=e.end - low) for e in inner]
        grown = sum(len(c.replacement) - (c.end - c.start) for c in old)
        merged.append(
            Change(
                low - offset,
                high - offset - grown,
                apply_edits(text[low:high], moved),
                (*(e for c in old for e in c.edits), *inner),
            )
        )
        offset += grown
    return merged


def revert_edit(segment: Segment, step_index: int, edit_index: int) -> Segment:
    """Return the segment as if one applied edit had never been made.

    Later edits stay where they do not touch the reverted words and go with it where they do: they changed what the
    edit had written. Raises IndexError for an edit that does not exist.
    """
    step = segment.trail[step_index]
    gone = step.edits[edit_index]
    kept = (*step.edits[:edit_index], *step.edits[edit_index + 1 :])
    before = sum(len(e.replacement) - (e.end - e.start) for e in step.edits[:edit_index])
    with_low = gone.start + before
    # The words in question, in the text with the edit and in the text without it; outside they are the same text.
    with_span = (with_low, with_low + len(gone.replacement))
    without_span = (with_low, with_low + gone.end - gone.start)
    trail = [*segment.trail[:step_index], replace(step, edits=kept)]
    for later in segment.trail[step_index + 1 :]:
        dropped = [e for e in later.edits if _touches(e, with_span)]
        for e in dropped:
            without_span = (
                without_span[0] - max(0, with_span[0] - e.start),
                without_span[1] + max(0, e.end - with_span[1]),
            )
            with_span = (min(with_span[0], e.start), max(with_span[1], e.end))

        def move(e: Edit, cut: tuple[int, int] = with_span, new: tuple[int, int] = without_span) -> Edit:
            shift = 0 if e.end <= cut[0] else new[1] - cut[1]
            # Left of the words both texts agree; the start may have moved by edits that both made.
            return replace(e, start=e.start + shift, end=e.end + shift)

        stays = [e for e in later.edits if not _touches(e, with_span)]
        trail.append(
            Step(
                later.stage,
                tuple(move(e) for e in stays),
                tuple(move(e) for e in later.suggested if not _touches(e, with_span)),
                tuple(replace(r, edit=move(r.edit)) for r in later.refused if not _touches(r.edit, with_span)),
            )
        )
        left = sum(len(e.replacement) - (e.end - e.start) for e in stays if e.end <= with_span[0])
        inside = sum(len(e.replacement) - (e.end - e.start) for e in later.edits if _touches(e, with_span))
        with_span = (with_span[0] + left, with_span[1] + left + inside)
        without_span = (without_span[0] + left, without_span[1] + left)
    steps = tuple(s for s in trail if s)
    return replace(segment, text=replay(segment.mt, steps), trail=steps)


def accept_suggestion(segment: Segment, step_index: int, index: int) -> Segment:
    """Return the segment with one suggestion applied, as a step at the end of its trail.

    The suggestion is no longer suggested, and neither are others about the same words. Raises IndexError for one that
    does not exist, TrailError for a flag (it offers nothing) and for words that a later edit has changed.
    """
    step = segment.trail[step_index]
    taken = step.suggested[index]
    before = replay(segment.mt, segment.trail[:step_index])
    words = before[taken.start : taken.end]
    if words == taken.replacement:
        raise TrailError(f"{taken.by} offers no correction of '{words}'; it only points at it")
    span = (taken.start, taken.end)
    for later in segment.trail[step_index:]:
        if any(_touches(e, span) for e in later.edits):
            raise TrailError(f"the words of '{words}' were changed by a later edit; revert that first")
        span = map_forward(span, later.edits)
    kept = tuple(e for e in step.suggested if e is not taken and not _touches(e, (taken.start, taken.end)))
    trail = (*segment.trail[:step_index], replace(step, suggested=kept), *segment.trail[step_index + 1 :])
    moved = replace(taken, start=span[0], end=span[1])
    return replace(segment, trail=tuple(s for s in trail if s)).add(Step(step.stage, (moved,)))


def _touches(edit: Edit, span: tuple[int, int]) -> bool:
    """Whether the edit reaches into the span; one that only stands beside it does not, but for empty spans."""
    if edit.start < span[1] and span[0] < edit.end:
        return True
    return (span[0] == span[1] or edit.start == edit.end) and edit.start <= span[1] and span[0] <= edit.end


def locked_spans(segment: Segment) -> list[Lock]:
    """Return the segment's locks as spans of its current text."""
    locks = list(segment.locks)
    for step in segment.trail if locks else ():
        locks = [Lock(*map_forward((lock.start, lock.end), step.edits), lock.rules) for lock in locks]
    return [
        _trim_speech(segment, lock, now) if SPEECH in lock.rules else now
        for lock, now in zip(segment.locks, locks, strict=True)
    ]


def written_spans(segment: Segment) -> list[tuple[int, int, str]]:
    """Return what edits wrote, as spans of the current text with the author of each."""
    written: list[tuple[int, int, str]] = []
    for step in segment.trail:
        written = [(*map_forward(w[:2], step.edits), w[2]) for w in written]
        offset = 0
        for edit in step.edits:
            written.append((edit.start + offset, edit.start + offset + len(edit.replacement), edit.by))
            offset += len(edit.replacement) - (edit.end - edit.start)
    return written


_QUOTATION_MARKS = frozenset('"“”„«»')
_DRAWN_IN = 20  # characters: an edit over a mark is short


def _trim_speech(segment: Segment, before: Lock, now: Lock) -> Lock:
    """Return the lock of a quotation without the mark, and what is behind it, that an edit over the mark has drawn in.

    ``before`` is the lock in ``mt``, ``now`` that in the current text: `earlier", - told` has become `earlier," told`.
    """

    def find(text: str, start: int, end: int) -> list[int]:
        return [i for i in range(max(start, 0), end) if text[i] in _QUOTATION_MARKS]

    start, end = now.start, now.end
    if not find(segment.mt, max(before.start, before.end - _DRAWN_IN), before.end):
        marks = find(segment.text, max(start, end - _DRAWN_IN), end)
        end = marks[-1] if marks else end
    if not find(segment.mt, before.start, min(before.end, before.start + _DRAWN_IN)):
        marks = find(segment.text, start, min(end, start + _DRAWN_IN))
        start = marks[0] + 1 if marks else start
    return Lock(start, end, now.rules)
