"""Neural metrics with stand-ins for their packages: what they are given, and where their scores go."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mtfix.errors import InputError, MtfixError
from mtfix.evaluation.files import score_files
from mtfix.evaluation.metrics.metrics import METRICS
from mtfix.evaluation.report.tables import figures, headline, signatures
from mtfix.evaluation.scoring import ScoreSettings

QUICK = ScoreSettings(metrics=METRICS[:2], samples=0, trials=0)


def same_words(text: str, reference: str) -> float:
    return len(set(text.split()) & set(reference.split())) / len(set(reference.split()))


class FakeComet(ModuleType):
    def __init__(self) -> None:
        super().__init__("comet")
        self.seen: list[dict[str, Any]] = []

    def load_from_checkpoint(self, path: str) -> Any:
        if path.endswith("broken"):
            raise RuntimeError("invalid load key")
        return self

    def predict(self, data: list[dict[str, Any]], batch_size: int, gpus: int) -> Any:
        self.seen += data
        return SimpleNamespace(system_score=sum(same_words(d["mt"], d["ref"]) for d in data) / len(data))


class FakeBertScore(ModuleType):
    def __init__(self) -> None:
        super().__init__("bert_score")
        self.utils = SimpleNamespace(model2layers={"roberta-large": 17})

    def BERTScorer(self, *, model_type: str, num_layers: int) -> Any:  # noqa: N802
        assert num_layers == 17
        return self

    def score(self, texts: Sequence[str], references: Sequence[Sequence[str]]) -> Any:
        best = [max(same_words(t, r) for r in refs) for t, refs in zip(texts, references, strict=True)]
        return None, None, SimpleNamespace(mean=lambda: sum(best) / len(best))


@pytest.fixture
def comet(monkeypatch: pytest.MonkeyPatch) -> FakeComet:
    fake, bert = FakeComet(), FakeBertScore()
    for name, module in (("comet", fake), ("bert_score", bert)):
        module.__spec__ = SimpleNamespace(name=name)  # type: ignore[assignment]
        monkeypatch.setitem(sys.modules, name, module)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "0")
    return fake


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Any]:
    texts = {
        "src": "а\nб\n",
        "mt": "He go home\nIt rains\n",
        "hyp": "He goes home\nIt rains\n",
        "ref": "He goes home\nIt rains\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "roberta-large").mkdir()
    (tmp_path / "broken").touch()
    paths = {n: str(tmp_path / n) for n in texts}
    return {
        "mt": paths["mt"], "hypotheses": [paths["hyp"]], "references": [paths["ref"]], "source": paths["src"],
        "settings": QUICK,
    }  # fmt: skip


def test_scores_stand_beside_the_others(comet: FakeComet, files: dict[str, Any], tmp_path: Path) -> None:
    wanted = [f"comet={tmp_path / 'mt'}", f"bertscore={tmp_path / 'roberta-large'}"]
    run = score_files(**files, neural=wanted)
    scores = run.entries[0].scores
    assert scores["comet"].before == pytest.approx(100 * (2 / 3 + 1) / 2)
    assert scores["comet"].after == scores["bertscore"].after == 100
    assert comet.seen[0] == {"src": "а", "mt": "He go home", "ref": "He goes home"}
    assert {"COMET", "BERTScore"} <= set(headline(run).headers)
    assert any(line.startswith("COMET: comet|model:mt|version:") for line in signatures(run))
    assert figures(run.entries[0])["comet.change"] == pytest.approx(100 / 6)
    assert os.environ["HF_HUB_OFFLINE"] == "1"  # a model that names another one must not fetch it


def test_a_source_is_needed(comet: FakeComet, files: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="segment 1 has no source, and comet reads it: give --source"):
        score_files(**{**files, "source": None}, neural=[f"comet={tmp_path / 'mt'}"])


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("comet=broken", "the model at .*broken cannot be loaded: invalid load key"),
        ("bertscore=mt", "no layer is known for 'mt': call the folder as the hub does"),
        ("comet=none", "comet needs a model on this machine"),
    ],
)
def test_models_that_cannot_be_used(
    comet: FakeComet, files: dict[str, Any], tmp_path: Path, wanted: str, message: str
) -> None:
    name, _, path = wanted.partition("=")
    with pytest.raises(MtfixError, match=message):
        score_files(**files, neural=[f"{name}={tmp_path / path}"])
