from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mtfix.cli.app import main
from mtfix.types import Document
from tests.cli.conftest import CLEAN, FIXED, WIRE, Run, list_names


def test_repaired_text_and_nothing_else_goes_to_standard_output(run: Run) -> None:
    done = run("fix", "wire.txt")
    assert (done.code, done.out, done.err) == (0, FIXED, "")


def test_clean_text_comes_out_as_it_went_in(run: Run) -> None:
    done = run("fix", "clean.txt")
    assert (done.code, done.out, done.err) == (0, CLEAN, "")


@pytest.mark.parametrize("dash", [["-"], []])
def test_standard_input(run: Run, dash: list[str]) -> None:
    assert run("fix", *dash, given=WIRE.encode()).out == FIXED


@pytest.mark.parametrize(
    "raw",
    [
        "Один. About 2,5 million – came.\r\n\r\n  Next  \r\n".encode("cp1251"),
        b"\xef\xbb\xbfAbout 2,5 million.\r\nNo end",
        "\ufeffAbout 2,5 million.\n".encode("utf-16-le"),
        b"  \n\n\tAbout 2,5 million. \n\n\n",
    ],
)
def test_bytes_outside_edits_stay(run: Run, folder: Path, raw: bytes) -> None:
    path = folder / "odd.txt"
    path.write_bytes(raw)
    encoding = ["--encoding", "cp1251"] if raw[0] == 0xCE else []
    done = run("fix", "odd.txt", *encoding)
    assert done.code == 0
    wide = "utf-16-le" if raw.startswith(b"\xff\xfe") else "ascii"
    assert done.raw == raw.replace("2,5".encode(wide), "2.5".encode(wide))
    assert path.read_bytes() == raw


def test_fix_all_applies_suggestions_and_none_applies_nothing(run: Run) -> None:
    assert run("fix", "wire.txt", "--fix", "all").out == FIXED.replace("persons", "people")
    assert run("fix", "wire.txt", "--fix", "none").out == WIRE


def test_disable_by_tag_and_enable_again(run: Run) -> None:
    assert run("fix", "wire.txt", "--disable", "numbers").out == WIRE
    assert run("fix", "wire.txt", "--disable", "numbers", "--enable", "DESK_COMMA").out == FIXED


def test_output_file_leaves_the_input_alone(run: Run, folder: Path) -> None:
    done = run("fix", "wire.txt", "-o", "out.txt")
    assert (done.code, done.raw) == (0, b"")
    assert done.err == "mtfix: wire.txt: 1 edit, 2 suggestions; written to out.txt\n"
    assert (folder / "out.txt").read_text() == FIXED
    assert (folder / "wire.txt").read_text() == WIRE


def test_output_folder_is_made_for_several_files(run: Run, folder: Path) -> None:
    assert run("fix", "wire.txt", "clean.txt", "-o", "new/out").code == 0
    assert (folder / "new/out/wire.txt").read_text() == FIXED
    assert (folder / "new/out/clean.txt").read_text() == CLEAN


def test_output_may_be_an_existing_folder(run: Run, folder: Path) -> None:
    (folder / "out").mkdir()
    assert run("fix", "wire.txt", "-o", "out").code == 0
    assert (folder / "out/wire.txt").read_text() == FIXED


def test_new_file_has_the_mode_that_the_umask_gives(run: Run, folder: Path) -> None:
    before = os.umask(0o027)
    try:
        run("fix", "wire.txt", "-o", "out.txt")
    finally:
        os.umask(before)
    assert (folder / "out.txt").stat().st_mode & 0o777 == 0o640


def test_in_place_keeps_mode_and_link_and_does_not_touch_clean_files(run: Run, folder: Path) -> None:
    wire, clean, link = folder / "wire.txt", folder / "clean.txt", folder / "link.txt"
    wire.chmod(0o604)
    link.symlink_to("wire.txt")
    inode = clean.stat().st_ino
    assert run("fix", "link.txt", "clean.txt", "--in-place").code == 0
    assert wire.read_text() == FIXED and wire.stat().st_mode & 0o777 == 0o604
    assert link.is_symlink()
    assert clean.stat().st_ino == inode


def test_several_files_need_a_place(run: Run, folder: Path) -> None:
    done = run("fix", "wire.txt", "clean.txt")
    assert (done.code, done.raw) == (2, b"")
    assert "-o FOLDER or --in-place" in done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["wire.txt", "-o", "wire.txt"], "use --in-place"),
        (["wire.txt", "-o", "./sub/../wire.txt"], "use --in-place"),
        (["wire.txt", "--in-place", "-o", "out.txt"], "exclude each other"),
        (["wire.txt", "--log", "wire.txt"], "use --in-place"),
        (["wire.txt", "--in-place", "--report", "wire.txt"], "use --in-place"),
        (["wire.txt", "--log", "x", "--report", "x"], "two outputs"),
        (["wire.txt", "-o", "x", "--report", "x"], "two outputs"),
        (["wire.txt", "sub/wire.txt", "-o", "out"], "two outputs"),
        (["wire.txt", "clean.txt", "-o", "desk.yaml"], "not a folder"),
        (["-", "--in-place"], "standard input has no place"),
        (["-", "wire.txt", "-o", "out"], "standard input has no name"),
    ],
)
def test_outputs_that_would_lose_something_are_refused(run: Run, folder: Path, args: list[str], said: str) -> None:
    (folder / "sub").mkdir()
    (folder / "sub/wire.txt").write_text(WIRE)
    before = list_names(folder)
    done = run("fix", *args, given=WIRE.encode())
    assert (done.code, done.raw) == (2, b"")
    assert said in done.err and done.err.count("\n") == 1
    assert list_names(folder) == before
    assert (folder / "wire.txt").read_text() == WIRE


