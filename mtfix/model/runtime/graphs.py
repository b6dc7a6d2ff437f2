"""The network in ONNX Runtime: its three graphs, their inputs and outputs.

The encoder and the decoder read embedded pieces; the third graph scores the common pieces after a state of the decoder. A
sentence may also write its own pieces that are not common: those few are scored here. Matrices are products of whole numbers
(`quantize`), unless fp32 is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError
from mtfix.model.runtime.ort import onnxruntime
from mtfix.model.runtime.quantize import OUTPUT, load_ranges, quantize, transpose
from mtfix.model.runtime.weights import map_safetensors

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
KEYS_VALUES = ("k0", "v0", "k1", "v1")
GRID = 8  # lengths of inputs are padded to multiples of this, so that shapes repeat
_STATES = 384  # that are scored at once


@dataclass(slots=True)
class Memory:
    """The encoder's work for a batch: mask ``[B, S]`` and cross-attention keys and values ``[B, H, S, D/H]``."""

    mask: Floats
    keys_values: tuple[Floats, ...]

    def pick(self, places: Sequence[int]) -> dict[str, Floats]:
        """Return the decoder's feeds for the sentences at ``places``."""
        feeds = {n: a[places] for n, a in zip(KEYS_VALUES, self.keys_values, strict=True)}
        return feeds | {"mask": self.mask[places]}


@dataclass(frozen=True, slots=True)
class Rare:
    """The pieces ``[K]``, sorted, that one sentence may write besides the common ones; ``w [D, K]``, ``b [K]``.

    ``own`` are the places of the sentence's other pieces among the common ones, where a penalty asks for them.
    """

    pieces: Ints
    w: Floats
    b: Floats
    own: Ints


