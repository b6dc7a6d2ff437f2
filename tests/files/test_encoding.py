"""Encodings: what is detected and said, what is refused, and that the same bytes come back."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError, OutputError
from mtfix.files.encoding import CANDIDATES, Decoded, decode, detect, encode, locate

ENGLISH = "The “Islamic state” group – about 40 people – said it wouldn’t leave the café. "
RUSSIAN = "Суд в Казани продлил арест четверым подозреваемым. Адвокаты обжалуют решение. "


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("It costs 5 rubles.", "utf-8"),
        (ENGLISH, "utf-8"),
        (ENGLISH, "cp1252"),
        ("It said: “No”.", "cp1252"),
        (ENGLISH.replace("café", "bar") * 20 + "№ 5, Иванов Пётр", "cp1251"),
        (RUSSIAN, "cp1251"),
        ("The “Ислам” group", "cp1251"),
        ("It costs 5 £.", "cp1252"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp866"),
        (ENGLISH.replace("café", "bar") + RUSSIAN, "cp1251"),
        ("It was in Zürich and São Paulo.", "cp1252"),
    ],
)
def test_detection(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding), "w.txt")
    assert (decoded.encoding, decoded.text) == (encoding, text)
    assert encode(text, decoded, "w.txt") == text.encode(encoding)
    assert bool(decoded.notes) == (encoding != "utf-8")
    for note in decoded.notes:
        assert re.fullmatch(r"w\.txt: read as [a-z0-9-]+ \(confidence 0\.\d\d\); --encoding overrides", note)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_byte_order_marks_stay(mark: bytes) -> None:
    encoding = {3: "utf-8", 4: "utf-32-le"}.get(len(mark), "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be")
    data = mark + ENGLISH.encode(encoding)
    decoded = decode(data, "w.txt")
    assert decoded == Decoded(ENGLISH, encoding, mark)
    assert encode(decoded.text, decoded, "w.txt") == data


def test_a_byte_order_mark_outweighs_the_option_and_says_so() -> None:
    decoded = decode(codecs.BOM_UTF8 + b"It is.", "w.txt", "windows-1251")
    assert decoded.text == "It is."
    assert decoded.notes == ("w.txt: starts with the byte order mark of utf-8: read so, not as cp1251",)


def test_utf16_without_a_mark_is_recognised() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        decoded = decode("The court sat in Kazan.\r\n".encode(encoding), "w.txt")
        assert (decoded.text, decoded.encoding) == ("The court sat in Kazan.\r\n", encoding)


def test_readings_that_are_the_same_text_do_not_compete() -> None:
    for text in ("It said: “No” – and left…", "He said “no”.", "It’s"):
        found = detect(text.encode("cp1251"))
        assert found is not None
        assert found[0] == "cp1252"
        assert found[1] > 0.9


@pytest.mark.parametrize("encoding", ["windows-1251", "WINDOWS-1251", "cp1251", "koi8-r", "utf-8", "utf-16", "latin-1"])
def test_a_named_encoding_is_used_without_a_note(encoding: str) -> None:
    data = "It is № 5.".encode(encoding) if encoding != "latin-1" and encoding != "koi8-r" else b"It is \xe9."
    decoded = decode(data, "w.txt", encoding)
    assert decoded.notes == ()
    assert encode(decoded.text, decoded, "w.txt") == data


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (b"one\r\ntwo \xff", "utf-8", "w.txt:2:5: byte 0xFF is not utf-8; name another with --encoding"),
        ("“a”\n“b\xff".encode()[:-2] + b"\xff", "", "w.txt:2:3: byte 0xFF is not utf-8; mend that byte"),
        (b"a \x98", "windows-1251", "w.txt:1:3: byte 0x98 is not windows-1251; name another with --encoding"),
        (b"a\x00b\x00\x00c", "", "w.txt: looks like a binary file (it holds NUL bytes), not text"),
        (b"a", "cp9999", "unknown encoding 'cp9999': Known: "),
        (b"a", "window-1251", "unknown encoding 'window-1251': did you mean 'windows-1251'? Known: "),
        (b"a", "base64", "unknown encoding 'base64': Known: "),
        (b"a", "a\x00b", "unknown encoding "),
        (b"xn--\xff", "idna", "unknown encoding 'idna': Known: "),
        (b"abc", "utf-16", "w.txt:1:2: byte 0x63 is not utf-16"),
        (b"+AGEAYg-", "utf-7", "w.txt: utf-7 does not write back the bytes"),
    ],
)
def test_refusals(data: bytes, encoding: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, "w.txt", encoding)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_marks_that_an_old_encoding_lacks_become_plain() -> None:
    decoded = decode(b"It is \xe9.", "w.txt", "iso-8859-1")
    assert encode("“é” – it’s…", decoded, "w.txt") == b'"\xe9" - it\'s...'


def test_marks_that_an_encoding_has_stay() -> None:
    decoded = decode(b"It is \x93so\x94.", "w.txt", "cp1252")
    assert encode("“é” – it’s…", decoded, "w.txt") == "“é” – it’s…".encode("cp1252")


def test_other_characters_are_refused_with_their_place() -> None:
    decoded = decode(b"It is \xe9.", "w.txt", "cp1252")
    with pytest.raises(OutputError) as caught:
        encode("one\r\ntwo ₽", decoded, "w.txt")
    assert str(caught.value).startswith("w.txt:2:5: the result holds '₽' (U+20BD), which windows-1252 cannot write")


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (1, (1, 2)), (3, (2, 1)), (4, (3, 1)), (5, (3, 2)), (6, (4, 1)), (8, (4, 3))]
)
def test_places(offset: int, place: tuple[int, int]) -> None:
    assert locate("a\r\n\rb\nc d", offset) == place


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "utf-8", "utf-16", "cp1251", "koi8-r", "latin-1", "gb18030", "shift_jis"]),
)
def test_whatever_is_read_is_written_back(data: bytes, encoding: str) -> None:
    try:
        decoded = decode(data, "w.txt", encoding)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert encode(decoded.text, decoded, "w.txt") == data


@given(st.text(alphabet=st.characters(codec="cp1251"), max_size=80), st.sampled_from(CANDIDATES))
def test_detection_never_loses_a_byte(text: str, encoding: str) -> None:
    data = text.encode(encoding, "ignore")
    try:
        decoded = decode(data, "w.txt")
    except InputError:
        return
    assert encode(decoded.text, decoded, "w.txt") == data
