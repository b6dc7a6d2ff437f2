"""The default backend: ONNX Runtime on the CPU. Sentences become batches of about equal length, and threads share them out.

The network itself is in `graphs`, the search in `drafting`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np

from mtfix.errors import ModelError
from mtfix.model.runtime import drafting
from mtfix.model.runtime.graphs import Floats, Graphs, Memory
from mtfix.model.runtime.pieces import LONGEST, Pieces
from mtfix.model.runtime.weights import hash_weights, read_penalty
from mtfix.model.translationese import load_probe, pool
from mtfix.types import Hypothesis

Result = TypeVar("Result")
_WINDOW = 192  # sentences in decoding at a time: those that take many steps wait for one another
_BUDGET = 2000  # padded pieces of a batch


class OnnxPostEditor:
    """A model folder run by ONNX Runtime; ``precision`` is "int8" or "fp32", ``penalty`` that of `Graphs` (None: the model's own).

    Raises ModelError when the folder lacks a part or a part is damaged.
    """

    def __init__(
        self,
        folder: Path,
        *,
        threads: int = 0,
        batch_size: int = 64,
        name: str = "",
        precision: str = "int8",
        penalty: float | None = None,
    ) -> None:
        self.folder = folder
        self.precision = precision
        vocabulary = folder / "vocabulary.spm"
        if not vocabulary.is_file():
            raise ModelError(f"{folder}: no {vocabulary.name}; make it with `mtfix train export`, or use --backend hf")
        self.pieces = Pieces(vocabulary)
        self.graphs = Graphs(
            folder,
            precision=precision,
            pad=self.pieces.pad,
            penalty=read_penalty(folder) if penalty is None else penalty,
        )
        self.name = f"{name or folder.name}@{hash_weights(folder)}"
        self.probe = load_probe(folder, self.graphs.width)
        self.batch_size = batch_size
        self.threads = threads or _count_cores()

    def represent(self, texts: Sequence[str]) -> Floats:
        """Return the mean encoder state of each text, ``[N, D]``: what the probe of `translationese` reads."""
        encoded = [self.pieces.encode(t)[:LONGEST] for t in texts]
        states = np.zeros((len(texts), self.graphs.width), np.float32)
        for batch in _cut(sorted(range(len(texts)), key=lambda i: len(encoded[i])), [len(e) for e in encoded]):
            memory = self.graphs.encode([encoded[i] for i in batch])
            states[batch] = pool(memory.keys_values[0], memory.mask)
        return states

    def post_edit_ids(self, sources: Sequence[list[int]]) -> list[tuple[list[int], float | None]]:
        """Return the greedy output of each sentence: ids without ``</s>``, and the odds of translationese.

        Sentences of equal length should come side by side.
        """
        encoded: list[tuple[list[list[int]], Memory]] = []
        odds: list[float | None] = []
        for batch in _cut(range(len(sources)), [len(s) for s in sources], most=self.batch_size):
            part = [sources[i] for i in batch]
            memory = self.graphs.encode(part)
            odds += (
                [None] * len(batch) if self.probe is None else self.probe.odds(pool(memory.keys_values[0], memory.mask))
            )
            encoded.append((part, memory))
        outputs = drafting.write(self.graphs, encoded, batch_size=self.batch_size, budget=_BUDGET)
        return list(zip(outputs, odds, strict=True))

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Post-edit sentences, in batches of about equal length; the result of a sentence does not depend on the others."""
        encoded = [self.pieces.encode(t) for t in texts]
        found: list[Hypothesis] = [Hypothesis(t) for t in texts]
        order = [i for i in sorted(range(len(texts)), key=lambda i: len(encoded[i])) if 1 < len(encoded[i]) <= LONGEST]
        parts = _share_out(order, self.threads, _WINDOW)
        for part, outputs in self._spread(lambda part: self.post_edit_ids([encoded[i] for i in part]), parts):
            for i, (ids, odds) in zip(part, outputs, strict=True):
                found[i] = Hypothesis(self.pieces.decode(ids), translationese=odds)
        return found

    def _spread(
        self, work: Callable[[list[int]], Result], parts: Sequence[list[int]]
    ) -> Iterator[tuple[list[int], Result]]:
        """Yield each part with the work done on it, by all threads."""
        if self.threads == 1 or len(parts) == 1:
            yield from ((part, work(part)) for part in parts)
            return
        with ThreadPoolExecutor(self.threads) as pool_:
            yield from zip(parts, pool_.map(work, parts), strict=True)

    def count_pieces(self, text: str) -> int:
        """Return how many pieces ``text`` is cut into."""
        return len(self.pieces.processor.encode(text))

    def normalize(self, text: str) -> str:
        """Return what the model sees of ``text``."""
        return self.pieces.normalize(text)

    def fits(self, text: str) -> bool:
        """Whether ``text`` is short enough to be read whole."""
        return self.count_pieces(text) < LONGEST

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        """Return log P(candidate | input) for every candidate of every input, by teacher forcing."""
        sources = [self.pieces.encode(text) for text, _ in groups]
        written = [[self.pieces.encode(c) for c in candidates] for _, candidates in groups]
        order = sorted((i for i, w in enumerate(written) if w), key=lambda i: len(sources[i]))
        # The scores of a batch are [pieces, shortlist]: larger batches are no faster and take hundreds of megabytes.
        parts = _cut(order, [len(s) * len(w) for s, w in zip(sources, written, strict=True)], budget=1200)
        results: list[list[float]] = [[] for _ in groups]
        for part, sums in self._spread(
            lambda part: self._score([sources[i] for i in part], [written[i] for i in part]), parts
        ):
            for i, found in zip(part, sums, strict=True):
                results[i] = found
        return results

    def _score(self, sources: Sequence[list[int]], written: Sequence[list[list[int]]]) -> list[list[float]]:
        graphs = self.graphs
        memory = graphs.encode(sources)
        candidates = [(at, ids) for at, several in enumerate(written) for ids in several]
        zero = np.zeros((len(candidates), graphs.width), np.float32)
        given = [[graphs.pad, *ids[:-1]] for _, ids in candidates]
        feeds = memory.pick([at for at, _ in candidates])
        h, _, _ = graphs.decode(given, np.zeros(len(candidates), np.int64), (zero, zero), feeds)
        # A candidate's pieces may be cut in another way than the decoder wrote them: they count as allowed.
        rows = [(graphs.find_rare([*sources[at], *ids]), len(ids)) for at, ids in candidates]
        labels = np.concatenate([np.asarray(ids, np.int64) for _, ids in candidates])
        logs = graphs.log_probabilities(h, rows, labels)
        sums = iter(math.fsum(part) for part in _split(logs.tolist(), [len(ids) for _, ids in candidates]))
        return [[next(sums) for _ in several] for several in written]


def _split(values: Sequence[float], lengths: Sequence[int]) -> Iterator[Sequence[float]]:
    first = 0
    for length in lengths:
        yield values[first : first + length]
        first += length


def _share_out(order: Sequence[int], parts: int, most: int) -> list[list[int]]:
    """Cut ``order`` (sorted by length) into windows of at most ``most``; windows of one round have equal work."""
    found: list[list[int]] = []
    for at in range(0, len(order), parts * most):
        round_ = order[at : at + parts * most]
        found += [list(round_[i::parts]) for i in range(min(parts, len(round_)))]
    return found


def _cut(order: Sequence[int], lengths: Sequence[int], budget: int = _BUDGET, most: int = 64) -> list[list[int]]:
    """Cut ``order`` (sorted by length) into batches of at most ``budget`` padded pieces and ``most`` rows."""
    batches: list[list[int]] = []
    for i in order:
        if batches and len(batches[-1]) < most and lengths[i] * (len(batches[-1]) + 1) <= budget:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def _count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
