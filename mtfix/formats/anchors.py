"""Anchors: where the text of a document stands in its file, so that findings name lines that an editor can go to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from mtfix.formats.records import SEPARATOR
from mtfix.formats.runs import Paragraph, Run
from mtfix.types import Anchor, Document

_LINE_END = re.compile(r"\r\n?|\n")

#: Says where a run stands: pairs of an offset in its text and a place in the file, in order; nothing if it is in none.
FindPlaces = Callable[[Run], Iterable[tuple[int, int]]]


def find_places(run: Run) -> Iterator[tuple[int, int]]:
    """Yield where a run of XML or HTML begins, and where it goes on after what is spelt as an entity.

    Its line breaks are those of the file.
    """
    at = 0
    for piece in getattr(run.place, "pieces", (run.place,)):
        start = getattr(piece, "start", None)
        if start is not None:
            yield at, start
            for unit in getattr(piece, "units", ()):
                yield at + unit.stop, unit.end
        at += len(getattr(piece, "text", ""))


def find_jumps(places: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    """Yield where a text of ``length`` characters begins, and where it goes on after one that is spelt otherwise.

    ``places`` are those of every character in the file.
    """
    for at in range(length):
        if not at or places[at] != places[at - 1] + 1:
            yield at, places[at]


def anchor(document: Document, paragraphs: Sequence[Paragraph], file: str, find: FindPlaces = find_places) -> Document:
    """Return ``document``, which was read from ``paragraphs`` of the text ``file``, with its anchors."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(file))]
    anchors: list[Anchor] = []
    at = 0
    for number, paragraph in enumerate(paragraphs):
        at += len(SEPARATOR) if number else 0
        for run in paragraph.runs:
            for offset, place in find(run):
                line = bisect_right(starts, place)
                anchors.append(Anchor(at + offset, line, place - starts[line - 1] + 1))
            at += len(run.text)
    return replace(document, anchors=tuple(anchors))
