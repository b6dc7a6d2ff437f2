from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import PACK, Run


def test_list_prints_one_rule_a_line_into_a_pipe(run: Run) -> None:
    lines = run("rules", "list").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["DESK_COMMA", "DESK_PERSONS", "DESK_TERRORIST"]
    assert lines[0].split("\t")[1:] == [
        "desk",
        "substitution",
        "pre",
        "auto",
        "numbers",
        "Russian writes a decimal comma.",
    ]


@pytest.mark.parametrize(
    ("args", "ids"),
    [
        (["--kind", "flag"], ["DESK_TERRORIST"]),
        (["--tier", "suggest"], ["DESK_PERSONS"]),
        (["--tag", "numbers"], ["DESK_COMMA"]),
        (["--pack", "desk", "--kind", "flag"], ["DESK_TERRORIST"]),
        (["--pack", "desk.yaml", "--stage", "pre", "--tier", "suggest"], ["DESK_PERSONS"]),
    ],
)
def test_list_filters(run: Run, args: list[str], ids: list[str]) -> None:
    records = json.loads(run("rules", "list", *args, "--output-format", "json").out)
    assert [r["id"] for r in records] == ids


@pytest.mark.parametrize(
    "args", [["--pack", "desc"], ["--tag", "number"], ["--kind", "flags"], ["--tier", "a"], ["--stage", "p"]]
)
def test_unknown_filter_lists_the_known(run: Run, args: list[str]) -> None:
    done = run("rules", "list", *args)
    assert (done.code, done.out) == (2, "")
    assert f"unknown {'rule pack' if args[0] == '--pack' else args[0][2:]} '{args[1]}'" in done.err
    assert "Known: " in done.err


def test_show_prints_why_examples_and_yaml(run: Run) -> None:
    out = run("rules", "show", "DESK_PERSONS").out
    assert "Officialese." in out and "such people" in out and "desk.yaml:13:" in out
    assert "- id: DESK_PERSONS" in out and "DESK_TERRORIST" not in out


def test_show_unknown_rule_suggests_the_near_one(run: Run) -> None:
    done = run("rules", "show", "DESK_PERSON")
    assert done.code == 2 and "did you mean 'DESK_PERSONS'?" in done.err


def test_test_runs_every_example(run: Run) -> None:
    done = run("rules", "test")
    assert (done.code, done.out) == (0, "")
    assert "3 rules, 6 examples, 0 failures" in done.err


def test_failing_example_is_printed_with_its_place(run: Run, folder: Path) -> None:
    wrong = PACK.replace("good: 'such people'", "good: 'such persona'").replace("desk", "mine").replace("DESK", "MINE")
    (folder / "mine.yaml").write_text(wrong)
    (folder / "mtfix.toml").write_text("default_packs = false\n")
    done = run("rules", "test", "mine.yaml")
    assert done.code == 1
    assert done.out.startswith("mine.yaml:13:") and "rule MINE_PERSONS" in done.out
    assert "not 'such persona'" in done.out


def test_testing_one_pack_leaves_the_others_out(run: Run, folder: Path) -> None:
    (folder / "mine.yaml").write_text(PACK.replace("desk", "mine").replace("DESK", "MINE").replace("persons", "folks"))
    done = run("rules", "test", "mine.yaml")
    assert "3 rules" in done.err
    assert "DESK" not in done.out.replace("rule:DESK", "")


def test_try_shows_edits_suggestions_and_the_result(run: Run) -> None:
    out = run("rules", "try", "Some 2,5 million persons.").out
    assert "DESK_COMMA" in out and "(DESK_PERSONS, suggestion, unsure)" in out
    assert out.endswith("Some 2.5 million persons.\n")


def test_try_shows_refusals_with_their_reason(run: Run, folder: Path) -> None:
    lossy = PACK.replace("{a}.{b} million", "two million").replace("good: 'up to 2.5 million people'", "good: 'x'")
    (folder / "desk.yaml").write_text(lossy)
    done = run("rules", "try", "Some 2,5 million.")
    assert "refused: it would change a number" in " ".join(done.out.split())
    assert "two million" in done.out and not done.out.endswith("two million.\n")


def test_try_says_when_nothing_fires(run: Run) -> None:
    assert run("rules", "try", "All quiet.").out == "no rule fires\n"


@pytest.mark.parametrize(
    "option", ["--endpoint=http://127.0.0.1:1/v1", "--beams=2", "--prefix=x", "--device=cpu", "--comments"]
)
def test_try_takes_no_option_that_would_do_nothing(run: Run, option: str) -> None:
    done = run("rules", "try", "All quiet.", option)
    assert done.code == 2
    assert done.err.startswith("mtfix: no such option: " + option.partition("=")[0])


def test_the_command_line_knows_what_is_about_reading() -> None:
    from mtfix.cli import options
    from mtfix.config import READING

    assert {*options.READING, *options.WRITING} == {*READING}
    assert {*options.READING, *options.WRITING, *options.MODEL} <= options.SHARED.keys()
