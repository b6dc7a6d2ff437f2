"""Calibrate the confidence of hunks by post-edits: what a careful editor did to the same sentence.

Labels from post-edits are less noisy than labels from references, so a thousand sentences suffice: a hunk is good
if the sentence with it alone has fewer word edits to go to the post-edit. Thresholds are those of probabilities from folds
that did not see the sentence. Source of the word edits: HTER, Snover et al. 2006.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mtfix.model.classify import EditType
from mtfix.model.confidence import Confidence, Gate, Perceptron
from mtfix.model.evidence import CIRCUMSTANCES, TYPES, features
from mtfix.training.calibration.calibrate import Sample
from mtfix.training.data.development import Row, clean_rows
from mtfix.training.data.readers import data_folder, read_table
from mtfix.types import Tier

SETS = ("pe-ru-en.newstest2015.dev", "pe-ru-en.newstest2016.dev")
CLEAN = {"gmb-voa": 150, "abc-news": 100, "da-press": 100}  # sentences that should stay as they are
NEVER = 2.0  # a threshold that no probability reaches
DOCUMENT = 10  # sentences of a made-up document: the sets name no articles
_FOLD = 40  # neighbouring rows: two systems' outputs of one sentence stay together


# Meaning is not the model's to choose: neither a word, nor whether there is one of a thing or several, nor who comes first.
NEVER_AUTO = frozenset({EditType.CASE, EditType.SPELLING, EditType.WORD_CHOICE, EditType.NOUN_NUMBER, EditType.ORDER})


@dataclass(frozen=True, slots=True)
class Limits:
    """What AUTO edits may do at most."""

    precision: float = 0.8  # share of good among all AUTO hunks that change the distance to the post-edit
    own: float = 0.65  # and among those of a type with `least` of them; below, the type is shown only
    suggest: float = 0.6  # and among those that are shown
    least: int = 10  # hunks: fewer prove nothing
    clean_touched: float = 0.005  # share of clean sentences with an AUTO edit


def post_edit_rows(folder: Path | None = None, sets: Sequence[str] = SETS) -> Iterator[Row]:
    """Yield the development post-edits; garbled rows, which are mended on the surface only, are left out."""
    for name in sets:
        table = [r for r in read_table(data_folder(folder) / "ape" / f"{name}.tsv.xz") if not r.get("garbled")]
        for number, row in enumerate(table):
            yield Row(row["mt"], (row["pe"],), f"{name}/{number // _FOLD}", name)


def calibration_rows(folder: Path | None = None) -> list[Row]:
    """Return the rows to judge hunks on: post-edits and clean news."""
    rows = list(post_edit_rows(folder))
    for name, count in CLEAN.items():
        rows += clean_rows(name, count, folder, skip=9000)
    return rows


def _answers(samples: Sequence[Sample]) -> tuple[np.ndarray, np.ndarray]:
    """Return 1 for good hunks and their weights: a hunk that changes nothing is half a mistake, in clean text a whole one."""
    good = np.array([float(s.nearer > 0) for s in samples])
    weights = np.array([1.0 if s.nearer or s.group.startswith("clean") else 0.5 for s in samples])
    return good, weights


#: What the regression reads: a thousand post-edits are too few for all features and a hidden layer.
EVIDENCE = (
    "margin", "saturated margin", "sharp margin", "sentence margin", "log number of hunks", "surprise of the input",
    "log length", "inserts", "deletes", "mere deletion", "next is capital", "previous is preposition",
    "previous is auxiliary", "adds the", "adds a", "drops the", "before a mark", "reads better", "read a word",
    "triple gained", "pair gained", "unknown words gained", "document rate", "translationese",
    "document translationese", "saturated margin in translationese",
)  # fmt: skip
_DECAY = 10.0  # of the squared weights


def fit(samples: Sequence[Sample]) -> Confidence:
    """Fit a logistic regression on `EVIDENCE` and the types; thresholds are left open."""
    x = np.stack([features(s.evidence) for s in samples])
    good, weights = _answers(samples)
    count = len(CIRCUMSTANCES)
    columns = [*(CIRCUMSTANCES.index(name) for name in EVIDENCE), *range(count, count + len(TYPES))]
    return Confidence(fit_regression(x, good, weights, columns), {}, {})


def fit_regression(x: np.ndarray, y: np.ndarray, weights: np.ndarray, columns: Sequence[int]) -> Perceptron:
    """Return the logistic regression of ``y`` on some columns of ``x``, by Newton's method, as a network of two units."""
    part = x[:, columns]
    middle, spread = part.mean(0), part.std(0)
    spread = np.where(spread < 1e-6, 1.0, spread)
    z = np.c_[(part - middle) / spread, np.ones(len(part))]
    decay = np.diag([_DECAY] * len(columns) + [0.0])
    beta = np.zeros(z.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-z @ beta))
        slope = z.T @ (weights * (p - y)) + decay @ beta
        beta -= np.linalg.solve((z * (weights * p * (1 - p))[:, None]).T @ z + decay, slope)
    line = np.zeros(x.shape[1])
    line[list(columns)] = beta[:-1] / spread
    # relu(t) - relu(-t) = t: two units that read the line one way and the other.
    bias = float(beta[-1] - (beta[:-1] / spread) @ middle)
    return Perceptron(np.stack([line, -line], 1), np.zeros(2), np.array([1.0, -1.0]), bias)


