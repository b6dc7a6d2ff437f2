from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rapidfuzz")

from mtfix.errors import ModelError
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.model.confidence import Evidence, Style, load_confidence
from mtfix.training.calibrate import (
    NEVER,
    Limits,
    Sample,
    best_threshold,
    choose_thresholds,
    distance,
    fit_confidence,
    fit_logistic,
    reliability,
)


def sample(margin: float, gain: int, kind: EditType = EditType.ARTICLE) -> Sample:
    hunk = Hunk(0, 0, " the", (), ("the",))
    return Sample(Evidence(kind, margin, margin, 1, 0.2, 12, hunk, Style(0.5, 0.0), 0.0, "signed", "law"), gain, "g", 0)


def made(count: int = 600) -> list[Sample]:
    rng = random.Random(4)
    margins = [rng.uniform(-4, 8) for _ in range(count)]
    return [sample(m, 1 if rng.random() < 1 / (1 + np.exp(2 - m)) else -1) for m in margins]


def test_confidence_follows_the_margin_and_is_calibrated() -> None:
    confidence = fit_confidence(made())
    low, high = (confidence.probability(sample(m, 0).evidence) for m in (-2.0, 6.0))
    assert low < 0.2 < 0.9 < high
    pairs = [(s, confidence.probability(s.evidence)) for s in made(2000)]
    for mean, share, count in reliability(pairs):
        assert count < 100 or abs(mean - share) < 0.12


def test_thresholds_reach_the_precision_asked_for() -> None:
    samples = made(1500)
    confidence = choose_thresholds(fit_confidence(samples), samples, Limits(0.9, 0.6, 20))
    bar = confidence.auto["article"]
    passed = [s.gain for s in samples if confidence.probability(s.evidence) >= bar]
    assert sum(g > 0 for g in passed) / len(passed) >= 0.9
    assert confidence.suggest["article"] <= bar
    assert confidence.auto["order"] == NEVER  # a type that was never seen is never applied


def test_no_threshold_where_hunks_do_harm() -> None:
    assert best_threshold([(0.9, -1)] * 50 + [(0.8, 1)] * 20, 0.7, 10) == NEVER
    assert best_threshold([(0.9, 1)] * 5, 0.7, 10) == NEVER
    assert best_threshold([(0.9, 1)] * 20 + [(0.5, -1)] * 20, 0.7, 10) == 0.9


def test_logistic_regression_finds_known_weights() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4000, 2))
    y = (rng.random(4000) < 1 / (1 + np.exp(-(2 * x[:, 0] - x[:, 1] + 0.5)))).astype(float)
    weights, bias = fit_logistic(x, y, np.ones(4000), ridge=0.1)
    assert weights == pytest.approx([2, -1], abs=0.2) and bias == pytest.approx(0.5, abs=0.15)


def test_saved_confidence_is_read_back(tmp_path: Path) -> None:
    confidence = choose_thresholds(fit_confidence(made()), made())
    confidence.save(tmp_path / "confidence.json")
    again = load_confidence(tmp_path / "confidence.json")
    evidence = sample(1.0, 0).evidence
    assert again.probability(evidence) == pytest.approx(confidence.probability(evidence), abs=1e-3)
    assert again.auto == confidence.auto
    (tmp_path / "confidence.json").write_text('{"weights": [1], "bias": 0, "auto": {}, "suggest": {}}')
    with pytest.raises(ModelError, match="1 weights"):
        load_confidence(tmp_path / "confidence.json")
    with pytest.raises(ModelError, match="mtfix train calibrate"):
        load_confidence(tmp_path / "missing.json")


def test_distance_counts_words_and_marks() -> None:
    assert distance("They signed law .", "They signed the law.") == 1
