from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("rapidfuzz")
pytest.importorskip("torch")

from mtfix.model.ngrams import NOTHING, Reading
from mtfix.training.calibration.calibrate import Calibration, Sample
from mtfix.training.calibration.judgement import (
    ablate_evidence,
    measure_area,
    measure_judgement,
    without_voices,
    without_witness,
)
from mtfix.training.data.development import Row
from tests.training.calibration.test_calibrate import sample

ROWS = [Row("a", ("a",), "g", "g")] * 300 + [Row("a", ("a",), "clean:x", "c")] * 400


def judged(*outcomes: tuple[int, int, bool], group: str = "g") -> list[Sample]:
    return [
        replace(sample(1.0, 0), nearer=n, matches=m, group=group, sentence=250 if late else 0)
        for n, m, late in outcomes
    ]


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    assert measure_area(np.array([0.9, 0.8]), np.array([0.1])) == 1.0
    assert measure_area(np.array([0.1]), np.array([0.9, 0.8])) == 0.0
    assert measure_area(np.array([0.5]), np.array([0.5])) == 0.5
    rng = np.random.default_rng(1)
    good, bad = rng.integers(0, 9, 40) / 9, rng.integers(0, 9, 30) / 9
    slow = np.mean([(g > b) + (g == b) / 2 for g in good for b in bad])
    assert measure_area(good, bad) == pytest.approx(slow)
    assert np.isnan(measure_area(np.array([]), bad))


def test_gains_count_above_the_hunk_that_reaches_the_share_of_clean_text() -> None:
    # Two hunks in 400 clean sentences are allowed; the third, at 0.5, closes the door.
    samples = [
        *judged((1, 1, False), (2, 0, True), (-1, -1, False), (3, 3, True)),
        *judged((-1, -1, True), (-1, -1, True), (-1, -1, True), group="clean:x"),
    ]
    probabilities = [0.9, 0.8, 0.7, 0.4, 0.95, 0.6, 0.5]
    found = measure_judgement(Calibration(samples, ROWS, 200), probabilities)
    assert (found.gain, found.development) == (2 + 2 - 2, 2)
    # Clean hunks are in no area: of three that come nearer two are above the one that goes away.
    assert found.edits == pytest.approx(2 / 3) and found.pairs == pytest.approx(1 / 2)


def test_with_few_hunks_in_clean_text_all_count() -> None:
    found = measure_judgement(Calibration(judged((1, 1, False), (1, 0, True)), ROWS, 200), [0.1, 0.2])
    assert (found.gain, found.development) == (3, 1)


def test_evidence_is_taken_away_and_nothing_else() -> None:
    one = sample(1.0, 1)
    rich = replace(one, votes=((1, 1),), evidence=replace(one.evidence, old=Reading(-3.0, 2, 1, 1, 0.5, 0)))
    assert without_voices([rich]) == [replace(rich, votes=())]
    (poor,) = without_witness([rich])
    assert poor.evidence.old == NOTHING and replace(poor, evidence=rich.evidence) == rich


def test_networks_are_fitted_anew_without_the_evidence() -> None:
    samples = [
        replace(sample(3.0 if i % 2 else -3.0, 1 if i % 2 else -1), group=f"g{i % 5}", sentence=i) for i in range(200)
    ]
    found = dict(ablate_evidence(Calibration(samples, ROWS, 200)))
    assert list(found) == ["references alone have a vote", "and no counts of word sequences"]
    assert all(j.edits > 0.9 for j in found.values())
