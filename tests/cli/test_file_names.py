"""File names that are not UTF-8: a disk may have them, so logs and reports must."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import FIXED, WIRE, Run


@pytest.fixture
def odd(folder: Path) -> Path:
    path = Path(os.fsdecode(b"wire\xff.txt"))
    try:
        path.write_text(WIRE, encoding="utf-8")
    except (OSError, UnicodeError):
        pytest.skip("this disk has only names in Unicode")
    return path


def test_fix_writes_log_and_report(run: Run, odd: Path) -> None:
    done = run("fix", odd, "-o", "out.txt", "--log", "edits.jsonl", "--report", "report.html")
    assert done.code == 0, done.err
    assert Path("out.txt").read_text() == FIXED
    rows = [json.loads(line) for line in Path("edits.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["document"] for row in rows} == {"wire\udcff.txt"}
    assert "wire\\udcff.txt" in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_check_prints_findings(run: Run, odd: Path, form: str) -> None:
    done = run("check", odd, "--output-format", form)
    assert done.code == 1, done.err
    assert "DESK_COMMA" in done.out


def test_diff_prints(run: Run, odd: Path) -> None:
    assert run("diff", odd).code == 0


@pytest.mark.parametrize("log", ["log.jsonl", "log.parquet"])
def test_the_log_of_a_batch_has_the_name(tmp_path: Path, log: str) -> None:
    from mtfix.batch.results.editlog import write_log

    if log.endswith("parquet"):
        pytest.importorskip("pyarrow")
    write_log([{"document": os.fsdecode(b"wire\xff.txt"), "before": "a"}], tmp_path / log, tmp_path)
    if log.endswith("jsonl"):
        assert json.loads((tmp_path / log).read_text(encoding="utf-8"))["document"] == "wire\udcff.txt"
    else:
        import pyarrow.parquet

        (row,) = pyarrow.parquet.read_table(tmp_path / log).to_pylist()
        assert row["document"] == "wire\\udcff.txt"
