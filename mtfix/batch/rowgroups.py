"""Parquet in a batch: a row group is a unit; its part holds the wanted columns, and assembling writes all anew.

A table in which nothing changed is copied as it is. Memory is that of one row group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from mtfix.batch.job import Job
from mtfix.batch.plan.archive import Source
from mtfix.batch.plan.unit import Assembly, Unit, changed_input
from mtfix.batch.repair import FailedDocument, Repairer
from mtfix.batch.storage import copy_whole
from mtfix.errors import InputError, MtfixError
from mtfix.files.atomic import open_whole
from mtfix.formats.tables.fieldpath import FieldPath
from mtfix.formats.tables.parquet import (
    Column,
    find_columns,
    load_pyarrow,
    open_parquet,
    open_writer,
    read_columns,
    read_texts,
    replace_columns,
)
from mtfix.formats.tables.records import read_record, split_record

if TYPE_CHECKING:
    from mtfix.batch.results.report import Mark, Result


def check_parquet(source: Source, job: Job) -> None:
    """Read the schema of a file. Raises InputError, ConfigError."""
    with open_parquet(source.path, source.path) as file:
        find_columns(file.schema_arrow, job.fields, source.path)


def plan_row_groups(source: Source, job: Job, number: int) -> Iterator[Unit]:
    """Yield a unit for every row group; ``start`` and ``end`` are its bytes in the file. Raises InputError."""
    first = start = 0
    with open_parquet(source.path, source.path) as file:
        metadata = file.metadata
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            end = source.size if group + 1 == metadata.num_row_groups else _end_of(metadata.row_group(group))
            digest = _digest_range(Path(source.path), start, end)
            yield Unit(number + group, (source,), None, start, end, first, rows, digest, group=group)
            first, start = first + rows, end


def repair_row_groups(
    unit: Unit,
    job: Job,
    repairer: Repairer,
    mark: Mark,
    look_ahead: Callable[[Callable[[], Iterator[tuple[str, ...]]]], None],
    poisoned: Mapping[int, str],
    result: Result,
    out: BinaryIO,
) -> None:
    """Repair the rows of a unit and write its wanted columns as a part, empty if nothing changed.

    Raises InputError when the archive has changed since it was planned.
    """
    source = unit.sources[0]
    if _digest_range(Path(source.path), unit.start, unit.end) != unit.digest:
        raise changed_input(source.path)
    with open_parquet(source.path, source.path) as file:
        paths = find_columns(file.schema_arrow, job.fields, source.path)
        table = file.read_row_group(unit.group, columns=list(dict.fromkeys(p[0] for p in paths)))
    table, changed = repair_table(
        table, paths, lambda row: f"{source.target}:{unit.first + row + 1}", job.field_format, repairer, mark,
        look_ahead, poisoned, result,
    )  # fmt: skip
    if changed:
        pyarrow = load_pyarrow()
        with pyarrow.ipc.new_file(pyarrow.PythonFile(out, mode="w"), table.schema) as writer:
            writer.write_table(table)


def repair_table(
    table: Any,
    paths: Sequence[FieldPath],
    name_row: Callable[[int], str],
    format: str,
    repairer: Repairer,
    mark: Mark,
    look_ahead: Callable[[Callable[[], Iterator[tuple[str, ...]]]], None],
    poisoned: Mapping[int, str],
    result: Result,
) -> tuple[Any, bool]:
    """Return an Arrow table with its texts repaired, and whether any changed."""
    columns = read_columns(table, paths)
    changed: set[int] = set()
    look_ahead(lambda: (tuple(t for _, _, t in read_texts(columns, row)) for row in range(table.num_rows)))
    for row in range(table.num_rows):
        name = name_row(row)
        try:
            if row in poisoned:
                raise FailedDocument(poisoned[row])
            mark(row)
            changed |= _repair_row(columns, row, name, format, repairer, result)
        except (FailedDocument, MtfixError) as error:
            result.fail(name, str(error))
        finally:
            mark(-1)
    return replace_columns(table, columns, sorted(changed)), bool(changed)


def _repair_row(
    columns: list[Column], row: int, name: str, format: str, repairer: Repairer, result: Result
) -> set[int]:
    slots = read_texts(columns, row)
    texts = tuple(text for _, _, text in slots)
    if not texts:
        return set()
    repair = repairer.repair(
        texts, lambda: read_record(texts, name, format), lambda after: split_record(after, texts), format
    )
    result.add(name, repair.tally, repair.rows)
    changed: set[int] = set()
    for (number, leaf, before), text in zip(slots, repair.texts or texts, strict=True):
        if text != before:
            columns[number].leaves[leaf] = text
            changed.add(number)
    return changed


def assemble_parquet(job: Job, task: Assembly, target: Path) -> None:
    """Write a file with the columns of its parts in the place of its own. Raises OSError, InputError."""
    from mtfix.batch.results.report import part_path

    scratch = job.state / "scratch"
    parts = [part_path(job, number) for number in range(task.first, task.last)]
    if not any(part.stat().st_size for part in parts):
        copy_whole(Path(task.source.path), target, scratch)
        return
    with open_parquet(task.source.path, task.source.path) as file, open_whole(target, scratch) as out:
        if file.num_row_groups != len(parts):
            raise changed_input(task.source.path)
        with open_writer(out, file) as writer:
            for group, part in enumerate(parts):
                table = file.read_row_group(group)
                if part.stat().st_size:
                    table = _take_columns(table, part)
                writer.write_table(table, row_group_size=table.num_rows or None)


def _take_columns(table: Any, part: Path) -> Any:
    pyarrow = load_pyarrow()
    with pyarrow.memory_map(str(part)) as file:
        repaired = pyarrow.ipc.open_file(file).read_all()
        for name in repaired.column_names:
            place = table.schema.get_field_index(name)
            table = table.set_column(place, table.schema.field(place), repaired.column(name))
    return table


def _end_of(group: Any) -> int:
    ends = []
    for i in range(group.num_columns):
        column = group.column(i)
        starts = [column.data_page_offset]
        if column.dictionary_page_offset:
            starts.append(column.dictionary_page_offset)
        ends.append(min(starts) + column.total_compressed_size)
    return max(ends, default=0)


def _digest_range(path: Path, start: int, end: int) -> str:
    digest = blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            file.seek(start)
            while start < end and (chunk := file.read(min(1 << 20, end - start))):
                digest.update(chunk)
                start += len(chunk)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    return digest.hexdigest()
