"""Turn a fitted model into a model folder that the runtime loads: fp16 weights, graphs, shortlist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch

from mtfix.errors import ModelError
from mtfix.model.network import SsruForConditionalGeneration
from mtfix.model.pieces import EOS, Pieces
from mtfix.training.graphs import export_graphs

KEPT = ("vocabulary.spm", "base.json", "confidence.json", "translationese.json")


def average_models(folders: Iterable[Path], output: Path) -> None:
    """Write the mean of several checkpoints' weights (same shapes) to ``output``. Raises ModelError for none."""
    found = [SsruForConditionalGeneration.from_pretrained(f, dtype=torch.float32) for f in folders]
    if not found:
        raise ModelError("no checkpoints to average")
    states = [m.state_dict() for m in found]
    mean = {k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]}
    found[0].load_state_dict(mean)
    found[0].save_pretrained(output)


def export_model(fitted: Path, output: Path, texts: Iterable[str], *, common: int = 4000) -> Path:
    """Write ``model.safetensors`` (fp16), the graphs, the vocabulary and the shortlist of ``fitted`` to ``output``.

    ``texts`` are training targets: their ``common`` commonest pieces may be written whatever the input is.
    """
    if not (fitted / "model.safetensors").is_file():
        raise ModelError(f"{fitted}: no model.safetensors; fit a model first")
    output.mkdir(parents=True, exist_ok=True)
    model = SsruForConditionalGeneration.from_pretrained(fitted, dtype=torch.float32)
    export_graphs(model, output)
    model.half().save_pretrained(output)
    for name in KEPT:
        if (fitted / name).is_file() and fitted != output:
            (output / name).write_bytes((fitted / name).read_bytes())
    pieces = Pieces(output / "vocabulary.spm")
    counts: Counter[int] = Counter({EOS: 1 << 30})
    for text in texts:
        counts.update(pieces.encode(text))
    np.save(output / "shortlist.npy", np.array(sorted(p for p, _ in counts.most_common(common)), np.int32))
    tokenizer = '{"tokenizer_class": "SsruTokenizer", "model_max_length": 512}\n'
    (output / "tokenizer_config.json").write_text(tokenizer, encoding="utf-8")
    return output
