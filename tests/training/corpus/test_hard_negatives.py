from __future__ import annotations

import lzma
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("rapidfuzz")
pytest.importorskip("yaml")
pytest.importorskip("torch")
pytest.importorskip("datasets")

from mtfix.errors import ConfigError
from mtfix.model.load import uncalibrated
from mtfix.model.stage import ModelStage
from mtfix.training.corpus import build
from mtfix.training.corpus.build import CorpusConfig, build_corpus, gather_pairs
from mtfix.training.corpus.hard_negatives import mine_hard
from mtfix.training.data.pairs import Pair
from mtfix.types import Hypothesis
from tests.training.calibration.test_calibrate_command import Articles

HEADLINE = "Officials say talks on the border resumed on Monday."
CALM = "The talks on the border resumed on Monday, officials say."
FIGURES = "The fund paid 300 million roubles to the region in March."


class Meddler(Articles):
    """Adds an article to the headline, and changes a number where the guard will not have it."""

    name = "meddler"

    def __init__(self) -> None:
        """It has no probe to read."""

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        return [Hypothesis(t.replace("say talks", "say the talks").replace("300", "400")) for t in texts]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(build, "human_pairs", lambda folder: iter(()))
    monkeypatch.setattr(build, "evaluation_texts", lambda folder, trained: iter(()))
    (tmp_path / "mono").mkdir()
    with lzma.open(tmp_path / "mono" / "wire.txt.xz", "wt", encoding="utf-8") as out:
        out.writelines(f"{s}\n" for s in (HEADLINE, CALM, FIGURES))
    return tmp_path


def test_text_that_the_model_would_touch_is_hard_and_no_other() -> None:
    found = list(mine_hard(Meddler(), [CALM, HEADLINE, FIGURES]))
    assert found == [Pair(HEADLINE, HEADLINE, "hard")]
    assert list(mine_hard(Meddler(), [])) == []


def test_a_corpus_looks_for_hard_text_with_a_model_only(data: Path) -> None:
    config = CorpusConfig(hard={"wire": 3})
    assert [p.mt for p in gather_pairs(config, data, lambda line: None, ModelStage(Meddler(), uncalibrated()))] == [
        HEADLINE
    ]
    with pytest.raises(ConfigError, match="--model"):
        list(gather_pairs(config, data, lambda line: None))


def test_what_an_earlier_stage_held_out_is_held_out_again(data: Path) -> None:
    config = CorpusConfig(identity={"wire": 3}, held_out=1, dressed=0.0)
    kept = Pair(CALM, CALM, "identity")
    build_corpus(config, data / "out", data, lambda line: None, held_out=[kept])
    train, dev = ((data / "out" / name).read_text(encoding="utf-8") for name in ("train.tsv", "dev.tsv"))
    assert dev == f"{CALM}\t{CALM}\tidentity\n"
    assert CALM not in train and HEADLINE in train and FIGURES in train
