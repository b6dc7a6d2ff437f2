"""Files that appear whole or not at all: written beside, forced to disk, put into place by one rename."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def open_whole(target: Path, scratch: Path, mode: int | None = None, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Yield a file that becomes ``target`` when the block ends well, and leaves no trace when it does not.

    The temporary file stands in ``scratch``, on the same disk. ``mode`` is the permissions of the target (default: what
    the umask gives). What need not survive a power cut is not ``durable``. Raises OSError.
    """
    with open_staged(scratch, mode, durable=durable) as (file, temporary):
        yield file
    try:
        temporary.replace(target)
    except BaseException:
        _remove(temporary)
        raise


@contextlib.contextmanager
def open_staged(scratch: Path, mode: int | None = None, *, durable: bool = True) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a temporary file in ``scratch`` and its path: it waits, closed and whole, to be renamed by the caller.

    It is removed when the block fails. Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=".mtfix-", suffix=".part", dir=scratch)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, temporary
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.chmod(0o666 & ~read_umask() if mode is None else mode)
    except BaseException:  # an interrupt too must leave nothing behind
        _remove(temporary)
        raise


def write_whole(target: Path, data: bytes, scratch: Path | None = None) -> None:
    """Write ``data`` as `open_whole` does, in ``scratch`` (default: the target's folder) first. Raises OSError."""
    with open_whole(target, target.parent if scratch is None else scratch) as file:
        file.write(data)


def _remove(temporary: Path) -> None:
    with contextlib.suppress(OSError):
        temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Force a folder's names to disk, where the system can: a rename survives a power cut only then."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_umask() -> int:
    """Return the permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
