"""Outputs of one run: all of them appear whole, or none does.

Everything is written beside its destination first and renamed when every file is there, so a full disk or a folder
without permission costs nothing that was there before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mtfix.errors import OutputError
from mtfix.files.atomic import open_staged


def write_outputs(outputs: Mapping[Path, bytes]) -> None:
    """Write files atomically; an existing file keeps its mode, a link its target, a device or pipe is written to.

    Raises OutputError, and leaves every destination as it was, when one of them cannot be written.
    """
    staged: list[tuple[Path, Path]] = []
    direct: list[tuple[Path, bytes]] = []
    path = Path()
    try:
        for path, content in outputs.items():
            if _is_device(path):
                direct.append((path, content))
            else:
                target = Path(os.path.realpath(path))
                staged.append((_stage(target, content), target))
        for path, content in direct:
            with path.open("wb") as stream:
                stream.write(content)
        while staged:
            temporary, path = staged[0]
            os.replace(temporary, path)  # noqa: PTH105
            staged.pop(0)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot write: {error.strerror or error}. {_ADVICE}") from None
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def check_writable(targets: Iterable[Path]) -> None:
    """Raise OutputError for outputs that surely cannot be written, before the work is done; writes nothing."""
    for path in targets:
        if _is_device(path):
            continue
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise OutputError(f"{path}: is a folder; name a file in it")
        if not target.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
        if target.is_file() and not os.access(target, os.W_OK):
            raise OutputError(f"{path}: is read-only; give another place")
        if not target.exists() and not os.access(target.parent, os.W_OK):
            raise OutputError(f"{path}: the folder {path.parent} is read-only; give another place")


def check_log(log: Path) -> None:
    """Raise InputError for an edit log in Parquet when nothing here can write it."""
    if log.suffix == ".parquet":
        from mtfix.formats.tables.parquet import load_pyarrow

        load_pyarrow()


_ADVICE = "Nothing was changed; give another place"


def _stage(target: Path, content: bytes) -> Path:
    """Write ``content`` beside ``target`` and return the temporary file, with the mode that ``target`` will have."""
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    with open_staged(target.parent, mode) as (file, temporary):
        file.write(content)
    return temporary


def _is_device(path: Path) -> bool:
    """Whether ``path`` is written to and never replaced: a pipe, a terminal, whatever /dev/stdout stands for."""
    return str(path).startswith("/dev/") or (path.exists() and not path.is_file() and not path.is_dir())


def prepare_folder(folder: Path) -> None:
    """Make the folder of ``-o FOLDER``, with those above it. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot make this folder: {error.strerror}. {_ADVICE}") from None


def choose_outputs(files: Sequence[Path], out: Path | None) -> list[Path] | None:
    """Return where the repaired text of each file goes with ``-o OUT``: None for standard output.

    Several files need a folder. Raises OutputError for two files of one name, for an output that is an input, and for
    several files without a folder.
    """
    if out is None or str(out) == "-":
        if len(files) > 1:
            raise OutputError(f"{len(files)} files and one standard output: give -o FOLDER or --in-place")
        return None
    folder = out.is_dir() or str(out).endswith(("/", os.sep)) or len(files) > 1
    if not folder:
        targets = [out]
    else:
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out}: not a folder, and {len(files)} files cannot go into one file: give -o FOLDER")
        if any(str(f) == "-" for f in files):
            raise OutputError(f"{out}: standard input has no name to write under: give a file with -o")
        targets = [out / f.name for f in files]
    refuse_same(targets, files)
    return targets


def refuse_same(targets: Sequence[Path], files: Sequence[Path]) -> None:
    """Raise OutputError when two outputs are one file, or one of them is an input."""
    inputs = {os.path.realpath(f): f for f in files if str(f) != "-"}
    seen: dict[str, Path] = {}
    for target in targets:
        real = os.path.realpath(target)
        if real in inputs:
            raise OutputError(f"{target}: this output is also an input: use --in-place to repair a file where it is")
        if real in seen and not _is_device(target):
            raise OutputError(f"{target}: two outputs of this run would go to this file: rename one")
        seen[real] = target
