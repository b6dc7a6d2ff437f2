"""The default backend: ONNX Runtime on the CPU, greedy decoding that drafts the output from the input.

Most of a post-edit is a copy. So the input itself is the draft: the decoder reads all of it at once and says, at every
position, which piece it would have written. Up to the first disagreement the draft stands; from there pieces are
written one by one until the output meets the input again, and the rest of the input is the next draft. The result is
exactly that of greedy decoding, piece by piece. Source: Sun et al. 2021, "Instantaneous Grammatical Error Correction
with Shallow Aggressive Decoding".

Matrices are products of whole numbers (`quantize`), unless fp32 is asked for.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mtfix.errors import ModelError
from mtfix.model.pieces import EOS, Pieces
from mtfix.model.quantize import OUTPUT, load_ranges, quantize, transpose
from mtfix.model.translationese import load_probe, pool
from mtfix.model.weights import hash_weights, read_safetensors
from mtfix.types import Hypothesis

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Result = TypeVar("Result")
LONGEST = 120  # pieces of a sentence; the training pairs had at most 80
_KV = ("k0", "v0", "k1", "v1")
_GRID = 8  # lengths are padded to multiples of this, so that shapes repeat
_WINDOW = 256  # sentences in decoding at a time: those that take many steps wait for one another
_BUDGET = 2000  # padded pieces of a batch


@dataclass(slots=True)
class Memory:
    """The encoder's work for a batch: mask ``[B, S]`` and cross-attention keys and values ``[B, H, S, D/H]``."""

    mask: Floats
    keys_values: tuple[Floats, ...]


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


@dataclass(frozen=True, slots=True)
class Rare:
    """The pieces ``[K]``, sorted, that one sentence may write besides the common ones; ``w [D, K]``, ``b [K]``."""

    pieces: Ints
    w: Floats
    b: Floats


