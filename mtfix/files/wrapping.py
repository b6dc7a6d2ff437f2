"""Compression and encoding of tables: gzip, UTF-16 and UTF-32 are decoded and encoded again as a stream."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mtfix.errors import InputError
from mtfix.files.encoding import find_wide
from mtfix.files.gzip import deflate_stream, inflate_stream
from mtfix.files.reading import MAX_TEXT

_STEP = 1 << 18
_STEEPEST = 200  # times that a large table of texts may inflate; what inflates more is a bomb


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How a table is written around its plain lines: in gzip, in an encoding whose bytes cannot be cut at line ends.

    ``wide`` is the name of that encoding, '' for none, and ``mark`` its byte order mark.
    """

    is_packed: bool = False
    wide: str = ""
    mark: bytes = b""

    def __bool__(self) -> bool:
        return self.is_packed or bool(self.wide)

    def unwrap(self, file: BinaryIO, name: str) -> Iterator[bytes]:
        """Yield the plain lines of a file in small pieces. Holds no more than one.

        Raises:
            InputError: damaged or cut short, not in its encoding, a gzip bomb.
            OSError: the file cannot be read.
        """
        pieces = self._inflate(file, name) if self.is_packed else iter(lambda: file.read(_STEP), b"")
        return self._narrow(pieces, name) if self.wide else pieces

    def _inflate(self, file: BinaryIO, name: str) -> Iterator[bytes]:
        size = 0
        for piece in inflate_stream(file, name):
            size += len(piece)
            if size > MAX_TEXT and size > _STEEPEST * file.tell():
                raise InputError(f"{name}: inflates to more than {_STEEPEST} times its size, as no table of texts does")
            yield piece

    def _narrow(self, pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.wide)()
        skip = len(self.mark)
        for data, is_last in _with_end(pieces):
            if skip:
                data, skip = data[skip:], 0
            before = decoder.getstate()[0]
            try:
                text = decoder.decode(data, final=is_last)
            except UnicodeError as error:
                raise InputError(f"{name}: is not {self.wide}: {error}; name another with --encoding") from None
            rest = decoder.getstate()[0]
            if text.encode(self.wide, "surrogatepass") + rest != before + data:
                raise InputError(f"{name}: {self.wide} does not write back the bytes that it reads; mend the file")
            if text:
                yield text.encode("utf-8")

    def wrap(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the bytes of a file whose plain lines are ``pieces`` joined; UTF-8 if the encoding is wide."""
        written = self._widen(pieces) if self.wide else pieces
        yield from deflate_stream(written) if self.is_packed else written

    def _widen(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-8")()
        yield self.mark
        for piece in pieces:
            yield decoder.decode(piece).encode(self.wide)


PLAIN = Wrapping()


def _with_end(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    for piece in pieces:
        yield piece, False
    yield b"", True


def find_wrapping(file: BinaryIO, name: str) -> Wrapping:
    """Return what a table is wrapped in, by the name's ``.gz`` and the file's first bytes. Raises InputError, OSError."""
    is_packed = name.lower().endswith(".gz")
    head = next(inflate_stream(file, name), b"") if is_packed else file.read(4096)
    wide = find_wide(head[:4096])
    return Wrapping(is_packed, *(wide or ("", b"")))


class PieceReader:
    """Pieces of bytes, read as a file is: `read` gives as many bytes as are asked for, fewer only at the end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._waiting = bytearray()

    def read(self, size: int) -> bytes:
        """Return ``size`` bytes, fewer at the end. Raises what the pieces raise."""
        while len(self._waiting) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._waiting += piece
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        return data
