"""The manifest: an append-only record of what is done, one checked line a unit, forced to disk line by line."""

from __future__ import annotations

import errno
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtfix.errors import InputError

Entry = dict[str, Any]
_MARK = b',"sum":"'


def format_line(entry: Entry) -> bytes:
    """Return an entry as a line of JSON whose last key is the checksum (CRC-32) of what stands before it.

    >>> format_line({"unit": 3})
    b'{"unit":3,"sum":"72cdb23d"}\\n'
    """
    body = json.dumps(entry, separators=(",", ":")).encode()[:-1]  # names that are not UTF-8 survive as escapes
    return body + _MARK + f'{zlib.crc32(body):08x}"}}\n'.encode()


def parse_line(line: bytes) -> Entry | None:
    """Return the entry of a line, None if it is torn or damaged."""
    body, mark, rest = line.rpartition(_MARK)
    if not mark or rest != f'{zlib.crc32(body):08x}"}}\n'.encode():
        return None
    entry: Entry = json.loads(body + b"}")
    return entry


class Manifest:
    """The manifest of one output folder. In memory stands only where each unit's line begins."""

    def __init__(self, path: Path) -> None:
        """Open or create; a torn last line is cut off. Raises OSError."""
        self.path = path
        self._open()

    def _open(self) -> None:
        path = self.path
        self.damaged = 0
        self.head: Entry | None = None
        self.tables: dict[str, int] = {}  # assembled table -> size
        self.finished = False
        self.before: dict[str, str] = {}  # files and digests of the run before, when the archive has changed since
        self._units: dict[int, int] = {}
        end = 0
        if path.exists():
            for at, line in self._lines():
                entry = parse_line(line)
                if entry is None:
                    self.damaged += line.endswith(b"\n")
                else:
                    self._note(entry, at)
                end = at + len(line) if line.endswith(b"\n") else at
            os.truncate(path, end)
        self._file = path.open("ab", buffering=0)
        self._end = end

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        at = 0
        with self.path.open("rb") as file:
            for line in file:
                yield at, line
                at += len(line)

    def _note(self, entry: Entry, at: int) -> None:
        if "unit" in entry:
            self._units[entry["unit"]] = at
        elif "table" in entry:
            self.tables[entry["table"]] = entry["size"]
        elif "head" in entry:
            self.head = entry["head"]
        elif "before" in entry:
            self.before = entry["before"]
        elif "finished" in entry:
            self.finished = True

    def append(self, entry: Entry) -> None:
        """Write an entry; when this returns, it is on disk. Raises OSError."""
        line = format_line(entry)
        rest = line
        while rest:  # what is only half written is written again, to hear why; the next run cuts a torn line off
            written = self._file.write(rest)
            if not written:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            rest = rest[written:]
        os.fsync(self._file.fileno())
        self._note(entry, self._end)
        self._end += len(line)

    def find(self, unit: int) -> Entry | None:
        """Return the entry of a unit that is done, None if it is not."""
        at = self._units.get(unit)
        if at is None:
            return None
        with self.path.open("rb") as file:
            file.seek(at)
            entry = parse_line(file.readline())
        if entry is None:
            raise InputError(f"{self.path}: changed while it was in use")
        return entry

    def forget(self, unit: int) -> None:
        """Record that a unit is not done, because its output is gone."""
        self._units.pop(unit, None)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries of all units done, in the order of the units."""
        for unit in sorted(self._units):
            entry = self.find(unit)
            if entry is not None:
                yield entry

    def digests(self) -> dict[str, str]:
        """Return the files done so far (as they are called in the output) and what tells their content apart."""
        found: dict[str, str] = {}
        for entry in self.entries():
            if "files" in entry:
                found.update((target, digest) for target, digest, _ in entry["files"])
            else:
                found[entry["of"]] = found.get(entry["of"], "") + entry["in"][:8]
        return found

    def has_beyond(self, number: int) -> bool:
        """Whether a unit of this number or a higher one is recorded."""
        return any(unit >= number for unit in self._units)

    def begin_anew(self) -> None:
        """Forget the units, for the archive has changed; remember which files there were. Raises OSError."""
        kept: list[Entry] = [{"head": self.head}, {"before": self.before | self.digests()}]
        self.close()
        fresh = self.path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.writelines(map(format_line, kept))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)  # noqa: PTH105
        self._open()

    def __len__(self) -> int:
        return len(self._units)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
