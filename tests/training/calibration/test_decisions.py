"""Decisions of editors refit the confidence: on a made-up set of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("rapidfuzz")

from mtfix.cli.training.train import app
from mtfix.errors import ConfigError, InputError, ModelError
from mtfix.model.confidence import Confidence, Perceptron, load_confidence
from mtfix.model.evidence import FEATURES
from mtfix.model.runtime.weights import hash_weights
from mtfix.training.calibration.decisions import Refit, fit, read_decision_rows, refit_by_decisions


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder of a model whose network says the first feature."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    hidden = np.zeros((FEATURES, 2))
    hidden[0] = 1.0, -1.0
    network = Perceptron(hidden, np.zeros(2), np.array([1.0, -1.0]), 0.0)
    Confidence(network, {"article": 0.8}, {"article": 0.5}).save(folder / "confidence.json")
    return folder


def write(path: Path, model: str, *cells: tuple[float, int, int]) -> Path:
    """Write decisions: of each cell (confidence, accepted, rejected), spread over documents."""
    said = [(p, n < yes) for p, yes, no in cells for n in range(yes + no)]
    rows = [
        {
            "document": f"d{n % 7}",
            "model": model,
            "before": f"a {n}",
            "after": f"the {n}",
            "confidence": p,
            "accepted": y,
        }
        for n, (p, y) in enumerate(said)
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return path


def odds(confidence: Confidence, z: float) -> float:
    x = np.zeros((1, FEATURES))
    x[0, 0] = z
    return float(confidence.network.read(x)[0])


def run(model: Path, decisions: Path) -> str:
    done = CliRunner().invoke(app, ["calibrate", "--model", str(model), "--decisions", str(decisions)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_edits_that_are_turned_down_lose_confidence(model: Path, tmp_path: Path) -> None:
    mine = f"model:x@{hash_weights(model)}"
    said = run(model, write(tmp_path / "d.jsonl", mine, (0.9, 40, 40), (0.7, 12, 28)))
    assert "thresholds stay" in said
    after = load_confidence(model / "confidence.json")
    surer, less = (1 / (1 + np.exp(-odds(after, np.log(p / (1 - p))))) for p in (0.9, 0.7))
    assert 0.4 < surer < 0.6
    assert 0.2 < less < 0.4
    assert (after.auto, after.suggest) == ({"article": 0.8}, {"article": 0.5})


def test_the_same_decisions_count_once(model: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", f"model:x@{hash_weights(model)}", (0.9, 40, 40))
    run(model, path)
    content = (model / "confidence.json").read_bytes()
    with pytest.raises(ConfigError, match="0 new decisions"):
        run(model, path)
    assert (model / "confidence.json").read_bytes() == content


def test_what_is_true_already_is_left(model: Path, tmp_path: Path) -> None:
    before = (model / "confidence.json").read_bytes()
    said = run(model, write(tmp_path / "d.jsonl", f"model:x@{hash_weights(model)}", (0.9, 45, 5), (0.7, 35, 15)))
    assert "left as it is" in said
    assert (model / "confidence.json").read_bytes() == before
    assert not (model / "decisions.json").exists()


@pytest.mark.parametrize(("name", "cells"), [("model:x@00000000", (0.9, 50, 50)), ("", (0.9, 10, 10))])
def test_other_models_and_too_few(model: Path, tmp_path: Path, name: str, cells: tuple[float, int, int]) -> None:
    with pytest.raises(ConfigError, match="new decisions on edits of"):
        run(model, write(tmp_path / "d.jsonl", name or f"model:x@{hash_weights(model)}", cells))


@pytest.mark.parametrize("line", ["{", "[]", '{"document": "d"}', '{"confidence": 2}'])
def test_lines_that_are_no_rows(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "d.jsonl", "m@1", (0.9, 1, 0))
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(InputError, match=r"d\.jsonl:2: not a row of 'mtfix decisions export': [^\n]*$"):
        read_decision_rows(path)


def test_a_damaged_list_of_used_decisions(model: Path, tmp_path: Path) -> None:
    (model / "decisions.json").write_text("{")
    with pytest.raises(ModelError, match="is no list of decisions"):
        run(model, write(tmp_path / "d.jsonl", f"model:x@{hash_weights(model)}", (0.9, 40, 40)))


def test_order_is_kept_whatever_editors_say(tmp_path: Path) -> None:
    rows = read_decision_rows(write(tmp_path / "d.jsonl", "m@1", (0.95, 0, 60), (0.55, 60, 0)))
    assert fit(rows).slope > 0
    assert refit_by_decisions(rows[:1] * 30).refit != Refit()
