"""`--engine ray`: the same work on Ray Data, from this machine's own Ray to a cluster, over any fsspec URL.

The plan is a small dataset of units (a byte range of a JSONL file, a row group of a Parquet file); `map_batches` hands
them to actors that have loaded the pipeline once; each writes its part beside the others and reports counts. Queues,
retries, back pressure and checkpoints (by unit) are Ray's. A file becomes a folder of parts, whose names sort in its
order: joined, they are what the local engine writes.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mtfix.batch.fingerprint import describe_job, fingerprint_head, name_differences
from mtfix.batch.job import STATE_FOLDER, Job
from mtfix.batch.rowgroups import repair_table
from mtfix.batch.summary import Summary
from mtfix.batch.tally import Tally
from mtfix.batch.worker import Result, Worker
from mtfix.errors import ConfigError, InputError, MtfixError, OutputError
from mtfix.formats.parquet import find_columns, open_parquet, open_writer
from mtfix.formats.tables import Layout, plan_layout

_HEAD = 1 << 20
_LARGEST = 1 << 23  # bytes of a piece
_STEP = 1 << 20  # bytes read at a time when looking for a line's end


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit: of ``url`` the bytes ``start:end`` (lines that begin there) or the row ``group``; ``part`` is its output."""

    unit: int
    url: str
    target: str
    part: str
    start: int
    end: int
    group: int
    stamp: str  # changes when the file does


