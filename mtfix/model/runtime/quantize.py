"""Whole numbers for the matrices of the network: weights and inputs of 8 bits.

Each matrix's input has a step of its own for every channel, fixed beforehand (`mtfix train export` measures how large the
channels get), so that a sentence is rounded in the same way in whatever company it comes. Part of a channel's size goes
over to the weights that read it, which evens out channels that are much larger than the others. Source: Xiao et al. 2023,
"SmoothQuant". The weights' steps are so large that the sum of two neighbouring products always fits into 16 bits, where
processors without instructions for dot products keep it: they compute the same as those with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError

Floats = NDArray[np.float32]
RANGES = "ranges.npz"
OUTPUT = "output"  # the name of the layer that scores the common pieces
SHIFT = 0.65  # share of a channel's size that goes over to the weights
_WEIGHT_STEPS = 127
_PAIR_STEPS = 128  # of two neighbours of one sign: 255 * 128 < 2 ** 15
#: Zero of inputs that have either sign, and of those that a ReLU made (they use all 255 steps upwards).
ZERO = {False: 128, True: 0}
_INPUT_STEPS = {False: 127, True: 255}


def input_of(name: str) -> str:
    """Return the name of what a matrix reads; matrices that read the same tensor share it.

    >>> [input_of(f"encoder.layers.0.attention.{p}") for p in "qkvo"]  # doctest: +NORMALIZE_WHITESPACE
    ['encoder.layers.0.attention.x', 'encoder.layers.0.attention.x', 'encoder.layers.0.attention.x',
     'encoder.layers.0.attention.o.x']
    >>> input_of("decoder.1.attention.v"), input_of("decoder.1.cell.w"), input_of("decoder.1.ffn.inner")
    ('memory.x', 'decoder.1.cell.x', 'decoder.1.ffn.inner.x')
    """
    stem, _, part = name.rpartition(".")
    if stem.endswith(".attention") and part in ("q", "k", "v"):
        if stem.startswith("encoder"):
            return f"{stem}.x"
        return f"{stem}.q.x" if part == "q" else "memory.x"
    return f"{stem}.x" if stem.endswith(".cell") else f"{name}.x"


def is_folded(name: str) -> bool:
    """Whether the steps of a matrix's input are part of the weights before it: a ReLU lets them through."""
    return name.endswith(".ffn.outer")


def load_ranges(folder: Path) -> dict[str, Floats]:
    """Return the largest sizes of the channels of every input, by its name. Raises ModelError."""
    path = folder / RANGES
    try:
        with np.load(path, allow_pickle=False) as found:
            return {name: found[name].astype(np.float32) for name in found.files}
    except FileNotFoundError:
        raise ModelError(f"{path}: missing; make it with `mtfix train export`, or use --backend onnx-fp32") from None
    except (OSError, EOFError, ValueError, KeyError, AttributeError, BadZipFile) as error:
        raise ModelError(f"{path}: damaged; make it anew with `mtfix train export`") from error


def choose_steps(sizes: Floats, *, positive: bool) -> Floats:
    """Return the step of each channel, for channels as large as ``sizes [D]``."""
    sizes = np.maximum(sizes, max(float(sizes.max()) * 0.02, 1e-6))
    shared = sizes**SHIFT
    steps: Floats = (shared * ((sizes / shared).max() / _INPUT_STEPS[positive])).astype(np.float32)
    return steps


def choose_weight_steps(matrix: Floats, scratch: Floats | None = None) -> Floats:
    """Return the step of each row of ``[out, in]``: fine, but neither a weight nor a pair of neighbours overflows.

    ``scratch [out, in - 1]`` is written over, if it is given.
    """
    pairs = _largest(np.add(matrix[:, :-1], matrix[:, 1:], out=scratch))  # opposite signs cannot overflow together
    # A pair may gain one step by rounding.
    limits = np.maximum(_largest(matrix) / _WEIGHT_STEPS, pairs / (_PAIR_STEPS - 1))
    steps: Floats = np.maximum(limits, 1e-12).astype(np.float32)
    return steps


def _largest(matrix: Floats) -> Floats:
    """Return the largest size in each row, without writing all sizes down."""
    found: Floats = np.maximum(matrix.max(1), -matrix.min(1))
    return found


def quantize(weights: Mapping[str, NDArray[Any]], ranges: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Return what the quantised graphs read, made of the weights (matrices ``[out, in]``, by their parameters' names).

    The weights are float32 or float16, and none is written over. For a matrix M: ``M.int8 [in, out]``, ``M.step [out]``,
    ``M.bias``, and for its input ``X.inverse [in]`` (one over the steps). Everything else is float32.
    Raises ModelError when ``ranges`` fit other weights.
    """
    matrices = {n.removesuffix(".weight"): w for n, w in weights.items() if w.ndim == 2}
    found: dict[str, NDArray[Any]] = {n: w.astype(np.float32) for n, w in weights.items() if w.ndim != 2}
    steps = {}
    for name, matrix in matrices.items():
        sizes = ranges.get(input_of(name))
        if sizes is None or sizes.shape != matrix.shape[1:]:
            raise ModelError(f"{RANGES}: made for another model; make it anew with `mtfix train export`")
        steps[name] = choose_steps(sizes, positive=is_folded(name))
    # Fresh memory for each matrix would take longer than the arithmetic.
    scratch = np.empty((2, max((m.size for m in matrices.values()), default=0)), np.float32)
    for name, matrix in matrices.items():
        scaled, pairs = (part[: matrix.size].reshape(matrix.shape) for part in scratch)
        outer = name.removesuffix("inner") + "outer"
        if outer != name and outer in matrices and is_folded(outer):
            found[f"{name}.bias"] = found[f"{name}.bias"] / steps[outer]
            np.divide(matrix, steps[outer][:, None], out=scaled)
            np.multiply(scaled, steps[name], out=scaled)
        else:
            np.multiply(matrix, steps[name], out=scaled)
        if not is_folded(name):
            found[f"{input_of(name)}.inverse"] = 1 / steps[name]
        step = choose_weight_steps(scaled, pairs[:, 1:])
        np.rint(np.divide(scaled, step[:, None], out=scaled), out=scaled)
        found[f"{name}.int8"] = np.ascontiguousarray(scaled.astype(np.int8).T)
        found[f"{name}.step"] = step
    return found


def transpose(weights: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
    """Return what the fp32 graphs read: ``M.transposed [in, out]`` for every matrix, all in float32."""
    return {
        (n.removesuffix("weight") + "transposed" if w.ndim == 2 else n): np.ascontiguousarray(w.T, np.float32)
        for n, w in weights.items()
    }
