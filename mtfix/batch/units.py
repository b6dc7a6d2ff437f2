"""The plan: an archive cut into units of work, always at the same places, read as a stream.

A unit is a handful of small files, or a run of whole records of one table. A table ends with an `Assembly`, which joins
the parts of its units. The plan depends on the archive and on the unit sizes alone, so that a later run finds its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from mtfix.batch.archive import Source, walk_archive
from mtfix.batch.job import Job, Limits
from mtfix.errors import InputError, MtfixError
from mtfix.formats.tables import MAX_RECORD, Layout, plan_layout

_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Unit:
    """Work for one worker.

    ``sources`` are its files; of a table it is the one file, of which the unit is the bytes ``start:end``, ``records``
    records from number ``first`` (from 0) on; of Parquet it is the row group ``group``. ``digest`` is that of those bytes. A unit with a
    ``refused`` reason is passed on as it is.
    """

    number: int
    sources: tuple[Source, ...]
    layout: Layout | None = None
    start: int = 0
    end: int = 0
    first: int = 0
    records: int = 0
    digest: str = ""
    refused: str = ""
    group: int = -1

    @property
    def kind(self) -> str:
        return self.sources[0].kind

    @property
    def size(self) -> int:
        """Bytes of input."""
        return self.end - self.start if self.kind != "file" else sum(s.size for s in self.sources)


@dataclass(frozen=True, slots=True)
class Assembly:
    """All units of a table are planned: their parts, ``first`` to ``last`` (exclusive), make the file."""

    source: Source
    first: int
    last: int


def digest_bytes(data: bytes) -> str:
    """Return 128 bits of BLAKE2b in hex."""
    return blake2b(data, digest_size=16).hexdigest()


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
    try:
        with Path(source.path).open("rb") as file:
            head = file.read(_HEAD)
            layout = plan_layout(head, source.path, source.kind, job.fields, job.config.encoding)
            file.seek(0)
            yield from _cut_lines(file, source, layout, job.limits, number)
    except OSError as error:
        raise InputError(f"{source.path}: cannot be read: {error.strerror or error}") from None


def _cut_lines(file: BinaryIO, source: Source, layout: Layout, limits: Limits, number: int) -> Iterator[Unit]:
    """Cut a table of lines at record ends, near every ``unit_bytes``; a record without an end is refused."""
    start = first = 0
    buffer = b""
    wanted = limits.unit_bytes
    while True:
        more = file.read(max(1, wanted - len(buffer)))
        buffer += more
        if not buffer:
            return
        final = not more
        if not final and len(buffer) < wanted:
            continue
        records = end = 0
        for place in layout.split(buffer, final=final):
            records, end = records + 1, place
        if not end and not final:
            wanted *= 2  # a record longer than a unit
            if wanted <= MAX_RECORD:
                continue
            refused = _refuse_record(file, source, layout, start, first, number)
            yield refused
            file.seek(refused.end)
            buffer, start, first, number, wanted = b"", refused.end, first + 1, number + 1, limits.unit_bytes
            continue
        unit = Unit(number, (source,), layout, start, start + end, first, records, digest_bytes(buffer[:end]))
        yield unit
        buffer = buffer[end:]
        start, first, number = unit.end, first + records, number + 1
        wanted = limits.unit_bytes


def _refuse_record(file: BinaryIO, source: Source, layout: Layout, start: int, first: int, number: int) -> Unit:
    """Return a refused unit of a record without an end in sight: to its line end or, with quoting, to the file's."""
    quoted = layout.kind == "csv" and layout.dialect.quoted
    file.seek(start)
    digest = blake2b(digest_size=16)
    end = start
    while chunk := file.read(_HEAD) if quoted else file.readline(_HEAD):
        digest.update(chunk)
        end += len(chunk)
        if not quoted and chunk.endswith(b"\n"):
            break
    why = f"record {first + 1} is longer than {MAX_RECORD // 1_000_000} MB"
    if quoted:
        why += ", a quotation mark may be open; it and the rest of the table are as they were"
    return Unit(number, (source,), layout, start, end, first, 1, digest.hexdigest(), why)


def check_tables(job: Job) -> tuple[int, int]:
    """Walk the archive once before any work, reading the head of each table; return files and bytes.

    Raises what `plan_units` would raise in the middle of the night: InputError, OutputError, ConfigError.
    """
    files = size = 0
    for source in walk_archive(job.inputs):
        files += 1
        size += source.size
        if source.kind == "parquet":
            from mtfix.batch.rowgroups import check_parquet

            check_parquet(source, job)
        elif source.kind != "file":
            check_head(source, job)
    return files, size


def check_head(source: Source, job: Job) -> None:
    """Read the head of a table. Raises InputError, ConfigError."""
    try:
        with Path(source.path).open("rb") as file:
            plan_layout(file.read(_HEAD), source.path, source.kind, job.fields, job.config.encoding)
    except OSError as error:
        raise InputError(f"{source.path}: cannot be read: {error.strerror or error}") from None


def check_unchanged(unit: Unit, done: dict[str, object]) -> None:
    """Compare a unit that is done with the archive as it is now. Raises InputError when they differ."""
    if unit.kind != "file":
        same = (done["of"], done["start"], done["end"], done["in"]) == (
            unit.sources[0].target,
            unit.start,
            unit.end,
            unit.digest,
        )
        if not same:
            raise changed_input(unit.sources[0].path)
        return
    before = done["files"]
    assert isinstance(before, list)
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
        while chunk := file.read(_HEAD):
            digest.update(chunk)
    return digest.hexdigest()


def changed_input(path: str) -> MtfixError:
    """Return the error for an archive that is no longer what it was when its batch began."""
    return InputError(
        f"{path}: the archive has changed since this batch began: bring it back as it was, or start in a new output folder"
    )
