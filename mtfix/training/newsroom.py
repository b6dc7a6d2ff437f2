"""Fine-tune and calibrate a model on a newsroom's own post-edits and nothing else.

No pair can say how good a model is that has learnt it. So the pairs are dealt into folds: for each fold a model is fitted on
the others and its hunks are judged by this fold's post-edits. The scale of confidence and the thresholds come from these
hunks; the model that is kept is fitted on all pairs. Post-edits also stand as clean text, to be left alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mtfix.errors import ConfigError
from mtfix.model.confidence import Confidence, Perceptron, load_confidence
from mtfix.model.load import uncalibrated
from mtfix.model.ngrams import FILE as NGRAMS
from mtfix.model.ngrams import load_ngrams
from mtfix.model.posteditor import RememberingPostEditor
from mtfix.model.runtime.onnx import OnnxPostEditor
from mtfix.training.calibration.calibrate import Sample, collect, with_styles
from mtfix.training.calibration.postedits import DOCUMENT, Limits, Outcome, choose_thresholds, measure_outcome
from mtfix.training.data.development import Row
from mtfix.training.data.pairs import Pair
from mtfix.training.network.export import export_model
from mtfix.training.network.fit import FitConfig, fit

LEAST = 40  # pairs: fewer fill no fold
LIMITS = Limits(least=20)  # a few hundred pairs: a run of ten good hunks may be luck
_TAKEN_OVER = ("confidence.json", "translationese.json", "ngrams.npz")
_PRIOR = 20.0  # hunks' worth of belief in the scale that the base was calibrated to


@dataclass(frozen=True, slots=True)
class Recipe:
    """What came of it: hunks judged, clean sentences read, what AUTO hunks do, by type, as measured on held-out folds."""

    hunks: int
    clean: int
    outcome: dict[str, Outcome]


def copy_calibration(base: Path, output: Path) -> bool:
    """Copy what was calibrated for the base; a few hundred updates at a low rate leave it nearly true."""
    found = [base / name for name in _TAKEN_OVER if (base / name).is_file()]
    for path in found:
        (output / path.name).write_bytes(path.read_bytes())
    return bool(found)


def read_shortlist(folder: Path) -> list[int]:
    """Return the pieces that a model may always write; none for a model that was not exported."""
    path = folder / "shortlist.npy"
    return list(np.load(path, allow_pickle=False).tolist()) if path.is_file() else []


def deal(pairs: Sequence[Pair], folds: int) -> list[list[Pair]]:
    """Deal pairs into folds, ten neighbours at a time: sentences of one article stay together."""
    return [[p for i, p in enumerate(pairs) if i // DOCUMENT % folds == number] for number in range(folds)]


def others_of(pairs: Sequence[Pair], held_out: Sequence[Pair]) -> list[Pair]:
    """Return the pairs that share neither side with a held-out one."""
    texts = {text for p in held_out for text in (p.mt, p.pe)}
    return [p for p in pairs if not texts & {p.mt, p.pe}]


def rescale(judge: Confidence, samples: Sequence[Sample]) -> Confidence:
    """Return ``judge`` with its log odds stretched and shifted to fit ``samples``; it keeps its order of hunks.

    Two numbers are all that a few hundred pairs can bear. Source: Platt 1999, with a prior on the old scale.
    """
    counted = [s for s in samples if s.nearer or s.group.startswith("clean")]
    if not counted:
        return judge
    odds = np.array([math.log(p / (1 - p)) for p in judge.probabilities([s.evidence for s in counted])])
    good = np.array([float(s.nearer > 0) for s in counted])
    x = np.c_[odds, np.ones(len(odds))]
    start = beta = np.array([1.0, 0.0])
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (p - good) + _PRIOR * (beta - start)
        beta = beta - np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + _PRIOR * np.eye(2), slope)
    stretch, shift = max(float(beta[0]), 0.05), float(beta[1])
    n = judge.network
    return replace(judge, network=Perceptron(n.hidden, n.hidden_bias, n.output * stretch, n.bias * stretch + shift))


def fit_newsroom(
    base: Path,
    pairs: Sequence[Pair],
    output: Path,
    config: FitConfig,
    *,
    folds: int = 3,
    report: Callable[[str], None] = print,
) -> Recipe:
    """Write to ``output`` a model fitted on ``pairs`` with a confidence calibrated on the same pairs by cross-fitting.

    Raises ConfigError for fewer than `LEAST` pairs or two folds.
    """
    if len(pairs) < LEAST:
        raise ConfigError(f"{len(pairs)} pairs; at least {LEAST} are needed to learn from and to calibrate on")
    if not 2 <= folds <= len(pairs) // DOCUMENT:
        raise ConfigError(f"{folds} folds; give from 2 to {len(pairs) // DOCUMENT}")
    path = base / "confidence.json"
    judge = load_confidence(path) if path.is_file() else uncalibrated()
    samples: list[Sample] = []
    of_fold: list[int] = []
    rows = 0
    for number, held_out in enumerate(deal(pairs, folds)):
        report(f"fold {number + 1} of {folds}: held out {len(held_out)} pairs")
        with TemporaryDirectory() as folder:
            model = _fit_and_export(base, others_of(pairs, held_out), Path(folder), config, report)
            found = _judge_fold(model, held_out, number, rows)
        samples += found
        of_fold += [number] * len(found)
        rows += 2 * len(held_out)
    _fit_and_export(base, pairs, output, config, report)
    probabilities = [0.0] * len(samples)
    for number in range(folds):
        scale = rescale(judge, [s for s, f in zip(samples, of_fold, strict=True) if f != number])
        mine = [i for i, f in enumerate(of_fold) if f == number]
        for i, p in zip(mine, scale.probabilities([samples[i].evidence for i in mine]), strict=True):
            probabilities[i] = p
    scored = list(zip(samples, probabilities, strict=True))
    confidence = choose_thresholds(rescale(judge, samples), scored, len(pairs), LIMITS)
    confidence.save(output / "confidence.json")
    return Recipe(len(samples), len(pairs), measure_outcome(confidence, scored))


def _fit_and_export(
    base: Path, pairs: Sequence[Pair], output: Path, config: FitConfig, report: Callable[[str], None]
) -> Path:
    fit(base, pairs, (), output, config, report)
    export_model(output, output, (p.pe for p in pairs), besides=read_shortlist(base))
    copy_calibration(base, output)
    return output


def _judge_fold(model: Path, held_out: Sequence[Pair], number: int, first: int) -> list[Sample]:
    """Return the hunks that pass the guard in held-out sentences, and in their post-edits, which are clean."""
    rows = [Row(p.mt, (p.pe,), f"pairs/{number}", f"pairs/{number}") for p in held_out]
    rows += [Row(p.pe, (p.pe,), f"clean/{number}", f"clean/{number}") for p in held_out]
    counts = model / NGRAMS
    editor = RememberingPostEditor(OnnxPostEditor(model))
    samples, odds = collect(editor, rows, ngrams=load_ngrams(counts) if counts.is_file() else None)
    return [replace(s, sentence=first + s.sentence) for s in with_styles(samples, rows, odds, DOCUMENT)]
