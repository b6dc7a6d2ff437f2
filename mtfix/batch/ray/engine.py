"""`--engine ray`: the same work on Ray Data, from this machine's own Ray to a cluster, over any fsspec URL.

The plan is a small dataset of pieces (`mtfix.batch.ray.plan`); `map_batches` hands them to actors; each keeps one worker
process as the local engine does (`mtfix.batch.pool`), so that a document that kills its worker is found and passed on.
Queues, retries, back pressure and checkpoints (by piece) are Ray's. A table becomes a folder of parts, whose names sort in
its order: joined, they are what the local engine writes; documents keep their names.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mtfix.batch.fingerprint import describe_job, fingerprint_head, name_differences
from mtfix.batch.job import STATE_FOLDER, Job
from mtfix.batch.pool import Deaths, Done, Pool, Task
from mtfix.batch.progress import Progress, Watch
from mtfix.batch.ray.plan import Piece, plan_pieces
from mtfix.batch.ray.urls import UrlStore, open_files
from mtfix.batch.results.editlog import write_log
from mtfix.batch.results.report import Mark
from mtfix.batch.results.summary import SHOWN, Summary
from mtfix.batch.results.tally import Tally
from mtfix.batch.storage import say_os_error
from mtfix.errors import InputError, MtfixError, OutputError
from mtfix.extras import say_missing

_LOOK = 0.5  # seconds between two looks at how far the pieces are


class Ledger:
    """The actor to which all others report: progress of the batch, and the reason if it stops."""

    def __init__(self, failed: int, limit: int | None) -> None:
        self._failed = failed
        self._limit = limit
        self._size = 0
        self._tally = Tally()
        self._reason = ""
        self._known: set[int] = set()

    def note(self, unit: int, report: dict[str, Any]) -> str:
        """Take the report of a piece; return why the batch stops, '' if it goes on."""
        if unit in self._known:  # Ray has done it again, for a node is gone
            return ""
        self._known.add(unit)
        failed = report["failed"]
        self._failed += len(failed)
        if failed and self._limit is not None and self._failed > self._limit:
            name, reason = failed[max(0, self._limit - self._failed + len(failed))]  # the one too many
            place = name if report["is_counted"] else f"{name} of the records after byte {report['start']}"
            return (
                f"stopped: {self._failed} documents failed, {self._limit} may; {place}: {reason}. "
                "Mend it, or allow more, and go on with --resume"
            )
        self._size += report["size"]
        self._tally.add(Tally.from_json(report["tally"]))
        return ""

    def give_up(self, reason: str) -> None:
        """Take down why the batch stops; the first reason counts, for others may follow from it."""
        self._reason = self._reason or reason

    def tell(self) -> str:
        """Return why the batch stops, '' if no actor said so."""
        return self._reason

    def look(self) -> tuple[int, dict[str, Any]]:
        """Return the bytes that are done, and the counts."""
        return self._size, self._tally.to_json()


class PieceActor:
    """What Ray makes one of for every worker: a seat with a worker process, which loads the pipeline once."""

    def __init__(self, job: Job, fingerprint: str, out: str, ledger: Any) -> None:
        self._pool = Pool(replace(job, workers=1), fingerprint, partial(hire_pieces, out))
        self._deaths = Deaths()
        self._ledger = ledger

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Do the pieces of a batch (column ``piece``: JSON); return their reports (columns unit, report)."""
        import ray

        try:
            reports = [self._report(Piece.from_json(json.loads(str(text)))) for text in batch["piece"]]
        except MtfixError as error:
            ray.get(self._ledger.give_up.remote(str(error)))  # Ray wraps what actors raise
            raise
        return {"unit": [int(u) for u in batch["unit"]], "report": reports}

    def _report(self, piece: Piece) -> str:
        import ray

        report = self._do(Task(piece.unit, piece))
        report |= {"start": piece.start, "is_counted": piece.first >= 0 or piece.kind == "file"}
        stop = ray.get(self._ledger.note.remote(piece.unit, report))
        if stop:
            raise InputError(stop)
        return json.dumps(report)

    def _do(self, task: Task) -> dict[str, Any]:
        self._pool.submit(task)
        while True:
            for result in self._pool.wait(1.0):
                if isinstance(result, Done):
                    report: dict[str, Any] = result.answer
                    return report
                self._pool.submit(self._deaths.retry(result))


def hire_pieces(out: str, job: Job, fingerprint: str, mark: Mark) -> Callable[[Task], Any]:
    """Return what does pieces in a worker process."""
    from mtfix.batch.ray.worker import PieceWorker

    return PieceWorker(job, fingerprint, mark, out, f"{out}/{STATE_FOLDER}").run


