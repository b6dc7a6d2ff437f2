"""Bytes to text and back: byte order marks, UTF-8, other encodings, and the same encoding when written."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from mtfix.errors import InputError, OutputError, unknown_name
from mtfix.files.detection import (
    CANDIDATES,
    contradicts_label,
    detect,
    is_convincing_utf8,
    is_damaged_utf8,
    name_escapes,
)
from mtfix.files.signatures import guess_wide, name_binary

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16 LE
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"cp1252": "windows-1252", "cp1251": "windows-1251", "koi8_r": "koi8-r"}
_SUGGESTED = ("utf-8", "utf-16", "windows-1251", "windows-1252", "koi8-r", "cp866", "iso-8859-1", "iso-8859-5")
#: The names of the formats that can be read, as in `mtfix.formats.registry` (a test holds the two together).
READABLE = tuple(
    "text markdown mdx asciidoc html newsml nitf ninjs feed xml jsonl csv tsv jsonl.gz csv.gz tsv.gz xliff tmx po srt vtt ass ttml docx odt odp pptx epub parquet".split()
)
# Python's own notations, not encodings of files.
_NOT_OF_FILES = frozenset(("idna", "punycode", "undefined", "raw-unicode-escape", "unicode-escape", "mbcs", "oem"))

#: Marks that an edit may bring into an old encoding, and how that encoding spells them.
PLAIN_MARKS = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'",
    "–": "-", "—": "-", "−": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip

__all__ = [
    "CANDIDATES",
    "Decoded",
    "decode",
    "detect",
    "encode",
    "find_wide",
    "fits",
    "locate",
    "plain_marks",
    "refuse_binary",
]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what it takes to write it back: ``mark`` is its byte order mark, if it had one."""

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str, encoding: str = "", declared: str = "") -> Decoded:
    """Decode a file. A byte order mark decides, then its bytes if they are UTF-8, then ``encoding``, then detection.

    ``encoding`` is what the user says, ``declared`` what the file says of itself: either may be wrong, and a text in
    UTF-8 that is read as something else is destroyed. Every result encodes to the very bytes that were read.

    Raises:
        InputError: binary data, an unknown encoding, bytes that do not fit, with line and column of the first, or bytes
            of which cannot be told what they are.
    """
    if encoding:
        encoding = _check_encoding(encoding)
    elif declared:
        declared = _read_label(declared)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            notes: tuple[str, ...] = ()
            if encoding and not _same(encoding, marked):
                notes = (f"{name}: starts with the byte order mark of {marked}: read so, not as {encoding}",)
            return Decoded(_decode(data[len(mark) :], name, marked, len(mark)), marked, mark, notes)
    label = encoding or declared
    text = _read_utf8(data)
    if label and label != "utf-8":
        if text is not None and not text.isascii() and is_convincing_utf8(text, label):
            note = f"{name}: its bytes are UTF-8: read so, not as {_NAMES.get(label, label)}"
            return Decoded(text, notes=(note,))
        if declared and is_damaged_utf8(data, 3):
            raise InputError(_refuse_bytes(data, name, "mend that byte, or name the encoding with --encoding"))
    if label:
        read = _decode(data, name, label)
        if declared and label != "utf-8" and contradicts_label(read):
            said = _NAMES.get(label, label)
            raise InputError(f"{name}: says that it is {said} and does not read so; name the encoding with --encoding")
        return Decoded(read, label)
    if b"\x00" in data:
        wide = guess_wide(data)
        if wide:
            note = f"{name}: read as {wide}, without a byte order mark; --encoding overrides"
            return Decoded(_decode(data, name, wide), wide, notes=(note,))
        kind = name_binary(data) or "a binary file (it holds NUL bytes)"
        raise InputError(refuse_binary(name, kind))
    if text is not None:
        seven = name_escapes(data) if text.isascii() else ""
        if seven:
            raise InputError(f"{name}: looks like {seven}, not plain text; name the encoding with --encoding")
        return Decoded(text)
    if is_damaged_utf8(data):
        raise InputError(_refuse_bytes(data, name, "mend that byte"))
    found = detect(data)
    if found is None:
        raise InputError(_refuse_bytes(data, name, "name the encoding with --encoding"))
    best, confidence = found
    note = f"{name}: read as {_NAMES.get(best, best)} (confidence {confidence:.2f}); --encoding overrides"
    return Decoded(_decode(data, name, best), best, notes=(note,))


