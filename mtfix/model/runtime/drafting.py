"""Greedy decoding that drafts the output from the input.

Most of a post-edit is a copy. So the input itself is the draft: the decoder reads all of it at once and says, at every
position, which piece it would have written. Up to the first disagreement the draft stands; from there pieces are
written one by one until the output meets the input again, and the rest of the input is the next draft. The result is
exactly that of greedy decoding, piece by piece. Source: Sun et al. 2021, "Instantaneous Grammatical Error Correction
with Shallow Aggressive Decoding".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mtfix.model.runtime.graphs import GRID, KEYS_VALUES, Floats, Graphs, Memory, Rare
from mtfix.model.runtime.pieces import EOS


@dataclass(slots=True)
class _Row:
    """A sentence in decoding: its input, where its memory is, what is written, the cells after it, the next draft."""

    source: list[int]
    memory: Memory
    place: int
    out: list[int]
    cells: tuple[Floats, Floats]
    draft: list[int]
    rare: Rare
    done: bool = False

    @property
    def limit(self) -> int:
        return int(1.4 * len(self.source)) + 6


def write(
    graphs: Graphs, encoded: Iterable[tuple[Sequence[list[int]], Memory]], *, batch_size: int, budget: int
) -> list[list[int]]:
    """Return the greedy output of sentences, given as batches with the encoder's work; without ``</s>``.

    A batch of the decoder has at most ``batch_size`` rows and about ``budget`` padded pieces: sentences whose output
    parts from the draft wait for one another, so that calls stay full.
    """
    zero = np.zeros(graphs.width, np.float32)
    rows = [
        _Row(source, memory, place, [], (zero, zero), list(source), graphs.find_rare(source))
        for sources, memory in encoded
        for place, source in enumerate(sources)
    ]
    active = rows
    while active:
        for group in _group(active, batch_size, budget):
            _advance(graphs, group)
        active = [row for row in active if not row.done]
    return [row.out for row in rows]


def _advance(graphs: Graphs, rows: list[_Row]) -> None:
    """Verify the drafts of rows, and write one piece more than was verified."""
    # The decoder reads the last piece written (the start piece at first) and the draft but for its last piece.
    given = [[row.out[-1] if row.out else graphs.pad, *row.draft[:-1]] for row in rows]
    start = np.array([len(row.out) for row in rows])
    cells = (np.stack([row.cells[0] for row in rows]), np.stack([row.cells[1] for row in rows]))
    h, d0, d1 = graphs.decode(given, start, cells, _gather(rows))
    chosen = graphs.choose(h, [(row.rare, len(row.draft)) for row in rows])
    first = 0
    for i, row in enumerate(rows):
        # Pieces agreed upon, and after them the decoder's own choice.
        for t, drafted in enumerate(row.draft):
            piece = int(chosen[first + t])
            if piece == EOS or len(row.out) >= row.limit:
                row.done = True
                break
            row.out.append(piece)
            if piece != drafted:
                break
        first += len(row.draft)
        # Copies: a view would keep the whole batch's cells alive.
        row.cells = (d0[i, t].copy(), d1[i, t].copy())
        if not row.done:
            row.draft = next_draft(row.source, row.out)


def _gather(rows: Sequence[_Row]) -> dict[str, Floats]:
    """Return the decoder's feeds for rows of several memories."""
    length = -(-max(len(row.source) for row in rows) // GRID) * GRID
    _, heads, _, width = rows[0].memory.keys_values[0].shape
    feeds = {n: np.zeros((len(rows), heads, length, width), np.float32) for n in KEYS_VALUES}
    mask = np.zeros((len(rows), length), np.float32)
    for i, row in enumerate(rows):
        count = len(row.source)
        mask[i, :count] = 1
        for n, array in zip(KEYS_VALUES, row.memory.keys_values, strict=True):
            feeds[n][i, :, :count] = array[row.place, :, :count]
    return feeds | {"mask": mask}


def _group(rows: Sequence[_Row], most: int, budget: int) -> Iterator[list[_Row]]:
    """Cut rows into batches for the decoder: drafts of about equal length, single pieces by themselves."""
    group: list[_Row] = []
    for row in sorted(rows, key=lambda row: (len(row.draft), len(row.source))):
        size = len(row.draft)
        if group and (len(group) == most or size > 1.5 * len(group[0].draft) or size * len(group) >= budget):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def next_draft(source: list[int], out: list[int]) -> list[int]:
    """Return the rest of the input behind the place where the output has met it again; else no draft but one piece.

    The output has met the input when its last two pieces stand side by side in it, at about the same place.
    """
    if len(out) >= 2:
        near = len(out)
        places = [i for i in range(2, len(source)) if source[i - 2] == out[-2] and source[i - 1] == out[-1]]
        if places:
            return source[min(places, key=lambda i: abs(i - near)) :]
    return [EOS]
