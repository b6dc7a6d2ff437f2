"""A model is loaded once, and many threads may use it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import mtfix
from mtfix.batch.loading import load_on_one_core
from mtfix.config import Config
from mtfix.formats import read_document
from mtfix.model.load import installed_models, load_stage
from mtfix.pipeline import load_pipeline

TEXTS = [
    "On Monday in Perm were detained 4 smugglers. Mayor declared fire alert until Sunday evening.",
    "Details of the deal was not disclosed. Up to 2,5 thousand people came to square.",
    "Passenger bus overturned near village Sosnovka. Reasons of accident is established.",
    "The minister told about plans of ministry. He noted, that prices has grown on 3,5 percent.",
]
OPTIONS = [{"profile": "plain"}, {"profile": "ap"}, {"fix": "all"}, {"fix": "none"}, {"language": "en"}]


@pytest.fixture(autouse=True)
def _needs_model() -> None:
    if "default" not in installed_models():
        pytest.skip("no default model is installed")


def test_a_model_is_loaded_once_whatever_the_other_options() -> None:
    stages = [load_stage(Config(**options)) for options in OPTIONS]
    assert len({id(stage.model) for stage in stages if stage is not None}) == 1
    assert [stage.fix for stage in stages if stage is not None] == ["safe", "safe", "all", "none", "safe"]


def test_another_backend_is_another_model() -> None:
    first, second = load_stage(Config()), load_stage(Config(backend="onnx-fp32"))
    assert first is not None
    assert second is not None
    assert first.model is not second.model


def test_a_changed_file_is_loaded_anew(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(installed_models()["default"], folder)
    first = load_stage(Config(model=str(folder)))
    calibration = folder / "confidence.json"
    calibration.write_text(calibration.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    second = load_stage(Config(model=str(folder)))
    assert first is not None
    assert second is not None
    assert first.model is not second.model


def test_eight_threads_get_what_one_gets() -> None:
    tasks = [(text, options) for text in TEXTS for options in OPTIONS] * 2
    alone = [mtfix.fix(text, **options).text for text, options in tasks]  # type: ignore[arg-type]
    stage = load_stage(Config())
    assert stage is not None
    stage.model.forget()  # type: ignore[attr-defined]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda task: mtfix.fix(task[0], **task[1]).text, tasks))
    assert together == alone


def test_every_door_gets_one_pipeline() -> None:
    """Whether the rules wait for the model or not, and whatever is said of reading: the same edits by the same model."""
    config = Config(fix="all")  # type: ignore[arg-type]
    pipelines = [load_pipeline(config), load_pipeline(config, wait=False), load_on_one_core(config)]
    document = read_document(" ".join(TEXTS))
    assert len({pipeline(document).text for pipeline in pipelines}) == 1
    assert load_pipeline(Config(rules_only=True)).model is None
    for options in ({"encoding": "utf-8"}, {"fields": ("body",)}, {"track_changes": True}):
        assert config.model_copy(update=options).for_repair() == config
    assert config.model_copy(update={"profile": "ap"}).for_repair() != config
