"""The plan of a batch over URLs: files cut into pieces of work without reading them, wherever that can be done.

JSON Lines and TSV are cut at byte offsets (a record belongs to the piece in which it begins), Parquet at row groups. CSV
is read once, for a line end may stand in quotes. A wrapped table (gzip, UTF-16) is one piece. Small documents go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mtfix.batch.job import Job
from mtfix.batch.plan.archive import Source
from mtfix.batch.plan.cut import STEP, cut_blocks
from mtfix.batch.plan.plan import open_lines
from mtfix.batch.ray.urls import open_files
from mtfix.errors import InputError, OutputError
from mtfix.files.wrapping import Wrapping, find_wrapping
from mtfix.formats.tables.lines import Layout, find_table, plan_layout
from mtfix.formats.tables.parquet import find_columns, open_parquet

_LARGEST = 1 << 23  # bytes of a piece


@dataclass(frozen=True, slots=True)
class Piece:
    """Work for one worker: ``sources`` are files whose paths are URLs, several only if they are documents.

    Of a table it is the one file, and of that the records that begin in the bytes ``start:end`` (``end`` 0: all) or the
    row ``group``; its output is the file ``part``. ``first`` is the number of the first record from 0, -1 if only those
    who read what stands before know it. ``stamp`` changes when a file does.
    """

    unit: int
    sources: tuple[Source, ...]
    part: str = ""
    start: int = 0
    end: int = 0
    first: int = -1
    group: int = -1
    stamp: str = ""

    @property
    def kind(self) -> str:
        return self.sources[0].kind

    @property
    def size(self) -> int:
        """Bytes of the archive, about."""
        return self.end - self.start or sum(s.size for s in self.sources)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        sources = [[s.path, s.target, s.kind, s.size] for s in self.sources]
        return {name: getattr(self, name) for name in self.__slots__} | {"sources": sources}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Piece:
        """Return the piece of `to_json`; what a table is wrapped in is seen again when it is opened."""
        return cls(**{**values, "sources": tuple(Source(*s) for s in values["sources"])})


def plan_pieces(urls: Sequence[str], out: str, job: Job) -> Iterator[Piece]:
    """Yield the pieces of all files under ``urls``, in the order of `mtfix.batch.plan.archive.walk_archive`.

    A piece of lines has ``unit_bytes`` of the job or, in a large file, more: parts are files, and a folder of thousands
    is a burden. Raises InputError, ConfigError, OutputError.
    """
    number = size = 0
    group: list[tuple[Source, str]] = []
    for source, stamp in walk_urls(urls):
        is_full = len(group) >= job.limits.unit_files or size + source.size > job.limits.unit_bytes
        if group and (is_full or source.kind != "file"):
            yield _join_documents(number, group)
            number, size, group = number + 1, 0, []
        if source.kind == "file":
            group.append((source, stamp))
            size += source.size
            continue
        suffix = "." + source.target.rsplit("/", 1)[-1].split(".", 1)[-1]
        suffix = suffix if suffix.lower() in (".jsonl.gz", ".ndjson.gz", ".csv.gz", ".tsv.gz") else f".{source.kind}"
        for i, piece in enumerate(_cut_table(source, job)):
            part = f"{out}/{source.target}/part-{i:08d}{suffix}"
            yield replace(piece, unit=number, part=part, stamp=stamp)
            number += 1
    if group:
        yield _join_documents(number, group)


def _join_documents(number: int, group: Sequence[tuple[Source, str]]) -> Piece:
    return Piece(number, tuple(source for source, _ in group), stamp=" ".join(stamp for _, stamp in group))


def walk_urls(urls: Sequence[str]) -> Iterator[tuple[Source, str]]:
    """Yield the files under ``urls`` and a stamp of each; names that begin with a dot are left out.

    Raises InputError, OutputError when two files would go to one place.
    """
    seen: dict[str, str] = {}
    for url in urls:
        files, root = open_files(url)
        if not files.exists(root):
            raise InputError(f"{url}: no such file or folder")
        folder = files.isdir(root)
        found = files.find(root) if folder else [root]
        for path in sorted(found, key=lambda path: str(path).split("/")):
            name = path[len(root) :].lstrip("/") if folder else path.rsplit("/", 1)[-1]
            if any(part.startswith(".") for part in name.split("/")):
                continue
            if name in seen:
                raise OutputError(f"{path} and {seen[name]} would both go to {name}: give them to two batches")
            seen[name] = path
            kind = "parquet" if name.lower().endswith(".parquet") else find_table(name) or "file"
            yield Source(files.unstrip_protocol(path), name, kind, files.size(path)), str(files.checksum(path))


def _cut_table(source: Source, job: Job) -> Iterator[Piece]:
    files, path = open_files(source.path)
    with files.open(path, "rb") as file:
        if source.kind == "parquet":
            yield from _cut_parquet(file, source, job)
            return
        try:
            wrapping, layout = open_layout(file, source, job)
        except DamagedTableError:  # it is listed as failed when its turn comes
            yield Piece(0, (source,), first=0)
            return
        step = max(job.limits.unit_bytes, min(source.size // 64, _LARGEST))
        if wrapping or not source.size:
            yield Piece(0, (source,), first=0)
        elif layout.kind == "csv" and layout.dialect.quoted:
            yield from _cut_quoted(file, source, layout, step)
        else:
            for start in range(0, source.size, step):
                yield Piece(0, (source,), start=start, end=min(start + step, source.size), first=-1 if start else 0)


def _cut_parquet(file: Any, source: Source, job: Job) -> Iterator[Piece]:
    first = 0
    with open_parquet(file, source.path) as table:
        find_columns(table.schema_arrow, job.fields, source.path)
        for group in range(table.num_row_groups):
            yield Piece(0, (source,), first=first, group=group)
            first += table.metadata.row_group(group).num_rows


def _cut_quoted(file: Any, source: Source, layout: Layout, step: int) -> Iterator[Piece]:
    first = 0
    file.seek(0)
    for block in cut_blocks(file, layout, step):
        yield Piece(0, (source,), start=block.start, end=block.end, first=first)
        first += block.records


class DamagedTableError(InputError):
    """A wrapped table that cannot be read: one failed document, no reason to stop."""


def open_layout(file: Any, source: Source, job: Job) -> tuple[Wrapping, Layout]:
    """Return what a table is wrapped in, and its layout. Raises DamagedTableError, InputError, ConfigError."""
    wrapping = Wrapping(is_packed=source.path.lower().endswith(".gz"))
    try:
        wrapping = find_wrapping(file, source.path)
        file.seek(0)
        head = open_lines(file, replace(source, wrapping=wrapping)).read(STEP)
        encoding = "" if wrapping.wide else job.config.encoding
        return wrapping, plan_layout(head, source.path, source.kind, job.fields, encoding)
    except InputError as error:
        if wrapping:
            raise DamagedTableError(str(error)) from None
        raise