def run_ray(
    job: Job,
    urls: Sequence[str],
    out: str,
    address: str | None = None,
    watch: Watch = lambda progress: None,
) -> Summary:
    """Run a batch on Ray and return its summary. ``out`` and ``urls`` may be fsspec URLs.

    Raises:
        MtfixError: Ray is not installed, an input cannot be read, the batch belongs to another configuration.
    """
    try:
        import ray.data  # noqa: F401
        from ray.data.checkpoint import CheckpointConfig  # noqa: F401
    except ModuleNotFoundError:
        raise InputError(say_missing("--engine ray", "ray", "ray")) from None
    try:
        return _run(job, urls, out, address, watch)
    except OSError as error:
        raise OutputError(say_os_error(error, Path(out))) from None


def _run(job: Job, urls: Sequence[str], out: str, address: str | None, watch: Watch) -> Summary:
    import ray

    files, root = open_files(out)
    base = files.unstrip_protocol(root).rstrip("/")
    state = f"{base}/{STATE_FOLDER}"
    _check_urls(urls, base)
    pieces = list(plan_pieces(urls, base, job))
    head = describe_job(job)
    stamps = sorted({(p.part or p.sources[0].target, p.stamp) for p in pieces})
    _keep_state(state, job, {"head": head, "stamps": stamps})
    reports = _read_reports(state)
    progress = Progress(len({s.target for p in pieces for s in p.sources}), sum(p.size for p in pieces))
    progress.resumed = sum(report["size"] for report in reports.values())
    failed = sum(len(report["failed"]) for report in reports.values())
    if len(reports) < len(pieces):
        rows = [{"unit": p.unit, "piece": json.dumps(p.to_json())} for p in pieces]
        _write_plan(state, rows)
        with _started_ray(address, job.workers):
            ledger = ray.remote(num_cpus=0)(Ledger).remote(failed, job.max_errors)
            with _watched(ledger, reports, progress, watch):
                workers = min(job.workers, len(pieces) - len(reports))
                _run_plan(job, fingerprint_head(head), base, ledger, workers)
        reports = _read_reports(state)
    if len(reports) != len(pieces):
        raise MtfixError(f"{state}: {len(pieces) - len(reports)} of {len(pieces)} units have no report; --resume")
    return _finish(job, pieces, reports, state, progress)


@contextlib.contextmanager
def _started_ray(address: str | None, workers: int) -> Iterator[None]:
    """Have Ray at hand: the one that runs already, or one that ends with this block."""
    import ray

    started = not ray.is_initialized()
    if started:
        try:
            # Two more than workers: reading the plan and its checkpoint take a little of a core each.
            ray.init(
                address=address,
                num_cpus=None if address else workers + 2,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            first = str(error).strip().splitlines()[0]
            raise InputError(f"--ray-address {address}: Ray cannot be reached: {first}") from None
    try:
        yield
    finally:
        if started:
            ray.shutdown()


def _run_plan(job: Job, fingerprint: str, base: str, ledger: Any, workers: int) -> None:
    """Let Ray do all pieces that its checkpoint does not know. Raises MtfixError."""
    import ray
    from ray.data.checkpoint import CheckpointConfig

    state = f"{base}/{STATE_FOLDER}"
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what fails is said in one line
    context.checkpoint_config = CheckpointConfig(
        id_column="unit", checkpoint_path=f"{state}/checkpoint", delete_checkpoint_on_success=False
    )
    try:
        # Read from a file, not from memory: Ray filters what its checkpoint knows where it reads.
        plan = ray.data.read_parquet(f"{state}/plan").repartition(target_num_rows_per_block=1)
        given = {"job": job, "fingerprint": fingerprint, "out": base, "ledger": ledger}
        dataset = plan.map_batches(
            PieceActor,
            batch_size=1,
            fn_constructor_kwargs=given,
            compute=ray.data.ActorPoolStrategy(size=workers),
        )
        dataset.write_parquet(f"{state}/report")
    except ray.exceptions.RayError as error:
        reason = ray.get(ledger.tell.remote())
        if reason:
            raise InputError(reason) from None
        raise MtfixError(f"ray: {str(error).strip().splitlines()[-1]}; go on with --resume") from None


@contextlib.contextmanager
def _watched(ledger: Any, before: dict[int, dict[str, Any]], progress: Progress, watch: Watch) -> Iterator[None]:
    """Tell ``watch`` several times a second what the ledger says, as long as the block runs."""
    import ray

    end = threading.Event()
    known = Tally()
    for report in before.values():
        known.add(Tally.from_json(report["tally"]))

    def look() -> None:
        while not end.wait(_LOOK):
            try:
                size, counts = ray.get(ledger.look.remote(), timeout=10)
            except ray.exceptions.RayError:
                continue
            tally = Tally.from_json(counts)
            progress.done, progress.fresh = progress.resumed + size, tally.documents
            tally.add(known)
            progress.tally = tally
            watch(progress)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(15)


def _check_urls(urls: Sequence[str], base: str) -> None:
    for url in urls:
        files, root = open_files(url)
        given = files.unstrip_protocol(root).rstrip("/")
        if f"{base}/".startswith(f"{given}/") or f"{given}/".startswith(f"{base}/"):
            raise OutputError(f"{base}: the output folder and the input {url} hold each other: give another folder")


def _write_plan(state: str, rows: list[dict[str, Any]]) -> None:
    import io

    import pyarrow.parquet

    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    UrlStore(state).write("plan/units.parquet", out.getvalue())


def _keep_state(state: str, job: Job, now: dict[str, Any]) -> None:
    """Write down what this batch is, or compare it with what it was. Raises OutputError."""
    files, root = open_files(state)
    path = f"{root}/head.json"
    out = root.rpartition("/")[0]
    now = json.loads(json.dumps(now))
    if files.exists(f"{root}/manifest.jsonl"):
        raise OutputError(f"{out}: holds a batch of --engine local: go on with that engine, or give another folder")
    if not files.exists(path):
        UrlStore(state).write("head.json", json.dumps(now).encode())
        return
    if not job.resume:
        raise OutputError(f"{out}: holds a batch already: go on with it by --resume, or give another folder")
    try:
        before = json.loads(files.cat_file(path))
        differences = name_differences(before["head"], now["head"])
        stamps = before["stamps"]
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            f"{path}: is cut or damaged, so the batch cannot go on: start in a new output folder"
        ) from None
    if stamps != now["stamps"]:
        differences.append("the archive")
    if differences:
        raise OutputError(
            f"{out}: this batch began with something else: {'; '.join(differences)}. "
            "Resume it with the same, or start in a new output folder"
        )