class OnnxPostEditor:
    """A model folder run by ONNX Runtime; ``precision`` is "int8" or "fp32".

    Raises ModelError when the folder lacks a part or a part is damaged.
    """

    def __init__(
        self, folder: Path, *, threads: int = 0, batch_size: int = 64, name: str = "", precision: str = "int8"
    ) -> None:
        self.folder = folder
        end = ".onnx" if precision == "int8" else ".fp32.onnx"
        self.graphs = [folder / f"{part}{end}" for part in ("encoder", "decoder", "output")]
        for part in (*self.graphs, folder / "vocabulary.spm", folder / "shortlist.npy"):
            if not part.is_file():
                raise ModelError(f"{folder}: no {part.name}; make it with `mtfix train export`, or use --backend hf")
        weights = read_safetensors(folder / "model.safetensors", half=("embedding.weight",))
        self.name = f"{name or folder.name}@{hash_weights(folder)}"
        self.pieces = Pieces(folder / "vocabulary.spm")
        self.embedding = weights.pop("embedding.weight")  # as on the disk: a few rows at a time are read
        self.bias: Floats = weights.pop("output_bias")
        self.width = self.embedding.shape[1]
        self.probe = load_probe(folder, self.width)
        self.common: Ints = np.load(folder / "shortlist.npy", allow_pickle=False).astype(np.int64)
        self.is_common = np.isin(np.arange(len(self.bias)), self.common)
        self.positions = _positions(512, self.width)
        self.batch_size = batch_size
        self.threads = threads or _count_cores()
        weights |= {
            f"{OUTPUT}.weight": self.embedding[self.common].astype(np.float32),
            f"{OUTPUT}.bias": self.bias[self.common],
        }
        ready = quantize(weights, load_ranges(folder)) if precision == "int8" else transpose(weights)
        self.encoder, self.decoder, self.output = (
            _session(path, {n: ready[n] for n in ready if _belongs(n, path.name)}) for path in self.graphs
        )

    def embed(self, ids: Ints, start: Ints | None = None) -> Floats:
        """``ids [B, T]`` to ``[B, T, D]`` with positions, row r beginning at position ``start[r]`` (none: 0)."""
        x: Floats = self.embedding[ids].astype(np.float32) * np.float32(np.sqrt(self.width))
        x += (
            self.positions[: ids.shape[1]]
            if start is None
            else self.positions[start[:, None] + np.arange(ids.shape[1])]
        )
        return x

    def encode(self, sources: Sequence[Sequence[int]]) -> Memory:
        """Run the encoder over sentences of pieces."""
        ids = self._pad(sources, _GRID)
        mask = (ids != self.pieces.pad).astype(np.float32)
        return Memory(mask, tuple(self.encoder.run(None, {"x": self.embed(ids), "mask": mask})))

    def _pad(self, rows: Sequence[Sequence[int]], grid: int = 1) -> Ints:
        width = -(-max(len(r) for r in rows) // grid) * grid
        ids = np.full((len(rows), width), self.pieces.pad, np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
        return ids

    def find_rare(self, ids: Sequence[int]) -> Rare:
        """Let a sentence write those of ``ids`` that are not common: its own pieces, whatever the batch."""
        pieces = np.array(sorted({i for i in ids if not self.is_common[i]}), np.int64)
        return Rare(pieces, np.ascontiguousarray(self.embedding[pieces].astype(np.float32).T), self.bias[pieces])

    def decode(
        self, given: Sequence[Sequence[int]], start: Ints, cells: tuple[Floats, Floats], memory: dict[str, Floats]
    ) -> tuple[Floats, Floats, Floats]:
        """Run the decoder over rows of pieces from their positions ``start [B]`` and their cells ``[B, D]``.

        Returns states ``[B, T, D]`` and the cells of both layers after each position, ``[B, T, D]``.
        """
        feeds = {"y": self.embed(self._pad(given), start), "c0": cells[0], "c1": cells[1]}
        h, d0, d1 = self.decoder.run(None, feeds | memory)
        return h, d0, d1

    def represent(self, texts: Sequence[str]) -> Floats:
        """Return the mean encoder state of each text, ``[N, D]``: what the probe of `translationese` reads."""
        encoded = [self.pieces.encode(t)[:LONGEST] for t in texts]
        states = np.zeros((len(texts), self.width), np.float32)
        for batch in _cut(sorted(range(len(texts)), key=lambda i: len(encoded[i])), [len(e) for e in encoded]):
            memory = self.encode([encoded[i] for i in batch])
            states[batch] = pool(memory.keys_values[0], memory.mask)
        return states

    def post_edit_ids(self, sources: Sequence[list[int]]) -> list[tuple[list[int], float | None]]:
        """Return the greedy output of each sentence: ids without ``</s>``, and the odds of translationese.

        Sentences of equal length should come side by side.
        """
        rows: list[_Row] = []
        odds: list[float | None] = []
        zero = np.zeros(self.width, np.float32)
        for batch in _cut(range(len(sources)), [len(s) for s in sources], most=self.batch_size):
            memory = self.encode([sources[i] for i in batch])
            odds += (
                [None] * len(batch) if self.probe is None else self.probe.odds(pool(memory.keys_values[0], memory.mask))
            )
            rows += (
                _Row(sources[i], memory, place, [], (zero, zero), list(sources[i]), self.find_rare(sources[i]))
                for place, i in enumerate(batch)
            )
        active = rows
        while active:
            for group in _group(active, self.batch_size):
                self._advance(group)
            active = [row for row in active if not row.done]
        return [(row.out, z) for row, z in zip(rows, odds, strict=True)]

    def _advance(self, rows: list[_Row]) -> None:
        """Verify the drafts of rows, and write one piece more than was verified."""
        # The decoder reads the last piece written (the start piece at first) and the draft but for its last piece.
        given = [[row.out[-1] if row.out else self.pieces.pad, *row.draft[:-1]] for row in rows]
        start = np.array([len(row.out) for row in rows])
        cells = (np.stack([row.cells[0] for row in rows]), np.stack([row.cells[1] for row in rows]))
        h, d0, d1 = self.decode(given, start, cells, _gather(rows))
        chosen = self._choose(_flatten(h, [len(g) for g in given]), [(row.rare, len(row.draft)) for row in rows])
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
                row.draft = _next_draft(row.source, row.out)

    def _choose(self, h: Floats, rows: Sequence[tuple[Rare, int]]) -> Ints:
        """Return the most probable piece ``[N]`` after each state ``[N, D]``; ``rows`` say whose states they are."""
        (scores,) = self.output.run(None, {"h": h})
        best = scores.argmax(1)
        chosen: Ints = self.common[best]
        for part, rare in _walk(rows):
            others = h[part] @ rare.w + rare.b
            rival = others.argmax(1)
            every = np.arange(len(rival))
            better = others[every, rival] > scores[part][every, best[part]]
            chosen[part][better] = rare.pieces[rival[better]]
        return chosen

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Post-edit sentences, in batches of about equal length; the order and the company make no difference."""
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
        memory = self.encode(sources)
        candidates = [(at, ids) for at, several in enumerate(written) for ids in several]
        places = [at for at, _ in candidates]
        feeds = {n: a[places] for n, a in zip(_KV, memory.keys_values, strict=True)} | {"mask": memory.mask[places]}
        zero = np.zeros((len(candidates), self.width), np.float32)
        given = [[self.pieces.pad, *ids[:-1]] for _, ids in candidates]
        h, _, _ = self.decode(given, np.zeros(len(candidates), np.int64), (zero, zero), feeds)
        # A candidate's pieces may be cut in another way than the decoder wrote them: they count as allowed.
        rows = [(self.find_rare([*sources[at], *ids]), len(ids)) for at, ids in candidates]
        labels = np.concatenate([np.asarray(ids, np.int64) for _, ids in candidates])
        logs = self._log_probabilities(_flatten(h, [len(g) for g in given]), rows, labels)
        sums = iter(math.fsum(part) for part in _split(logs.tolist(), [len(ids) for _, ids in candidates]))
        return [[next(sums) for _ in several] for several in written]

    def _log_probabilities(self, h: Floats, rows: Sequence[tuple[Rare, int]], labels: Ints) -> NDArray[np.float64]:
        """Return the log-probability ``[N]`` of each of ``labels`` after its state ``[N, D]``."""
        (scores,) = self.output.run(None, {"h": h})
        place = np.minimum(np.searchsorted(self.common, labels), len(self.common) - 1)
        of_label = scores[np.arange(len(h)), place].astype(np.float64)
        highest = scores.max(1)
        np.exp(np.subtract(scores, highest[:, None], out=scores), out=scores)
        sums = scores.sum(1).astype(np.float64)
        for part, rare in _walk(rows):
            others = (h[part] @ rare.w + rare.b).astype(np.float64)
            sums[part] += np.exp(np.minimum(others - highest[part, None], 80.0)).sum(1)
            known = np.flatnonzero(~self.is_common[labels[part]])
            of_label[part][known] = others[known, np.searchsorted(rare.pieces, labels[part][known])]
        found: NDArray[np.float64] = of_label - highest - np.log(sums)
        return found


def _walk(rows: Sequence[tuple[Rare, int]]) -> Iterator[tuple[slice, Rare]]:
    """Yield the places of each row's states, if it may write rare pieces."""
    first = 0
    for rare, count in rows:
        if len(rare.pieces):
            yield slice(first, first + count), rare
        first += count


def _split(values: Sequence[float], lengths: Sequence[int]) -> Iterator[Sequence[float]]:
    first = 0
    for length in lengths:
        yield values[first : first + length]
        first += length


def _gather(rows: Sequence[_Row]) -> dict[str, Floats]:
    """Return the decoder's feeds for rows of several memories."""
    length = -(-max(len(row.source) for row in rows) // _GRID) * _GRID
    _, heads, _, width = rows[0].memory.keys_values[0].shape
    feeds = {n: np.zeros((len(rows), heads, length, width), np.float32) for n in _KV}
    mask = np.zeros((len(rows), length), np.float32)
    for i, row in enumerate(rows):
        count = len(row.source)
        mask[i, :count] = 1
        for n, array in zip(_KV, row.memory.keys_values, strict=True):
            feeds[n][i, :, :count] = array[row.place, :, :count]
    return feeds | {"mask": mask}


def _flatten(h: Floats, lengths: Sequence[int]) -> Floats:
    """Leave the padding of ``h [B, T, D]`` out: ``[N, D]``."""
    states: Floats = h[np.arange(h.shape[1]) < np.asarray(lengths)[:, None]]
    return states


def _group(rows: Sequence[_Row], most: int) -> Iterator[list[_Row]]:
    """Cut rows into batches for the decoder: drafts of about equal length, single pieces by themselves."""
    group: list[_Row] = []
    for row in sorted(rows, key=lambda row: (len(row.draft), len(row.source))):
        size = len(row.draft)
        if group and (len(group) == most or size > 1.5 * len(group[0].draft) or size * len(group) >= _BUDGET):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _share_out(order: Sequence[int], parts: int, most: int) -> list[list[int]]:
    """Cut ``order`` (sorted by length) into windows of at most ``most``; windows of one round have equal work."""
    found: list[list[int]] = []
    for at in range(0, len(order), parts * most):
        round_ = order[at : at + parts * most]
        found += [list(round_[i::parts]) for i in range(min(parts, len(round_)))]
    return found


def _next_draft(source: list[int], out: list[int]) -> list[int]:
    """Return the rest of the input behind the place where the output has met it again; else no draft but one piece.

    The output has met the input when its last two pieces stand side by side in it, at about the same place.
    """
    if len(out) >= 2:
        near = len(out)
        places = [i for i in range(2, len(source)) if source[i - 2] == out[-2] and source[i - 1] == out[-1]]
        if places:
            return source[min(places, key=lambda i: abs(i - near)) :]
    return [EOS]


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


def _positions(count: int, width: int) -> Floats:
    half = width // 2
    rates = np.exp(np.arange(half, dtype=np.float32) * np.float32(-np.log(10000.0) / (half - 1)))
    angles = np.arange(count, dtype=np.float32)[:, None] * rates[None]
    return np.concatenate([np.sin(angles), np.cos(angles)], 1).astype(np.float32)


def _belongs(name: str, graph: str) -> bool:
    """Whether a graph reads a tensor. The encoder's ends with the keys and values of the decoder's cross-attention."""
    if name.startswith(f"{OUTPUT}."):
        return graph.startswith("output")
    of_memory = ".attention.k." in name or ".attention.v." in name or name.startswith(("encoder.", "memory."))
    return graph.startswith("encoder") == of_memory and not graph.startswith("output")


def _session(path: Path, weights: dict[str, NDArray[Any]]) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # One thread a call: sentences are shared out among threads instead, which leaves no core waiting for another.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Beyond the basic level, sums and layer normalisations become an operator that takes six times as long.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    names = list(weights)
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weights[n]) for n in names]
    options.add_external_initializers(names, values)
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime raises classes of its own, all derived from Exception
        raise ModelError(f"{path}: cannot be run: {str(error).splitlines()[0]}") from None
