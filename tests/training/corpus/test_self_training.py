from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mtfix.errors import ConfigError
from mtfix.model.confidence import Confidence
from mtfix.model.load import uncalibrated
from mtfix.model.stage import ModelStage
from mtfix.training.corpus import build
from mtfix.training.corpus.build import CorpusConfig, gather_pairs
from mtfix.training.corpus.self_training import (
    RUN,
    Limits,
    find_unlabelled,
    judge_strictly,
    read_runs,
    read_unlabelled,
    self_training_pairs,
)
from mtfix.training.data.pairs import Pair
from mtfix.types import Fix
from tests.model.test_stage import Scripted, sure
from tests.training.conftest import pack

ARTICLE = "They signed law after a long debate."
ARTICLE_FIXED = "They signed the law after a long debate."
AGREEMENT = "The ministers has met for the second time."
CALM = "The talks on the border resumed on Monday."
FIGURES = "The fund paid 300 million to the region in March."
TABLE = {"signed law": "signed the law", "ministers has": "ministers have", "300": "400"}


@dataclass
class Weighing(Scripted):
    """A scripted post-editor that finds each of its edits as probable as a table says."""

    worth: tuple[tuple[str, float], ...] = ()

    def score(self, groups: object) -> list[list[float]]:
        def odds(text: str, candidate: str) -> float:
            return sum(w for new, w in self.worth if new in candidate and new not in text)

        return [[odds(text, c) for c in candidates] for text, candidates in groups]  # type: ignore[attr-defined]


def weigh(article: float, agreement: float) -> ModelStage:
    """A stage whose probability of an edit is the logistic function of these."""
    worth = (("signed the law", article), ("ministers have", agreement))
    return ModelStage(Weighing(TABLE, worth=worth), sure())


def test_only_what_the_judge_is_sure_of_is_edited() -> None:
    # Probabilities 0.88 and 0.05: the first is applied, the second disbelieved; nothing is said of the others.
    runs = [(ARTICLE, AGREEMENT, CALM, FIGURES)]
    assert list(self_training_pairs(weigh(2.0, -3.0), runs, Limits(0.7, 0.2))) == [
        Pair(ARTICLE, ARTICLE_FIXED, "self"),
        Pair(AGREEMENT, AGREEMENT, "self-same"),
    ]


def test_doubt_teaches_nothing() -> None:
    # 0.88 and 0.5: in the second the judge neither believes nor disbelieves.
    runs = [(ARTICLE, AGREEMENT), (f"{AGREEMENT} {ARTICLE}", CALM)]
    assert list(self_training_pairs(weigh(2.0, 0.0), runs, Limits(0.7, 0.2))) == [Pair(ARTICLE, ARTICLE_FIXED, "self")]
    assert list(self_training_pairs(weigh(2.0, 0.0), [(CALM, FIGURES), ()], Limits(0.7, 0.2))) == []


def test_a_refused_hunk_is_no_doubt() -> None:
    text = f"{FIGURES[:-1]}, and they signed law."
    (pair,) = self_training_pairs(weigh(2.0, 0.0), [(text,)], Limits(0.7, 0.2))
    assert pair == Pair(text, text.replace("signed law", "signed the law"), "self")


def test_the_thresholds_of_the_model_make_no_difference() -> None:
    stage = weigh(2.0, -3.0)
    never = replace(stage, confidence=replace(sure(2.0), network=stage.confidence.network), fix=Fix.NONE)
    runs = [(ARTICLE, AGREEMENT)]
    assert list(self_training_pairs(never, runs)) == list(self_training_pairs(stage, runs)) != []


def test_many_runs_come_in_their_order() -> None:
    runs = [(f"{n} of them: they signed law today.",) for n in range(2, 250)]
    found = list(self_training_pairs(weigh(2.0, 0.0), runs))
    assert [p.mt for p in found] == [r[0] for r in runs]


def test_a_model_without_a_judge_is_refused() -> None:
    plain: Confidence = uncalibrated()
    with pytest.raises(ConfigError, match="mtfix train calibrate"):
        judge_strictly(ModelStage(Scripted({}), plain), Limits())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(build, "human_pairs", lambda folder: iter([Pair(AGREEMENT, ARTICLE_FIXED, "given")]))
    rows = [f"{n}\tа\tref {n}\tOutput {n} of the first system.\tOutput {n} of an online one." for n in range(45)]
    pack(tmp_path / "wmt" / "set.ru-en.train.tsv.xz", ["seg\tsrc\tref\thyp.alpha\thyp.online-F", *rows])
    pack(tmp_path / "wmt" / "set.ru-en.test.tsv.xz", ["seg\tsrc\tref\thyp.alpha", "1\tа\tr\tA text of a test set."])
    pack(
        tmp_path / "ape" / "news.fr-en.train.tsv.xz",
        [
            "id\tmt_moses\tpe\tgoogle\tbing",
            f"1\tthey signed law\tx\t{ARTICLE}\t{AGREEMENT}",
            "2\ta\tb\tall in small letters\tToo short",
        ],
    )
    return tmp_path


def test_runs_are_consecutive_outputs_of_one_system_old_ones_first(data: Path) -> None:
    path = find_unlabelled("set.ru-en", data)
    runs = read_runs(path, 1000, random.Random(1))
    assert sorted(map(len, runs)) == [5, 5, RUN, RUN, RUN, RUN]
    assert all(len({t.split(maxsplit=2)[2] for t in run}) == 1 for run in runs)
    numbers = [int(t.split()[1]) for t in runs[0]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    drawn = [read_runs(path, 20, random.Random(seed))[0][0] for seed in range(60)]
    assert sum("online" in first for first in drawn) > 40
    assert read_runs(path, 20, random.Random(1)) == read_runs(path, 20, random.Random(1))
    assert len(read_runs(path, 21, random.Random(1))) == 2 and read_runs(path, 0, random.Random(1)) == []


def test_outputs_without_capitals_and_short_ones_are_left_out(data: Path) -> None:
    assert sorted(read_runs(find_unlabelled("news.fr-en", data), 9, random.Random(1))) == [(AGREEMENT,), (ARTICLE,)]


def test_test_sets_are_no_unlabelled_text_and_unknown_names_list_the_known(data: Path) -> None:
    with pytest.raises(ConfigError, match=r"set\.ru-en\.test.*Known: news\.fr-en.*set\.ru-en"):
        dict(read_unlabelled({"set.ru-en.test": 3}, 1, data))


def test_a_corpus_leaves_out_what_people_have_edited(data: Path) -> None:
    config = CorpusConfig(self_training={"news.fr-en": 9}, sure=0.7, unsure=0.6)
    found = list(gather_pairs(config, data, lambda line: None, weigh(2.0, 2.0)))
    assert [p for p in found if p.kind.startswith("self")] == [Pair(ARTICLE, ARTICLE_FIXED, "self")]
    with pytest.raises(ConfigError, match="--model"):
        list(gather_pairs(config, data, lambda line: None))
