"""Ray writes what the local engine writes, whatever documents do to it. Skipped where Ray is not installed."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mtfix.batch.job import Job, Limits
from mtfix.batch.local import run_batch
from mtfix.batch.progress import Progress
from mtfix.errors import InputError, OutputError
from tests.batch import pipelines
from tests.batch.conftest import MakeJob, make_text, read_tree

BAD = {4: "RAISE", 9: "KILL", 17: "EXIT", 18: "KILL"}


@pytest.fixture(scope="module")
def ray() -> Iterator[None]:
    """One Ray for all tests of this module: its start is the slowest part."""
    module = pytest.importorskip("ray")
    pytest.importorskip("pyarrow")
    os.environ.setdefault("RAY_worker_niceness", "0")  # of itself it lets all other processes go first
    module.init(num_cpus=4, log_to_driver=False, include_dashboard=False)
    yield
    module.shutdown()


def write_tables(folder: Path) -> None:
    """Write every kind of input that a batch takes, some of it damaged, some of it deadly."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    r = random.Random(5)
    (folder / "deep").mkdir(parents=True)
    (folder / "docs" / "sub").mkdir(parents=True)
    texts = [f"{BAD.get(i, 'Here')} {i} persons. {make_text(r)}" for i in range(30)]
    lines = [json.dumps({"id": i, "body": {"text": text}}) for i, text in enumerate(texts)]
    (folder / "w.jsonl").write_text("\n".join([*lines[:12], "", "{broken", *lines[12:]]))
    clean = [json.dumps({"id": i, "body": {"text": make_text(r)}}) for i in range(20)]
    rows = [f'{i},"{make_text(r)}\r\n\r\nHe said ""no"" to {i} persons.",x' for i in range(30)]
    csv = "\r\n".join(["id,body.text,z", *rows, "1,2,3,4", ""]).encode()
    (folder / "a.csv").write_bytes(b"\xef\xbb\xbf" + csv)
    (folder / "b.csv.gz").write_bytes(gzip.compress(csv, mtime=0))
    (folder / "b.tsv").write_text("id\tbody.text\n" + "".join(f'{i}\t"{make_text(r)}\n' for i in range(30)))
    (folder / "c.jsonl").write_bytes("\n".join(clean).encode("utf-16"))
    (folder / "d.jsonl.gz").write_bytes(gzip.compress(b'{"body": {"text": "It rained."}}\n', 1, mtime=9))
    (folder / "e.jsonl.gz").write_bytes(gzip.compress("\n".join(clean).encode(), mtime=0)[:-20])
    (folder / "empty.jsonl").write_bytes(b"")
    table = pa.Table.from_pylist([{"id": i, "body": {"text": make_text(r)}} for i in range(20)])
    pq.write_table(table, folder / "deep" / "t.parquet", row_group_size=6)
    for i in range(7):
        (folder / "docs" / f"w{i}.txt").write_text(f"{'KILL' if i == 3 else 'Here'} {i} persons came.\n")
    (folder / "docs" / "sub" / "w.html").write_text("<p>Two <b>persons</b> came.</p>")
    (folder / "docs" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00persons")
    (folder / "docs" / ".hidden").write_text("Two persons.")


def join_parts(out: Path) -> dict[str, bytes]:
    """Every file of an output of Ray, those of tables put together again; of Parquet the rows."""
    joined: dict[str, bytes] = {}
    for name, data in sorted(read_tree(out).items()):
        target, mark, _ = name.rpartition("/part-")
        joined[target if mark else name] = joined.get(target if mark else name, b"") + data
    return joined


def read_rows(path: Path) -> list[dict[str, object]]:
    """The rows of a Parquet file, or of a folder of its parts."""
    import pyarrow.parquet as pq

    paths = sorted(path.iterdir()) if path.is_dir() else [path]
    return [row for p in paths for row in pq.read_table(p).to_pylist()]


def test_ray_equals_local(ray: None, tmp_path: Path, make_job: MakeJob) -> None:
    from mtfix.batch.ray.engine import run_ray

    write_tables(tmp_path / "in")
    job: Job = make_job(
        tmp_path / "in",
        load=pipelines.load_traps,
        limits=Limits(seconds=20, unit_bytes=1200, unit_files=3),
        workers=2,
        log=tmp_path / "local.parquet",
    )
    local = run_batch(job)
    out = tmp_path / "ray"
    seen: list[tuple[int, int]] = []

    def watch(progress: Progress) -> None:
        seen.append((progress.done, progress.size))

    shared = replace(job, log=tmp_path / "ray.parquet")
    done = run_ray(shared, [str(tmp_path / "in")], str(out), watch=watch)
    expected, found = read_tree(job.out), join_parts(out)
    assert expected.pop("deep/t.parquet")
    assert found.pop("deep/t.parquet")
    assert found == expected
    assert len(list((out / "w.jsonl").iterdir())) > 2
    assert len(list((out / "a.csv").iterdir())) > 2
    assert read_rows(out / "deep" / "t.parquet") == read_rows(job.out / "deep" / "t.parquet")
    assert read_rows(tmp_path / "ray.parquet") == read_rows(tmp_path / "local.parquet")
    assert done.tally == local.tally
    assert [name for name, _ in done.reasons] == [name for name, _ in local.reasons]
    reasons = dict(done.reasons)
    assert "SIGKILL" in reasons["w.jsonl:10"]
    assert "exit code 3" in reasons["w.jsonl:20"]
    assert "SIGKILL" in reasons["docs/w3.txt"]
    assert "end too early" in reasons["e.jsonl.gz"]
    assert len(reasons) == len(BAD) + 5
    ours, theirs = (json.loads((o / ".mtfix-batch" / "summary.json").read_text()) for o in (out, job.out))
    for name in ("seconds", "documents_per_second", "failures", "reasons"):
        ours.pop(name, None), theirs.pop(name, None)
    assert ours == theirs
    assert all(0 <= a <= b for a, b in seen)
    # A second batch in the same place needs --resume, and then has nothing to do.
    with pytest.raises(OutputError, match="--resume"):
        run_ray(shared, [str(tmp_path / "in")], str(out))
    stamps = {p: p.stat().st_mtime_ns for p in (out / "w.jsonl").iterdir()}
    again = run_ray(replace(shared, resume=True), [str(tmp_path / "in")], str(out))
    assert again.tally == local.tally
    assert {p: p.stat().st_mtime_ns for p in (out / "w.jsonl").iterdir()} == stamps


def test_ray_stops_at_too_many_failures_and_goes_on(ray: None, tmp_path: Path, make_job: MakeJob) -> None:
    from mtfix.batch.ray.engine import run_ray

    texts = [f"{'RAISE' if i in (4, 7, 10) else 'Here'} {i} persons came." for i in range(40)]
    path = tmp_path / "w.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    job = make_job(path, fields=(), load=pipelines.load_traps, limits=Limits(unit_bytes=90), workers=1)
    out = str(tmp_path / "out")
    with pytest.raises(InputError, match=r"^stopped: 2 documents failed, 1 may; w\.jsonl.*: ValueError: bad luck"):
        run_ray(replace(job, max_errors=1), [str(path)], out)
    with pytest.raises(InputError, match="stopped: "):
        run_ray(replace(job, max_errors=0, resume=True), [str(path)], out)
    done = run_ray(replace(job, max_errors=3, resume=True), [str(path)], out)
    assert (done.tally.documents, done.tally.failed) == (40, 3)
    assert [name for name, _ in done.reasons] == ["w.jsonl:5", "w.jsonl:8", "w.jsonl:11"]
    assert join_parts(tmp_path / "out")["w.jsonl"].count(b"people") == 37
    (tmp_path / "w.jsonl").write_text("{}\n")
    with pytest.raises(OutputError, match="began with something else: the archive"):
        run_ray(replace(job, resume=True), [str(path)], out)


def test_what_an_actor_says_reaches_the_user(ray: None, tmp_path: Path, make_job: MakeJob) -> None:
    from mtfix.batch.ray.engine import run_ray

    (tmp_path / "w.jsonl").write_text('{"text": "Two persons."}\n')
    job = make_job(tmp_path / "w.jsonl", fields=(), load=pipelines.load_broken)
    with pytest.raises(InputError, match=r"^no such pack$"):
        run_ray(job, [str(tmp_path / "w.jsonl")], str(tmp_path / "out"))
