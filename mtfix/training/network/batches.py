"""Encode pairs and cut them into batches of about equal length."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from rapidfuzz.distance import Indel
from torch import Tensor

from mtfix.errors import InputError
from mtfix.model.runtime.pieces import Pieces
from mtfix.training.data.pairs import Pair
from mtfix.training.data.readers import open_lines


@dataclass(frozen=True, slots=True)
class Example:
    """Piece ids of a pair; ``weights`` has one number a target piece."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """``source [B, S]``, ``mask [B, S]``, ``labels [B, T]`` (-100 is padding), ``weights [B, T]``."""

    source: Tensor
    mask: Tensor
    labels: Tensor
    weights: Tensor
    pieces: int


def read_pairs(path: Path) -> list[Pair]:
    """Read a TSV of two or more columns: mt, pe, and optionally a kind; a header line ``mt<TAB>pe`` is allowed.

    Raises:
        InputError: a line has one column only, or the file has none.
    """
    pairs: list[Pair] = []
    for number, line in enumerate(open_lines(path), 1):
        cells = line.split("\t")
        if number == 1 and "mt" in cells and "pe" in cells:
            columns = (cells.index("mt"), cells.index("pe"))
            return pairs + _read_rest(path, columns)
        if len(cells) < 2:
            raise InputError(f"{path}:{number}:1: no tab; need a line of mt<TAB>pe")
        pairs.append(Pair(cells[0], cells[1], cells[2] if len(cells) > 2 else "given"))
    if not pairs:
        raise InputError(f"{path}: no pairs; need lines of mt<TAB>pe")
    return pairs


def _read_rest(path: Path, columns: tuple[int, int]) -> list[Pair]:
    pairs = []
    for number, line in enumerate(open_lines(path), 1):
        cells = line.split("\t")
        if number > 1:
            if len(cells) <= max(columns):
                raise InputError(f"{path}:{number}:1: {len(cells)} columns, need {max(columns) + 1}")
            pairs.append(Pair(cells[columns[0]], cells[columns[1]], "given"))
    if not pairs:
        raise InputError(f"{path}: a header and no pairs")
    return pairs


def encode_pair(pair: Pair, pieces: Pieces, changed_weight: float) -> Example:
    """Return the ids of a pair; pieces that the edit wrote, and the one after a deletion, weigh ``changed_weight``."""
    source, target = pieces.encode(pair.mt), pieces.encode(pair.pe)
    weights = [1.0] * len(target)
    for step in Indel.opcodes(source, target):
        if step.tag != "equal":
            for at in range(step.dest_start, min(max(step.dest_end, step.dest_start + 1), len(target))):
                weights[at] = changed_weight
    return Example(tuple(source), tuple(target), tuple(weights))


def collate(examples: Sequence[Example], pad: int) -> Batch:
    """Pad examples into one batch."""
    width = max(len(e.source) for e in examples)
    height = max(len(e.target) for e in examples)
    source = torch.full((len(examples), width), pad)
    labels = torch.full((len(examples), height), -100)
    weights = torch.zeros(len(examples), height)
    for row, e in enumerate(examples):
        source[row, : len(e.source)] = torch.tensor(e.source)
        labels[row, : len(e.target)] = torch.tensor(e.target)
        weights[row, : len(e.target)] = torch.tensor(e.weights)
    return Batch(source, source != pad, labels, weights, sum(len(e.target) for e in examples))


def cut_batches(examples: Sequence[Example], pieces_a_batch: int, rng: random.Random) -> list[list[int]]:
    """Return batches of indices: neighbours in length together, batches in random order."""
    order = sorted(
        range(len(examples)), key=lambda i: (len(examples[i].source) + len(examples[i].target), rng.random())
    )
    batches: list[list[int]] = [[]]
    longest = 0
    for i in order:
        longest = max(longest, len(examples[i].source), len(examples[i].target))
        if batches[-1] and longest * (len(batches[-1]) + 1) > pieces_a_batch:
            batches.append([])
            longest = max(len(examples[i].source), len(examples[i].target))
        batches[-1].append(i)
    rng.shuffle(batches)
    return [b for b in batches if b]


def endless_batches(examples: Sequence[Example], pieces_a_batch: int, seed: int, start: int = 0) -> Iterator[list[int]]:
    """Yield batches of indices for ever, a new shuffle each epoch, from batch number ``start`` on.

    A function of its arguments alone: a resumed run sees what the first run would have seen.
    """
    epoch = 0
    at = 0
    while True:
        batches = cut_batches(examples, pieces_a_batch, random.Random(seed * 1000 + epoch))
        for batch in batches:
            if at >= start:
                yield batch
            at += 1
        epoch += 1


def commonest_pieces(examples: Sequence[Example], count: int) -> Tensor:
    """Return the ``count`` commonest target pieces, sorted: the fixed part of the training shortlist."""
    counts = Counter(p for e in examples for p in e.target)
    return torch.tensor(sorted(p for p, _ in counts.most_common(count)))
