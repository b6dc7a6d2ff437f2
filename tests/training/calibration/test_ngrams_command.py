from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("rapidfuzz")
pytest.importorskip("torch")

from mtfix.cli.training.train import app
from mtfix.errors import ModelError
from mtfix.model.ngrams import load_ngrams
from mtfix.training.calibration.ngrams import FILES
from mtfix.training.newsroom import copy_calibration
from tests.training.conftest import pack

SAID = "The council met the miners in the old town hall."
JUDGED = "The court heard the case of the nine men behind closed doors."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in FILES:
        pack(tmp_path / "data" / "mono" / f"{name}.txt.xz", [SAID, JUDGED])
    pack(tmp_path / "data" / "wmt" / "some.ru-en.dev.tsv.xz", ["ref\thyp.A", f"{JUDGED}\tCourt heard nine."])
    return tmp_path / "data"


def test_sequences_of_clean_text_are_counted_and_none_of_what_judges(data: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    result = CliRunner().invoke(app, ["ngrams", "--model", str(tmp_path / "model"), "--data", str(data)])
    assert result.exit_code == 0 and "sequences" in result.output
    found = load_ngrams(tmp_path / "model" / "ngrams.npz")
    assert found is not None
    assert found.count(["met", "the", "miners"]) == pytest.approx(len(FILES), rel=0.04)
    assert found.count(["heard", "the", "case"]) == 0


def test_a_folder_that_is_none_is_named(data: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ngrams", "--model", str(tmp_path / "none"), "--data", str(data)])
    assert isinstance(result.exception, ModelError) and "none" in str(result.exception)


def test_a_fine_tuned_model_keeps_the_judge_and_its_witness(tmp_path: Path) -> None:
    base, output = tmp_path / "base", tmp_path / "output"
    base.mkdir()
    output.mkdir()
    names = {"confidence.json", "translationese.json", "ngrams.npz"}
    for name in names:
        (base / name).write_text(name)
    assert copy_calibration(base, output)
    assert {p.name for p in output.iterdir()} == names
