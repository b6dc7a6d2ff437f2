"""What an archive holds: its files in one fixed order, and where each of them goes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mtfix.errors import InputError, OutputError
from mtfix.files.wrapping import PLAIN, Wrapping, find_wrapping
from mtfix.formats.tables.lines import find_table


@dataclass(frozen=True, slots=True)
class Source:
    """A file of an archive: where it is, where it goes in the output folder, what it is, its size in bytes.

    ``kind`` is ``jsonl``, ``csv``, ``tsv``, ``parquet`` for tables that are cut into units, and ``file`` for a document,
    which is read whole. ``wrapping`` is what stands around a table's lines.
    """

    path: str
    target: str
    kind: str
    size: int
    wrapping: Wrapping = PLAIN


def walk_archive(inputs: Sequence[Path]) -> Iterator[Source]:
    """Yield the files of ``inputs`` in order; a folder's by name, its subfolders included, hidden ones left out.

    Memory is that of the largest single folder. Links to files are followed; links to folders, and those that lead
    nowhere, are yielded as files that cannot be read, so that they are listed and not lost.
    Raises InputError for what cannot be listed, OutputError when two files would go to one place.
    """
    for number, path in enumerate(inputs):
        for source in _walk_input(path):
            _refuse_collision(source, inputs[:number])
            yield source


def _walk_input(path: Path) -> Iterator[Source]:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    if stat.S_ISDIR(mode):
        yield from _walk_folder(str(path), "")
    elif stat.S_ISREG(mode):
        yield _make_source(str(path), path.name, path.stat().st_size)
    else:
        raise InputError(f"{path}: is neither a file nor a folder")


def _walk_folder(folder: str, prefix: str) -> Iterator[Source]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted((e for e in listing if not e.name.startswith(".")), key=lambda e: os.fsencode(e.name))
    except OSError as error:
        raise InputError(f"{folder}: cannot be listed: {(error.strerror or str(error)).lower()}") from None
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk_folder(entry.path, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield _make_source(entry.path, prefix + entry.name, entry.stat().st_size)
        elif entry.is_symlink():
            yield Source(entry.path, prefix + entry.name, "file", 0)


def _make_source(path: str, target: str, size: int) -> Source:
    kind = "parquet" if path.lower().endswith(".parquet") else find_table(path) or "file"
    if kind in ("parquet", "file"):
        return Source(path, target, kind, size)
    try:
        with Path(path).open("rb") as file:
            return Source(path, target, kind, size, find_wrapping(file, path))
    except OSError:
        return Source(path, target, kind, size)  # its turn will come, and say why it cannot be read
    except InputError:
        return Source(path, target, "file", size)  # damaged gzip data: likewise


def _refuse_collision(source: Source, earlier: Sequence[Path]) -> None:
    for path in earlier:
        other = path / source.target if path.is_dir() else path
        if (path.is_dir() and other.is_file()) or (not path.is_dir() and path.name == source.target):
            raise OutputError(f"{source.path} and {other} would both go to {source.target}: give them to two batches")


def check_places(inputs: Sequence[Path], out: Path) -> None:
    """Refuse an output folder that holds an input or lies in one: nothing of the archive may be written over.

    Raises InputError for an input that is missing, OutputError.
    """
    target = os.path.realpath(out)
    if os.path.exists(target) and not os.path.isdir(target):  # noqa: PTH110, PTH112
        raise OutputError(f"{out}: is a file; give a folder with -o")
    for path in inputs:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
        real = os.path.realpath(path)
        if os.path.commonpath((real, target)) in (real, target):
            raise OutputError(f"{out}: the output folder and the input {path} hold each other: give another folder")
