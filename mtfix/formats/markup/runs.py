"""Text inside markup: paragraphs of runs, one document of plain text over them, and each edit back in its run.

A *run* is a stretch of text of one formatting (a text node, a ``w:t``). The document joins the runs of a paragraph, so
that rules and the model read across inline tags; `spread_edits` says what became of each run. Tags stay where they are:
a run changes its text, never its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from mtfix.errors import OutputError
from mtfix.formats.markup.wordalign import align_words
from mtfix.formats.text.blocks import MARK, SEPARATOR, Block, build_document
from mtfix.formats.text.ignore import merge_locks
from mtfix.trail import Change, compose
from mtfix.types import Document, Edit, Kind, Lock

#: The text of an inline element without words of its own (``<x id="1"/>``): one character, always locked.
OBJECT = "\ufffc"
_WORD = "X"  # how locked text reads when sentences are looked for: as a word
_BREAK = re.compile(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one formatting.

    ``text`` is plain (entities resolved); ``place`` is where it came from, in the format's own terms. A locked run
    (code, ``translate="no"``, a placeholder) stays as it is; ``locks`` are spans of ``text`` that do, or that some
    rules must leave alone. ``mask`` is the character that stands for each of the run's when sentences are looked for:
    empty means the text itself (a word, if locked), `MARK` something that is cut from the ends of a sentence, a blank
    something that separates words.
    """

    text: str
    place: Any = None
    is_locked: bool = False
    mask: str = ""
    locks: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs that are read as one text, and what it is (`Kind`): a paragraph, a heading, a cell, a title."""

    runs: tuple[Run, ...]
    kind: Kind = Kind.SENTENCE

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    def has_prose(self) -> bool:
        """Whether any run that may change holds a letter or a digit."""
        return any(not run.is_locked and any(map(str.isalnum, run.text)) for run in self.runs)


@dataclass(frozen=True, slots=True)
class RunChange:
    """What became of a span of a run: ``run.text[start:end]`` now reads ``replacement``, by these edits.

    ``paragraph`` and ``index`` number the run. Changes that come from one edit over several runs share ``number``.
    A change of a locked run is empty and stands at its start or end: new text that goes beside it.
    """

    paragraph: int
    index: int
    run: Run
    start: int
    end: int
    replacement: str
    edits: tuple[Edit, ...]
    number: int


def read_runs(paragraphs: Sequence[Paragraph], name: str, format: str, notes: Sequence[str] = ()) -> Document:
    """Return the document of ``paragraphs``: their plain text, a blank line between two, each one block."""
    parts: list[str] = []
    masks: list[str] = []
    blocks: list[Block] = []
    locks: list[Lock] = []
    at = 0
    for number, paragraph in enumerate(paragraphs):
        if number:
            parts.append(SEPARATOR)
            masks.append(SEPARATOR)
            at += len(SEPARATOR)
        begin = at
        for run in paragraph.runs:
            end = at + len(run.text)
            if run.is_locked and run.text:
                if locks and locks[-1].end == at and not locks[-1].rules:  # nothing may come between two locked runs
                    locks[-1] = Lock(locks[-1].start, end)
                else:
                    locks.append(Lock(at, end))
            locks += (Lock(lock.start + at, lock.end + at, lock.rules) for lock in run.locks)
            mask = run.mask or (_WORD if run.is_locked else "")
            masks.append(mask * len(run.text) if mask else _BREAK.sub(" ", run.text))
            parts.append(run.text)
            at = end
        blocks.append(Block(begin, at, paragraph.kind))
    return build_document(
        "".join(parts),
        name,
        format,
        blocks,
        masked="".join(masks),
        locks=merge_locks(locks),
        notes=notes,
        trim=MARK if any(run.mask == MARK for p in paragraphs for run in p.runs) else "",
    )


def spread_edits(paragraphs: Sequence[Paragraph], document: Document) -> list[RunChange]:
    """Return what the trails of ``document`` make of the runs it was read from, in the order of the text.

    An edit inside one run changes that run. One that crosses runs is spread word by word: words that stay keep their
    run, new words go where the words stood that they replace, or to the run before them. The texts of the runs after,
    joined, are the document's text.

    Raises:
        OutputError: the document was not read from ``paragraphs``, or an edit reaches into a locked run.
    """
    if document.mt != SEPARATOR.join(paragraph.text for paragraph in paragraphs):
        raise OutputError(f"{document.name}: this document is not the text of that file")
    line = _Line(paragraphs)
    changes: list[RunChange] = []
    number = 0
    for segment in document.segments:
        for change in compose(segment.mt, segment.trail) if segment.trail else ():
            changes += line.spread(segment.start, change, segment.mt, number, document.name)
            number += 1
    return changes


def apply_changes(paragraphs: Sequence[Paragraph], changes: Sequence[RunChange]) -> list[list[str]]:
    """Return the texts of all runs after ``changes``, paragraph by paragraph."""
    texts = [[run.text for run in paragraph.runs] for paragraph in paragraphs]
    for change in reversed(changes):
        text = texts[change.paragraph][change.index]
        texts[change.paragraph][change.index] = text[: change.start] + change.replacement + text[change.end :]
    return texts


class _Placed(NamedTuple):
    paragraph: int
    number: int
    run: Run
    start: int
    end: int


class _Piece(NamedTuple):
    """Part of a change: in the run of number ``which`` of the line, with its span of the document's text."""

    which: int
    start: int
    end: int
    text: str


