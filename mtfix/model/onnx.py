"""The default backend: ONNX Runtime on the CPU, greedy decoding that drafts the output from the input.

Most of a post-edit is a copy. So the input itself is the draft: the decoder reads all of it at once and says, at every
position, which piece it would have written. Up to the first disagreement the draft stands; from there pieces are
written one by one until the output meets the input again, and the rest of the input is the next draft. The result is
exactly that of greedy decoding, piece by piece. Source: Sun et al. 2021, "Instantaneous Grammatical Error Correction
with Shallow Aggressive Decoding".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mtfix.errors import ModelError
from mtfix.model.pieces import EOS, Pieces
from mtfix.model.translationese import load_probe, pool
from mtfix.model.weights import hash_weights, read_safetensors
from mtfix.types import Hypothesis

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
LONGEST = 120  # pieces of a sentence; the training pairs had at most 80
_KV = ("k0", "v0", "k1", "v1")
_GRID = 8  # lengths are padded to multiples of this, so that shapes repeat


@dataclass(slots=True)
class _Row:
    """A sentence in decoding: what is written, and the cells after it."""

    source: list[int]
    out: list[int]
    cells: tuple[Floats, Floats]
    draft: list[int]
    limit: int
    score: float = 0.0
    done: bool = False


@dataclass(slots=True)
class Memory:
    """The encoder's work for a batch: mask ``[B, S]`` and cross-attention keys and values ``[B, H, S, D/H]``."""

    mask: Floats
    keys_values: tuple[Floats, ...]

    def take(self, rows: Sequence[int] | Ints) -> dict[str, Floats]:
        """Return the feeds of some rows."""
        index = np.asarray(rows)
        if len(index) == len(self.mask) and (index == np.arange(len(self.mask))).all():
            return dict(zip(_KV, self.keys_values, strict=True)) | {"mask": self.mask}
        return {n: a[index] for n, a in zip(_KV, self.keys_values, strict=True)} | {"mask": self.mask[index]}


@dataclass(slots=True)
class Shortlist:
    """The pieces that a batch may write, sorted, their output layer ``w [D, K]``, and ``b [B, K]``: each row's bias.

    A row may write its own pieces and the common ones, whatever the rest of the batch may write.
    """

    pieces: Ints
    w: Floats
    b: Floats

    def places(self, ids: Ints) -> Ints:
        """Return the places of ``ids`` in the shortlist (padding: any)."""
        return np.minimum(np.searchsorted(self.pieces, ids), len(self.pieces) - 1)


class Decoded(NamedTuple):
    """The decoder's choices ``[B, T]``, their log-probabilities, those of the labels, and the cells ``[B, T, D]``."""

    best: Ints
    of_best: Floats
    of_label: Floats
    d0: Floats
    d1: Floats


