"""Wrapped tables (gzip, UTF-16) in a batch: cut while they are read, few bytes held, the same out as in."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mtfix.batch import local as module
from mtfix.batch.job import Limits
from mtfix.batch.local import run_batch
from mtfix.batch.plan.plan import plan_units
from mtfix.batch.plan.unit import Unit
from mtfix.files.gzip import deflate
from mtfix.files.wrapping import PieceReader
from tests.batch.conftest import MakeJob, make_text, read_tree
from tests.batch.test_local import PowerCutError, cut_off

Wrap = Callable[[str], bytes]
WRAPPINGS: dict[str, tuple[str, Wrap]] = {
    "gzip": (".gz", lambda text: deflate(text.encode())),
    "utf-16": ("", lambda text: text.encode("utf-16")),
    "utf-16-be": ("", lambda text: b"\xfe\xff" + text.encode("utf-16-be")),
    "gzip-utf-16": (".gz", lambda text: deflate(text.encode("utf-16"))),
}
LIMITS = Limits(unit_bytes=900)


def make_table(kind: str, records: int = 40) -> str:
    """A table with a record that cannot be read."""
    r = random.Random(11)
    if kind == "jsonl":
        lines = [json.dumps({"id": i, "body": {"text": make_text(r)}}, ensure_ascii=False) for i in range(records)]
        return "\n".join([*lines, "{broken", '{"body": {"text": "“Two persons” – Ж."}}'])
    rows = [f'{i},"{make_text(r)}\r\n\r\nHe said ""no"" to {i} persons.",x' for i in range(records)]
    return "\r\n".join(["id,body.text,z", *rows, "1,2,3,4", ""])


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize("wrapping", sorted(WRAPPINGS))
def test_a_wrapped_table_becomes_what_a_plain_one_does(
    tmp_path: Path, make_job: MakeJob, kind: str, wrapping: str
) -> None:
    suffix, wrap = WRAPPINGS[wrapping]
    text = make_table(kind)
    (tmp_path / f"plain.{kind}").write_bytes(text.encode())
    path = tmp_path / f"w.{kind}{suffix}"
    path.write_bytes(wrap(text))
    plain = run_batch(make_job(tmp_path / f"plain.{kind}", limits=LIMITS, out=tmp_path / "plain"))
    done = run_batch(make_job(path, limits=LIMITS))
    after = (tmp_path / "plain" / f"plain.{kind}").read_bytes().decode()
    assert after != text
    assert (tmp_path / "out" / path.name).read_bytes() == wrap(after)
    assert done.tally == plain.tally
    assert [reason for _, reason in done.reasons] == [reason for _, reason in plain.reasons]
    assert done.tally.failed == 1


@pytest.mark.parametrize(
    "data", [gzip.compress(b'{"body": {"text": "It rained."}}\n' * 90, 1), b"", "{}\n".encode("utf-16")]
)
def test_nothing_found_is_byte_identical(tmp_path: Path, make_job: MakeJob, data: bytes) -> None:
    name = "w.jsonl.gz" if data.startswith(b"\x1f") else "w.jsonl"
    (tmp_path / name).write_bytes(data)
    done = run_batch(make_job(tmp_path / name, limits=LIMITS))
    assert read_tree(tmp_path / "out") == {name: data}
    assert done.tally.failed == 0


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[:-9], "end too early"),
        (lambda data: data[:-6] + b"123456", "damaged"),
        (lambda data: data + b"junk", "follows the gzip data"),
        (lambda data: b"{}" + data, "is not gzip data"),
    ],
    ids=["cut", "checksum", "junk", "no-gzip"],
)
def test_a_damaged_table_is_passed_on_whole_and_listed(
    tmp_path: Path, make_job: MakeJob, damage: Callable[[bytes], bytes], said: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.jsonl.gz").write_bytes(damage(deflate(make_table("jsonl").encode())))
    (folder / "c.jsonl").write_text('{"body": {"text": "Two persons."}}\n')
    job = make_job(folder, limits=LIMITS, log=tmp_path / "log")
    done = run_batch(job)
    assert (tmp_path / "out" / "b.jsonl.gz").read_bytes() == (folder / "b.jsonl.gz").read_bytes()
    assert [name for name, _ in done.reasons] == ["b.jsonl.gz"]
    assert said in done.reasons[0][1]
    assert done.tally.edits == {"rule:T_PERSONS": 1}
    assert (tmp_path / "log").read_bytes().count(b"\n") == 1
    assert run_batch(replace(job, resume=True)).tally == done.tally


def test_resuming_a_wrapped_table(tmp_path: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.csv.gz"
    path.write_bytes(deflate(make_table("csv").encode("utf-16")))
    whole = make_job(path, limits=LIMITS, out=tmp_path / "whole")
    run_batch(whole)
    job = make_job(path, limits=LIMITS)
    with monkeypatch.context() as patched, pytest.raises(PowerCutError):
        cut_off(patched, 4)
        run_batch(job)
    done = run_batch(replace(job, resume=True))
    assert done.tally.documents == 41
    assert read_tree(job.out) == read_tree(whole.out)


def test_few_bytes_are_held_however_large_the_table(
    tmp_path: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = '{"body": {"text": "Two persons."}}\n'
    lines = first + "".join(json.dumps({"id": i, "note": "not a text " * 30}) + "\n" for i in range(6000)) + first
    path = tmp_path / "w.jsonl.gz"
    path.write_bytes(deflate(lines.encode()))
    held: list[int] = []
    waiting: list[int] = []
    next_task, read = module._Run.next_task, PieceReader.read

    def watched_task(self: Any, plan: Any) -> Any:
        task = next_task(self, plan)
        held.append(sum(len(unit.data) for unit in self.out.values()))
        return task

    def watched_read(self: PieceReader, size: int) -> bytes:
        data = read(self, size)
        waiting.append(len(data) + len(self._waiting))
        return data

    monkeypatch.setattr(module._Run, "next_task", watched_task)
    monkeypatch.setattr(PieceReader, "read", watched_read)
    job = make_job(path, limits=Limits(unit_bytes=20_000), workers=2)
    done = run_batch(job)
    assert done.tally.edits == {"rule:T_PERSONS": 2}
    assert len(lines) > 2_000_000
    assert max(held) <= 4 * 20_000
    # The head (1 MB) is read three times, to check and to plan twice; beyond that a unit and what one step inflates to.
    assert sum(size > 20_000 + (1 << 18) for size in waiting) <= 3


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path, make_job: MakeJob) -> None:
    path = tmp_path / "w.jsonl.gz"
    path.write_bytes(deflate(make_table("jsonl", 400).encode()))
    units = [u for u in plan_units(make_job(path, limits=LIMITS)) if isinstance(u, Unit)]
    assert len(units) > 20
    assert sum(u.size for u in units) == path.stat().st_size
