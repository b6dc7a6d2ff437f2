"""The plan over URLs, and what a worker makes of a piece: every record once, in order, as the local engine does it."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace
from pathlib import Path

import pytest

from mtfix.batch.job import Limits
from mtfix.batch.local import run_batch
from mtfix.batch.plan import cut
from mtfix.batch.plan.archive import walk_archive
from mtfix.batch.pool import Task
from mtfix.errors import ConfigError, InputError, OutputError
from tests.batch.conftest import MakeJob

pytest.importorskip("fsspec")
pytest.importorskip("pyarrow")

from mtfix.batch.ray.plan import Piece, plan_pieces, walk_urls
from mtfix.batch.ray.worker import PieceWorker, find_line


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_pieces_cover_every_line_once(tmp_path: Path, make_job: MakeJob, size: int) -> None:
    path = tmp_path / "w.jsonl"
    r = random.Random(3)
    lines = [b" " * r.randint(0, 30) + r.choice([b"\n", b"\r\n"]) for _ in range(60)] + [b" "]
    path.write_bytes(b"".join(lines))
    pieces = list(plan_pieces([str(path)], "out", make_job(limits=Limits(unit_bytes=size))))
    assert [p.unit for p in pieces] == list(range(len(pieces)))
    with path.open("rb") as file:
        got = []
        for piece in pieces:
            start, end = find_line(file, piece.start), find_line(file, piece.end)
            file.seek(start)
            got.append(file.read(max(0, end - start)))
    assert b"".join(got) == path.read_bytes()
    assert all(g == b"" or g.endswith((b"\n", b" ")) for g in got)


def test_files_come_in_the_order_of_the_local_engine(tmp_path: Path) -> None:
    for name in ("a/x.txt", "a.txt", "a b.txt", "a/b/c.jsonl", "B/é.csv", "b.parquet", ".no/x.txt", "a/.no.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    local = [(s.target, s.kind, s.size) for s in walk_archive((tmp_path,))]
    assert [(s.target, s.kind, s.size) for s, _ in walk_urls([str(tmp_path)])] == local


def test_a_plan_survives_writing_it_down(tmp_path: Path, make_job: MakeJob) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.jsonl").write_text('{"body": {"text": "x"}}\n')
    pieces = list(plan_pieces([str(tmp_path)], "out", make_job()))
    assert [p.kind for p in pieces] == ["file", "jsonl"]
    assert [Piece.from_json(p.to_json()) for p in pieces] == pieces


def test_what_cannot_be_planned(tmp_path: Path, make_job: MakeJob) -> None:
    (tmp_path / "w.jsonl").write_text('{"text": "x"}\n')
    with pytest.raises(InputError, match="no such file"):
        list(plan_pieces([str(tmp_path / "b.jsonl")], "out", make_job()))
    with pytest.raises(ConfigError, match=r"unknown field 'body\.text'"):
        list(plan_pieces([str(tmp_path)], "out", make_job()))
    with pytest.raises(OutputError, match=r"both go to w\.jsonl"):
        list(plan_pieces([str(tmp_path), str(tmp_path / "w.jsonl")], "out", make_job(fields=())))


def test_the_ledger_counts_every_piece_once() -> None:
    from mtfix.batch.ray.engine import Ledger

    tally = {"documents": 3, "failed": 1}
    report = {"failed": [("w.jsonl:7", "bad luck")], "size": 10, "tally": tally, "start": 90, "is_counted": False}
    ledger = Ledger(0, 1)
    assert ledger.note(4, report) == ""
    assert ledger.note(4, report) == ""
    assert ledger.look()[0] == 10
    said = ledger.note(5, report)
    assert "2 documents failed, 1 may; w.jsonl:7 of the records after byte 90: bad luck" in said
    ledger.give_up("first")
    ledger.give_up("second")
    assert ledger.tell() == "first"


def test_engines_do_not_go_on_with_each_other(tmp_path: Path, make_job: MakeJob) -> None:
    from mtfix.batch.ray.engine import _keep_state

    (tmp_path / "w.jsonl").write_text('{"text": "Two persons."}\n')
    local = make_job(tmp_path / "w.jsonl", fields=())
    run_batch(local)
    with pytest.raises(OutputError, match="--engine local: go on with that engine"):
        _keep_state(str(local.state), local, {"head": {}, "stamps": []})
    ray = replace(local, out=tmp_path / "ray", resume=True)
    _keep_state(str(ray.state), ray, {"head": {}, "stamps": []})
    with pytest.raises(OutputError, match="--engine ray: go on with that engine"):
        run_batch(ray)


def write_records(path: Path) -> None:
    """A table with one record that is far too long, by a quotation mark that never closes in CSV."""
    texts = [f"Wire {i}: {i} persons came." for i in range(9)]
    if "jsonl" in path.name:
        lines = [f'{{"text": "{text}"}}\n' for text in [*texts[:5], "x" * 3000, *texts[5:]]]
    else:
        lines = ["text,n\n", *(f"{text},1\n" for text in texts), '"' + "x" * 3000 + "\n", *(f"{t},1\n" for t in texts)]
    data = "".join(lines).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


@pytest.mark.parametrize("name", ["w.jsonl", "w.csv", "w.jsonl.gz", "w.csv.gz"])
def test_a_record_without_an_end_is_refused_alike(
    tmp_path: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(cut, "MAX_RECORD", 1000)
    path = tmp_path / "in" / name
    path.parent.mkdir()
    write_records(path)
    job = make_job(path, fields=(), limits=Limits(unit_bytes=100))
    local = run_batch(job)
    out = f"file://{tmp_path}/urls"
    worker = PieceWorker(replace(job, out=Path()), "", lambda index: None, out, f"{out}/.state")
    failed = []
    documents = 0
    for piece in plan_pieces([str(path)], out, job):
        report = worker.run(Task(piece.unit, piece))
        failed += [reason for _, reason in report["failed"]]
        documents += report["tally"]["documents"]
    assert len(failed) == 1
    assert "longer than" in failed[0]
    assert failed == [reason for _, reason in local.reasons]
    assert documents == local.tally.documents
    joined = b"".join(p.read_bytes() for p in sorted((tmp_path / "urls" / name).iterdir()))
    assert joined == (job.out / name).read_bytes()
    if path.suffix == ".gz":
        assert joined == path.read_bytes()  # wholly or not at all
    else:
        assert joined.count(b"people") == 9


@pytest.mark.parametrize("left", [b"", b'{"head": {}, "sta', b"{}", b"[]"])
def test_a_head_that_was_cut_is_said_in_one_line(make_job: MakeJob, tmp_path: Path, left: bytes) -> None:
    from mtfix.batch.ray.engine import _keep_state

    job = replace(make_job(tmp_path), resume=True)
    _keep_state(str(job.state), job, {"head": {}, "stamps": []})
    (job.state / "head.json").write_bytes(left)
    with pytest.raises(
        OutputError, match=r"head.json: is cut or damaged, so the batch cannot go on: start in a new output"
    ):
        _keep_state(str(job.state), job, {"head": {}, "stamps": []})
