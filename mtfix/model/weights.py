"""Read ``model.safetensors`` without torch: names, shapes and numbers, nothing that could run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError

_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}
_HEADER_LIMIT = 10_000_000


def read_safetensors(path: Path, half: Collection[str] = ()) -> dict[str, NDArray[Any]]:
    """Return the tensors of a safetensors file as float32, those named in ``half`` as they are.

    The format: length of the header (uint64), the header (JSON: dtype, shape, offsets), the data.

    Raises:
        ModelError: the file is missing, cut short, or holds a type other than F16 and F32.
    """
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: no weights: {error.strerror}; point --model at a model folder") from None
    size = int.from_bytes(blob[:8], "little")
    if len(blob) < 8 or not 2 <= size <= min(len(blob) - 8, _HEADER_LIMIT):
        raise ModelError(f"{path}: not a safetensors file")
    try:
        header = json.loads(blob[8 : 8 + size])
        header.pop("__metadata__", None)
        tensors = {}
        for name, entry in header.items():
            if entry["dtype"] not in _TYPES:
                raise ModelError(f"{path}: {name} is {entry['dtype']}; known types: {', '.join(_TYPES)}")
            low, high = entry["data_offsets"]
            data = np.frombuffer(blob[8 + size + low : 8 + size + high], _TYPES[entry["dtype"]])
            kind = data.dtype if name in half else np.float32
            tensors[name] = np.array(data.reshape(entry["shape"]), kind, order="C")  # a copy: the file goes
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: a damaged safetensors file: {error}") from None
    return tensors


def hash_weights(folder: Path) -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 of a model's weights: the model's name in every edit."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
