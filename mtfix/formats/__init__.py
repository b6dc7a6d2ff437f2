"""Formats: a file in, documents of segments and gaps, and the same file out with nothing but the edits changed.

``open_file`` and ``write_file`` are all that a program needs; ``read_document`` serves text that is already decoded.
"""

from __future__ import annotations

from pathlib import Path

from mtfix.files.reading import read_file, write_file
from mtfix.formats.registry import (
    FORMATS,
    Container,
    Format,
    FormatEntry,
    ReadOptions,
    find_format,
    format_names,
    guess_format,
)
from mtfix.types import Document

__all__ = [
    "FORMATS",
    "Container",
    "Format",
    "FormatEntry",
    "ReadOptions",
    "find_format",
    "format_names",
    "open_file",
    "read_document",
    "read_file",
    "write_file",
]


def read_document(text: str, name: str = "-", format: str = "text") -> Document:
    """Return the document of a text that is already decoded. Raises InputError for an unknown format.

    >>> document = read_document("MOSCOW, May 5. It rained. It snowed.")
    >>> [s.mt for s in document.segments]
    ['MOSCOW, May 5.', 'It rained.', 'It snowed.']
    """
    return find_format(format, name).load().read_text(text, name)


def open_file(
    path: str | Path,
    format: str = "",
    encoding: str = "",
    fields: tuple[str, ...] = (),
    field_format: str = "",
    attributes: bool = False,
    approved: bool = False,
) -> Container:
    """Read a file (``-``: standard input) in the format of that name, or of its extension; one without an extension as plain text.

    ``fields`` of a table's records hold text, in the format ``field_format``; ``attributes`` are those of HTML,
    ``approved`` targets those of XLIFF.

    Raises:
        ConfigError: a table has no such field.
        InputError: an unknown format or encoding, or a file that cannot be read; one line that says what to do.
    """
    name = str(path)
    if not format and guess_format(name) is None:
        read_file(path, is_text=True)  # says of a picture or a PDF that it is one
    entry = find_format(format, name)
    reader = entry.load()
    options = ReadOptions(encoding, fields, field_format, attributes, approved)
    return reader.read(read_file(path, is_text=reader.is_text, has_lines=entry.has_lines), name, options)
