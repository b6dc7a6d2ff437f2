"""Turn a fitted model into a model folder that the runtime loads: fp16 weights, graphs, shortlist."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
import transformers

from mtfix.errors import ModelError
from mtfix.model.runtime.network import SsruForConditionalGeneration
from mtfix.model.runtime.pieces import EOS, Pieces
from mtfix.training.network.graphs import export_graphs
from mtfix.training.network.ranges import SENTENCES, measure_ranges, save_ranges

KEPT = ("vocabulary.spm", "base.json", "confidence.json", "translationese.json", "ngrams.npz")


def average_models(folders: Sequence[Path], output: Path) -> None:
    """Write the mean of the weights of several models to ``output``, with the vocabulary of the first.

    Two runs of which one went on from the other lie in one valley; their mean is better than either (model soups,
    Wortsman et al. 2022). Raises ModelError for fewer than two, a folder without a model, and models of other shapes.
    """
    if len(folders) < 2:
        raise ModelError("a mean takes two models or more: give --fitted again")
    for folder in folders:
        if not (folder / "model.safetensors").is_file():
            raise ModelError(f"{folder}: no model.safetensors; fit a model first")
    transformers.utils.logging.disable_progress_bar()
    found = [SsruForConditionalGeneration.from_pretrained(f, dtype=torch.float32) for f in folders]
    states = [m.state_dict() for m in found]
    shapes = [{k: v.shape for k, v in s.items()} for s in states]
    for folder, other in zip(folders, shapes, strict=True):
        if other != shapes[0]:
            raise ModelError(f"{folder}: its weights have other shapes than those of {folders[0]}")
    found[0].load_state_dict({k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]})
    found[0].save_pretrained(output)
    for name in ("vocabulary.spm", "base.json"):
        if (folders[0] / name).is_file():
            (output / name).write_bytes((folders[0] / name).read_bytes())


def export_model(
    fitted: Path,
    output: Path,
    texts: Iterable[str],
    *,
    common: int = 4000,
    besides: Iterable[int] = (),
    penalty: float | None = None,
) -> Path:
    """Write ``model.safetensors`` (fp16), graphs, ranges, the vocabulary and the shortlist of ``fitted`` to ``output``.

    ``texts`` are training targets: their ``common`` commonest pieces (and ``besides``) may be written whatever the input is,
    and on some of them the ranges of the quantised graphs are measured. ``penalty``, for departing from the input
    (`mtfix.model.runtime.graphs.Graphs`), goes into the config; None keeps what ``fitted`` has.
    """
    if not (fitted / "model.safetensors").is_file():
        raise ModelError(f"{fitted}: no model.safetensors; fit a model first")
    output.mkdir(parents=True, exist_ok=True)
    transformers.utils.logging.disable_progress_bar()
    rng = random.Random(11)
    model = SsruForConditionalGeneration.from_pretrained(fitted, dtype=torch.float32)
    if penalty is not None:
        model.config.penalty = penalty
    model.half().save_pretrained(output)
    for name in KEPT:
        if (fitted / name).is_file() and fitted != output:
            (output / name).write_bytes((fitted / name).read_bytes())
    pieces = Pieces(output / "vocabulary.spm")
    counts: Counter[int] = Counter({EOS: 1 << 30})
    sample: list[str] = []
    for number, text in enumerate(texts):
        counts.update(pieces.encode(text))
        # Every text has the same chance of being in the sample (Vitter 1985), seeded.
        place = number if number < SENTENCES else rng.randrange(number + 1)
        if place < SENTENCES:
            sample[place : place + 1] = [text]
    shortlist = sorted({*(p for p, _ in counts.most_common(common)), *besides})
    np.save(output / "shortlist.npy", np.array(shortlist, np.int32))
    export_graphs(model.config, len(shortlist), output)
    # The weights as they were saved: fp16 values, fp32 arithmetic.
    save_ranges(measure_ranges(model.float().eval(), pieces, sample), output)
    tokenizer = '{"tokenizer_class": "SsruTokenizer", "model_max_length": 512}\n'
    (output / "tokenizer_config.json").write_text(tokenizer, encoding="utf-8")
    return output
