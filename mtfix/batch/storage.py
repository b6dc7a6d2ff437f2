"""Atomic writes, which a power cut cannot leave incomplete: to a temporary file, to disk, then into place by one rename."""

from __future__ import annotations

import errno
import shutil
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Protocol

from mtfix.batch.plan.cut import STEP
from mtfix.errors import OutputError
from mtfix.files.atomic import open_whole, sync_folder, write_whole
from mtfix.files.reading import read_file

try:
    import fcntl
except ImportError:  # pragma: no cover  (Windows: two batches in one folder are not noticed)
    fcntl = None  # type: ignore[assignment]


def copy_whole(source: Path, target: Path, scratch: Path) -> int:
    """Copy a file as `open_whole` does and return its size. Raises OSError."""
    with source.open("rb") as read, open_whole(target, scratch) as file:
        shutil.copyfileobj(read, file, 1 << 20)
        return file.tell()


class Store(Protocol):
    """Where whole documents come from and go to. ``path`` is an input's place, ``target`` its name in the output."""

    def open(self, path: str) -> BinaryIO:
        """Open an input. Raises OSError."""
        ...

    def read(self, path: str, *, is_text: bool, has_lines: bool) -> bytes:
        """Return the bytes of an input as `mtfix.files.reading.read_file` does. Raises InputError."""
        ...

    def write(self, target: str, data: bytes) -> None:
        """Write an output that is there whole or not at all. Raises OSError."""
        ...

    def copy(self, path: str, target: str) -> int:
        """Copy an input as it is and return its size. Raises OSError."""
        ...

    def settle(self) -> None:
        """Make sure that what was written survives a power cut."""
        ...


class FolderStore:
    """Files of this machine; outputs in the folder ``out``, written in ``scratch`` first."""

    def __init__(self, out: Path, scratch: Path) -> None:
        self._out = out
        self._scratch = scratch
        self._folders: set[Path] = set()

    def open(self, path: str) -> BinaryIO:
        return Path(path).open("rb")

    def read(self, path: str, *, is_text: bool, has_lines: bool) -> bytes:
        return read_file(path, is_text=is_text, has_lines=has_lines)

    def write(self, target: str, data: bytes) -> None:
        write_whole(self._place(target), data, self._scratch)

    def copy(self, path: str, target: str) -> int:
        return copy_whole(Path(path), self._place(target), self._scratch)

    def settle(self) -> None:
        for folder in sorted(self._folders):
            sync_folder(folder)
        self._folders.clear()

    def _place(self, target: str) -> Path:
        place = self._out / target
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        return place


def digest_stored(store: Store, path: str) -> str:
    """Return the digest of an input, read in pieces. Raises OSError."""
    digest = blake2b(digest_size=16)
    with store.open(path) as file:
        while chunk := file.read(STEP):
            digest.update(chunk)
    return digest.hexdigest()


def lock_folder(folder: Path) -> BinaryIO:
    """Hold a folder for this process until the returned file is closed; a killed process lets go by itself.

    Raises OutputError when another batch holds it.
    """
    file = (folder / "lock").open("wb")
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise OutputError(
                f"{folder.parent}: another batch is writing here; wait for it, or give another folder"
            ) from None
    return file


def say_os_error(error: OSError, place: Path) -> str:
    """Return one line for what the system refused, and the way out."""
    known = {
        errno.ENOSPC: "no space left on the disk",
        errno.EDQUOT: "the disk quota is used up",
        errno.EFBIG: "the file would be larger than this system lets it be",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.EIO: "the disk reports an error",
    }
    what = known.get(error.errno or 0) or error.strerror or str(error)
    return f"{error.filename or place}: {what}; mend that and go on with --resume"
