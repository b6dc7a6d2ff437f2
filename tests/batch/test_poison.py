"""Documents that raise, hang, or kill their worker: recorded with a reason, passed on as they are, all else repaired."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mtfix.batch.job import Limits
from mtfix.batch.local import run_batch
from mtfix.errors import InputError, MtfixError
from tests.batch import pipelines
from tests.batch.conftest import MakeJob, read_tree

LIMITS = Limits(seconds=2, unit_bytes=100_000, characters=5000)


def write_lines(path: Path, texts: list[str]) -> list[str]:
    """Write a JSONL table; return its lines."""
    lines = [json.dumps({"text": text}) + "\n" for text in texts]
    path.write_text("".join(lines))
    return lines


def test_poisoned_records(tmp_path: Path, make_job: MakeJob) -> None:
    bad = {3: "RAISE", 5: "HANG", 8: "KILL", 9: "EXIT", 11: "x" * 6000}
    texts = [f"{bad.get(i, 'Here')} {i} persons came." for i in range(14)]
    lines = write_lines(tmp_path / "w.jsonl", texts)
    job = make_job(tmp_path / "w.jsonl", fields=(), load=pipelines.load_traps, limits=LIMITS, workers=2)
    done = run_batch(job)
    expected = [line if i in bad else line.replace("persons", "people") for i, line in enumerate(lines)]
    assert (job.out / "w.jsonl").read_text() == "".join(expected)
    reasons = dict(done.reasons)
    assert list(reasons) == [f"w.jsonl:{i + 1}" for i in bad]
    assert reasons["w.jsonl:4"] == "ValueError: bad luck"
    assert reasons["w.jsonl:6"] == "took longer than 2 s"
    assert "SIGKILL" in reasons["w.jsonl:9"]
    assert "exit code 3" in reasons["w.jsonl:10"]
    assert "too large" in reasons["w.jsonl:12"]
    assert (done.tally.documents, done.tally.failed) == (14, 5)
    listed = [json.loads(line) for line in done.failures.read_text().splitlines()]
    assert [(f["document"], f["reason"]) for f in listed] == list(done.reasons)


def test_poisoned_files(tmp_path: Path, make_job: MakeJob) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in {"a": "Two persons.", "b": "KILL persons.", "c": "RAISE persons.", "d": "Six persons."}.items():
        (folder / f"{name}.txt").write_text(text)
    (folder / "e.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00persons")
    job = make_job(folder, load=pipelines.load_traps, limits=LIMITS)
    done = run_batch(job)
    before = read_tree(folder)
    changed = {name: data.replace(b"persons", b"people") for name, data in before.items() if name[0] in "ad"}
    assert read_tree(job.out) == {**before, **changed}
    assert [name for name, _ in done.reasons] == ["b.txt", "c.txt", "e.txt"]


def test_a_worker_that_hears_no_alarm_is_killed(
    tmp_path: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtfix.batch import pool

    monkeypatch.setattr(pool, "_GRACE", 1.0)
    lines = write_lines(tmp_path / "w.jsonl", ["Two persons.", "HANG persons.", "Six persons."])
    job = make_job(tmp_path / "w.jsonl", fields=(), load=pipelines.load_deaf, limits=replace(LIMITS, seconds=2))
    done = run_batch(job)
    assert [name for name, _ in done.reasons] == ["w.jsonl:2"]
    assert "did not come back" in done.reasons[0][1]
    assert (job.out / "w.jsonl").read_text().splitlines()[1] == lines[1].strip()


@pytest.mark.parametrize("allowed", [0, 1])
def test_max_errors_stops_and_resume_goes_on(tmp_path: Path, make_job: MakeJob, allowed: int) -> None:
    texts = [f"{'RAISE' if i in (4, 7, 10) else 'Here'} {i} persons came." for i in range(12)]
    write_lines(tmp_path / "w.jsonl", texts)
    limits = replace(LIMITS, unit_bytes=90)
    job = make_job(tmp_path / "w.jsonl", fields=(), load=pipelines.load_traps, limits=limits)
    named = 5 if allowed == 0 else 8
    with pytest.raises(InputError, match=rf"stopped: .* w\.jsonl:{named}: ValueError"):
        run_batch(replace(job, max_errors=allowed))
    assert not (job.out / "w.jsonl").exists()
    done = run_batch(replace(job, resume=True, max_errors=3))
    assert done.tally.failed == 3
    assert (job.out / "w.jsonl").read_text().count("people") == 9


def test_a_pipeline_that_cannot_be_built_stops_with_its_reason(tmp_path: Path, make_job: MakeJob) -> None:
    write_lines(tmp_path / "w.jsonl", ["Two persons."])
    job = make_job(tmp_path / "w.jsonl", fields=())
    broken = job.config.model_copy(update={"disable": ("NO_SUCH_RULE",)})
    with pytest.raises(MtfixError, match="NO_SUCH_RULE"):
        run_batch(replace(job, config=broken))
