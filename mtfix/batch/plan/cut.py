"""Tables of lines cut into blocks of whole records, read as a stream, always at the same places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

from mtfix.errors import InputError
from mtfix.formats.tables.lines import MAX_RECORD, Layout

STEP = 1 << 20  # bytes read at a time where nothing is to be cut


class Reader(Protocol):
    """What blocks are read from: a file, or a stream that cannot go back."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records: the bytes ``start:end`` of a table.

    A record without an end in sight is a block of its own that says why it is ``refused``; it has no ``data``.
    """

    start: int
    end: int
    records: int
    data: bytes
    digest: str
    refused: str = ""


def digest_bytes(data: bytes) -> str:
    """Return 128 bits of BLAKE2b in hex."""
    return blake2b(data, digest_size=16).hexdigest()


def cut_blocks(file: Reader, layout: Layout, unit_bytes: int, at: int = 0, until: int | None = None) -> Iterator[Block]:
    """Yield the blocks, each near ``unit_bytes``, of what ``file`` holds from its place (byte ``at``) ``until`` a byte.

    Raises InputError for a record without an end in sight in a stream that cannot go back.
    """
    buffer = b""
    read = at
    wanted = unit_bytes
    while True:
        size = max(1, wanted - len(buffer))
        more = file.read(size if until is None else max(0, min(size, until - read)))
        read += len(more)
        buffer += more
        if not buffer:
            return
        final = not more
        if not final and len(buffer) < wanted:
            continue
        records = end = 0
        for place in layout.split(buffer, final=final):
            records, end = records + 1, place
        if not end and not final:
            wanted *= 2  # a record longer than a unit
            if wanted <= MAX_RECORD:
                continue
            refused = _refuse_record(file, layout, at, until)
            yield refused
            buffer, at, read, wanted = b"", refused.end, refused.end, unit_bytes
            continue
        yield Block(at, at + end, records, buffer[:end], digest_bytes(buffer[:end]))
        buffer = buffer[end:]
        at += end
        wanted = unit_bytes


def _refuse_record(file: Any, layout: Layout, start: int, until: int | None) -> Block:
    """Return the block of a record without an end in sight: to its line end or, with quoting, to the table's."""
    quoted = layout.kind == "csv" and layout.dialect.quoted
    why = f"the record is longer than {MAX_RECORD // 1_000_000} MB"
    if quoted:
        why += ", a quotation mark may be open; it and the rest of the table are as they were"
    if not hasattr(file, "seek"):
        raise InputError(why)
    file.seek(start)
    digest = blake2b(digest_size=16)
    end = start
    while chunk := file.read(STEP) if quoted else file.readline(STEP):
        digest.update(chunk)
        end += len(chunk)
        if not quoted and chunk.endswith(b"\n"):
            break
    return Block(start, end, 1, b"", digest.hexdigest(), why)
