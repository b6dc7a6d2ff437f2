"""A decoder-only language model in ONNX Runtime, one sentence at a time: read pieces, ask how probable the next ones are.

Two graphs share one file of weights (``weights.bin``): ``body.onnx`` turns pieces into states, ``head.onnx``
turns states into the best next piece and log-probabilities. Keys and values of what was read stay in a `Memory`, so a
sentence is never read twice. A call reads one sentence: what it answers cannot depend on other sentences.

Source of the architecture: Touvron et al. 2023, "LLaMA"; rotary positions: Su et al. 2021; grouped queries: Ainslie
et al. 2023. Weights are whole numbers of 8 bits, with a scale for every `BLOCK` of them in a row, or float32.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
WEIGHTS, BODY, HEAD, SHAPE = "weights.bin", "body.onnx", "head.onnx", "shape.json"
CHOICES = 4  # best next pieces that are looked at
BLOCK = 32  # weights of a row that share a scale
ZERO = 128  # the whole number that stands for 0
_BLOCKED = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network, as ``shape.json`` has them."""

    layers: int
    width: int
    heads: int
    key_heads: int
    head_width: int
    hidden: int
    vocabulary: int
    rotary_base: float
    bits: int = 32  # of a weight: 32, a float, or 8


@dataclass(frozen=True, slots=True)
class Memory:
    """Keys and values ``[layers, 2, key heads, read pieces, head width]`` of the pieces read so far."""

    values: Floats

    @property
    def length(self) -> int:
        """How many pieces were read."""
        return int(self.values.shape[3])

    def cut(self, length: int) -> Memory:
        """Return the memory of the first ``length`` pieces."""
        return Memory(self.values[:, :, :, :length])


@dataclass(frozen=True, slots=True)
class Prediction:
    """For each state: the best next pieces and their log-probabilities ``[N, CHOICES]``, and that of the piece asked about."""

    best: Ids
    best_log: Floats
    asked_log: Floats


def count_blocks(width: int) -> int:
    """Return how many scales a row of that many weights has."""
    return -(-width // BLOCK)


class CausalGraphs:
    """The two graphs of a folder made by `mtfix.model.runtime.adapt`. Raises ModelError for a folder that lacks a part.

    Safe for threads: a call keeps nothing.
    """

    def __init__(self, folder: Path) -> None:
        from mtfix.model.runtime.ort import onnxruntime as ort

        ort.disable_telemetry_events()  # mtfix works offline: nothing is reported to the maker of the runtime

        try:
            self.shape = Shape(**json.loads((folder / SHAPE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"{folder / SHAPE}: {error}; delete the folder, it is made again") from None
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # sentences are shared out among threads instead: less waiting
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._body: Any = ort.InferenceSession(str(folder / BODY), options, providers=["CPUExecutionProvider"])
            self._head: Any = ort.InferenceSession(str(folder / HEAD), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001 - onnxruntime raises its own types, without a common base
            raise ModelError(f"{folder}: {str(error).splitlines()[0]}; delete the folder, it is made again") from None
        s = self.shape
        # The embedding stands first in the file of weights; only the rows looked up are read from disk.
        if s.bits == 32:
            self._embedding: Any = np.memmap(folder / WEIGHTS, np.float32, "r", 0, (s.vocabulary, s.width))
        else:
            blocks = count_blocks(s.width)
            size = s.vocabulary * blocks * BLOCK
            self._embedding = np.memmap(folder / WEIGHTS, np.uint8, "r", 0, (s.vocabulary, blocks, BLOCK))
            self._scales = np.memmap(folder / WEIGHTS, np.float32, "r", size, (s.vocabulary, blocks, 1))
        self._free = np.zeros(s.vocabulary, np.float32)
        angles = np.arange(2048)[:, None] / s.rotary_base ** (np.arange(0, s.head_width, 2) / s.head_width)[None]
        self._cos = np.concatenate([np.cos(angles)] * 2, 1).astype(np.float32)
        self._sin = np.concatenate([np.sin(angles)] * 2, 1).astype(np.float32)

    def _embed(self, ids: Sequence[int]) -> Floats:
        """Return the embeddings ``[T, D]`` of pieces."""
        rows = np.asarray(ids, np.int64)
        if self.shape.bits == 32:
            return np.asarray(self._embedding[rows])
        whole = (self._embedding[rows].astype(np.float32) - ZERO) * self._scales[rows]
        return np.asarray(whole.reshape(len(rows), -1)[:, : self.shape.width])

    def begin(self) -> Memory:
        """Return the memory of nothing."""
        s = self.shape
        return Memory(np.zeros((s.layers, 2, s.key_heads, 0, s.head_width), np.float32))

    def read(self, ids: Sequence[int], memory: Memory) -> tuple[Floats, Memory]:
        """Read pieces after those in ``memory``; return their states ``[T, D]`` and the longer memory."""
        past, count = memory.length, len(ids)
        mask = np.full((count, past + count), _BLOCKED, np.float32)
        mask[:, :past] = 0
        mask[:, past:] = np.triu(mask[:, past:], 1)
        states, new = self._body.run(
            None,
            {
                "x": self._embed(ids),
                "cos": self._cos[past : past + count],
                "sin": self._sin[past : past + count],
                "mask": mask,
                "past": memory.values,
            },
        )
        return states, Memory(np.concatenate([memory.values, new], 3))

    def predict(self, states: Floats, asked: Sequence[int], bias: Floats | None = None) -> Prediction:
        """Return what follows each state, and how probable the piece ``asked`` is there.

        ``bias`` ``[V]`` is added where the best are chosen, not to what is said of their probability.
        """
        feeds = {"states": states, "asked": np.asarray(asked, np.int64), "bias": self._free if bias is None else bias}
        return Prediction(*self._head.run(None, feeds))
