"""Bytes to text and back: byte order marks, UTF-8, what else it may be, and the same encoding on the way out."""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass

from mtfix.errors import InputError, OutputError, unknown_name
from mtfix.files.signatures import guess_wide, name_binary

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16 LE
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What old newsroom files are written in; detection chooses among these.
CANDIDATES = ("cp1252", "cp1251", "koi8_r", "cp866")
_NAMES = {"cp1252": "windows-1252", "cp1251": "windows-1251", "koi8_r": "koi8-r"}
_SUGGESTED = ("utf-8", "utf-16", "windows-1251", "windows-1252", "koi8-r", "cp866", "iso-8859-1", "iso-8859-5")
#: The names of the formats that can be read, as in `mtfix.formats.registry` (a test holds the two together).
READABLE = tuple(
    "text markdown html newsml nitf ninjs feed xml jsonl csv tsv jsonl.gz csv.gz tsv.gz xliff tmx po srt vtt docx parquet".split()
)
_SAMPLE = 32_768  # bytes of lines with non-ASCII bytes that detection reads
_NEWS_MARKS = frozenset("“”„«»‘’‚–—…•·№§©®™°€£±×½¼¾²³\xa0\xad")
_MIXED = re.compile(
    r"(?<=[A-Za-z])[\u0400-\u04ff]|[\u0400-\u04ff](?=[A-Za-z])"
    r"|(?<!\w)¹(?=\s?\d)|(?<![\u0400-\u04ff])[ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐґІіЁЄЇј](?![\u0400-\u04ff])"
)
_SHARPNESS = 40.0  # turns differences of charset-normalizer's mess ratio (0 to 1) into confidence

#: Marks that an edit may bring into an old encoding, and how that encoding spells them.
PLAIN_MARKS = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'",
    "–": "-", "—": "-", "−": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what it takes to write it back: ``mark`` is its byte order mark, if it had one."""

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str, encoding: str = "") -> Decoded:
    """Decode a file. A byte order mark decides, then ``encoding``, then UTF-8 if it fits, then detection.

    Every result encodes to the very bytes that were read.

    Raises:
        InputError: binary data, an unknown encoding, or bytes that do not fit, with line and column of the first.
    """
    if encoding:
        encoding = _check_encoding(encoding)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            notes: tuple[str, ...] = ()
            if encoding and not _same(encoding, marked):
                notes = (f"{name}: starts with the byte order mark of {marked}: read so, not as {encoding}",)
            return Decoded(_decode(data[len(mark) :], name, marked, len(mark)), marked, mark, notes)
    if encoding:
        return Decoded(_decode(data, name, encoding), encoding)
    if b"\x00" in data:
        wide = guess_wide(data)
        if wide:
            note = f"{name}: read as {wide}, without a byte order mark; --encoding overrides"
            return Decoded(_decode(data, name, wide), wide, notes=(note,))
        kind = name_binary(data) or "a binary file (it holds NUL bytes)"
        raise InputError(refuse_binary(name, kind))
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(data):
            raise InputError(_say_undecodable(data, error, name, "utf-8", "mend that byte")) from None
        found = detect(data)
        if found is None:
            raise InputError(
                _say_undecodable(data, error, name, "utf-8", "name the encoding with --encoding")
            ) from None
    best, confidence = found
    note = f"{name}: read as {_NAMES.get(best, best)} (confidence {confidence:.2f}); --encoding overrides"
    return Decoded(_decode(data, name, best), best, notes=(note,))


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


def detect(data: bytes) -> tuple[str, float] | None:
    """Return the likeliest of `CANDIDATES` and a confidence from 0 to 1; None if none fits.

    charset-normalizer measures how messy each reading is, to which comes its share of signs that newsrooms do not
    use; the confidence is the share of the best one's weight, ``exp(-40 mess)``, among the readings that differ.
    Readings that are the same text (English with curly quotes is the same in windows-1251 and -1252) do not compete:
    the first candidate stands for them. No detection is surer than 0.99.
    """
    from charset_normalizer.md import mess_ratio  # only odd files pay for it

    sample = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    weights: dict[str, tuple[str, float]] = {}
    for candidate in CANDIDATES:
        if _fits_whole(data, candidate):
            text = sample.decode(candidate)
            mess = mess_ratio(text, 1.0) + _oddness(text)
            weights.setdefault(text, (candidate, math.exp(-_SHARPNESS * mess)))
    total = sum(weight for _, weight in weights.values())
    if not total:
        return None
    best, weight = max(weights.values(), key=lambda pair: pair[1])  # the first of equals
    return best, min(0.99, weight / total)


def _oddness(text: str) -> float:
    """Share, among what is not ASCII, of box-drawing and the like, and of Cyrillic that touches Latin letters.

    They are what another encoding makes of quotation marks and of the é in café.
    """
    high = [c for c in text if c > "\x7f"]
    odd = sum(not c.isalpha() and c not in _NEWS_MARKS for c in high) + len(_MIXED.findall(text))
    return min(1.0, odd / len(high)) if high else 0.0


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
    if info is None or not getattr(info, "_is_text_encoding", True):
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


def _is_damaged_utf8(data: bytes) -> bool:
    """Most of what is not ASCII is good UTF-8: reading it as another encoding would make rubbish of it."""
    odd = [c for c in data.decode("utf-8", "surrogateescape") if c > "\x7f"]
    bad = sum("\udc80" <= c <= "\udcff" for c in odd)
    return len(odd) - bad >= bad


def _fits_whole(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def fits(character: str, encoding: str) -> bool:
    """Whether an encoding has a character."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