def cross_fit(samples: Sequence[Sample], folds: int = 8, seed: int = 4) -> list[float]:
    """Return the probability of each sample from a network that saw no sample of its rows."""
    groups = sorted({s.group for s in samples})
    random.Random(seed).shuffle(groups)
    fold = {group: i % folds for i, group in enumerate(groups)}
    # Clean text has few groups: its sentences are dealt out one by one.
    place = [s.sentence % folds if s.group.startswith("clean") else fold[s.group] for s in samples]
    found = [0.0] * len(samples)
    for number in range(folds):
        rest = [s for s, p in zip(samples, place, strict=True) if p != number]
        mine = [i for i, p in enumerate(place) if p == number]
        for i, p in zip(mine, fit(rest).probabilities([samples[i].evidence for i in mine]), strict=True):
            found[i] = p
    return found


Scored = Sequence[tuple[float, int]]  # probability, and word edits nearer


def lowest(scored: Scored, precision: float, least: int) -> float:
    """Return the lowest probability from which on at least ``precision`` of the hunks that count are good; else `NEVER`.

    >>> lowest([(0.9, 1), (0.8, 2), (0.7, -1), (0.6, 1), (0.2, -1)], 0.75, 2)
    0.6
    """
    threshold, good, bad = NEVER, 0, 0
    for count, (probability, nearer) in enumerate(sorted(scored, reverse=True), 1):
        good += nearer > 0
        bad += nearer < 0
        if count >= least and good and good >= precision * (good + bad):
            threshold = probability
    return threshold


def choose_thresholds(
    confidence: Confidence, pairs: Sequence[tuple[Sample, float]], clean: int, limits: Limits = Limits()
) -> Confidence:
    """Set the thresholds under ``limits``; ``clean`` is how many clean sentences were read.

    All types share one threshold: the network reads the type, and most have few hunks. A type that does harm is shown only.
    """
    by_type: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for s, p in pairs:
        if not s.group.startswith("clean"):
            by_type[s.evidence.kind.value].append((p, s.nearer))
    barred = {kind.value for kind in NEVER_AUTO}
    while True:
        open_ = [x for kind, scored in by_type.items() if kind not in barred for x in scored]
        least = lowest(open_, limits.precision, limits.least)
        harmful = {
            kind
            for kind, scored in by_type.items()
            if kind not in barred and _is_harmful([n for p, n in scored if p >= least], limits)
        }
        if not harmful:
            break
        barred |= harmful
    auto = {kind.value: NEVER if kind.value in barred else least for kind in TYPES}
    least = max(least, _keep_clean(auto, pairs, limits.clean_touched * clean))
    shown = lowest([x for scored in by_type.values() for x in scored], limits.suggest, limits.least)
    auto = {kind: NEVER if kind in barred else round(least, 4) for kind in auto}
    return Confidence(confidence.network, auto, {kind.value: round(min(shown, least), 4) for kind in TYPES}, Gate())


def _is_harmful(nearer: Sequence[int], limits: Limits) -> bool:
    good, bad = sum(n > 0 for n in nearer), sum(n < 0 for n in nearer)
    return bad > good or (good + bad >= limits.least and good < limits.own * (good + bad))


def _keep_clean(auto: Mapping[str, float], pairs: Sequence[tuple[Sample, float]], allowed: float) -> float:
    """Return the least probability of all types with which no more than ``allowed`` clean sentences are touched."""
    surest: dict[int, float] = {}
    for s, p in pairs:
        if s.group.startswith("clean") and p >= auto[s.evidence.kind.value]:
            surest[s.sentence] = max(p, surest.get(s.sentence, 0.0))
    ranked = sorted(surest.values(), reverse=True)
    return 0.0 if len(ranked) <= allowed else ranked[int(allowed)] + 1e-4


@dataclass(frozen=True, slots=True)
class Outcome:
    """AUTO hunks of a type: how many bring the sentence nearer to the post-edit, how many take it away, how many neither."""

    good: int
    bad: int
    neutral: int


def measure_outcome(confidence: Confidence, pairs: Sequence[tuple[Sample, float]]) -> dict[str, Outcome]:
    """Return what AUTO hunks do to the post-edited rows, by type; "clean" are those in clean text."""
    found: dict[str, list[int]] = defaultdict(list)
    for s, p in pairs:
        if confidence.tier(s.evidence, p) is Tier.AUTO:
            found["clean" if s.group.startswith("clean") else s.evidence.kind.value].append(s.nearer)
    return {
        kind: Outcome(sum(g > 0 for g in gains), sum(g < 0 for g in gains), sum(g == 0 for g in gains))
        for kind, gains in sorted(found.items())
    }
