"""Reading files safely and writing them whole: one clear line for whatever is wrong, nothing half-written."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from mtfix.errors import InputError, OutputError
from mtfix.files.atomic import open_whole, sync_folder
from mtfix.files.encoding import refuse_binary
from mtfix.files.signatures import name_binary

MAX_LINE = 5_000_000  # bytes; no wire has a longer line
MAX_TEXT = 128_000_000  # bytes of a text file, which is held in memory
_CHUNK = 1 << 20


def read_file(path: str | Path, *, is_text: bool = True, has_lines: bool = True) -> bytes:
    """Return the bytes of a file, or of standard input for ``-``. Texts without lines (XML) may be one long line.

    Raises:
        InputError: missing, a folder, not a regular file, not permitted; for text also binary data, a line longer
            than `MAX_LINE` or more than `MAX_TEXT` bytes, none of which is read further.
    """
    name = str(path)
    if name == "-":
        return read_stream(sys.stdin.buffer, "standard input", is_text=is_text, has_lines=has_lines)
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{name}: is a folder; name the files in it")
        # Pipes and terminals (/dev/stdin) are fine for text, of which a bounded amount is read.
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or (is_text and stat.S_ISCHR(mode))):
            raise InputError(f"{name}: is not a regular file")
        with Path(path).open("rb") as file:
            return read_stream(file, name, is_text=is_text, has_lines=has_lines)
    except OSError as error:
        raise InputError(f"{name}: {_say(error, 'cannot be read')}") from None
    except ValueError as error:  # a NUL in the name
        raise InputError(f"{name!r}: is not a file name: {error}") from None


def read_stream(file: BinaryIO, name: str, *, is_text: bool = True, has_lines: bool = True) -> bytes:
    """Return what an open file holds, within the bounds of `read_file`. Raises InputError, OSError."""
    chunks: list[bytes] = []
    size = line = 0
    while chunk := file.read(_CHUNK):
        if is_text:
            if not chunks and (kind := name_binary(chunk)):
                raise InputError(refuse_binary(name, kind))
            first, last = _line_ends(chunk)
            line += len(chunk) if first < 0 else first
            if has_lines and line > MAX_LINE:
                raise InputError(
                    f"{name}: has a line longer than {MAX_LINE // 1_000_000} MB; break it into lines, or check that it is text"
                )
            if first >= 0:
                line = len(chunk) - last - 1
            size += len(chunk)
            if size > MAX_TEXT:
                raise InputError(f"{name}: is larger than {MAX_TEXT // 1_000_000} MB; split it into smaller files")
        chunks.append(chunk)
    return b"".join(chunks)


def _line_ends(chunk: bytes) -> tuple[int, int]:
    """Offsets of the first and the last line end, -1 if there is none."""
    firsts = [i for i in (chunk.find(b"\n"), chunk.find(b"\r")) if i >= 0]
    return min(firsts, default=-1), max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))


def write_file(path: str | Path, data: bytes) -> None:
    """Write a file whole or not at all; ``-`` is standard output.

    The bytes go to a temporary file beside the target, are forced to disk, and take its name and mode; a symbolic
    link stays, its target changes. Devices and pipes are written directly.

    Raises:
        OutputError: no such folder, not permitted, disk full, a closed pipe. The old file is then untouched.
    """
    name = str(path)
    if name == "-":
        _write_stdout(data)
        return
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise OutputError(f"{name}: is a folder; name a file in it")
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as device:
                device.write(data)
            return
        if not target.parent.is_dir():
            raise OutputError(f"{name}: there is no folder {Path(path).parent}; make it first")
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        _replace(target, data, mode)
    except OSError as error:
        raise OutputError(f"{name}: {_say(error, 'cannot be written')}; nothing was changed") from None
    except ValueError as error:
        raise OutputError(f"{name!r}: is not a file name: {error}") from None


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    with open_whole(target, target.parent, None if mode is None else stat.S_IMODE(mode)) as file:
        file.write(data)
    sync_folder(target.parent)


def _write_stdout(data: bytes) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python flushes standard output again when it exits; that must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError("standard output: was closed before the text was written (broken pipe)") from None
    except OSError as error:
        raise OutputError(f"standard output: {_say(error, 'cannot be written')}") from None


def _say(error: OSError, fallback: str) -> str:
    known = {
        errno.ENOENT: "no such file",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ENOSPC: "no space left on the disk",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the disk is read-only",
        errno.ENAMETOOLONG: "the name is too long",
        errno.ELOOP: "a symbolic link that leads to itself",
        errno.ENOTDIR: "a part of the path is a file, not a folder",
    }
    return known.get(error.errno or 0) or f"{fallback}: {error.strerror or error}"
