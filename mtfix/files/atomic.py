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
    handle, temporary = tempfile.mkstemp(prefix=".mtfix-", suffix=".part", dir=scratch)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~read_umask() if mode is None else mode)
        Path(temporary).replace(target)
    except BaseException:  # an interrupt too must leave nothing behind
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


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
