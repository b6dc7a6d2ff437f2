"""Which formats there are: by name (``--format``) and by a file's extension.

A new format is one module with a class that has the three members of `Format`, and one line in `FORMATS`. Its module
is imported only when a file of it is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import Protocol

from mtfix.errors import InputError, unknown_name
from mtfix.types import Document


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user may say about an input. Formats read the fields that concern them.

    ``encoding`` is a name as Python and IANA know it; empty means that it is detected. ``fields`` are the fields of a
    table's records that hold text (empty: ``text``), ``field_format`` is the format of what is in them (empty: text).
    ``attributes`` asks for the words in attributes of markup (``alt``, ``title``) too, ``approved`` for translations
    that are final or approved.
    """

    encoding: str = ""
    fields: tuple[str, ...] = ()
    field_format: str = ""
    attributes: bool = False
    approved: bool = False


class Container(Protocol):
    """A file that was read: its documents, and the way back to bytes.

    Text formats hold one document; tables and feeds hold one a record, so that "first mention" starts anew in each.
    """

    @property
    def documents(self) -> tuple[Document, ...]: ...

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the file with ``documents`` (in order, as many as were read) in the place of its own.

        Unchanged documents give the very bytes that were read. Raises OutputError for text that does not fit.
        """
        ...


class Format(Protocol):
    """How a kind of file is read. ``is_text`` says that its bytes are lines of text, which have limits."""

    @property
    def is_text(self) -> bool: ...

    def read(self, data: bytes, name: str, options: ReadOptions) -> Container:
        """Read a file's bytes; ``name`` stands in errors and documents. Raises InputError."""
        ...

    def read_text(self, text: str, name: str) -> Document:
        """Read a text that is already decoded. Raises InputError if the format is not a text."""
        ...


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """A line of the registry: a name, extensions with their dot, one line about it, ``module:Class``.

    ``tracks`` says that the format can write tracked changes, see `mtfix.formats.tracking`; ``has_lines`` that a very
    long line is a sign of damage in it.
    """

    name: str
    extensions: tuple[str, ...]
    about: str
    target: str
    tracks: bool = False
    has_lines: bool = True

    def load(self) -> Format:
        module, _, attribute = self.target.partition(":")
        format: Format = getattr(import_module(module), attribute)()
        return format