class _Line:
    """All runs of a file in a line, each with its span of the document's text."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.runs: list[_Placed] = []
        at = 0
        for number, paragraph in enumerate(paragraphs):
            at += len(SEPARATOR) if number else 0
            for index, run in enumerate(paragraph.runs):
                if run.text:
                    self.runs.append(_Placed(number, index, run, at, at + len(run.text)))
                    at += len(run.text)
        self.starts = [placed.start for placed in self.runs]

    def spread(self, at: int, change: Change, mt: str, number: int, name: str) -> list[RunChange]:
        """Cut one change of the segment ``mt``, which starts at ``at``, into changes of runs."""
        start, end = at + change.start, at + change.end
        first = self._find(start)
        touched = [first]
        while self.runs[touched[-1]].end < end:
            touched.append(touched[-1] + 1)
        if len(touched) == 1 and start < end and not self.runs[first].run.is_locked:
            pieces = [_Piece(first, start, end, change.replacement)]
        else:
            pieces = []
            for swap in align_words(mt[change.start : change.end], change.replacement):
                pieces += self._place(start + swap.start, start + swap.end, swap.text)
            pieces = self._fill(pieces)
        made: list[RunChange] = []
        for which, a, b, text in pieces:
            placed = self.runs[which]
            if placed.run.is_locked and not a == b in (placed.start, placed.end):
                raise OutputError(f"{name}: {change.edits[0].by} reaches into text that is locked; nothing was changed")
            a, b = a - placed.start, b - placed.start
            last = made[-1] if made else None
            if last and (last.paragraph, last.index, last.end) == (placed.paragraph, placed.number, a):
                made[-1] = RunChange(*placed[:3], last.start, b, last.replacement + text, change.edits, number)
            else:
                made.append(RunChange(*placed[:3], a, b, text, change.edits, number))
        return made

    def _fill(self, pieces: list[_Piece]) -> list[_Piece]:
        """Let the one new word of a change stand in a run that would lose all of its own (a link without text)."""
        texts = [n for n, piece in enumerate(pieces) if piece.text]
        if len(texts) != 1 or len(pieces) < 2:
            return pieces
        (at,) = texts
        which, start, end, text = pieces[at]
        old = self.runs[which]
        if start == end or text[:1].lower() == old.run.text[start - old.start :][:1].lower():
            return pieces  # the same word in another form stays where it is
        emptied = [n for n in sorted({p.which for p in pieces}) if self._is_emptied(n, pieces)]
        if not emptied or which in emptied or emptied[0] < which:
            return pieces
        first = next(n for n, piece in enumerate(pieces) if piece.which == emptied[0])
        if any(a.end != b.start for a, b in pairwise(pieces[at : first + 1])):
            return pieces
        moved = list(pieces)
        moved[at] = _Piece(which, start, end, "")
        moved[first] = moved[first]._replace(text=text)
        return pieces if self._is_emptied(which, moved) else moved

    def _is_emptied(self, which: int, pieces: Sequence[_Piece]) -> bool:
        """Whether a run has words, and ``pieces`` leave it none."""
        placed = self.runs[which]
        left = list(placed.run.text)
        for piece in pieces:
            if piece.which == which:
                if any(map(str.isalnum, piece.text)):
                    return False
                left[piece.start - placed.start : piece.end - placed.start] = " " * (piece.end - piece.start)
        return any(map(str.isalnum, placed.run.text)) and not any(map(str.isalnum, left))

    def _find(self, at: int) -> int:
        """Return the run in which the character at ``at`` stands, or the last one before it."""
        return max(0, bisect_right(self.starts, at) - 1)

    def _place(self, start: int, end: int, text: str) -> list[_Piece]:
        """Return run, span and text of the pieces of a swap."""
        if start == end:
            return [_Piece(self._choose(start), start, end, text)]
        first = which = self._find(start)
        while self.runs[which].end < end:
            which += 1
        spans = [(n, max(start, self.runs[n].start), min(end, self.runs[n].end)) for n in range(first, which + 1)]
        # A word that changes its formatting (a drop capital): letters stay with letters, the last run takes the rest.
        cuts = [min(len(text), length) for length in accumulate(b - a for _, a, b in spans)]
        cuts[-1] = len(text)
        pieces = []
        done = 0
        for (n, a, b), cut in zip(spans, cuts, strict=True):
            if self.runs[n].run.text[a - self.runs[n].start : b - self.runs[n].start] != text[done:cut]:
                pieces.append(_Piece(n, a, b, text[done:cut]))
            done = cut
        return pieces

    def _choose(self, at: int) -> int:
        """Return the run that takes new text at ``at``: the one before, unless it is locked or of another paragraph."""
        after = self._find(at)
        placed = self.runs[after]
        if placed.start < at:
            return after
        before = after - 1
        if before < 0 or self.runs[before].end < at:
            return after
        return after if self.runs[before].run.is_locked and not placed.run.is_locked else before


__all__ = ["MARK", "OBJECT", "Paragraph", "Run", "RunChange", "apply_changes", "read_runs", "spread_edits"]