def _read_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _read_label(declared: str) -> str:
    """Return the encoding that a file names, as Python knows it; '' for one that no file of text is in.

    What names it is written in ASCII, so it is neither EBCDIC nor UTF-16.
    """
    try:
        encoding = _check_encoding(declared)
        return encoding if b'<meta charset="a">'.decode(encoding) == '<meta charset="a">' else ""
    except (InputError, UnicodeError):
        return ""


def _refuse_bytes(data: bytes, name: str, advice: str) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _say_undecodable(data, error, name, "utf-8", advice)
    raise ValueError("the bytes are UTF-8")


def find_wide(head: bytes) -> tuple[str, bytes] | None:
    """Return the encoding and the byte order mark of a text in UTF-16 or UTF-32, by its first bytes; else None.

    >>> find_wide("Text".encode("utf-16-be")), find_wide(b"Text")
    (('utf-16-be', b''), None)
    """
    for mark, marked in _MARKS:
        if head.startswith(mark):
            return None if marked == "utf-8" else (marked, mark)
    guessed = guess_wide(head)
    return (guessed, b"") if guessed else None


def encode(text: str, decoded: Decoded, name: str) -> bytes:
    """Encode a changed text as it was read.

    Quotation marks, dashes and the like that an old encoding lacks are written in their plain form (`PLAIN_MARKS`).

    Raises:
        OutputError: another character does not fit; names it and its place.
    """
    try:
        return decoded.mark + text.encode(decoded.encoding)
    except UnicodeEncodeError:
        text = plain_marks(text, decoded.encoding)
    try:
        return decoded.mark + text.encode(decoded.encoding)
    except UnicodeEncodeError as error:
        character = text[error.start]
        line, column = locate(text, error.start)
        label = _NAMES.get(decoded.encoding, decoded.encoding)
        raise OutputError(
            f"{name}:{line}:{column}: the result holds {character!r} (U+{ord(character):04X}), which {label} "
            "cannot write; convert the input to UTF-8 first"
        ) from None


def plain_marks(text: str, encoding: str) -> str:
    """Return ``text`` with the quotation marks, dashes and the like that ``encoding`` lacks in their plain form.

    For formats in which a plain mark has a meaning of its own: what they escape must be plain before it is escaped.
    """
    return "".join(c if fits(c, encoding) else PLAIN_MARKS.get(c, c) for c in text)


def locate(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of an offset. Lines end with LF, CR or CRLF."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def refuse_binary(name: str, kind: str) -> str:
    """Return the line that tells a user that a file is not text."""
    return f"{name}: looks like {kind}, not text; formats that can be read: {', '.join(READABLE)}"


def _check_encoding(encoding: str) -> str:
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError, UnicodeError):
        info = None
    if info is None or not getattr(info, "_is_text_encoding", True) or info.name in _NOT_OF_FILES:
        raise InputError(unknown_name("encoding", encoding, _SUGGESTED))
    return {"utf-8-sig": "utf-8"}.get(info.name, info.name)


def _same(encoding: str, marked: str) -> bool:
    return encoding == marked or marked.startswith(encoding + "-")


def _decode(data: bytes, name: str, encoding: str, skipped: int = 0) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(_say_undecodable(data, error, name, encoding, "name another with --encoding")) from None
    except UnicodeError as error:  # codecs that keep state (idna, utf-16 without data) say it in their own way
        raise InputError(f"{name}: is not {encoding}: {error}; name another with --encoding") from None
    if text.encode(encoding, "surrogatepass") != data:
        raise InputError(
            f"{name}: {encoding} does not write back the bytes that it reads; name another with --encoding"
        )
    return text


def _say_undecodable(data: bytes, error: UnicodeDecodeError, name: str, encoding: str, advice: str) -> str:
    before = data[: error.start].decode(encoding, "replace")
    line, column = locate(before, len(before))
    label = _NAMES.get(encoding, encoding)
    return f"{name}:{line}:{column}: byte 0x{data[error.start]:02X} is not {label}; {advice}"


def fits(character: str, encoding: str) -> bool:
    """Whether an encoding has a character."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
