"""Writing that a power cut cannot halve: to a temporary file, to disk, then into place by one rename."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import BinaryIO

from mtfix.errors import OutputError
from mtfix.formats.atomic import open_whole

try:
    import fcntl
except ImportError:  # pragma: no cover  (Windows: two batches in one folder are not noticed)
    fcntl = None  # type: ignore[assignment]


def write_whole(target: Path, data: bytes, scratch: Path) -> None:
    """Write ``data`` as `open_whole` does. Raises OSError."""
    with open_whole(target, scratch) as file:
        file.write(data)


def copy_whole(source: Path, target: Path, scratch: Path) -> int:
    """Copy a file as `open_whole` does and return its size. Raises OSError."""
    with source.open("rb") as read, open_whole(target, scratch) as file:
        shutil.copyfileobj(read, file, 1 << 20)
        return file.tell()


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
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.EIO: "the disk reports an error",
    }
    what = known.get(error.errno or 0) or error.strerror or str(error)
    return f"{error.filename or place}: {what}; mend that and go on with --resume"
