"""`mtfix apply`, and `mtfix fix --accept/--reject`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mtfix.cli.app import main
from mtfix.config import Config
from mtfix.decisions import describe_proposals
from mtfix.formats import read_document
from mtfix.pipeline import build_pipeline

WIRE = "Up to 2,5 thousand people came, reported in the ministry. It cost 2,5 million rubles.\n"


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["mtfix", *arguments])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    path = tmp_path / "wire.txt"
    path.write_text(WIRE)
    return path


def save(wire: Path, verdict: str) -> Path:
    """Decide on everything with one verdict, as the report's page does."""
    described = describe_proposals(build_pipeline(Config(rules_only=True))(read_document(wire.read_text(), str(wire))))
    for d in described["decisions"]:
        d.update(verdict=verdict, text=d["after"] if verdict == "accept" else d["before"], decided=True)
    path = wire.with_suffix(".json")
    path.write_text(json.dumps({"mtfix-decisions": 1, "documents": [described]}))
    return path


@pytest.mark.parametrize(
    ("verdict", "text"),
    [("accept", "Up to 2,500 people came, the ministry reported. It cost 2.5 million rubles.\n"), ("reject", WIRE)],
)
def test_decisions_are_applied(
    wire: Path, verdict: str, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions = save(wire, verdict)
    assert run("apply", str(wire), "--decisions", str(decisions), monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().out == text
    assert run("apply", str(wire), "-d", str(decisions), "--in-place", monkeypatch=monkeypatch) == 0
    assert wire.read_text() == text


def test_a_file_that_was_changed_since_is_turned_down(
    wire: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions = save(wire, "accept")
    wire.write_text("Other words.\n")
    assert run("apply", str(wire), "-d", str(decisions), monkeypatch=monkeypatch) == 2
    assert "decide on it again" in capsys.readouterr().err


def test_fix_accepts_and_rejects_rules(
    wire: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ("--accept", "SAID_REPORTED_IN_OFFICE", "--reject", "RU_SCALE_DECIMAL_COMMA", "--reject", "NO_SUCH")
    assert run("fix", "--rules-only", *chosen, str(wire), monkeypatch=monkeypatch) == 0
    captured = capsys.readouterr()
    assert captured.out == "Up to 2,5 thousand people came, the ministry reported. It cost 2,5 million rubles.\n"
    assert "NO_SUCH" in captured.err
    assert "SAID_REPORTED" not in captured.err


def test_the_report_carries_what_it_needs_to_decide(wire: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = wire.with_suffix(".html")
    arguments = ("fix", "--rules-only", "--report", str(report), "-o", str(wire.with_suffix(".out")), str(wire))
    assert run(*arguments, monkeypatch=monkeypatch) == 0
    page = report.read_text()
    found = re.search(r'<script type="application/json" id="proposals">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    [described] = json.loads(found[1])
    starts = {int(s) for s in re.findall(r'data-start="(\d+)"', page)}
    assert starts == {d["start"] for d in described["decisions"]}
