"""Hypotheses scored raw, and as far as the guard lets them through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mtfix.errors import ConfigError, ModelError
from mtfix.evaluation.data.examples import Example
from mtfix.evaluation.systems import recorded
from mtfix.evaluation.systems.hypotheses import HypothesisSystem
from mtfix.evaluation.systems.systems import PipelineSystem, make_system
from mtfix.types import Hypothesis

MT = "Then the court decide to wait, and 3 men was freed."


class Bold:
    """A model that mends agreement and changes a number."""

    name = "bold@1"

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        return [Hypothesis(t.replace(" decide ", " decides ").replace("3 men was", "30 men were")) for t in texts]

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        raise AssertionError("nothing is judged here")

    def count_pieces(self, text: str) -> int:
        return len(text.split())

    def normalize(self, text: str) -> str:
        return text

    def fits(self, text: str) -> bool:
        return len(text) < 100


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The configurations that a model was loaded for."""
    asked: list[Any] = []
    monkeypatch.setattr("mtfix.model.load.load_posteditor", lambda config, *_: asked.append(config) or Bold())
    return asked


def run(name: str, *texts: str, answers: Path | None = None) -> list[str]:
    system = make_system(name, answers=answers)
    system.load()
    return [o.text for (o,) in system.run([[Example(str(i), t)] for i, t in enumerate(texts)])]


def test_raw_is_the_hypothesis(seen: list[Any]) -> None:
    assert run("raw:default", MT) == ["Then the court decides to wait, and 30 men were freed."]


def test_guarded_leaves_out_what_the_guard_refuses(seen: list[Any]) -> None:
    assert run("guarded:default", MT) == ["Then the court decides to wait, and 3 men were freed."]


def test_what_is_right_and_what_is_too_long_stays(seen: list[Any]) -> None:
    texts = ["The court decided to wait.", f"Then the court decide to wait{' and wait' * 20}."]
    assert run("raw:default", *texts) == texts


def test_changes_name_the_model(seen: list[Any]) -> None:
    system = make_system("raw:default")
    system.load()
    [[output]] = system.run([[Example("1", MT)]])
    assert {by for edit in output.edits or () for by in edit.by} == {"model:bold@1"}
    assert system.info.model == "bold@1"


def test_answers_are_kept(seen: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("raw:default", MT, answers=tmp_path)
    monkeypatch.setattr(Bold, "post_edit", lambda self, texts: pytest.fail("asked again"))
    assert run("raw:default", MT, answers=tmp_path) == first


@pytest.mark.parametrize("field", recorded.RUNNING)
def test_answers_of_a_model_that_runs_otherwise_are_others(field: str, tmp_path: Path) -> None:
    head = {"model": "m", "libraries": {}, "machine": {}, "config": dict.fromkeys(recorded.RUNNING, "a")}
    for value in ("a", "b", "a"):
        recorded.RecordedPostEditor(Bold(), tmp_path, {**head, "config": {**head["config"], field: value}})
    assert len(list(tmp_path.glob("answers-*.sqlite"))) == 2


def test_options_reach_the_model(seen: list[Any], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    options = {"prefix": "gec: ", "beams": 4, "device": None, "endpoint": ""}
    system = make_system(f"guarded:{tmp_path}", options=options)
    assert isinstance(system, HypothesisSystem)
    assert system.spec["config"] == {"model": str(tmp_path), "backend": "hf", "prefix": "gec: ", "beams": 4}


@pytest.mark.parametrize(
    ("name", "backend"),
    [("raw:owner/name", "hf"), ("model:owner/name@abc", "hf"), ("raw:default", None), ("full:openai:small/one", None)],
)
def test_what_runs_a_model(name: str, backend: str | None) -> None:
    system = make_system(name)
    assert isinstance(system, (HypothesisSystem, PipelineSystem))
    assert system.spec["config"].get("backend") == backend


def test_options_do_not_reach_the_rules() -> None:
    system = make_system("rules", options={"beams": 4})
    assert isinstance(system, PipelineSystem)
    assert system.spec["config"] == {}


def test_without_a_model_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtfix.model.load.load_posteditor", lambda *_: None)
    with pytest.raises(ModelError, match="no model is installed for raw:default"):
        make_system("raw:default").load()
    with pytest.raises(ConfigError, match="raw:NAME, guarded:NAME"):
        make_system("rawer:default")
