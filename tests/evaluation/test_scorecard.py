"""The scorecard is what its results say; when rules or model have changed since, a warning tells."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from mtfix.evaluation.result import read_run
from mtfix.evaluation.suite import load_suite
from mtfix.evaluation.systems import make_system

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
    runs = {path.name: read_run(path) for path in RESULTS}
    card = (ROOT / "eval" / "SCORECARD.md").read_text(encoding="utf-8")
    assert card == load_generator().render_card(runs), "stale: run python eval/scorecard.py"


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
def test_results_are_of_the_rules_that_ship(path: Path) -> None:
    system = make_system("rules")
    system.load()
    packs = {e.system.packs_hash for e in read_run(path).entries if e.system.packs_hash}
    assert len(packs) <= 1, f"{path.name} mixes rule packs: {packs}"
    if packs - {system.info.packs_hash}:
        warnings.warn(
            f"{path.name} is stale: the rule packs changed; see eval/SCORECARD.md for the command", stacklevel=1
        )
