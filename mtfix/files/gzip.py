"""gzip (RFC 1952): reading is bounded, and writing is deterministic (no timestamp)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from mtfix.errors import InputError
from mtfix.files.reading import MAX_TEXT

MAGIC = b"\x1f\x8b"
_GZIP = 31  # window bits: the largest window, with gzip's header and checksum
_STEP = 1 << 18


def inflate(data: bytes, name: str, limit: int = MAX_TEXT) -> bytes:
    """Return what gzip data holds, of all its members; no more than ``limit`` bytes are ever made.

    Raises:
        InputError: no gzip data, damaged, cut short, or more than ``limit`` bytes.
    """
    parts: list[bytes] = []
    size = 0
    for part in inflate_stream(BytesIO(data), name):
        size += len(part)
        if size > limit:
            raise InputError(f"{name}: inflates to more than {limit // 1_000_000} MB; split it into smaller files")
        parts.append(part)
    return b"".join(parts)


def inflate_stream(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield what gzip data hold, of all their members, in pieces of at most 256 kB.

    Raises:
        InputError: no gzip data, damaged, cut short.
        OSError: the file cannot be read.
    """
    waiting = file.read(_STEP)
    if not waiting.startswith(MAGIC):
        raise InputError(f"{name}: is not gzip data; leave out the .gz of its name, or compress it")
    try:
        while waiting.startswith(MAGIC):
            stream = zlib.decompressobj(_GZIP)
            while not stream.eof:
                piece = waiting or file.read(_STEP)
                part = stream.decompress(piece, _STEP)
                waiting = stream.unconsumed_tail
                if part:
                    yield part
                elif not piece:
                    raise InputError(f"{name}: its gzip data end too early; fetch the file again")
            waiting = stream.unused_data
            if len(waiting) < len(MAGIC):
                waiting += file.read(_STEP)
    except zlib.error as error:
        raise InputError(f"{name}: its gzip data are damaged ({error}); fetch the file again") from None
    while waiting:
        if waiting.strip(b"\0"):
            raise InputError(f"{name}: something that is not gzip data follows the gzip data; fetch the file again")
        waiting = file.read(_STEP)


def deflate(data: bytes) -> bytes:
    """Return gzip data without a name and a time."""
    return b"".join(deflate_stream((data,)))


def deflate_stream(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield gzip data, without a name and a time, of all ``pieces`` together."""
    stream = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        packed = stream.compress(piece)
        if packed:
            yield packed
    yield stream.flush()
