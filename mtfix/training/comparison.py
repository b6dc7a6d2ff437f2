"""Which of several models edits better, before confidence is applied: losses on held-out pairs, raw hunks on development sets.

Scores of what ships depend on gate and thresholds, which are calibrated for each model. Whether a training is worth a
calibration is seen here: a model that writes and copies better proposes better hunks. Nothing here reads a test set.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers

from mtfix.errors import InputError, ModelError
from mtfix.model.posteditor import ScoringPostEditor
from mtfix.model.protect import protect
from mtfix.model.runtime.network import SsruForConditionalGeneration
from mtfix.model.runtime.pieces import Pieces
from mtfix.model.stage import find_hunks
from mtfix.training.ablation import Loss, mark_written, measure_loss
from mtfix.training.calibration.calibrate import measure_gain, nearest
from mtfix.training.data.development import Row
from mtfix.training.data.pairs import Pair
from mtfix.training.network.batches import Batch, collate, cut_batches
from mtfix.training.network.fit import FitConfig


@dataclass(frozen=True, slots=True)
class Proposals:
    """Hunks that the guard lets through, each counted alone, by what it brings (`mtfix.training.calibration.calibrate.measure_gain`).

    ``edits`` is how many word edits nearer to the references all of them together bring the sentences, ``pairs`` how
    many more pairs of neighbouring words match.
    """

    nearer: int
    farther: int
    neither: int
    edits: int
    pairs: int


def leave_out_seen(pairs: Sequence[Pair], seen: Collection[str]) -> list[Pair]:
    """Return the pairs whose post-edit is not among ``seen``, the targets that some model was trained on.

    Clean text that was corrupted one way in the held-out pairs and another way in training has been memorised. Raises
    InputError when no pair is left.
    """
    found = [p for p in pairs if p.pe not in seen]
    if not found:
        raise InputError("no held-out pair is left: the targets of all of them were trained on")
    return found


def measure_losses(folder: Path, pairs: Sequence[Pair], config: FitConfig) -> Loss:
    """Return the mean losses a piece of a fitted model on ``pairs``. Raises ModelError when it is no model of ours."""
    if not (folder / "model.safetensors").is_file():
        raise ModelError(f"{folder}: no model.safetensors; fit a model first")
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(config.threads)
    pieces = Pieces(folder / "vocabulary.spm")
    model = SsruForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    return measure_loss(model, _batches(pairs, pieces, config))


def _batches(pairs: Sequence[Pair], pieces: Pieces, config: FitConfig) -> list[Batch]:
    encoded = mark_written(pairs, pieces, config.longest)
    order = random.Random(config.seed)
    return [collate([encoded[i] for i in b], pieces.pad) for b in cut_batches(encoded, config.batch_pieces, order)]


def measure_proposals(model: ScoringPostEditor, rows: Sequence[Row]) -> Proposals:
    """Return what the model's hunks on ``rows`` bring, each put into its sentence alone."""
    texts = [protect(r.mt) for r in rows]
    nearer = farther = neither = edits = pairs = 0
    for row, text, hypothesis in zip(rows, texts, model.post_edit([t.text for t in texts]), strict=True):
        reference = nearest(row.mt, row.references)
        for hunk, _, refusal in find_hunks(text.text, text.codes, hypothesis.text, model.normalize, model.count_pieces):
            if refusal is not None:
                continue
            edited = text.restore(text.text[: hunk.start] + hunk.replacement + text.text[hunk.end :])
            by_edits, by_pairs = measure_gain(row.mt, edited, reference)
            edits, pairs = edits + by_edits, pairs + by_pairs
            gain = by_edits + by_pairs
            nearer, farther, neither = nearer + (gain > 0), farther + (gain < 0), neither + (gain == 0)
    return Proposals(nearer, farther, neither, edits, pairs)
