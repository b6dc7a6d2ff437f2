from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("datasets")
pytest.importorskip("onnx")

from typer.testing import CliRunner  # noqa: E402

from mtfix.cli.training.train import app  # noqa: E402
from mtfix.errors import ConfigError, ModelError  # noqa: E402
from mtfix.model.confidence import load_confidence  # noqa: E402
from mtfix.model.load import uncalibrated  # noqa: E402
from mtfix.training.data.pairs import Pair  # noqa: E402
from mtfix.training.newsroom import deal, others_of, rescale  # noqa: E402
from tests.training.calibration.test_calibrate import made  # noqa: E402
from tests.training.network.test_fit import PAIRS  # noqa: E402


def test_neighbours_are_held_out_together_and_each_pair_once() -> None:
    folds = deal(PAIRS, 3)
    assert sorted(p.mt for fold in folds for p in fold) == sorted(p.mt for p in PAIRS)
    assert folds[0][:10] == PAIRS[:10] and folds[1][:10] == PAIRS[10:20]


def test_nothing_of_a_held_out_pair_is_learnt() -> None:
    pairs = [Pair("a b", "a the b", ""), Pair("a b", "b", ""), Pair("x", "a the b", ""), Pair("y", "y z", "")]
    assert others_of(pairs, pairs[:1]) == [pairs[3]]


@pytest.mark.parametrize("nearer", [1, -1])
def test_answers_move_the_scale_and_keep_the_order(nearer: int) -> None:
    judge = uncalibrated()
    samples = [replace(s, nearer=nearer) for s in made(200)]
    evidence = [s.evidence for s in samples]
    before, after = judge.probabilities(evidence), rescale(judge, samples).probabilities(evidence)
    assert (sum(after) - sum(before)) * nearer > 0
    by_old = [b for _, b in sorted(zip(before, after, strict=True))]
    assert all(x <= y + 1e-9 for x, y in pairwise(by_old))
    assert rescale(judge, []) == judge


def run(*args: object) -> object:
    return CliRunner().invoke(app, ["newsroom", *map(str, args)])


def test_the_command_leaves_a_calibrated_model(tmp_path: Path, toy_base: Path) -> None:
    pairs, config, output = tmp_path / "mine.tsv", tmp_path / "fit.yaml", tmp_path / "out"
    pairs.write_text("mt\tpe\n" + "".join(f"{p.mt}\t{p.pe}\n" for p in PAIRS))
    config.write_text("{steps: 2, warmup: 1, batch_pieces: 400, shortlist: 100, save_every: 2}")
    args = ("--base", toy_base, "--pairs", pairs, "--config", config, "--folds", 2, "--threads", 1, "-o", output)
    result = run(*args)
    assert result.exit_code == 0, result.output  # type: ignore[attr-defined]
    assert "fold 2 of 2: held out" in result.output  # type: ignore[attr-defined]
    confidence = load_confidence(output / "confidence.json")
    assert confidence.auto and min(confidence.auto.values()) > 0  # nothing is AUTO without proof
    assert {"model.safetensors", "encoder.onnx", "decoder.onnx"} <= {f.name for f in output.iterdir()}
    assert isinstance(run(*args).exception, ModelError)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("count", "folds", "said"), [(39, 3, "at least 40"), (50, 6, "from 2 to 5")])
def test_too_few_pairs_or_too_many_folds(tmp_path: Path, toy_base: Path, count: int, folds: int, said: str) -> None:
    pairs = tmp_path / "mine.tsv"
    pairs.write_text("".join(f"{p.mt}\t{p.pe}\n" for p in PAIRS[:count]))
    result = run("--base", toy_base, "--pairs", pairs, "--folds", folds, "-o", tmp_path / "out")
    assert isinstance(result.exception, ConfigError) and said in str(result.exception)  # type: ignore[attr-defined]
