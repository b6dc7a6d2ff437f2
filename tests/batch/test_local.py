"""The local engine: what comes out, whatever the number of workers, and after whatever happened before."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mtfix.batch.job import Job, Limits
from mtfix.batch.local import run_batch
from mtfix.batch.plan.plan import plan_units
from mtfix.batch.plan.unit import Unit
from mtfix.batch.pool import Pool
from mtfix.errors import InputError, MtfixError, OutputError
from mtfix.formats import open_file
from tests.batch import pipelines
from tests.batch.conftest import MakeJob, Whole, read_tree


def test_workers_do_not_change_the_result(archive: Path, make_job: MakeJob, tmp_path: Path, whole: Whole) -> None:
    job = make_job(archive, log=tmp_path / "log", workers=3)
    pipeline = pipelines.load(job.config)
    done = run_batch(job)
    tree = read_tree(job.out)
    assert tree == whole.tree
    assert (tmp_path / "log").read_bytes() == whole.log
    assert done.tally == whole.summary.tally
    assert done.reasons == whole.summary.reasons
    # ... and it is what the pipeline makes of each document alone.
    for path in sorted((archive / "sub").rglob("*.*")):
        container = open_file(path)
        assert tree[str(path.relative_to(archive))] == container.write([pipeline(d) for d in container.documents])
    before = (archive / "wires.jsonl").read_text().split("\n")
    after = tree["wires.jsonl"].decode().split("\n")
    for old, new in zip(before, after, strict=True):
        if old.startswith('{"id"'):
            text = json.loads(old)["body"]["text"]
            document = pipeline(open_document(text))
            assert json.loads(new) == {**json.loads(old), "body": {"text": document.text}}
        else:
            assert new == old


def open_document(text: str) -> Any:
    """Read a text as the library's door does."""
    from mtfix.formats import read_document

    return read_document(text)


CODE = {
    "app.js": "if ( a  ==  b ) { show('2,5 million , in Russia held') }\n",
    "style.css": "a{ margin:0  ; content:'2,5 thousand' }\n",
    "site.tex": "On territory of Syria $x = 1 200$ , 2,5 million\n",
    "data.tab": "title,text\n2,5 million,x\n",
    "logo.svg": '<svg><path d="M2,5 million"/></svg>\n',
}


def test_programs_and_data_are_copied_and_counted(make_job: MakeJob, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    for name, text in CODE.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "README").write_text("The price rose to 2,5 million rubles.\n", encoding="utf-8")
    job = make_job(folder)
    done = run_batch(job)
    assert (done.tally.failed, done.tally.skipped, done.tally.documents) == (0, len(CODE), 1)
    assert {name: (job.out / name).read_text(encoding="utf-8") for name in CODE} == CODE


