"""Wrapped tables as streams: what comes off goes on again, whatever the sizes of the pieces; damage is named."""

from __future__ import annotations

import gzip
import io
import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError
from mtfix.files import wrapping as module
from mtfix.files.encoding import find_wide
from mtfix.files.gzip import deflate, deflate_stream, inflate_stream
from mtfix.files.wrapping import PieceReader, Wrapping, find_wrapping

WIDE = (
    ("utf-16-le", b"\xff\xfe"),
    ("utf-16-be", b"\xfe\xff"),
    ("utf-32-le", b"\xff\xfe\0\0"),
    ("utf-32-be", b"\0\0\xfe\xff"),
)
TEXT = "id,text\n" + "".join(f'{i},"“Ж𝄞” {i} persons\n"\n' for i in range(400))


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("wide", ["", *(name for name, _ in WIDE)])
def test_what_comes_off_goes_on_again(wide: str, is_packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STEP", 7)  # cuts characters in two
    mark = dict(WIDE).get(wide, b"")
    data = mark + TEXT.encode(wide or "utf-8")
    data = deflate(data) if is_packed else data
    name = "w.csv.gz" if is_packed else "w.csv"
    found = find_wrapping(io.BytesIO(data), name)
    assert found == Wrapping(is_packed, wide, mark)
    pieces = list(found.unwrap(io.BytesIO(data), name))
    assert b"".join(pieces) == TEXT.encode()
    assert b"".join(found.wrap(pieces)) == data


@given(data=st.binary(max_size=3000), cuts=st.lists(st.integers(0, 3000), max_size=5))
def test_compressing_does_not_depend_on_the_pieces(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    assert b"".join(deflate_stream(pieces)) == deflate(data)
    assert b"".join(inflate_stream(io.BytesIO(deflate(data)), "w")) == data


@given(pieces=st.lists(st.binary(min_size=1, max_size=9)), size=st.integers(1, 12))
def test_pieces_read_as_a_file_does(pieces: list[bytes], size: int) -> None:
    reader, file = PieceReader(iter(pieces)), io.BytesIO(b"".join(pieces))
    while expected := file.read(size):
        assert reader.read(size) == expected
    assert reader.read(size) == b""


def test_many_members_and_padding_are_one_stream() -> None:
    data = (
        gzip.compress(b"a" * 300_000, mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(b"b", mtime=0) + b"\0" * 99
    )
    assert b"".join(inflate_stream(io.BytesIO(data), "w")) == b"a" * 300_000 + b"b"


@pytest.mark.parametrize(
    ("data", "wide", "said"),
    [
        ("A\udc00".encode("utf-16-le", "surrogatepass"), "utf-16-le", "is not utf-16-le"),
        (b"A\0B", "utf-16-le", "is not utf-16-le"),
        (deflate(b"x" * 9000)[:-9], "", "end too early"),
        (deflate(b"x" * 9000) + b"junk", "", "is not gzip data follows"),
        (b"plain", "", "is not gzip data; leave out the .gz"),
        (deflate(b"x")[:-8] + b"12345678", "", "damaged"),
    ],
    ids=["surrogate", "half-a-unit", "cut", "junk", "no-gzip", "checksum"],
)
def test_damage_is_named(data: bytes, wide: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(Wrapping(not wide, wide).unwrap(io.BytesIO(data), "w.csv"))


def test_a_bomb_is_refused_before_it_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TEXT", 1 << 21)
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(stream.compress(bytes(1 << 20)) for _ in range(64)) + stream.flush()
    read = 0
    with pytest.raises(InputError, match="200 times its size"):
        for piece in Wrapping(True).unwrap(io.BytesIO(bomb), "w.jsonl.gz"):
            read += len(piece)
    assert read <= 1 << 26


@pytest.mark.parametrize("head", [b"", b"Text", "Текст".encode(), "Текст".encode("cp1251"), b"\xef\xbb\xbftext"])
def test_plain_texts_are_not_wide(head: bytes) -> None:
    assert find_wide(head) is None
