"""`mtfix train calibrate` from corpora to the two files, with a post-editor that knows one trick."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rapidfuzz")
pytest.importorskip("torch")
pytest.importorskip("datasets")

from typer.testing import CliRunner

from mtfix.cli.training.train import app
from mtfix.errors import ModelError
from mtfix.model.confidence import load_confidence
from mtfix.model.translationese import load_probe
from mtfix.training.calibration import probe
from mtfix.training.data import development
from mtfix.types import Hypothesis
from tests.training.conftest import pack

PLACES = ("Omsk", "Tomsk", "Perm", "Kazan", "Tver", "Tula", "Pskov", "Ufa")
CROWDS = ("drivers", "farmers", "miners", "teachers", "doctors", "painters")
CLEAN = [f"The council in {p} met the {c} on Friday evening." for p in PLACES for c in CROWDS]
MACHINE = [s.replace("The council", "Council").replace("the ", "") for s in CLEAN]


class Articles:
    """Puts "the" before the crowd wherever it is missing, and is the surer the more of it is missing."""

    name = "articles@test"

    def __init__(self, folder: Path) -> None:
        self.probe = load_probe(folder, 3)

    def represent(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[t.count("the"), len(t) / 50, 1.0] for t in texts], np.float32)

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        odds = self.probe.odds(self.represent(texts)) if self.probe else [None] * len(texts)
        return [
            Hypothesis(t.replace(" met ", " met the ").replace("the the", "the"), None, z)
            for t, z in zip(texts, odds, strict=True)
        ]

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        return [[3.0 * c.count("the") for c in candidates] for _, candidates in groups]

    def count_pieces(self, text: str) -> int:
        return len(text.split())

    def normalize(self, text: str) -> str:
        return text

    def fits(self, text: str) -> bool:
        return True


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Invented corpora under the names of the real ones."""

    outputs = ["ref\thyp.A\thyp.B", *(f"{c}\t{m}\t{c}" for c, m in zip(CLEAN, MACHINE, strict=True))]
    edits = ["mt\tpe", *(f"{m}\t{c}" for c, m in zip(CLEAN, MACHINE, strict=True)), f"{CLEAN[0]}\t{CLEAN[0]}"]
    campaigns = [f"{n}.{x}-en" for n, languages in development.LANGUAGES.items() for x in languages.split()]
    for name in (*campaigns, *development.ASSESSED, *probe.SETS):
        pack(tmp_path / "data" / f"wmt/{name}.train.tsv.xz", outputs)
    for name in development.CHOOSING:
        pack(tmp_path / "data" / f"{name}.tsv.xz", edits if name.startswith("ape/") else outputs)
    for language in ("et", "ro"):
        pack(tmp_path / "data" / f"ape/mlqe-pe.{language}-en.dev.tsv.xz", edits)
    for name in (*development.CLEAN, *development.CLEAN_CHOOSING, *development._CASE, *probe.CLEAN):
        pack(tmp_path / "data" / f"mono/{name}.txt.xz", CLEAN)
    return tmp_path / "data"


def run(data: Path, model: Path) -> str:
    command = ["calibrate", "--model", str(model), "--data", str(data), "--reliability", str(model / "reliability.png")]
    result = CliRunner().invoke(app, command)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_what_helps_becomes_auto_and_clean_text_stays(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtfix.model.runtime.onnx.OnnxPostEditor", Articles)
    model = tmp_path / "model"
    model.mkdir()
    output = run(data, model)
    confidence = load_confidence(model / "confidence.json")
    assert confidence.auto["article"] <= 1 < confidence.auto["spelling"]
    article = next(line for line in output.splitlines() if line.startswith("article"))
    assert "'bad': 0" in article and "'in clean text': 0" in article
    found = load_probe(model, 3)
    assert found is not None
    low, high = found.odds(Articles(model).represent([CLEAN[0], MACHINE[0]]))
    assert low < 0 < high
    assert (model / "reliability.png").read_bytes()[:4] == b"\x89PNG"
    before = (model / "confidence.json").read_bytes()
    run(data, model)
    assert (model / "confidence.json").read_bytes() == before  # seeded: the same data give the same numbers
    assert set(json.loads(before)) == {"network", "auto", "suggest", "gate"}


def test_a_model_that_edits_nothing_is_told_so(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Copies(Articles):
        def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
            return [Hypothesis(t) for t in texts]

    monkeypatch.setattr("mtfix.model.runtime.onnx.OnnxPostEditor", Copies)
    with pytest.raises(ModelError, match="nothing to calibrate"):
        run(data, tmp_path)
    assert not (tmp_path / "confidence.json").exists()