def test_summary_counts_what_was_done(archive: Path, make_job: MakeJob, tmp_path: Path) -> None:
    done = run_batch(make_job(archive, log=tmp_path / "log.jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    applied = [row["by"] for row in rows if row["applied"]]
    assert sum(done.tally.edits.values()) == len(applied) > 50
    assert done.tally.edits["rule:T_PERSONS"] == applied.count("rule:T_PERSONS")
    assert done.tally.documents == 20 + 30 + 1 + 1 + 30  # files, records, the broken one, the repeated one, rows
    assert [name for name, _ in done.reasons] == ["wires.jsonl:32"]
    assert "not JSON" in done.reasons[0][1]
    assert not (tmp_path / "out" / ".mtfix-batch" / "parts").exists()
    saved = json.loads((tmp_path / "out" / ".mtfix-batch" / "summary.json").read_text())
    assert saved["documents"] == done.tally.documents
    places = {(row["document"], row["start"]) for row in rows}
    assert len(places) == len(rows)


def test_nothing_found_is_byte_identical(tmp_path: Path, make_job: MakeJob) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    files = {
        "a.jsonl": b'\xef\xbb\xbf{"body": {"text" : "It rained\\u002e"}}\r\n\n  {"body":{"text":"\\/"}}',
        "b.csv": b'id,body.text\n1,"It ""rained"", he said"\n2,plain\r\n',
        "c.txt": b"\xff\xfeI\x00t\x00",
        "d.txt": b"",
        "e.bin": b"\x00\x01\x02",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = run_batch(make_job(folder))
    assert read_tree(tmp_path / "out") == files
    assert (done.tally.failed, done.tally.skipped) == (0, 1)


class PowerCutError(Exception):
    """What stands for a power cut in this process."""


def cut_off(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let a run die once ``after`` tasks have come back."""
    wait = Pool.wait
    seen = 0

    def counted(self: Pool, seconds: float) -> Any:
        nonlocal seen
        for result in wait(self, seconds):
            if seen == after:
                raise PowerCutError
            seen += 1
            yield result

    monkeypatch.setattr(Pool, "wait", counted)


@pytest.mark.parametrize("after", [1, 25])
def test_resume_equals_an_uninterrupted_run(
    archive: Path, make_job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Whole, after: int
) -> None:
    job = make_job(archive, log=tmp_path / "log", workers=2)
    with monkeypatch.context() as patched, pytest.raises(PowerCutError):
        cut_off(patched, after)
        run_batch(job)
    manifest = job.state / "manifest.jsonl"
    with manifest.open("ab") as file:
        file.write(b'{"unit":99999,"torn')  # as if the last line had been cut
    (job.state / "scratch" / "litter").write_bytes(b"half")
    resumed = run_batch(replace(job, resume=True))
    assert read_tree(job.out) == whole.tree
    assert (tmp_path / "log").read_bytes() == whole.log
    assert resumed.tally == whole.summary.tally
    assert resumed.reasons == whole.summary.reasons


def test_resume_does_only_what_is_missing(archive: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(archive, workers=2)
    with monkeypatch.context() as patched, pytest.raises(PowerCutError):
        cut_off(patched, 10)
        run_batch(job)
    submitted: list[Any] = []
    submit = Pool.submit
    monkeypatch.setattr(Pool, "submit", lambda self, task: (submitted.append(task.work), submit(self, task))[1])
    run_batch(replace(job, resume=True))
    units = [item for item in plan_units(job) if isinstance(item, Unit)]
    assert len([w for w in submitted if isinstance(w, Unit)]) <= len(units) - 9
    submitted.clear()
    run_batch(replace(job, resume=True))
    assert submitted == []


def test_a_lost_output_is_made_again(archive: Path, make_job: MakeJob) -> None:
    job = make_job(archive)
    run_batch(job)
    tree = read_tree(job.out)
    (job.out / "wires.jsonl").unlink()
    (job.out / "sub" / "wire03.txt").write_bytes(b"")
    run_batch(replace(job, resume=True))
    assert read_tree(job.out) == tree


def _edit_text(archive: Path) -> None:
    path = archive / "sub" / "wire01.txt"
    stat = path.stat()
    path.write_bytes(path.read_bytes().replace(b"e", b"a", 1))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # neither size nor time tell


def _edit_table(archive: Path) -> None:
    path = archive / "wires.jsonl"
    path.write_bytes(path.read_bytes().replace(b"rained", b"snowed", 1))


def _add_file(archive: Path) -> None:
    (archive / "sub" / "deep" / "new.md").write_text("New.\n")


def _remove_files(archive: Path) -> None:
    (archive / "sub" / "wire03.txt").unlink()
    (archive / "wires.jsonl").unlink()


@pytest.mark.parametrize("change", [_edit_text, _edit_table, _add_file, _remove_files])
def test_resume_takes_a_changed_archive_and_ends_as_a_fresh_run(
    tmp_path: Path, make_job: MakeJob, change: Callable[[Path], None]
) -> None:
    from tests.batch.conftest import write_archive

    folder = write_archive(tmp_path / "in")
    job = make_job(folder, resume=True, log=tmp_path / "log")
    run_batch(job)
    change(folder)
    done = run_batch(job)
    fresh = make_job(folder, out=tmp_path / "fresh", log=tmp_path / "fresh.log")
    assert run_batch(fresh).tally == done.tally
    assert read_tree(job.out) == read_tree(fresh.out)
    assert (tmp_path / "log").read_bytes() == (tmp_path / "fresh.log").read_bytes()
    assert done.changes is not None
    gone = ("sub/wire03.txt", "wires.jsonl") if change is _remove_files else ()
    assert done.changes.gone == gone
    assert (done.changes.new, done.changes.changed) == {_add_file: (1, 0), _remove_files: (0, 0)}.get(change, (0, 1))
    assert run_batch(job).changes is None


def test_bad_tables_are_refused_together_or_passed_on(tmp_path: Path, make_job: MakeJob) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("id,title\n1,Six persons\n")
    (folder / "c.txt").write_text("Six persons.\n")
    job = make_job(folder)
    with pytest.raises(MtfixError, match=r"a\.csv.*b\.csv.*--skip-bad"):
        run_batch(job)
    assert not job.out.exists()
    done = run_batch(replace(job, skip_bad=True))
    assert [name for name, _ in done.reasons] == ["a.csv", "b.csv"]
    assert (job.out / "a.csv").read_bytes() == (folder / "a.csv").read_bytes()
    assert (job.out / "c.txt").read_text() == "Six people.\n"


def test_a_manifest_without_its_first_line_says_what_to_do(archive: Path, make_job: MakeJob) -> None:
    job = make_job(archive / "sub")
    run_batch(job)
    manifest = job.state / "manifest.jsonl"
    manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[1:]))
    with pytest.raises(OutputError, match=r"lost its first line.*start again"):
        run_batch(replace(job, resume=True))
    manifest.write_bytes(b"")
    assert run_batch(replace(job, resume=True)).tally.documents == 20


def test_another_configuration_is_refused(archive: Path, make_job: MakeJob, tmp_path: Path) -> None:
    job = make_job(archive)
    run_batch(job)
    pack = tmp_path / "tiny.yaml"
    pack.write_text(pipelines.PACK.replace("English counts", "We count"))
    cases = [
        (replace(job, config=job.config.model_copy(update={"packs": (str(pack),)})), r"the rule packs \(tiny\)"),
        (replace(job, config=job.config.model_copy(update={"fix": "all"})), r"the configuration \(fix\)"),
        (replace(job, fields=("id",)), "--field"),
        (replace(job, log=tmp_path / "log"), "--log"),
    ]
    for other, said in cases:
        with pytest.raises((OutputError, InputError), match=said):
            run_batch(replace(other, resume=True, inputs=(archive / "sub",)))


def test_a_moved_pack_of_the_same_content_is_the_same(archive: Path, make_job: MakeJob, tmp_path: Path) -> None:
    job = make_job(archive / "sub")
    run_batch(job)
    pack = tmp_path / "elsewhere.yaml"
    pack.write_text(pipelines.PACK)
    moved = replace(job, config=job.config.model_copy(update={"packs": (str(pack),)}), resume=True)
    assert run_batch(moved).tally.documents == 20


def test_a_second_batch_needs_resume(archive: Path, make_job: MakeJob) -> None:
    job = make_job(archive / "sub")
    run_batch(job)
    with pytest.raises(OutputError, match="--resume"):
        run_batch(job)


@pytest.mark.parametrize("where", ["in/out", ".", "in"])
def test_output_and_input_may_not_hold_each_other(tmp_path: Path, make_job: MakeJob, where: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Ten persons.")
    with pytest.raises(OutputError, match="hold each other"):
        run_batch(make_job(tmp_path / "in", out=tmp_path / where))
    assert read_tree(tmp_path) == {"in/a.txt": b"Ten persons."}


def test_two_files_of_one_name_are_refused(tmp_path: Path, make_job: MakeJob) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text("A.")
    with pytest.raises(OutputError, match=r"both go to x\.txt"):
        run_batch(make_job(tmp_path / "a", tmp_path / "b"))
    assert not (tmp_path / "out").exists()


def test_links_are_followed_to_files_and_listed_otherwise(tmp_path: Path, make_job: MakeJob) -> None:
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    (tmp_path / "elsewhere.txt").write_text("Two persons.")
    (folder / "a.txt").symlink_to(tmp_path / "elsewhere.txt")
    (folder / "b" / "c.txt").symlink_to(tmp_path / "nowhere.txt")
    (folder / "d").symlink_to(tmp_path)  # a folder that holds this one
    (folder / "e.txt").write_text("Six persons.")
    job = make_job(folder)
    done = run_batch(job)
    assert read_tree(job.out) == {"a.txt": b"Two people.", "e.txt": b"Six people."}
    assert (tmp_path / "elsewhere.txt").read_text() == "Two persons."
    assert not (job.out / "a.txt").is_symlink()
    assert [name for name, _ in done.reasons] == ["b/c.txt", "d"]
    assert "no such file" in done.reasons[0][1]
    assert "is a folder" in done.reasons[1][1]
    assert run_batch(replace(job, resume=True)).tally == done.tally


def test_a_file_that_may_not_grow_stops_with_one_line(archive: Path, make_job: MakeJob, whole: Whole) -> None:
    import resource

    job = make_job(archive)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500, limits[1]))  # of the workers, too
    try:
        with pytest.raises(MtfixError, match=r"larger than this system lets it be.*--resume") as stopped:
            run_batch(job)
        assert "\n" not in str(stopped.value)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    run_batch(replace(job, resume=True))
    assert read_tree(job.out) == whole.tree


def test_an_unknown_field_is_refused_before_any_work(archive: Path, make_job: MakeJob) -> None:
    job = make_job(archive, fields=("body.txt",))
    with pytest.raises(Exception, match=r"body\.txt.*did you mean 'body\.text'"):
        run_batch(job)
    assert not job.out.exists()


def test_a_full_disk_stops_with_one_line(
    archive: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, whole: Whole
) -> None:
    from mtfix.batch import manifest as module

    job = make_job(archive)
    real = os.fsync
    calls = 0

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise OSError(28, os.strerror(28))
        real(handle)

    with monkeypatch.context() as patched, pytest.raises(OutputError, match=r"no space left on the disk.*--resume"):
        patched.setattr(module.os, "fsync", fsync)
        run_batch(job)
    run_batch(replace(job, resume=True))
    assert read_tree(job.out) == whole.tree


def test_records_longer_than_a_unit(tmp_path: Path, make_job: MakeJob) -> None:
    text = "Ten persons came. " * 300
    line = json.dumps({"body": {"text": text}}) + "\n"
    (tmp_path / "long.jsonl").write_text(line * 3)
    job = make_job(tmp_path / "long.jsonl", limits=Limits(unit_bytes=100))
    done = run_batch(job)
    assert done.tally.edits == {"rule:T_PERSONS": 900}
    assert (job.out / "long.jsonl").read_text() == (line * 3).replace("persons", "people")


def test_identical_documents_are_repaired_once(
    tmp_path: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtfix.batch.fingerprint import describe_job, fingerprint_head
    from mtfix.batch.worker import Worker

    line = json.dumps({"body": {"text": "Ten persons came."}}) + "\n"
    (tmp_path / "same.jsonl").write_text(line * 50)
    job: Job = make_job(tmp_path / "same.jsonl", limits=Limits(unit_bytes=10_000), cache=tmp_path / "cache.sqlite")
    first = run_batch(job)
    again = run_batch(replace(job, out=tmp_path / "again"))
    assert first.tally == again.tally
    assert first.tally.edits == {"rule:T_PERSONS": 50}
    job.state.mkdir(exist_ok=True)
    worker = Worker(job, fingerprint_head(describe_job(job)))
    ran: list[int] = []
    monkeypatch.setattr(type(worker.repairer), "_run", lambda *a: ran.append(1))
    (job.state / "parts").mkdir()
    (job.state / "scratch").mkdir()
    unit = next(iter(plan_units(job)))
    assert isinstance(unit, Unit)
    assert worker.run(unit, {})["tally"]["edits"] == {"rule:T_PERSONS": 50}
    assert ran == []  # the file of the cache knew it
