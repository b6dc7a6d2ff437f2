"""How well do probabilities tell good hunks from bad ones? And how well without some of the features?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mtfix.model.ngrams import NOTHING
from mtfix.training.calibration.calibrate import Calibration, Sample, cross_fit

CLEAN_SHARE = 0.005  # hunks let through in clean text, for each of its sentences, where gains are counted


@dataclass(frozen=True, slots=True)
class Judgement:
    """``edits`` and ``pairs``: areas under the curve, of hunks that bring the sentence nearer to the reference against those
    that take it farther, and of those with more shared pairs of words against those with fewer.

    ``gain`` is what all hunks bring (word edits and shared pairs) that are surer than the hunk at which
    `CLEAN_SHARE` is reached, ``development`` that in the development sets; clean text has no part in either.
    """

    edits: float
    pairs: float
    gain: int
    development: int


def measure_area(good: NDArray[np.float64], bad: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve: how probably one of ``good`` is above one of ``bad``, a draw counting half.

    nan without any of one kind.

    >>> measure_area(np.array([0.9, 0.5]), np.array([0.5, 0.1]))
    0.875
    """
    if not len(good) or not len(bad):
        return float("nan")
    bad = np.sort(bad)
    below = np.searchsorted(bad, good, "left") + np.searchsorted(bad, good, "right")
    return float(below.mean() / (2 * len(bad)))


def measure_judgement(calibration: Calibration, probabilities: Sequence[float]) -> Judgement:
    """Measure the probabilities of a calibration's samples."""
    samples = calibration.samples
    p = np.array(probabilities, float)
    clean = np.array([s.group.startswith("clean") for s in samples], bool)
    gains = np.array([s.gain for s in samples], int)
    areas = [
        measure_area(p[~clean & (brought > 0)], p[~clean & (brought < 0)])
        for brought in (np.array([s.nearer for s in samples]), np.array([s.matches for s in samples]))
    ]
    allowed = int(CLEAN_SHARE * sum(r.group.startswith("clean") for r in calibration.rows))
    alarms = np.sort(p[clean])[::-1]
    passed = ~clean & (p > (alarms[allowed] if len(alarms) > allowed else -1.0))
    late = np.array([s.sentence >= calibration.first for s in samples], bool)
    return Judgement(areas[0], areas[1], int(gains[passed].sum()), int(gains[passed & late].sum()))


def without_voices(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples as they would be if references alone had a vote."""
    return [replace(s, votes=()) for s in samples]


def without_witness(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples as they would be without counts of word sequences."""
    return [replace(s, evidence=replace(s.evidence, old=NOTHING, new=NOTHING)) for s in samples]


def ablate_evidence(calibration: Calibration) -> Iterator[tuple[str, Judgement]]:
    """Yield what networks with less to go by are worth, each fitted anew in folds."""
    references = without_voices(calibration.samples)
    for name, given in (
        ("references alone have a vote", references),
        ("and no counts of word sequences", without_witness(references)),
    ):
        yield name, measure_judgement(calibration, cross_fit(given))