def open_files(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL or path, and the path in it. Raises InputError."""
    try:
        import fsspec
    except ModuleNotFoundError:
        raise InputError("--engine ray needs Ray: pip install 'mtfix[ray]'") from None
    try:
        return fsspec.core.url_to_fs(url)  # type: ignore[no-any-return]
    except (ValueError, ImportError) as error:
        raise InputError(f"{url}: cannot be opened: {error}") from None


def plan_pieces(urls: Sequence[str], out: str, unit_bytes: int) -> Iterator[Piece]:
    """Yield the pieces of all JSONL and Parquet files under ``urls``, in order. Raises InputError, OutputError.

    A piece of lines has ``unit_bytes`` or, in a large file, more: parts are files, and a folder of thousands is a burden.
    """
    number = 0
    seen: dict[str, str] = {}
    for url in urls:
        files, root = open_files(url)
        if not files.exists(root):
            raise InputError(f"{url}: no such file or folder")
        folder = files.isdir(root)
        for path in sorted(files.find(root)) if folder else [root]:
            name = path[len(root) :].lstrip("/") if folder else path.rsplit("/", 1)[-1]
            if any(part.startswith(".") for part in name.split("/")):
                continue
            if not name.lower().endswith((".jsonl", ".ndjson", ".parquet")):
                raise InputError(f"{path}: ray reads JSONL and Parquet; use --engine local for other files")
            if name in seen:
                raise OutputError(f"{path} and {seen[name]} would both go to {name}: give them to two batches")
            seen[name] = path
            for piece in _cut_file(files, path, name, out, number, unit_bytes):
                yield piece
                number += 1


def _cut_file(files: Any, path: str, name: str, out: str, number: int, unit_bytes: int) -> Iterator[Piece]:
    full = files.unstrip_protocol(path)
    stamp = str(files.checksum(path))
    suffix = "." + name.rsplit(".", 1)[-1]
    if suffix.lower() == ".parquet":
        with files.open(path, "rb") as file, open_parquet(file, path) as table:
            cuts = [(0, 0, group) for group in range(table.num_row_groups)]
    else:
        size = files.size(path)
        unit_bytes = max(unit_bytes, min(size // 64, _LARGEST))
        cuts = [(start, min(start + unit_bytes, size), -1) for start in range(0, size, unit_bytes)]
    for i, (start, end, group) in enumerate(cuts):
        yield Piece(number + i, full, name, f"{out}/{name}/part-{i:08d}{suffix}", start, end, group, stamp)


class UnitActor:
    """What Ray makes one of for every worker: it loads the pipeline and does one unit after the other."""

    def __init__(self, job: Job, fingerprint: str) -> None:
        self._job = job
        self._worker = Worker(job, fingerprint)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Do the units of a batch (column ``piece``: JSON); return their reports (columns unit, report)."""
        reports: list[str] = []
        for text in batch["piece"]:
            piece = Piece(**json.loads(str(text)))
            result = Result()
            if piece.group < 0:
                self._repair_lines(piece, result)
            else:
                self._repair_rows(piece, result)
            reports.append(json.dumps({"tally": result.tally.to_json(), "failed": result.failed}))
        return {"unit": [int(u) for u in batch["unit"]], "report": reports}

    def _repair_lines(self, piece: Piece, result: Result) -> None:
        files, path = open_files(piece.url)
        with files.open(path, "rb") as file:
            head = file.read(_HEAD)
            layout: Layout = plan_layout(head, piece.target, "jsonl", self._job.fields, self._job.config.encoding)
            start = _next_line(file, piece.start)
            end = max(start, _next_line(file, piece.end))
            file.seek(start)
            data = file.read(end - start)
        out = io.BytesIO()
        self._worker.repair_records(
            layout, data, start == 0, lambda i, at: f"{piece.target}@{start + at}", {}, result, out
        )
        _write_part(piece.part, out.getvalue())

    def _repair_rows(self, piece: Piece, result: Result) -> None:
        files, path = open_files(piece.url)
        out = io.BytesIO()
        with files.open(path, "rb") as file, open_parquet(file, piece.url) as source:
            first = sum(source.metadata.row_group(i).num_rows for i in range(piece.group))
            paths = find_columns(source.schema_arrow, self._job.fields, piece.target)
            table = source.read_row_group(piece.group)
            table, _ = repair_table(
                table, paths, lambda row: f"{piece.target}:{first + row + 1}", self._job.field_format,
                self._worker.repairer, lambda index: None, self._worker.look_ahead, {}, result,
            )  # fmt: skip
            with open_writer(out, source) as writer:
                writer.write_table(table, row_group_size=table.num_rows or None)
        _write_part(piece.part, out.getvalue())


def _next_line(file: Any, at: int) -> int:
    """Return where the first line begins that begins at ``at`` or later."""
    if at == 0:
        return 0
    at -= 1
    file.seek(at)
    while chunk := file.read(_STEP):
        found = chunk.find(b"\n")
        if found >= 0:
            return at + int(found) + 1
        at += len(chunk)
    return at


def _write_part(url: str, data: bytes) -> None:
    """Write a part so that it is there whole or not at all: object stores do that, folders by a rename."""
    files, path = open_files(url)
    files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    if "file" in (files.protocol if isinstance(files.protocol, tuple) else (files.protocol,)):
        temporary = f"{path}.{uuid.uuid4().hex}.tmp"
        with files.open(temporary, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
        return
    files.pipe_file(path, data)


def run_ray(job: Job, urls: Sequence[str], out: str, address: str | None = None) -> Summary:
    """Run a batch on Ray and return its summary. ``out`` and ``urls`` may be fsspec URLs.

    Raises:
        MtfixError: Ray is not installed, an input cannot be read, the batch belongs to another configuration.
    """
    try:
        import ray
        import ray.data
        from ray.data.checkpoint import CheckpointConfig
    except ModuleNotFoundError:
        raise InputError("--engine ray needs Ray: pip install 'mtfix[ray]'") from None
    if job.log is not None or job.max_errors is not None:
        raise ConfigError("--engine ray has no --log, --fail-fast and --max-errors: use --engine local")
    files, root = open_files(out)
    base = files.unstrip_protocol(root).rstrip("/")
    pieces = list(plan_pieces(urls, base, job.limits.unit_bytes))
    head = describe_job(job)
    _keep_state(files, root, job, {"head": head, "stamps": sorted({(p.target, p.stamp) for p in pieces})})
    state = f"{base}/{STATE_FOLDER}"
    rows = [{"unit": p.unit, "piece": json.dumps({k: getattr(p, k) for k in Piece.__slots__})} for p in pieces]
    if rows:
        _write_plan(files, f"{root.rstrip('/')}/{STATE_FOLDER}/plan", rows)
        # Two more than workers: reading the plan and its checkpoint take a little of a core each.
        started = not ray.is_initialized()
        if started:
            ray.init(address=address, num_cpus=None if address else job.workers + 2, log_to_driver=False)
        try:
            context = ray.data.DataContext.get_current()
            context.enable_progress_bars = False
            context.checkpoint_config = CheckpointConfig(
                id_column="unit", checkpoint_path=f"{state}/checkpoint", delete_checkpoint_on_success=False
            )
            # Read from a file, not from memory: Ray filters what its checkpoint knows where it reads.
            plan = ray.data.read_parquet(f"{state}/plan").repartition(target_num_rows_per_block=1)
            dataset = plan.map_batches(
                UnitActor,
                batch_size=1,
                fn_constructor_kwargs={"job": replace(job, out=Path()), "fingerprint": fingerprint_head(head)},
                compute=ray.data.ActorPoolStrategy(size=job.workers),
            )
            dataset.write_parquet(f"{state}/report")
        except ray.exceptions.RayError as error:
            raise MtfixError(f"ray: {str(error).strip().splitlines()[-1]}; go on with --resume") from None
        finally:
            if started:
                ray.shutdown()
    return _sum_up(files, f"{root.rstrip('/')}/{STATE_FOLDER}", len(rows))


def _write_plan(files: Any, folder: str, rows: list[dict[str, Any]]) -> None:
    import pyarrow.parquet

    files.makedirs(folder, exist_ok=True)
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    files.pipe_file(f"{folder}/units.parquet", out.getvalue())


def _keep_state(files: Any, root: str, job: Job, now: dict[str, Any]) -> None:
    """Write down what this batch is, or compare it with what it was. Raises OutputError."""
    path = f"{root.rstrip('/')}/{STATE_FOLDER}/head.json"
    now = json.loads(json.dumps(now))
    if not files.exists(path):
        files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        files.pipe_file(path, json.dumps(now).encode())
        return
    if not job.resume:
        raise OutputError(f"{root}: holds a batch already: go on with it by --resume, or give another folder")
    before = json.loads(files.cat_file(path))
    differences = name_differences(before["head"], now["head"])
    if before["stamps"] != now["stamps"]:
        differences.append("the archive")
    if differences:
        raise OutputError(f"{root}: this batch began with something else: {'; '.join(differences)}")


def _sum_up(files: Any, state: str, units: int) -> Summary:
    """Add the reports of all units up. Raises MtfixError when one is missing."""
    import pyarrow.parquet

    reports: dict[int, dict[str, Any]] = {}
    for path in sorted(files.find(f"{state}/report")) if units else []:
        if path.endswith(".parquet"):
            with files.open(path, "rb") as file:
                for row in pyarrow.parquet.read_table(file).to_pylist():
                    reports[row["unit"]] = json.loads(row["report"])
    if len(reports) != units:
        raise MtfixError(f"{state}: {units - len(reports)} of {units} units have no report; go on with --resume")
    tally = Tally()
    failed: list[tuple[str, str]] = []
    for number in sorted(reports):
        tally.add(Tally.from_json(reports[number]["tally"]))
        failed += ((name, reason) for name, reason in reports[number]["failed"])
    lines = "".join(json.dumps({"document": name, "reason": reason}) + "\n" for name, reason in failed)
    files.pipe_file(f"{state}/failures.jsonl", lines.encode())
    summary = Summary(tally, 0.0, 0.0, tuple(failed[:100]), Path(f"{state}/failures.jsonl"))
    files.pipe_file(f"{state}/summary.json", json.dumps(summary.to_json(), indent=1).encode())
    return summary