class OnnxPostEditor:
    """A model folder run by ONNX Runtime. Raises ModelError when the folder lacks a part or a part is damaged."""

    def __init__(self, folder: Path, *, threads: int = 0, batch_size: int = 64, name: str = "") -> None:
        self.folder = folder
        for part in ("encoder.onnx", "decoder.onnx", "vocabulary.spm", "shortlist.npy"):
            if not (folder / part).is_file():
                raise ModelError(f"{folder}: no {part}; make it with `mtfix train export`, or use --backend hf")
        weights = read_safetensors(folder / "model.safetensors")
        self.name = f"{name or folder.name}@{hash_weights(folder)}"
        self.pieces = Pieces(folder / "vocabulary.spm")
        self.embedding: Floats = weights.pop("embedding.weight")
        self.bias: Floats = weights.pop("output_bias")
        self.width = self.embedding.shape[1]
        self.probe = load_probe(folder, self.width)
        self.common: Ints = np.load(folder / "shortlist.npy", allow_pickle=False).astype(np.int64)
        self.positions = _positions(512, self.width)
        self.batch_size = batch_size
        threads = threads or _count_cores()
        # The encoder's graph ends with the keys and values of the decoder's cross-attention.
        first = {n for n in weights if n.startswith("encoder.") or ".attention.k." in n or ".attention.v." in n}
        self.encoder = _session(folder / "encoder.onnx", {n: weights[n] for n in first}, threads)
        self.decoder = _session(folder / "decoder.onnx", {n: weights[n] for n in weights.keys() - first}, threads)

    def embed(self, ids: Ints, start: Ints | None = None) -> Floats:
        """``ids [B, T]`` to ``[B, T, D]`` with positions, row r beginning at position ``start[r]`` (none: 0)."""
        x: Floats = self.embedding[ids] * np.float32(np.sqrt(self.width))
        x += (
            self.positions[: ids.shape[1]]
            if start is None
            else self.positions[start[:, None] + np.arange(ids.shape[1])]
        )
        return x

    def encode(self, sources: Sequence[Sequence[int]]) -> Memory:
        """Run the encoder over sentences of pieces."""
        ids = self._pad(sources)
        mask = (ids != self.pieces.pad).astype(np.float32)
        return Memory(mask, tuple(self.encoder.run(None, {"x": self.embed(ids), "mask": mask})))

    def shortlist(self, sources: Sequence[Sequence[int]]) -> Shortlist:
        """Choose the pieces that each sentence may write: its own and the commonest of the training data."""
        pieces = np.unique(np.concatenate([self.common, *(np.asarray(s, np.int64) for s in sources)]))
        b = np.full((len(sources), len(pieces)), -1e9, np.float32)
        common = np.searchsorted(pieces, self.common)
        b[:, common] = self.bias[self.common]
        for row, source in zip(b, sources, strict=True):
            own = np.searchsorted(pieces, source)
            row[own] = self.bias[pieces[own]]
        return Shortlist(pieces, np.ascontiguousarray(self.embedding[pieces].T), b)

    def _pad(self, rows: Sequence[Sequence[int]]) -> Ints:
        width = -(-max(len(r) for r in rows) // _GRID) * _GRID
        ids = np.full((len(rows), width), self.pieces.pad, np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
        return ids

    def decode(
        self, given: Ints, start: Ints, cells: tuple[Floats, Floats], memory: dict[str, Floats], w: Floats, b: Floats,
        labels: Ints,
    ) -> Decoded:  # fmt: skip
        """Run the decoder over pieces ``given [B, T]`` from position ``start [B]`` and its cells."""
        feeds = {"y": self.embed(given, start), "c0": cells[0], "c1": cells[1], "w": w, "b": b, "labels": labels}
        return Decoded(*self.decoder.run(None, feeds | memory))

    def represent(self, texts: Sequence[str]) -> Floats:
        """Return the mean encoder state of each text, ``[N, D]``: what the probe of `translationese` reads."""
        encoded = [self.pieces.encode(t)[:LONGEST] for t in texts]
        states = np.zeros((len(texts), self.width), np.float32)
        for batch in _cut(sorted(range(len(texts)), key=lambda i: len(encoded[i])), [len(e) for e in encoded]):
            memory = self.encode([encoded[i] for i in batch])
            states[batch] = pool(memory.keys_values[0], memory.mask)
        return states

    def post_edit_ids(self, sources: Sequence[list[int]]) -> list[tuple[list[int], float, float | None]]:
        """Return the greedy output of each sentence: ids without ``</s>``, log-probability, odds of translationese."""
        short = self.shortlist(sources)
        memory = self.encode(sources)
        odds: list[float | None] = [None] * len(sources)
        if self.probe is not None:
            odds[:] = self.probe.odds(pool(memory.keys_values[0], memory.mask))
        zero = np.zeros(self.width, np.float32)
        rows = [_Row(list(s), [], (zero, zero), list(s), int(1.4 * len(s)) + 6) for s in sources]
        active = list(range(len(rows)))
        while active:
            self._advance(rows, active, memory, short)
            active = [i for i in active if not rows[i].done]
        return [(r.out, r.score, z) for r, z in zip(rows, odds, strict=True)]

    def _advance(self, rows: list[_Row], active: list[int], memory: Memory, short: Shortlist) -> None:
        """Verify the drafts of the active rows, and write one piece more than was verified."""
        pad = self.pieces.pad
        # The decoder reads the last piece written (the start piece at first) and the draft but for its last piece.
        given = self._pad_exact([[rows[i].out[-1] if rows[i].out else pad, *rows[i].draft[:-1]] for i in active])
        start = np.array([len(rows[i].out) for i in active])
        cells = (np.stack([rows[i].cells[0] for i in active]), np.stack([rows[i].cells[1] for i in active]))
        got = self.decode(given, start, cells, memory.take(active), short.w, short.b[active], np.zeros_like(given))
        for at, i in enumerate(active):
            row = rows[i]
            # Pieces agreed upon, and after them the decoder's own choice.
            for t in range(len(row.draft)):
                piece = int(short.pieces[got.best[at, t]])
                row.score += float(got.of_best[at, t])
                if piece == EOS or len(row.out) >= row.limit:
                    row.done = True
                    break
                row.out.append(piece)
                if piece != row.draft[t]:
                    break
            # Copies: a view would keep the whole batch's cells alive.
            row.cells = (got.d0[at, t].copy(), got.d1[at, t].copy())
            if not row.done:
                row.draft = _next_draft(row.source, row.out)

    def _pad_exact(self, rows: Sequence[Sequence[int]]) -> Ints:
        width = max(len(r) for r in rows)
        ids = np.full((len(rows), width), self.pieces.pad, np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
        return ids

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Post-edit sentences, in batches of about equal length; the order and the company make no difference."""
        encoded = [self.pieces.encode(t) for t in texts]
        found: list[Hypothesis] = [Hypothesis(t, 0.0) for t in texts]
        order = [i for i in sorted(range(len(texts)), key=lambda i: len(encoded[i])) if 1 < len(encoded[i]) <= LONGEST]
        for batch in _cut(order, [len(e) for e in encoded], most=self.batch_size):
            for i, (ids, score, odds) in zip(batch, self.post_edit_ids([encoded[i] for i in batch]), strict=True):
                found[i] = Hypothesis(self.pieces.decode(ids), score, odds)
        return found

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
        results: list[list[float]] = [[] for _ in groups]
        order = sorted(range(len(groups)), key=lambda i: len(sources[i]))
        # The scores of a batch are [pieces, shortlist]: larger batches are no faster and take hundreds of megabytes.
        for batch in _cut(order, [len(s) * max(1, len(groups[i][1])) for i, s in enumerate(sources)], budget=1200):
            candidates = [(at, self.pieces.encode(c)) for at, i in enumerate(batch) for c in groups[i][1]]
            if not candidates:
                continue
            # A candidate's pieces may be cut in another way than the decoder wrote them: they count as allowed.
            short = self.shortlist([[*sources[batch[at]], *ids] for at, ids in candidates])
            memory = self.encode([sources[i] for i in batch])
            given = self._pad_exact([[self.pieces.pad, *ids[:-1]] for _, ids in candidates])
            labels = short.places(self._pad_exact([ids for _, ids in candidates]))
            zero = np.zeros((len(candidates), self.width), np.float32)
            start = np.zeros(len(candidates), np.int64)
            rows = memory.take([at for at, _ in candidates])
            got = self.decode(given, start, (zero, zero), rows, short.w, short.b, labels)
            for row, (at, ids) in enumerate(candidates):
                results[batch[at]].append(float(got.of_label[row, : len(ids)].sum()))
        return results


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


def _cut(order: Sequence[int], lengths: Sequence[int], budget: int = 2000, most: int = 64) -> list[list[int]]:
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


def _session(path: Path, weights: dict[str, Floats], threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    names = list(weights)
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weights[n]) for n in names]
    options.add_external_initializers(names, values)
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime raises classes of its own, all derived from Exception
        raise ModelError(f"{path}: cannot be run: {str(error).splitlines()[0]}") from None
