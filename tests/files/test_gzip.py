"""gzip: bounded, and the same bytes from the same text."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError
from mtfix.files.gzip import deflate, inflate

PACKED = gzip.compress(b"a wire " * 1000, mtime=0)


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=3))
def test_what_goes_in_comes_out(members: list[bytes]) -> None:
    packed = b"".join(map(deflate, members))
    assert inflate(packed, "w") == b"".join(members) == gzip.decompress(packed)
    assert packed == b"".join(map(deflate, members))


def test_large_members_are_read_whole() -> None:
    data = bytes(range(256)) * 8192
    assert inflate(deflate(data) + deflate(data), "w") == data * 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a wire", "is not gzip data"),
        (b"", "is not gzip data"),
        (PACKED[:-9], "end too early"),
        (PACKED[:12] + b"\xff\xff" + PACKED[14:], "are damaged"),
        (PACKED[:-8] + b"12345678", "are damaged"),
        (PACKED + b"more", "follows the gzip data"),
        (deflate(b"a" * 3_000_000), "inflates to more than 2 MB"),
        (deflate(b"a" * 1_500_000) * 2, "inflates to more than 2 MB"),
    ],
    ids="plain empty short damaged checksum trailing bomb bomb-of-members".split(),
)
def test_bad_data_are_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        inflate(data, "w.gz", limit=2_000_000)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("w.gz: ")


def test_padding_after_the_data_is_read_over() -> None:
    assert inflate(PACKED + bytes(512), "w") == b"a wire " * 1000