FORMATS: tuple[FormatEntry, ...] = (
    FormatEntry("text", (".txt", ".text", ".asc"), "plain text", "mtfix.formats.text.plain:TextFormat"),
    FormatEntry(
        "markdown", (".md", ".markdown", ".mdown", ".mkd"), "Markdown", "mtfix.formats.text.markdown:MarkdownFormat"
    ),
    FormatEntry("mdx", (".mdx",), "Markdown with JSX", "mtfix.formats.text.mdx:MdxFormat"),
    FormatEntry("asciidoc", (".adoc", ".asciidoc"), "AsciiDoc", "mtfix.formats.text.asciidoc:AsciidocFormat"),
    FormatEntry("html", (".html", ".htm", ".xhtml", ".shtml"), "HTML, XHTML", "mtfix.formats.html.format:HtmlFormat"),
    FormatEntry("newsml", (".newsml",), "NewsML-G2", "mtfix.formats.news.newsml:NewsmlFormat"),
    FormatEntry("nitf", (".nitf",), "NITF", "mtfix.formats.news.nitf:NitfFormat"),
    FormatEntry("ninjs", (".ninjs", ".json"), "news in JSON", "mtfix.formats.news.ninjs:NinjsFormat"),
    FormatEntry("feed", (".rss", ".atom", ".rdf"), "RSS, Atom", "mtfix.formats.news.feeds:FeedFormat"),
    FormatEntry(
        "xml", (".xml",), "one of those, by its root element", "mtfix.formats.xml.format:XmlFormat", has_lines=False
    ),
    FormatEntry("jsonl", (".jsonl", ".ndjson"), "JSON Lines", "mtfix.formats.tables.lines:read_jsonl"),
    FormatEntry("csv", (".csv",), "CSV", "mtfix.formats.tables.lines:read_csv"),
    FormatEntry("tsv", (".tsv",), "TSV", "mtfix.formats.tables.lines:read_tsv"),
    FormatEntry(
        "jsonl.gz", (".jsonl.gz", ".ndjson.gz"), "JSON Lines in gzip", "mtfix.formats.tables.lines:read_packed_jsonl"
    ),
    FormatEntry("csv.gz", (".csv.gz",), "CSV in gzip", "mtfix.formats.tables.lines:read_packed_csv"),
    FormatEntry("tsv.gz", (".tsv.gz",), "TSV in gzip", "mtfix.formats.tables.lines:read_packed_tsv"),
    FormatEntry(
        "xliff",
        (".xlf", ".xliff", ".sdlxliff", ".mqxliff"),
        "XLIFF",
        "mtfix.formats.translations.xliff:XliffFormat",
        tracks=True,
        has_lines=False,
    ),
    FormatEntry(
        "tmx",
        (".tmx",),
        "TMX translation memories",
        "mtfix.formats.translations.tmx:TmxFormat",
        tracks=True,
        has_lines=False,
    ),
    FormatEntry(
        "po", (".po", ".pot"), "PO, translations of GNU gettext", "mtfix.formats.translations.po:PoFormat", tracks=True
    ),
    FormatEntry("srt", (".srt",), "SubRip subtitles", "mtfix.formats.subtitles.format:SrtFormat"),
    FormatEntry("vtt", (".vtt",), "WebVTT subtitles", "mtfix.formats.subtitles.format:VttFormat"),
    FormatEntry("ass", (".ass", ".ssa"), "ASS and SSA subtitles", "mtfix.formats.subtitles.format:AssFormat"),
    FormatEntry(
        "ttml",
        (".ttml", ".dfxp", ".itt"),
        "TTML and DFXP subtitles",
        "mtfix.formats.subtitles.ttml:TtmlFormat",
        has_lines=False,
    ),
    FormatEntry("docx", (".docx", ".docm"), "Word documents", "mtfix.formats.docx.format:DocxFormat", tracks=True),
    FormatEntry("odt", (".odt", ".ott"), "OpenDocument texts", "mtfix.formats.packages.opendocument:open_odt"),
    FormatEntry("odp", (".odp", ".otp"), "OpenDocument presentations", "mtfix.formats.packages.opendocument:open_odp"),
    FormatEntry(
        "pptx",
        (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"),
        "PowerPoint presentations",
        "mtfix.formats.packages.powerpoint:PowerPointFormat",
    ),
    FormatEntry("epub", (".epub",), "EPUB books", "mtfix.formats.packages.epub:EpubFormat"),
    FormatEntry("parquet", (".parquet",), "Parquet", "mtfix.formats.tables.parquet:read_parquet"),
)

DEFAULT = "text"


def format_names() -> list[str]:
    """Return the names of all formats in the order of the registry."""
    return [entry.name for entry in FORMATS]


_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9_+-]{0,15}")  # not ".2014" and not ". Petrov"


def find_format(name: str = "", path: str = "-") -> FormatEntry:
    """Return the entry named ``name``; without a name the one of the extension of ``path``, plain text if it has none.

    Raises:
        InputError: no format has that name (the known ones are listed), or an extension that no format has: a program or
            a table of unknown shape must not be repaired as prose.

    >>> find_format(path="wires/1.MD").name, find_format("text", "1.md").name, find_format().name
    ('markdown', 'text', 'text')
    """
    if name:
        for entry in FORMATS:
            if entry.name == name:
                return entry
        raise InputError(unknown_name("format", name, format_names()))
    found = guess_format(path)
    if found is None:
        extension = PurePath(path).suffix
        raise InputError(
            f"{path}: mtfix knows no format with the extension {extension}; --format text repairs it as plain text"
        )
    return found


def guess_format(path: str) -> FormatEntry | None:
    """Return the entry of the extension of ``path``, plain text if it has none; None for an extension of no format.

    >>> guess_format("app.js") is None, guess_format("wire.2014-10-01").name, guess_format("README").name
    (True, 'text', 'text')
    """
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes[-2:]]
    for extension in ("".join(suffixes), *suffixes[1:]):
        for entry in FORMATS:
            if extension in entry.extensions:
                return entry
    if suffixes and _EXTENSION.fullmatch(suffixes[-1]):
        return None
    return next(entry for entry in FORMATS if entry.name == DEFAULT)