def test_failed_output_leaves_all_outputs_unwritten(run: Run, folder: Path) -> None:
    """The text could be written, the report could not: neither is."""
    (folder / "out.txt").write_text("old")
    before = list_names(folder)
    done = run("fix", "wire.txt", "-o", "out.txt", "--report", "missing/report.html")
    assert done.code == 2 and "missing/report.html" in done.err
    assert (folder / "out.txt").read_text() == "old"
    assert list_names(folder) == before


def test_pipe_as_output_is_written_to_not_replaced(run: Run, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("fix", "wire.txt", "-o", "pipe").code == 0
        assert os.read(reader, 1000).decode() == FIXED
    finally:
        os.close(reader)
    assert (folder / "pipe").is_fifo()


def test_dash_as_output_is_standard_output(run: Run, folder: Path) -> None:
    before = list_names(folder)
    assert run("fix", "wire.txt", "-o", "-").out == FIXED
    done = run("fix", "wire.txt", "--log", "-")
    assert (done.code, done.raw) == (2, b"")
    assert list_names(folder) == before


def test_log_and_report_come_with_the_text(run: Run, folder: Path) -> None:
    done = run("fix", "wire.txt", "--log", "edits.jsonl", "--report", "report.html")
    assert (done.code, done.out) == (0, FIXED)
    records = [json.loads(line) for line in (folder / "edits.jsonl").read_text().splitlines()]
    assert [(r["by"], r["applied"]) for r in records] == [
        ("rule:DESK_COMMA", True),
        ("rule:DESK_PERSONS", False),
        ("rule:DESK_TERRORIST", False),
    ]
    assert all(WIRE[r["start"] : r["end"]] == r["original"] for r in records)
    assert "DESK_COMMA" in (folder / "report.html").read_text()


def test_two_runs_write_the_same_bytes(run: Run, folder: Path) -> None:
    for name in ("a", "b"):
        run("fix", "wire.txt", "--log", f"{name}.jsonl", "--report", f"{name}.html")
    assert (folder / "a.jsonl").read_bytes() == (folder / "b.jsonl").read_bytes()
    assert (folder / "a.html").read_bytes() == (folder / "b.html").read_bytes()


def test_diff_goes_to_standard_error(run: Run) -> None:
    done = run("fix", "wire.txt", "--diff")
    assert done.out == FIXED
    assert "[-2,5-]{+2.5+}" in done.err and "Russian writes a decimal comma." in done.err


def test_missing_model_is_said_in_one_line(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtfix.model.load_stage", lambda config, say: None, raising=False)
    (folder / "mtfix.toml").write_text('packs = ["desk.yaml"]\ndefault_packs = false\n')
    done = run("fix", "wire.txt")
    assert (done.code, done.out) == (0, FIXED)
    assert done.err.count("\n") == 1 and "no model is installed" in done.err
    assert run("fix", "wire.txt", "--rules-only").err == ""


def test_what_the_stages_remark_is_said_once(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Remarking:
        name = "model"

        def __call__(self, document: Document) -> Document:
            note = "left alone by the model, too long to be read whole: “Police…”"
            return replace(document, notes=tuple(dict.fromkeys((*document.notes, note))))

    monkeypatch.setattr("mtfix.model.load_stage", lambda config, say: Remarking(), raising=False)
    (folder / "mtfix.toml").write_text('packs = ["desk.yaml"]\ndefault_packs = false\n')
    done = run("fix", "wire.txt")
    assert (done.code, done.out) == (0, FIXED)
    assert done.err.count("\n") == 1
    assert done.err.startswith("mtfix: ") and "wire.txt: left alone by the model, too long" in done.err


def test_in_place_says_what_was_done(run: Run) -> None:
    assert run("fix", "clean.txt", "-i").err == "mtfix: clean.txt: 0 edits, 0 suggestions; left as it is\n"
    assert run("fix", "clean.txt", "wire.txt", "-i").err == (
        "mtfix: 2 files: 1 edit, 2 suggestions; 1 repaired in place, 1 left as they are\n"
    )
    assert run("fix", "wire.txt", "-i").err == "mtfix: wire.txt: 0 edits, 2 suggestions; left as it is\n"


def test_log_named_parquet_is_parquet(run: Run, folder: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run("fix", "wire.txt", "-o", "out.txt", "--log", "log.parquet").code == 0
    rows = parquet.read_table(folder / "log.parquet").to_pylist()
    assert [(r["by"], r["after"], r["applied"]) for r in rows] == [
        ("rule:DESK_COMMA", "2.5 million", True),
        ("rule:DESK_PERSONS", "people", False),
        ("rule:DESK_TERRORIST", None, False),
    ]


def test_log_named_parquet_without_pyarrow_is_refused_before_the_work(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("fix", "wire.txt", "-o", "out.txt", "--log", "log.parquet")
    assert done.code == 2 and "pip install 'mtfix[batch]'" in done.err
    assert not (folder / "out.txt").exists() and not (folder / "log.parquet").exists()


class Terminal(io.TextIOWrapper):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", ["wire.docx", "wires.jsonl.gz"])
def test_bytes_do_not_go_to_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, name: str) -> None:
    (folder / name).write_bytes(b"PK")
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "argv", ["mtfix", "fix", name])
    monkeypatch.setattr(sys, "stdout", Terminal(screen))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and screen.getvalue() == b""
    assert f"{name}: " in (said := capsys.readouterr().err) and "-o FILE" in said


def test_text_goes_to_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "argv", ["mtfix", "fix", "clean.txt"])
    monkeypatch.setattr(sys, "stdout", Terminal(screen))
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code and screen.getvalue() == b"About 2,500 people came.\n"
