"""The local engine: plan, hand out, record, assemble; from the start or from wherever the last run was cut off."""

from __future__ import annotations

import contextlib
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mtfix.batch.fingerprint import describe_job, fingerprint_head, name_differences
from mtfix.batch.job import Job
from mtfix.batch.manifest import Manifest
from mtfix.batch.plan.archive import check_places
from mtfix.batch.plan.plan import check_unchanged, plan_units
from mtfix.batch.plan.survey import survey_archive
from mtfix.batch.plan.unit import Assembly, ChangedArchiveError, Unit, changed_input
from mtfix.batch.pool import Deaths, Done, Pool, Task
from mtfix.batch.progress import Progress, Watch
from mtfix.batch.results.report import Mark, log_path, part_path
from mtfix.batch.results.summary import Changes, Summary, finish_outputs
from mtfix.batch.results.tally import Tally
from mtfix.batch.storage import lock_folder, say_os_error
from mtfix.batch.worker import Worker, assemble
from mtfix.errors import InputError, OutputError


def run_batch(job: Job, watch: Watch = lambda progress: None) -> Summary:
    """Run a batch to its end and return its summary. ``watch`` hears of the progress several times a second.

    Raises:
        MtfixError: the batch cannot be run or was stopped, with the way out; what is done stays done (``resume``).
    """
    check_places(job.inputs, job.out)
    files, size = survey_archive(job)
    head = describe_job(job)
    with _open_state(job, head) as manifest:
        try:
            progress = Progress(files, size)
            try:
                _run(job, fingerprint_head(head), manifest, progress, watch)
            except ChangedArchiveError:
                # What has not changed is in the cache of results, so going through all of it again costs little.
                manifest.begin_anew()
                progress = Progress(files, size)
                _run(job, fingerprint_head(head), manifest, progress, watch)
            changes = _settle_changes(job, manifest)
            done = finish_outputs(job, manifest, progress.seconds, progress.tally, progress.fresh)
            return replace(done, changes=changes)
        except OSError as error:
            raise OutputError(say_os_error(error, job.out)) from None


def _settle_changes(job: Job, manifest: Manifest) -> Changes | None:
    """Remove the outputs of files that have gone from the archive; return what has changed in it, None if nothing."""
    if manifest.finished or not manifest.before:
        return None
    now, before = manifest.digests(), manifest.before
    gone = sorted(before.keys() - now.keys())
    for target in gone:
        (job.out / target).unlink(missing_ok=True)
    return Changes(len(now.keys() - before.keys()), sum(before.get(t, d) != d for t, d in now.items()), tuple(gone))


@contextlib.contextmanager
def _open_state(job: Job, head: dict[str, Any]) -> Iterator[Manifest]:
    """Hold the state folder and its manifest. Raises OutputError when it belongs to another batch or run."""
    state = job.state
    if (state / "head.json").exists():
        raise OutputError(f"{job.out}: holds a batch of --engine ray: go on with that engine, or give another folder")
    if not job.resume and (state / "manifest.jsonl").exists():
        raise OutputError(f"{job.out}: holds a batch already: go on with it by --resume, or give another folder")
    try:
        (state / "parts").mkdir(parents=True, exist_ok=True)
        lock = lock_folder(state)
        with lock:
            shutil.rmtree(state / "scratch", ignore_errors=True)  # what a killed run was writing
            (state / "scratch").mkdir()
            manifest = Manifest(state / "manifest.jsonl")
            with contextlib.closing(manifest):
                if manifest.head is None and len(manifest):
                    raise OutputError(
                        f"{manifest.path}: has lost its first line, so what was done cannot be trusted: "
                        f"delete the folder {state} and start again"
                    )
                if manifest.head is None:
                    manifest.append({"head": head})
                else:
                    _check_head(job, manifest.head, head)
                yield manifest
    except OSError as error:
        raise OutputError(say_os_error(error, job.out)) from None


def _check_head(job: Job, before: dict[str, Any], now: dict[str, Any]) -> None:
    differences = name_differences(before, now)
    if differences:
        raise OutputError(
            f"{job.out}: this batch began with something else: {'; '.join(differences)}. "
            "Resume it with the same, or start in a new output folder"
        )


