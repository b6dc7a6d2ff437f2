"""Anchors: where the text of a document stands in its file, so that findings name lines that an editor can go to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from mtfix.formats.markup.runs import Paragraph, Run
from mtfix.formats.markup.source import Beside, Nested, Place
from mtfix.formats.markup.spelling import Joined, Spelled
from mtfix.formats.text.blocks import SEPARATOR
from mtfix.types import Anchor, Document

_LINE_END = re.compile(r"\r\n?|\n")

#: Says where a run stands: pairs of an offset in its text and a place in the file, in order; nothing if it is in none.
FindPlaces = Callable[[Run], Iterable[tuple[int, int]]]


def find_places(run: Run) -> Iterator[tuple[int, int]]:
    """Yield where a run of markup begins, and where it goes on after what is spelt as an entity or an escape."""
    place: Place = run.place
    if isinstance(place, Nested):
        yield from _find_nested(place.inner, place.outer)
        return
    at = 0
    for piece in place.pieces if isinstance(place, Joined) else (place,):
        yield at, piece.start
        if isinstance(piece, Spelled):
            for unit in piece.units:
                yield at + unit.stop, unit.end
            at += len(piece.text)


def _find_nested(inner: Spelled | Beside, outer: Joined) -> Iterator[tuple[int, int]]:
    yield 0, _find_outer(outer, inner.start)
    if isinstance(inner, Beside):
        return
    stops = {unit.stop for unit in inner.units}
    at = 0
    for piece in outer.pieces:
        stops |= {inner.locate(at + u.stop) for u in piece.units if inner.start < at + u.stop < inner.end}
        at += len(piece.text)
    for stop in sorted(stops):
        yield stop, _find_outer(outer, inner.find(stop))


def _find_outer(outer: Joined, at: int) -> int:
    """Return the place in the file of a place in the text of a field."""
    for piece in outer.pieces:
        if at < len(piece.text) or piece is outer.pieces[-1]:
            return piece.find(at)
        at -= len(piece.text)
    return 0


def find_jumps(places: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    """Yield where a text of ``length`` characters begins, and where it goes on after one that is spelt otherwise.

    ``places`` are those of every character in the file.
    """
    for at in range(length):
        if not at or places[at] != places[at - 1] + 1:
            yield at, places[at]


def anchor(document: Document, paragraphs: Sequence[Paragraph], file: str, find: FindPlaces = find_places) -> Document:
    """Return ``document``, which was read from ``paragraphs`` of the text ``file``, with its anchors."""
    starts = _find_lines(file)
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


@lru_cache(maxsize=2)  # a file of many items is asked for once an item
def _find_lines(file: str) -> list[int]:
    return [0, *(found.end() for found in _LINE_END.finditer(file))]
