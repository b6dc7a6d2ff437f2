"""What a worker does with a piece of an archive at URLs: reads it, repairs its documents, writes its part, reports."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mtfix.batch.job import Job
from mtfix.batch.plan.cut import STEP, cut_blocks
from mtfix.batch.plan.plan import open_lines
from mtfix.batch.pool import Task
from mtfix.batch.ray.plan import Piece, open_layout
from mtfix.batch.ray.urls import UrlStore, open_whole_url
from mtfix.batch.results.editlog import format_row
from mtfix.batch.results.report import Mark, Result
from mtfix.batch.rowgroups import repair_table
from mtfix.batch.worker import Worker
from mtfix.errors import InputError
from mtfix.files.wrapping import PLAIN
from mtfix.formats.tables.lines import Layout
from mtfix.formats.tables.parquet import find_columns, open_parquet, open_writer

_IN_MEMORY = 1 << 24  # bytes of a part; more go to a temporary file


class PieceWorker:
    """A worker whose files are at URLs; parts, documents and the shares of the edit log go under ``out``."""

    def __init__(self, job: Job, fingerprint: str, mark: Mark, out: str, state: str) -> None:
        """Load the pipeline. Raises PackError, ConfigError, ModelError, OutputError."""
        self._job = job
        self._store = UrlStore(out)
        self._state = UrlStore(state)
        self._worker = Worker(job, fingerprint, mark, self._store)

    def run(self, task: Task) -> dict[str, Any]:
        """Do a piece and return its report. Raises OSError, InputError."""
        piece: Piece = task.work
        self._worker.alone = task.alone
        records = 0
        if piece.kind == "file":
            result = self._worker.run_files(piece.sources, task.poisoned)
        elif piece.kind == "parquet":
            result = Result()
            self._repair_rows(piece, task.poisoned, result)
        else:
            result, records = self._repair_lines(piece, task.poisoned)
        if self._job.log is not None:
            self._state.write(log_name(piece.unit), b"".join(map(format_row, result.rows)))
        return {"tally": result.tally.to_json(), "failed": result.failed, "records": records, "size": piece.size}

    def _repair_lines(self, piece: Piece, poisoned: Mapping[int, str]) -> tuple[Result, int]:
        source = piece.sources[0]
        is_whole = not piece.end
        with self._store.open(source.path) as file, tempfile.SpooledTemporaryFile(_IN_MEMORY) as out:
            wrapping = PLAIN
            try:
                wrapping, layout = open_layout(file, source, self._job)
                file.seek(0)
                lines = open_lines(file, replace(source, wrapping=wrapping))
                result, records, is_changed = self._repair_blocks(lines, layout, piece, poisoned, out)
            except InputError as error:  # a wrapped table is repaired wholly or passed on wholly
                if not is_whole:
                    raise
                result, records, is_changed = Result(), 0, False
                result.fail(source.target, str(error))
            with open_whole_url(piece.part) as part:
                for data in wrapping.wrap(_read_whole(out)) if is_changed or not is_whole else _read_whole(file):
                    part.write(data)
        return result, records

    def _repair_blocks(
        self, file: Any, layout: Layout, piece: Piece, poisoned: Mapping[int, str], out: Any
    ) -> tuple[Result, int, bool]:
        """Repair the records of a piece block by block; return also how many there are, and whether any changed."""
        result, source = Result(), piece.sources[0]
        records, is_changed = 0, False
        start, until = 0, None
        if piece.end:
            start, until = piece.start, piece.end
            if piece.first < 0:  # not cut at records
                start = find_line(file, piece.start)
            if not (layout.kind == "csv" and layout.dialect.quoted):
                until = max(start, find_line(file, piece.end))
            file.seek(start)
        first = max(piece.first, 0)
        for block in cut_blocks(file, layout, self._job.limits.unit_bytes, start, until):
            if block.refused:
                result.fail(f"{source.target}:{first + records + 1}", block.refused)
                with self._store.open(source.path) as again:
                    _copy_range(again, block.start, block.end, out)
                records += block.records
                continue
            repaired = io.BytesIO()
            name = partial(_name_record, source.target, first)
            records += self._worker.repair_records(
                layout, block.data, block.start == 0, name, poisoned, result, repaired, records
            )
            is_changed = is_changed or repaired.getvalue() != block.data
            out.write(repaired.getvalue())
        return result, records, is_changed

    def _repair_rows(self, piece: Piece, poisoned: Mapping[int, str], result: Result) -> None:
        source, worker = piece.sources[0], self._worker
        with self._store.open(source.path) as file, open_parquet(file, source.path) as parquet:
            paths = find_columns(parquet.schema_arrow, self._job.fields, source.target)
            table = parquet.read_row_group(piece.group)
            table, _ = repair_table(
                table, paths, partial(_name_record, source.target, piece.first), self._job.field_format,
                worker.repairer, worker.mark, worker.look_ahead, poisoned, result,
            )  # fmt: skip
            with open_whole_url(piece.part) as part, open_writer(part, parquet) as writer:
                writer.write_table(table, row_group_size=table.num_rows or None)


def log_name(unit: int) -> str:
    """Return where a piece's share of the edit log stands in the state folder."""
    return f"log/{unit:08d}.jsonl"


def find_line(file: Any, at: int) -> int:
    """Return where the first line begins that begins at ``at`` or later."""
    if at == 0:
        return 0
    at -= 1
    file.seek(at)
    while chunk := file.read(STEP):
        found = chunk.find(b"\n")
        if found >= 0:
            return at + int(found) + 1
        at += len(chunk)
    return at


def _name_record(target: str, first: int, index: int) -> str:
    return f"{target}:{first + index + 1}"


def _read_whole(file: Any) -> Iterator[bytes]:
    file.seek(0)
    while data := file.read(STEP):
        yield data


def _copy_range(source: Any, start: int, end: int, out: Any) -> None:
    source.seek(start)
    while start < end and (data := source.read(min(STEP, end - start))):
        out.write(data)
        start += len(data)
