"""Names for files that are not text, by their first bytes."""

from __future__ import annotations

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (doc, xls, ppt)"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"\xfd7zXZ\x00", "xz-compressed data"),
    (b"(\xb5/\xfd", "zstd-compressed data"),
    (b"7z\xbc\xaf'\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"OggS\x00", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
)
_ZIPPED: tuple[tuple[bytes, str], ...] = (
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text (odt)"),
    (b"application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation (odp)"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"application/epub+zip", "an EPUB book (epub)"),
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint presentation (pptx)"),
)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def name_binary(head: bytes) -> str:
    """Return what a file that begins with ``head`` seems to be, '' if it may be text.

    >>> name_binary(b"%PDF-1.7"), name_binary("Текст".encode("utf-16"))
    ('a PDF', '')
    """
    if head.startswith(b"PK\x03\x04"):
        return next((name for part, name in _ZIPPED if part in head), "a ZIP archive")
    for signature, name in _SIGNATURES:
        # A short signature of letters may begin a text: "BZh", "PAR1".
        if head.startswith(signature) and (len(signature) > 4 or b"\x00" in head or not head.isascii()):
            return name
    if b"\x00" in head and not head.startswith(_WIDE_MARKS) and not guess_wide(head):
        return "a binary file (it holds NUL bytes)"
    return ""


def guess_wide(head: bytes) -> str:
    """Return ``utf-16-le`` or ``utf-16-be`` for text of 16-bit units without a byte order mark, else ''."""
    sample = head[:4096]
    sample = sample[: len(sample) // 2 * 2]
    if len(sample) < 8 or b"\x00" not in sample:
        return ""
    low, high = sample[0::2], sample[1::2]
    half = len(low)
    # English in UTF-16: nearly every unit's high byte is zero, and no low byte is.
    if high.count(0) > 0.7 * half and low.count(0) == 0:
        return "utf-16-le"
    if low.count(0) > 0.7 * half and high.count(0) == 0:
        return "utf-16-be"
    return ""
