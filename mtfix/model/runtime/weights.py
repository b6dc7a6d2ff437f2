"""Read ``model.safetensors`` without torch: names, shapes and numbers, nothing that could run."""

from __future__ import annotations

import hashlib
import json
import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError

_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}
_HEADER_LIMIT = 10_000_000


def map_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Return the tensors of a safetensors file, float16 or float32 as they are stored: views of the mapped file.

    What is to outlive the loading should be copied: the file may be replaced.

    The format: length of the header (uint64), the header (JSON: dtype, shape, offsets), the data.

    Raises:
        ModelError: the file is missing, cut short, or holds a type other than F16 and F32.
    """
    blob = _map(path)
    size = int.from_bytes(blob[:8], "little")
    if len(blob) < 8 or not 2 <= size <= min(len(blob) - 8, _HEADER_LIMIT):
        raise ModelError(f"{path}: not a safetensors file")
    try:
        header = json.loads(bytes(blob[8 : 8 + size]))
        header.pop("__metadata__", None)
        tensors = {}
        for name, entry in header.items():
            if entry["dtype"] not in _TYPES:
                raise ModelError(f"{path}: {name} is {entry['dtype']}; known types: {', '.join(_TYPES)}")
            low, high = entry["data_offsets"]
            data = np.frombuffer(blob[8 + size + low : 8 + size + high], _TYPES[entry["dtype"]])
            tensors[name] = data.reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: a damaged safetensors file: {error}") from None
    return tensors


def hash_weights(folder: Path) -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 of a model's weights: the model's name in every edit."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(_map(path))
    return digest.hexdigest()[:8]


def read_penalty(folder: Path) -> float:
    """Return the penalty for departing from the input that a model's ``config.json`` names, in nats; without one 0.

    Raises ModelError when the file is damaged or the penalty is not a number.
    """
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8")).get("penalty", 0.0)
    except FileNotFoundError:
        return 0.0
    except (ValueError, AttributeError) as error:
        raise ModelError(f"{path}: a damaged config: {error}") from None
    if not isinstance(found, (int, float)) or isinstance(found, bool):
        raise ModelError(f"{path}: penalty must be a number, not {found!r}")
    return float(found)


def _map(path: Path) -> memoryview:
    """Return the bytes of a file, mapped: they are read once, where they are looked at."""
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except ValueError:  # an empty file cannot be mapped
        return memoryview(b"")
    except OSError as error:
        raise ModelError(f"{path}: no weights: {error.strerror}; point --model at a model folder") from None
