from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rapidfuzz")
pytest.importorskip("torch")

from mtfix.errors import ModelError
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.model.confidence import Confidence, Gate, load_confidence
from mtfix.model.evidence import FEATURES, Evidence, Style
from mtfix.training.calibration.calibrate import (
    Sample,
    distance,
    fit_confidence,
    measure_gain,
    reliability,
    spread_over_documents,
)
from mtfix.training.calibration.perceptron import fit_perceptron
from mtfix.training.calibration.probe import fit_logistic
from mtfix.training.data.development import Row


def sample(margin: float, gain: int, kind: EditType = EditType.ARTICLE) -> Sample:
    hunk = Hunk(0, 0, " the", (), ("the",))
    return Sample(
        Evidence(kind, margin, margin, 1, 0.2, 12, hunk, Style(0.5, 0.0, 12), 0.0, "signed", "law"), gain, gain, "g", 0
    )


def made(count: int = 600) -> list[Sample]:
    rng = random.Random(4)
    margins = [rng.uniform(-4, 8) for _ in range(count)]
    return [sample(m, 1 if rng.random() < 1 / (1 + np.exp(2 - m)) else -1) for m in margins]


def test_confidence_follows_the_margin_and_is_calibrated() -> None:
    confidence = fit_confidence(made(1500))
    low, high = (confidence.probability(sample(m, 0).evidence) for m in (-2.0, 6.0))
    assert low < 0.2 < 0.9 < high
    pairs = [(s, confidence.probability(s.evidence)) for s in made(2000)]
    for mean, share, count in reliability(pairs):
        assert count < 100 or abs(mean - share) < 0.12


def test_every_row_is_read_in_documents_of_several_lengths() -> None:
    rows = [Row(f"text {i}", ("x",), "set", "set/one") for i in range(30)]
    rows += [Row(f"alone {i}", ("x",), "mlqe", f"mlqe/{i}") for i in range(4)]
    rows += [Row(f"dev {i}", ("x",), "dev", "dev/one") for i in range(10)]
    rows[:30:10] = [replace(r, mt=r.mt + " begins") for r in rows[:30:10]]
    # A hunk in each of the first ten sentences, in one that stands alone, and in the first of the development data.
    samples = [replace(sample(1.0, 1), sentence=i) for i in (*range(10), 31, 34)]
    odds = [2.0] * 10 + [-2.0] * 34
    found = spread_over_documents(samples, rows, odds, 34, (20, 5))
    assert len(found.samples) == 24 and len(found.rows) == 88 and found.first == 68
    texts = {s.sentence: found.rows[s.sentence].mt for s in found.samples}
    assert [t for i, t in sorted(texts.items()) if i < found.first] == 2 * [*(r.mt for r in rows[:10]), "alone 1"]
    assert [t for i, t in sorted(texts.items()) if i >= found.first] == ["dev 0", "dev 0"]
    long, short = found.samples[0].evidence.style, found.samples[12].evidence.style
    assert (long.sentences, short.sentences) == (20, 5)
    assert long.rate < short.rate and long.odds < short.odds  # the next ten sentences are calm
    assert {s.evidence.style.sentences for s in found.samples if texts[s.sentence] == "alone 1"} == {1}
    assert max(found.rows.count(r) for r in rows) == 2


def test_a_network_finds_what_no_line_can() -> None:
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.uniform(-1, 1, (3000, 2)), np.ones((3000, 1))], 1)  # the last never varies
    y = ((x[:, 0] > 0) == (x[:, 1] > 0)).astype(float)
    network = fit_perceptron(x, y, np.ones(3000))
    assert (((network.read(x) > 0) == y).mean()) > 0.9
    again = fit_perceptron(x, y, np.ones(3000))
    assert np.array_equal(again.hidden, network.hidden) and again.bias == network.bias
    # Rows of weight 0 teach nothing.
    half = fit_perceptron(x, np.where(x[:, 0] > 0, y, 1 - y), (x[:, 0] > 0).astype(float))
    right = x[:, 0] > 0
    assert ((half.read(x[right]) > 0) == y[right]).mean() > 0.9


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
    values = json.loads((tmp_path / "confidence.json").read_text())
    narrow = values["network"] | {"hidden": values["network"]["hidden"][1:]}
    ragged = values["network"] | {"output": [1.0]}
    (linear := dict(values)).pop("network")
    for damaged, message in (
        (values | {"network": narrow}, f"made for {FEATURES - 1} features"),
        (values | {"network": ragged}, "do not fit together"),
        (linear, "no 'network'"),
        ([], "not a calibration"),
    ):
        (tmp_path / "confidence.json").write_text(json.dumps(damaged))
        with pytest.raises(ModelError, match=message):
            load_confidence(tmp_path / "confidence.json")
    with pytest.raises(ModelError, match="mtfix train calibrate"):
        load_confidence(tmp_path / "missing.json")


def test_a_gain_is_counted_in_words_and_in_pairs_of_neighbours() -> None:
    reference = "They signed the law."
    assert measure_gain("They signed law.", reference, reference) == (1, 2)
    assert measure_gain(reference, "They signed law.", reference) == (-1, -2)
    # A word put in or taken away where the reference says something else changes no pair, though it changes the distance.
    other = "On Friday the bill was approved."
    nearer, matches = measure_gain("They signed the law.", "They signed law.", other)
    assert (nearer != 0, matches) == (True, 0)
    assert measure_gain("the law", "the the the law", "the the law")[1] == 1  # clipped


def test_the_outputs_of_better_systems_have_a_vote() -> None:
    rng = random.Random(4)

    def draw(voices: int) -> Confidence:
        """The reference calls every hunk with a margin bad; the voices, if there are any, call them good."""
        found = []
        for _ in range(300):
            margin = rng.choice((-2.0, 3.0))
            votes = (((1, 1) if margin > 0 else (-1, -1)),) * voices
            found.append(replace(sample(margin, -1 if margin > 0 else 1), votes=votes))
        return fit_confidence(found)

    alone, polled = draw(0), draw(5)
    surely = sample(3.0, 0).evidence
    assert alone.probability(surely) < 0.3 < 0.6 < polled.probability(surely)


def test_distance_counts_words_and_marks() -> None:
    assert distance("They signed law .", "They signed the law.") == 1
