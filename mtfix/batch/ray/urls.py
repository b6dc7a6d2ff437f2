"""Files wherever fsspec finds them: object stores, HDFS, folders of this machine."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterator
from typing import Any, BinaryIO

from mtfix.batch.plan.cut import STEP
from mtfix.errors import InputError
from mtfix.extras import say_missing
from mtfix.files.reading import read_stream


def open_files(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL or path, and the path in it. Raises InputError."""
    try:
        import fsspec
    except ModuleNotFoundError:
        raise InputError(say_missing("--engine ray", "fsspec", "ray")) from None
    try:
        return fsspec.core.url_to_fs(url)  # type: ignore[no-any-return]
    except (ValueError, ImportError) as error:
        raise InputError(f"{url}: cannot be opened: {error}") from None


@contextlib.contextmanager
def open_whole_url(url: str) -> Iterator[BinaryIO]:
    """Yield a file that is there whole or not at all: object stores do that, folders by a rename. Raises OSError."""
    files, path = open_files(url)
    files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    protocols = files.protocol if isinstance(files.protocol, tuple) else (files.protocol,)
    temporary = f"{path}.{uuid.uuid4().hex}.tmp" if "file" in protocols else path
    file = files.open(temporary, "wb")
    try:
        yield file
    except BaseException:  # an interrupt too must leave nothing behind
        if temporary == path:
            file.discard()  # closing it would put the half of it into the store
        else:
            file.close()
            with contextlib.suppress(OSError):
                files.rm_file(temporary)
        raise
    file.close()
    if temporary != path:
        files.mv(temporary, path)


class UrlStore:
    """Documents at URLs; outputs under the URL ``out``."""

    def __init__(self, out: str) -> None:
        self._out = out

    def open(self, path: str) -> BinaryIO:
        files, place = open_files(path)
        return files.open(place, "rb")  # type: ignore[no-any-return]

    def read(self, path: str, *, is_text: bool, has_lines: bool) -> bytes:
        try:
            with self.open(path) as file:
                return read_stream(file, path, is_text=is_text, has_lines=has_lines)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None

    def write(self, target: str, data: bytes) -> None:
        with open_whole_url(f"{self._out}/{target}") as file:
            file.write(data)

    def copy(self, path: str, target: str) -> int:
        with self.open(path) as source, open_whole_url(f"{self._out}/{target}") as file:
            shutil.copyfileobj(source, file, STEP)
            return file.tell()

    def settle(self) -> None:
        """Do nothing: object stores are durable."""