class _Run:
    """One run of the engine: what waits, what is out, which assemblies wait for which units."""

    def __init__(self, job: Job, manifest: Manifest, progress: Progress) -> None:
        self.job = job
        self.manifest = manifest
        self.progress = progress
        self.again: deque[Task] = deque()
        self.out: dict[int, Unit] = {}
        self.assemblies: list[Assembly] = []
        self.deaths = Deaths()
        self.failed = 0
        self.planned = 0  # units that the plan has had so far

    def next_task(self, plan: Iterator[Unit | Assembly]) -> Task | None:
        """Return the next thing to do: a unit to be tried again, a table to assemble, a unit of the plan."""
        if self.again:
            return self.again.popleft()
        while True:
            for waiting in self.assemblies:
                if not any(waiting.first <= number < waiting.last for number in self.out):
                    self.assemblies.remove(waiting)
                    return Task(-1 - waiting.first, waiting)
            item = next(plan, None)
            if item is None:
                if self.manifest.has_beyond(self.planned):  # files have gone from the end of the archive
                    raise changed_input(str(self.job.inputs[-1]))
                return None
            if isinstance(item, Assembly):
                if not self._is_assembled(item):
                    self.assemblies.append(item)
                continue
            self.planned = item.number + 1
            if not self._is_done(item):
                self.out[item.number] = item
                return Task(item.number, item)

    def _is_done(self, unit: Unit) -> bool:
        entry = self.manifest.find(unit.number)
        if entry is None:
            return False
        check_unchanged(unit, entry)
        if not self._is_whole(unit, entry):
            self.manifest.forget(unit.number)
            return False
        self._count(unit, entry)
        self.progress.resumed += unit.size
        return True

    def _is_whole(self, unit: Unit, entry: dict[str, Any]) -> bool:
        """Whether what a unit wrote is still there."""
        if self.job.log is not None and not self._is_logged():
            rows = log_path(self.job, unit.number)
            if not (rows.exists() if "log" not in entry else _has_size(rows, entry["log"])):
                return False
        if unit.kind == "file":
            return all(size < 0 or _has_size(self.job.out / name, size) for name, _, size in entry["files"])
        target = unit.sources[0].target
        return self._has_table(target) or _has_size(part_path(self.job, unit.number), entry["size"])

    def _is_logged(self) -> bool:
        return self.job.log is not None and self.job.log.exists() and self.manifest.finished

    def _has_table(self, target: str) -> bool:
        size = self.manifest.tables.get(target)
        return size is not None and _has_size(self.job.out / target, size)

    def _is_assembled(self, item: Assembly) -> bool:
        return self._has_table(item.source.target)

    def _count(self, unit: Unit, entry: dict[str, Any]) -> None:
        self.progress.done += unit.size
        self.progress.tally.add(Tally.from_json(entry["tally"]))
        self.failed += len(entry["failed"])

    def finish(self, task: Task, answer: Any) -> None:
        """Record what a worker has done. Raises OSError, InputError when too much has failed."""
        if isinstance(task.work, Assembly):
            self.manifest.append({"table": task.work.source.target, "size": answer})
            for number in range(task.work.first, task.work.last):
                part_path(self.job, number).unlink(missing_ok=True)
            return
        limit = self.job.max_errors
        if answer["failed"] and limit is not None and self.failed + len(answer["failed"]) > limit:
            name, reason = answer["failed"][max(0, limit - self.failed)]  # the one too many
            raise InputError(
                f"stopped: {self.failed + len(answer['failed'])} documents failed, {limit} may; "
                f"{name}: {reason}. Mend it, or allow more, and go on with --resume"
            )
        self.manifest.append(answer)
        del self.out[task.work.number]
        self._count(task.work, answer)
        self.progress.fresh += answer["tally"]["documents"]


def hire_local(job: Job, fingerprint: str, mark: Mark) -> Callable[[Task], Any]:
    """Return what does units (a line of the manifest) and assemblies (a size) in a worker process."""
    worker = Worker(job, fingerprint, mark)

    def work(task: Task) -> Any:
        if isinstance(task.work, Assembly):
            return assemble(job, task.work)
        return worker.run(task.work, task.poisoned, task.alone)

    return work


def _run(job: Job, fingerprint: str, manifest: Manifest, progress: Progress, watch: Watch) -> None:
    run = _Run(job, manifest, progress)
    plan = plan_units(job)
    task = run.next_task(plan)
    if task is None:
        return
    pool = Pool(job, fingerprint, hire_local)
    try:
        while task is not None or pool.busy or run.again or run.assemblies:
            while pool.free and task is not None:
                pool.submit(task)
                task = run.next_task(plan)  # the next one is planned before a worker asks for it
            for result in pool.wait(0.25):
                if isinstance(result, Done):
                    run.finish(result.task, result.answer)
                else:
                    run.again.append(run.deaths.retry(result))
            task = task or run.next_task(plan)
            watch(progress)
    finally:
        pool.close()


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
