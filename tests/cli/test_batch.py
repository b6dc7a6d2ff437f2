"""`mtfix batch` as its user meets it: exit codes, messages, outputs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mtfix.batch.progress import Progress, describe_progress, watch_in_lines
from mtfix.batch.results.summary import Summary
from mtfix.batch.results.tally import Tally
from mtfix.cli.app import main
from tests.batch import pipelines

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs the command in an empty folder with the tiny pack, and returns its exit code."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(pipelines.PACK)
    (tmp_path / "mtfix.toml").write_text('packs = ["tiny.yaml"]\ndefault_packs = false\nrules_only = true\n')

    def run_batch(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["mtfix", "batch", *arguments, "-w", "1"])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return run_batch


def test_a_batch_its_log_and_its_summaries(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "w.jsonl").write_text('{"title": "Six persons", "text": "Two <b>persons</b>."}\n')
    code = run("in", "-o", "out", "--field", "title", "--field", "text", "--log", "log.jsonl", "--summary", "s.html")
    assert code == 0
    assert (tmp_path / "out" / "w.jsonl").read_text() == '{"title": "Six people", "text": "Two <b>people</b>."}\n'
    said = capsys.readouterr()
    assert said.out == ""
    assert "1 documents, 2 segments; 1 documents changed, 2 edits" in said.err
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(r["document"], r["before"], r["after"]) for r in rows] == [("w.jsonl:1", "persons", "people")] * 2
    assert "rule:T_PERSONS" in (tmp_path / "s.html").read_text()
    assert run("in", "-o", "out", "--field", "title") == 2
    assert "--resume" in capsys.readouterr().err


def test_failed_documents_give_exit_code_1(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "w.jsonl").write_text('{"text": "Two persons."}\n{broken\n')
    assert run("w.jsonl", "-o", "out", "--summary", "s.json") == 1
    assert "w.jsonl:2: column 2: not JSON" in capsys.readouterr().err
    assert (tmp_path / "out" / "w.jsonl").read_text() == '{"text": "Two people."}\n{broken\n'
    assert json.loads((tmp_path / "s.json").read_text())["failed"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing.txt", "-o", "out"), "nothing.txt: no such file"),
        (("w.jsonl", "-o", "w.jsonl"), "w.jsonl: is a file"),
        (("w.jsonl", "-o", "out", "--field", "a..b"), "body.text"),
        (("w.jsonl", "-o", "out", "--field-format", "tex"), "did you mean 'text'"),
        (("w.jsonl", "-o", "out", "--log", "no/log"), "there is no folder no"),
        (("w.jsonl", "-o", "out", "--fail-fast", "--max-errors", "3"), "leave out --max-errors"),
        (("w.jsonl", "-o", "out", "--encoding", "utf-16"), "one-byte encoding"),
        (("w.jsonl", "-o", "out", "--pack", "nope"), "unknown rule pack 'nope'"),
        (("bad.parquet", "-o", "out"), "cannot be read as Parquet"),
    ],
)
def test_what_cannot_run_is_one_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    if "bad.parquet" in arguments:
        pytest.importorskip("pyarrow")
    (tmp_path / "w.jsonl").write_text('{"text": "Two persons."}\n')
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    assert run(*arguments) == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_progress_says_rate_and_time_left() -> None:
    progress = Progress(files=1, size=1000)
    progress.started -= 10
    progress.resumed, progress.done, progress.fresh = 100, 300, 50
    progress.tally = Tally(documents=70, failed=1)
    assert describe_progress(progress).startswith("70 documents, 1 failed, 5.0 a second, 0:00:3")


def test_lines_of_progress_come_now_and_then() -> None:
    said: list[str] = []
    watch = watch_in_lines(said.append, pause=60)
    progress = Progress(files=1, size=1000)
    for seconds in (1, 59, 61, 90, 125):
        progress.started = time.monotonic() - seconds
        progress.done = seconds * 4
        watch(progress)
    assert [line.partition(":")[0] for line in said] == [" 24%", " 50%"]


def test_ctrl_c_says_how_to_go_on(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtfix.batch.pool import Pool

    (tmp_path / "w.jsonl").write_text('{"text": "Two persons."}\n')
    with monkeypatch.context() as patched:
        patched.setattr(Pool, "wait", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
        assert run("w.jsonl", "-o", "out") == 130
    errors = capsys.readouterr().err
    assert "--resume" in errors
    assert errors.count("\n") == 1
    assert run("w.jsonl", "-o", "out", "--resume") == 0
    assert (tmp_path / "out" / "w.jsonl").read_text() == '{"text": "Two people."}\n'


def test_the_page_escapes_what_documents_say(tmp_path: Path) -> None:
    from mtfix.batch.results.page import render_page

    page = render_page(Summary(Tally(failed=1), 1.0, 1.0, (("<a>.txt", "x < y"),), tmp_path))
    assert "&lt;a&gt;.txt" in page
    assert "x &lt; y" in page
