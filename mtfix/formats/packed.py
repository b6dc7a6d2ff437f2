"""gzip: bounded on the way in, and on the way out the same bytes from the same text on any day (RFC 1952)."""

from __future__ import annotations

import zlib

from mtfix.errors import InputError
from mtfix.formats.files import MAX_TEXT

MAGIC = b"\x1f\x8b"
_GZIP = 31  # window bits: the largest window, with gzip's header and checksum
_STEP = 1 << 18


def inflate(data: bytes, name: str, limit: int = MAX_TEXT) -> bytes:
    """Return what gzip data holds, of all its members; no more than ``limit`` bytes are ever made.

    Raises:
        InputError: no gzip data, damaged, cut short, or more than ``limit`` bytes.
    """
    if not data.startswith(MAGIC):
        raise InputError(f"{name}: is not gzip data; leave out the .gz of its name, or compress it")
    parts: list[bytes] = []
    size = at = 0
    try:
        while data.startswith(MAGIC, at):
            stream = zlib.decompressobj(_GZIP)
            while not stream.eof:
                piece = stream.unconsumed_tail
                if not piece:
                    piece = data[at : at + _STEP]
                    at += len(piece)
                part = stream.decompress(piece, _STEP)
                if not part and not piece:
                    raise InputError(f"{name}: its gzip data end too early; fetch the file again")
                size += len(part)
                if size > limit:
                    raise InputError(
                        f"{name}: inflates to more than {limit // 1_000_000} MB; split it into smaller files"
                    )
                parts.append(part)
            at -= len(stream.unused_data)
    except zlib.error as error:
        raise InputError(f"{name}: its gzip data are damaged ({error}); fetch the file again") from None
    if data[at:].strip(b"\0"):
        raise InputError(f"{name}: something that is not gzip data follows the gzip data; fetch the file again")
    return b"".join(parts)


def deflate(data: bytes) -> bytes:
    """Return gzip data without a name and a time."""
    stream = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return stream.compress(data) + stream.flush()
