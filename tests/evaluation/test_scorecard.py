"""The scorecard is what its results say; when rules or model have changed since, a warning tells."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from mtfix.config import load_config
from mtfix.evaluation.data.suite import load_suite
from mtfix.evaluation.report.staleness import find_changes
from mtfix.evaluation.result import SystemInfo, read_run
from mtfix.fingerprint import describe_outputs, fingerprint_head

ROOT = Path(__file__).resolve().parents[2]
RESULTS = sorted((ROOT / "eval" / "results").glob("*.json"))


def load_generator() -> Any:
    spec = importlib.util.spec_from_file_location("scorecard", ROOT / "eval" / "scorecard.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["scorecard"] = module
    spec.loader.exec_module(module)
    return module


def test_the_card_is_made_from_the_results() -> None:
    generator = load_generator()
    runs = {path.name: read_run(path) for path in generator.list_results()}
    card = (ROOT / "eval" / "SCORECARD.md").read_text(encoding="utf-8")
    assert card == generator.render_card(runs), "stale: run python eval/scorecard.py"


@pytest.mark.parametrize("path", RESULTS, ids=lambda p: p.stem)
def test_results_are_of_the_suites_and_quote_nothing_that_is_not_ours(path: Path) -> None:
    run = read_run(path)
    suite = load_suite(ROOT / "eval" / "suites" / path.name.replace(".json", ".toml"))
    assert run.suite_hash == suite.hash, (
        f"stale: the suite changed; run mtfix eval run eval/suites/{path.stem}.toml again"
    )
    for entry in run.entries:
        if not entry.test_set.quotable:
            assert not any(s.mt or s.hypothesis or s.reference or s.source or s.losses for s in entry.sentences)


@pytest.mark.parametrize("path", RESULTS, ids=lambda p: p.stem)
def test_results_are_of_the_model_that_ships(path: Path) -> None:
    changes = find_changes(read_run(path))
    assert "model" not in changes, f"stale: {changes['model']}; run make scorecard"
    for change in changes.values():  # rules and code change daily; the card says which ones it speaks of
        warnings.warn(f"{path.name} is stale: {change}; run make scorecard", stacklevel=1)


def test_a_result_is_stale_when_a_threshold_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "models" / "default"
    model.mkdir(parents=True)
    for name in ("model.safetensors", "confidence.json", "README.md"):
        (model / name).write_text("{}", encoding="utf-8")
    monkeypatch.setattr("mtfix.model.load._PLACES", (tmp_path / "models",))
    system = SystemInfo(name="full", kind="pipeline", fingerprint="x", **current_hashes())
    run = read_run(RESULTS[0])
    run = run.model_copy(update={"entries": [run.entries[0].model_copy(update={"system": system})]})
    assert find_changes(run) == {}
    (model / "README.md").write_text("a better card", encoding="utf-8")
    assert find_changes(run) == {}
    (model / "confidence.json").write_text('{"auto": {}}', encoding="utf-8")
    assert list(find_changes(run)) == ["model"]


def current_hashes() -> dict[str, str]:
    now = describe_outputs(load_config(None))
    return {"model_hash": now["model"], "packs_hash": fingerprint_head(now["packs"]), "code_hash": now["code"]}
