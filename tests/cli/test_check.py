from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import WIRE, Run


def test_findings_as_text(run: Run) -> None:
    done = run("check", "wire.txt")
    assert done.code == 1
    assert done.out.splitlines() == [
        "wire.txt:1:7: DESK_COMMA [auto] Russian writes a decimal comma: 2,5 million -> 2.5 million (sure)",
        "wire.txt:1:19: DESK_PERSONS [suggest] Officialese: persons -> people (unsure)",
        "wire.txt:3:5: DESK_TERRORIST [flag] Say who designates it: terrorist organization",
    ]


def test_clean_file_is_silent(run: Run) -> None:
    done = run("check", "clean.txt")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_several_files_and_standard_input(run: Run) -> None:
    done = run("check", "clean.txt", "wire.txt", "-", given=WIRE.encode())
    assert done.code == 1
    assert [line.split(":")[0] for line in done.out.splitlines()] == ["wire.txt"] * 3 + ["-"] * 3


def test_json_is_the_edit_log_as_a_list(run: Run) -> None:
    records = json.loads(run("check", "wire.txt", "--output-format", "json").out)
    assert [r["after"] for r in records] == ["2.5 million", "people", None]
    assert json.loads(run("check", "clean.txt", "--output-format", "json").out) == []


def test_sarif_of_clean_file_has_no_results(run: Run) -> None:
    done = run("check", "clean.txt", "--output-format", "sarif")
    assert done.code == 0
    assert json.loads(done.out)["runs"][0]["results"] == []


def test_check_shows_what_fix_would_do_whatever_the_file_sets(run: Run) -> None:
    assert run("check", "wire.txt").out == run("check", "wire.txt", "--config", "mtfix.toml").out


def test_record_of_a_table_is_placed_in_its_file(run: Run, folder: Path) -> None:
    (folder / "wires.jsonl").write_text('{"id": 1, "text": "Quiet."}\n{"id": 2, "text": "Some 2,5 million."}\n')
    assert run("check", "wires.jsonl").out.startswith("wires.jsonl:2:1:6: DESK_COMMA")
    (result,) = json.loads(run("check", "wires.jsonl", "--output-format", "sarif").out)["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "wires.jsonl"}}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "wires.jsonl:2:1:6"}]
    assert "fixes" not in result


def test_diff_of_many_documents_counts_the_quiet_ones(run: Run, folder: Path) -> None:
    out = run("diff", "clean.txt", "wire.txt").out
    assert out.startswith("wire.txt: 1 edit") and out.endswith("1 of 2 documents: no edits\n")
    assert run("diff", "clean.txt").out.startswith("clean.txt: no edits")


@pytest.mark.parametrize(
    ("arguments", "code", "rules"),
    [
        (("--fail-on", "auto"), 1, ["DESK_COMMA", "DESK_PERSONS", "DESK_TERRORIST"]),
        (("--tier", "suggest"), 1, ["DESK_PERSONS"]),
        (("--tier", "suggest", "--fail-on", "auto"), 0, ["DESK_PERSONS"]),
        (("--tier", "flag", "--fail-on", "suggest"), 0, ["DESK_TERRORIST"]),
        (("--tier", "flag"), 1, ["DESK_TERRORIST"]),
        (("--tier", "auto", "--tier", "flag"), 1, ["DESK_COMMA", "DESK_TERRORIST"]),
    ],
)
def test_tiers_reported_and_tiers_that_fail(run: Run, arguments: tuple[str, ...], code: int, rules: list[str]) -> None:
    done = run("check", "wire.txt", *arguments)
    assert done.code == code
    assert [line.split()[1] for line in done.out.splitlines()] == rules
