"""The plan: an archive cut into units of work, always at the same places, read as a stream.

A unit is a handful of small files, or a run of whole records of one table. A table ends with an `Assembly`, which joins
the parts of its units. The units of a wrapped table (gzip, UTF-16) carry their bytes with them, because it cannot be read from
the middle. The plan depends on the archive and on the unit sizes alone, so that a later run finds its place.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from mtfix.batch.job import Job
from mtfix.batch.plan.archive import Source, walk_archive
from mtfix.batch.plan.cut import STEP, Reader, cut_blocks
from mtfix.batch.plan.unit import Assembly, Unit, changed_input
from mtfix.errors import ConfigError, InputError
from mtfix.files.wrapping import PieceReader
from mtfix.formats.tables.lines import Layout, plan_layout


def plan_units(job: Job) -> Iterator[Unit | Assembly]:
    """Yield the units of a job in order. Raises InputError, OutputError, ConfigError."""
    number = 0
    group: list[Source] = []
    size = 0
    for source in walk_archive(job.inputs):
        if source.kind == "file":
            if group and (len(group) >= job.limits.unit_files or size + source.size > job.limits.unit_bytes):
                yield Unit(number, tuple(group))
                number, group, size = number + 1, [], 0
            group.append(source)
            size += source.size
            continue
        if group:
            yield Unit(number, tuple(group))
            number, group, size = number + 1, [], 0
        if source.wrapping and (damage := find_damage(source, job)):
            yield Unit(number, (replace(source, kind="file"),), refused=damage)
            number += 1
            continue
        if job.skip_bad and (reason := _find_fault(source, job)):
            yield Unit(number, (replace(source, kind="file"),), refused=reason)
            number += 1
            continue
        first = number
        for unit in plan_table(source, job, number):
            yield unit
            number += 1
        yield Assembly(source, first, number)
    if group:
        yield Unit(number, tuple(group))


def plan_table(source: Source, job: Job, number: int) -> Iterator[Unit]:
    """Yield the units of one table, numbered from ``number``. Raises InputError, ConfigError."""
    if source.kind == "parquet":
        from mtfix.batch.rowgroups import plan_row_groups

        yield from plan_row_groups(source, job, number)
        return
    layout = check_head(source, job)
    first = read = 0
    try:
        with Path(source.path).open("rb") as file:
            for block in cut_blocks(open_lines(file, source), layout, job.limits.unit_bytes):
                unit = Unit(
                    number, (source,), layout, block.start, block.end, first, block.records, block.digest, block.refused
                )
                if source.wrapping:
                    place = file.tell()
                    unit = replace(unit, data=block.data, cost=place - read)
                    read = place
                yield unit
                number, first = number + 1, first + block.records
    except OSError as error:
        raise InputError(f"{source.path}: cannot be read: {error.strerror or error}") from None


def find_damage(source: Source, job: Job) -> str:
    """Return why a wrapped table cannot be read to its end, '' if it can: it is repaired wholly or passed on wholly."""
    try:
        for _ in plan_table(source, job, 0):
            pass
    except InputError as error:
        return str(error)
    return ""


def _find_fault(source: Source, job: Job) -> str:
    """Return why a table cannot be repaired as it was asked (no such field), '' if it can."""
    try:
        check_source(source, job)
    except (InputError, ConfigError) as error:
        return str(error)
    return ""


def open_lines(file: BinaryIO, source: Source) -> Reader:
    """Return what the plain lines of a table are read from. Raises InputError when it is read."""
    return PieceReader(source.wrapping.unwrap(file, source.path)) if source.wrapping else file


def check_source(source: Source, job: Job) -> None:
    """Raise InputError or ConfigError when a table cannot be repaired as it was asked; a document has its turn later."""
    if source.kind == "parquet":
        from mtfix.batch.rowgroups import check_parquet

        check_parquet(source, job)
    elif source.kind != "file":
        with contextlib.suppress(*(InputError,) if source.wrapping else ()):  # it will be listed as failed
            check_head(source, job)


def check_head(source: Source, job: Job) -> Layout:
    """Read the head of a table and return its layout. Raises InputError, ConfigError."""
    encoding = "" if source.wrapping.wide else job.config.encoding
    try:
        with Path(source.path).open("rb") as file:
            head = open_lines(file, source).read(STEP)
            return plan_layout(head, source.path, source.kind, job.fields, encoding)
    except OSError as error:
        raise InputError(f"{source.path}: cannot be read: {error.strerror or error}") from None


def check_unchanged(unit: Unit, done: dict[str, object]) -> None:
    """Compare a unit that is done with the archive as it is now. Raises InputError when they differ."""
    if unit.kind != "file":
        same = (done.get("of"), done.get("start"), done.get("end"), done.get("in")) == (
            unit.sources[0].target,
            unit.start,
            unit.end,
            unit.digest,
        )
        if not same:
            raise changed_input(unit.sources[0].path)
        return
    before = done.get("files")
    if not isinstance(before, list):
        raise changed_input(unit.sources[0].path)
    if [f[0] for f in before] != [s.target for s in unit.sources]:
        raise changed_input(_first_difference(before, unit.sources))
    for (_, digest, *_), source in zip(before, unit.sources, strict=True):
        try:
            now = digest_file(Path(source.path))
        except OSError:
            now = ""
        if digest and now != digest:
            raise changed_input(source.path)


def _first_difference(before: Sequence[Sequence[str]], sources: Sequence[Source]) -> str:
    for old, new in zip(before, sources, strict=False):
        if old[0] != new.target:
            return new.path
    return sources[-1].path


def digest_file(path: Path) -> str:
    """Return the digest of a file, read in pieces. Raises OSError."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(STEP):
            digest.update(chunk)
    return digest.hexdigest()
