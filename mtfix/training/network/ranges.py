"""Measure how large the inputs of the network's matrices get, channel by channel, on ordinary sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mtfix.model.runtime.network import SsruForConditionalGeneration
from mtfix.model.runtime.pieces import Pieces
from mtfix.model.runtime.quantize import OUTPUT, RANGES, input_of

SENTENCES = 400  # the largest sizes hardly grow with more
_LONGEST = 80  # pieces
_BATCH = 25


@torch.no_grad()
def measure_ranges(
    model: SsruForConditionalGeneration, pieces: Pieces, texts: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    """Return the largest absolute value of every channel of every input, for texts that are copied."""
    found: dict[str, Tensor] = {}

    def note(name: str, x: Tensor) -> None:
        sizes = x.reshape(-1, x.shape[-1]).abs().amax(0)
        found[name] = torch.maximum(found[name], sizes) if name in found else sizes

    handles = [
        module.register_forward_hook(lambda _, given, __, name=input_of(name): note(name, given[0]))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear)
    ]
    try:
        encoded = sorted((pieces.encode(t)[:_LONGEST] for t in texts), key=len)
        for at in range(0, len(encoded), _BATCH):
            for ids in _equal_lengths(encoded[at : at + _BATCH]):
                # No padding: what its channels hold would count.
                mask = torch.ones_like(ids)
                given: Any = model.prepare_decoder_input_ids_from_labels(ids)
                note(f"{OUTPUT}.x", model.decode(given, model.start(model.encoder(ids, mask)[0]), mask))
    finally:
        for handle in handles:
            handle.remove()
    return {name: sizes.numpy() for name, sizes in found.items()}


def _equal_lengths(rows: Sequence[list[int]]) -> list[Tensor]:
    lengths = sorted({len(r) for r in rows})
    return [torch.tensor([r for r in rows if len(r) == length]) for length in lengths]


def save_ranges(ranges: dict[str, NDArray[np.float32]], folder: Path) -> None:
    """Write the ranges to a model folder, rounded to what matters."""
    arrays: dict[str, Any] = {name: sizes.astype(np.float16) for name, sizes in sorted(ranges.items())}
    np.savez(folder / RANGES, **arrays)
