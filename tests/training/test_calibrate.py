from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rapidfuzz")

from mtfix.errors import ModelError
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.model.confidence import Evidence, Gate, Style, load_confidence
from mtfix.training.calibrate import (
    NEVER,
    Row,
    Sample,
    best_threshold,
    choose_thresholds,
    distance,
    fit_confidence,
    fit_logistic,
    reliability,
)
from mtfix.types import Tier


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


def test_a_gate_keeps_the_limits() -> None:
    samples = [replace(s, sentence=i) for i, s in enumerate(made(1500))]
    rows = [Row("They signed law.", ("They signed the law.",), "g", "g") for _ in samples]
    confidence = fit_confidence(samples)
    pairs = [(s, confidence.probability(s.evidence)) for s in samples]
    free = choose_thresholds(confidence, pairs, rows)
    passed = [s.gain for s, p in pairs if free.tier(s.evidence, p) is Tier.AUTO]
    assert sum(g > 0 for g in passed) > 2 * sum(g < 0 for g in passed) > 0
    assert free.auto["spelling"] == NEVER  # some types are never the model's to decide
    # The same hunks in text that needs none: nothing may be AUTO, and nothing is.
    clean = [replace(s, gain=-1, group="clean:x") if i % 3 == 0 else s for i, s in enumerate(samples)]
    marked = [Row("a", ("a",), "clean:x", "c") if i % 3 == 0 else row for i, row in enumerate(rows)]
    pairs = [(s, p) for s, (_, p) in zip(clean, pairs, strict=True)]
    strict = choose_thresholds(confidence, pairs, marked)
    assert not any(strict.tier(s.evidence, p) is Tier.AUTO for s, p in pairs)


def test_a_type_that_does_harm_is_never_auto() -> None:
    good = [replace(s, gain=abs(s.gain) or 1, sentence=i) for i, s in enumerate(made(300))]
    bad = [
        replace(s, gain=-1, sentence=300 + i, evidence=replace(s.evidence, kind=EditType.ORDER))
        for i, s in enumerate(made(60))
    ]
    rows = [Row("a b", ("a the b",), "g", "g") for _ in range(360)]
    confidence = fit_confidence(good)
    pairs = [(s, 0.9) for s in (*good, *bad)]
    found = choose_thresholds(confidence, pairs, rows)
    assert found.auto["order"] == NEVER and found.auto["article"] < NEVER


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
    confidence = replace(
        fit_confidence(made()), auto={"article": 0.5}, gate=Gate((0.5, 0.7), (0.6, 0.4), odds=-0.1, deletion=0.05)
    )
    confidence.save(tmp_path / "confidence.json")
    again = load_confidence(tmp_path / "confidence.json")
    evidence = sample(1.0, 0).evidence
    assert again.probability(evidence) == pytest.approx(confidence.probability(evidence), abs=1e-3)
    assert again.auto == confidence.auto and again.gate == confidence.gate
    (tmp_path / "confidence.json").write_text(
        '{"weights": [1], "bias": 0, "auto": {}, "suggest": {},'
        '"gate": {"rates": [0, 1], "needs": [0, 0], "odds": 0, "deletion": 0}}'
    )
    with pytest.raises(ModelError, match="1 weights"):
        load_confidence(tmp_path / "confidence.json")
    with pytest.raises(ModelError, match="mtfix train calibrate"):
        load_confidence(tmp_path / "missing.json")


def test_distance_counts_words_and_marks() -> None:
    assert distance("They signed law .", "They signed the law.") == 1
