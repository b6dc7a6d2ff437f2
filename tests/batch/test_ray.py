"""Ray writes what the local engine writes. Skipped where Ray is not installed."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from mtfix.batch.job import Limits
from mtfix.batch.local import run_batch
from mtfix.errors import InputError, OutputError
from tests.batch.conftest import MakeJob, make_text


def test_pieces_cover_every_line_once(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    pytest.importorskip("pyarrow")
    from mtfix.batch.ray import _next_line, plan_pieces

    path = tmp_path / "w.jsonl"
    r = random.Random(3)
    lines = [b"x" * r.randint(0, 30) + r.choice([b"\n", b"\r\n"]) for _ in range(60)] + [b"last"]
    path.write_bytes(b"".join(lines))
    for size in (1, 7, 64, 10_000):
        pieces = list(plan_pieces([str(path)], "out", size))
        assert [p.unit for p in pieces] == list(range(len(pieces)))
        with path.open("rb") as file:
            got = []
            for piece in pieces:
                start, end = _next_line(file, piece.start), _next_line(file, piece.end)
                file.seek(start)
                got.append(file.read(max(0, end - start)))
        assert b"".join(got) == path.read_bytes()
        assert all(g == b"" or g.endswith((b"\n", b"last")) for g in got)


def test_other_files_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    pytest.importorskip("pyarrow")
    from mtfix.batch.ray import plan_pieces

    (tmp_path / "a.csv").write_text("text\n")
    with pytest.raises(InputError, match="--engine local"):
        list(plan_pieces([str(tmp_path)], "out", 100))
    with pytest.raises(InputError, match="no such file"):
        list(plan_pieces([str(tmp_path / "b.jsonl")], "out", 100))


def test_ray_equals_local(archive: Path, tmp_path: Path, make_job: MakeJob) -> None:
    pytest.importorskip("ray")
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    from mtfix.batch.ray import run_ray

    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "w.jsonl").write_bytes((archive / "wires.jsonl").read_bytes())
    r = random.Random(4)
    rows = [{"id": i, "body": {"text": make_text(r)}} for i in range(20)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "deep" / "t.parquet", row_group_size=6)
    job = make_job(folder, limits=Limits(unit_bytes=1500), workers=2)
    local = run_batch(job)
    out = tmp_path / "ray"
    done = run_ray(job, [str(folder)], str(out))
    parts = sorted((out / "w.jsonl").iterdir())
    assert len(parts) > 2
    assert b"".join(p.read_bytes() for p in parts) == (job.out / "w.jsonl").read_bytes()
    tables = [pq.read_table(p) for p in sorted((out / "deep" / "t.parquet").iterdir())]
    assert pa.concat_tables(tables).equals(pq.read_table(job.out / "deep" / "t.parquet"))
    assert done.tally == local.tally
    assert [reason for _, reason in done.reasons] == [reason for _, reason in local.reasons]
    with pytest.raises(OutputError, match="--resume"):
        run_ray(job, [str(folder)], str(out))
    stamp = parts[0].stat().st_mtime_ns
    again = run_ray(replace(job, resume=True), [str(folder)], str(out))
    assert again.tally == local.tally
    assert parts[0].stat().st_mtime_ns == stamp  # the checkpoint knew it