def _read_reports(state: str) -> dict[int, dict[str, Any]]:
    """Return the reports of all pieces that are done, by number."""
    import pyarrow.parquet

    files, root = open_files(f"{state}/report")
    reports: dict[int, dict[str, Any]] = {}
    for path in sorted(files.find(root)) if files.exists(root) else []:
        if path.endswith(".parquet"):
            with files.open(path, "rb") as file:
                for row in pyarrow.parquet.read_table(file).to_pylist():
                    reports[row["unit"]] = json.loads(row["report"])
    return reports


def _finish(
    job: Job, pieces: Sequence[Piece], reports: dict[int, dict[str, Any]], state: str, progress: Progress
) -> Summary:
    """Add the reports up and write log, failures and summary in the order of the archive. Raises OSError."""
    tally = Tally()
    failed: list[tuple[str, str]] = []
    numbered = list(_number_records(pieces, reports))
    for piece, first in numbered:
        report = reports[piece.unit]
        tally.add(Tally.from_json(report["tally"]))
        failed += ((_shift_name(name, first), reason) for name, reason in report["failed"])
    store = UrlStore(state)
    lines = "".join(json.dumps({"document": name, "reason": reason}) + "\n" for name, reason in failed)
    store.write("failures.jsonl", lines.encode())
    if job.log is not None:
        write_log(_read_log(store, state, numbered), job.log, job.log.parent)
    fresh = tally.documents if not progress.resumed else progress.fresh
    rate = fresh / progress.seconds if progress.seconds > 0 else 0.0
    summary = Summary(tally, progress.seconds, rate, tuple(failed[:SHOWN]), Path(f"{state}/failures.jsonl"))
    store.write("summary.json", json.dumps(summary.to_json(), indent=1).encode() + b"\n")
    return summary


def _number_records(pieces: Sequence[Piece], reports: dict[int, dict[str, Any]]) -> Iterator[tuple[Piece, int]]:
    """Yield the pieces and what is to be added to the numbers of their records, now that those before are counted."""
    target, records = "", 0
    for piece in pieces:
        if piece.sources[0].target != target:
            target, records = piece.sources[0].target, 0
        yield piece, records if piece.first < 0 and piece.kind != "file" else 0
        records += reports[piece.unit]["records"]


def _shift_name(name: str, first: int) -> str:
    if not first:
        return name
    table, _, number = name.rpartition(":")
    return f"{table}:{int(number) + first}"


def _read_log(store: UrlStore, state: str, numbered: Sequence[tuple[Piece, int]]) -> Iterator[dict[str, Any]]:
    from mtfix.batch.ray.worker import log_name

    for piece, first in numbered:
        with store.open(f"{state}/{log_name(piece.unit)}") as file:
            for line in file:
                row: dict[str, Any] = json.loads(line)
                yield {**row, "document": _shift_name(row["document"], first)}