class Graphs:
    """The graphs of a model folder with their weights; ``precision`` is "int8" or "fp32", ``pad`` the id of padding.

    ``penalty`` is what a piece costs, in nats, that the sentence does not have (`choose`): a penalty for departing from the
    input, as in Junczys-Dowmunt and Grundkiewicz 2016, "Log-linear Combinations of Monolingual and Bilingual Neural Machine
    Translation Models for Automatic Post-Editing"; below 0 it is a reward.

    Raises ModelError when the folder lacks a part or a part is damaged.
    """

    def __init__(self, folder: Path, *, precision: str, pad: int, penalty: float = 0.0) -> None:
        end = ".onnx" if precision == "int8" else ".fp32.onnx"
        paths = [folder / f"{part}{end}" for part in ("encoder", "decoder", "output")]
        for path in (*paths, folder / "shortlist.npy"):
            if not path.is_file():
                raise ModelError(f"{folder}: no {path.name}; make it with `mtfix train export`, or use --backend hf")
        weights = map_safetensors(folder / "model.safetensors")
        self.pad = pad
        self.penalty = penalty
        self.embedding = weights.pop("embedding.weight").copy()  # float16: a few rows at a time are read
        self.bias: Floats = weights.pop("output_bias").astype(np.float32)
        self.width: int = self.embedding.shape[1]
        self.common: Ints = np.load(folder / "shortlist.npy", allow_pickle=False).astype(np.int64)
        self.is_common = np.isin(np.arange(len(self.bias)), self.common)
        self.positions = _positions(512, self.width)
        weights |= {
            f"{OUTPUT}.weight": self.embedding[self.common],
            f"{OUTPUT}.bias": self.bias[self.common],
        }
        ready = quantize(weights, load_ranges(folder)) if precision == "int8" else transpose(weights)
        self.encoder, self.decoder, self.output = (
            _session(path, {n: ready[n] for n in ready if _belongs(n, path.name)}) for path in paths
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
        ids = self._pad(sources, GRID)
        mask = (ids != self.pad).astype(np.float32)
        return Memory(mask, tuple(self.encoder.run(None, {"x": self.embed(ids), "mask": mask})))

    def _pad(self, rows: Sequence[Sequence[int]], grid: int = 1) -> Ints:
        width = -(-max(len(r) for r in rows) // grid) * grid
        ids = np.full((len(rows), width), self.pad, np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
        return ids

    def find_rare(self, ids: Sequence[int]) -> Rare:
        """Let a sentence write those of ``ids`` that are not common: its own pieces."""
        pieces = np.array(sorted({i for i in ids if not self.is_common[i]}), np.int64)
        common = sorted({i for i in ids if self.is_common[i]}) if self.penalty else []
        own = np.searchsorted(self.common, np.array(common, np.int64))
        embedding = np.ascontiguousarray(self.embedding[pieces].astype(np.float32).T)
        return Rare(pieces, embedding, self.bias[pieces], own)

    def decode(
        self, given: Sequence[Sequence[int]], start: Ints, cells: tuple[Floats, Floats], memory: dict[str, Floats]
    ) -> tuple[Floats, Floats, Floats]:
        """Run the decoder over rows of pieces from their positions ``start [B]`` and their cells ``[B, D]``.

        Returns the states of all rows without padding, ``[N, D]``, and the cells of both layers after each position,
        ``[B, T, D]``.
        """
        feeds = {"y": self.embed(self._pad(given), start), "c0": cells[0], "c1": cells[1]}
        h, d0, d1 = self.decoder.run(None, feeds | memory)
        states: Floats = h[np.arange(h.shape[1]) < np.array([len(g) for g in given])[:, None]]
        return states, d0, d1

    def _score_states(self, h: Floats) -> Iterator[tuple[slice, Floats]]:
        """Yield states' places and their scores ``[n, K]`` of the common pieces, `_STATES` at a time: 16 kB a state."""
        for first in range(0, len(h), _STATES):
            part = slice(first, first + _STATES)
            yield part, self.output.run(None, {"h": h[part]})[0]

    def choose(self, h: Floats, rows: Sequence[tuple[Rare, int]]) -> Ints:
        """Return the most probable piece ``[N]`` after each state ``[N, D]``; ``rows`` say whose states they are."""
        best = np.zeros(len(h), np.int64)
        highest = np.zeros(len(h), np.float32)
        for part, scores in self._score_states(h):
            if self.penalty:
                self._favour_own(scores, part.start, rows)
            best[part] = scores.argmax(1)
            highest[part] = scores.max(1)
        chosen: Ints = self.common[best]
        for part, rare in _walk(rows):
            others = h[part] @ rare.w + rare.b + np.float32(self.penalty)
            rival = others.argmax(1)
            better = others[np.arange(len(rival)), rival] > highest[part]
            chosen[part][better] = rare.pieces[rival[better]]
        return chosen

    def _favour_own(self, scores: Floats, start: int, rows: Sequence[tuple[Rare, int]]) -> None:
        """Add the penalty to the scores ``[n, K]`` of the pieces that sentences have: the others are as much worse off.

        ``start`` is the place of the first of the scores among the states of ``rows``.
        """
        first = -start
        for rare, count in rows:
            mine = slice(max(first, 0), max(first + count, 0))
            scores[mine, rare.own] += np.float32(self.penalty)
            first += count

    def log_probabilities(self, h: Floats, rows: Sequence[tuple[Rare, int]], labels: Ints) -> NDArray[np.float64]:
        """Return the log-probability ``[N]`` of each of ``labels`` after its state ``[N, D]``."""
        of_label, highest, sums = np.zeros(len(h)), np.zeros(len(h), np.float32), np.zeros(len(h))
        place = np.minimum(np.searchsorted(self.common, labels), len(self.common) - 1)
        for part, scores in self._score_states(h):
            of_label[part] = scores[np.arange(len(scores)), place[part]]
            highest[part] = scores.max(1)
            np.exp(np.subtract(scores, highest[part, None], out=scores), out=scores)
            sums[part] = scores.sum(1)
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
    # Memory goes back at once: shapes vary, and what is kept for each would add up to 200 MB over a long document.
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
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
