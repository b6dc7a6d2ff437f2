"""Tables whose records are lines: JSON Lines, CSV, TSV. One document a record; `Layout` says where its texts are.

A layout works on bytes, so that an archive can be cut anywhere between two records and read from there.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

from mtfix.errors import ConfigError, InputError, unknown_name
from mtfix.files.encoding import Decoded, decode, encode, find_wide, plain_marks
from mtfix.files.gzip import deflate, inflate
from mtfix.files.signatures import name_binary
from mtfix.formats.container import check_count
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tables.delimited import (
    TSV,
    Dialect,
    choose_columns,
    choose_dialect,
    read_delimited_record,
    scan_records,
    skip_preamble,
)
from mtfix.formats.tables.fieldpath import FieldPath, parse_fields, spell_field
from mtfix.formats.tables.jsonl import list_fields, read_json_record
from mtfix.formats.tables.records import Record, read_record, split_record
from mtfix.types import Document

LINE_TABLES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv"}
MAX_RECORD = 64_000_000  # bytes; what is longer is no record of a text
_SAMPLE = 100  # records in which a wanted field must show itself


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the texts of a table are. ``columns``, ``width`` and ``has_header`` are of CSV and TSV, ``paths`` of JSONL."""

    kind: str
    paths: tuple[FieldPath, ...] = ()
    dialect: Dialect = TSV
    columns: tuple[int, ...] = ()
    width: int = 0
    has_header: bool = False
    encoding: str = "utf-8"

    def split(self, data: bytes, *, final: bool = True) -> Iterator[int]:
        """Yield the end of every record in ``data``, line end included; an unfinished last one only if ``final``."""
        if self.kind == "jsonl" or not self.dialect.quoted:
            at = data.find(b"\n") + 1
            while at:
                yield at
                last, at = at, data.find(b"\n", at) + 1
                if not at and final and last < len(data):
                    yield len(data)
            if final and data and b"\n" not in data:
                yield len(data)
            return
        mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        # Bytes as code points: separators and quotation marks are ASCII in every encoding that a table may have.
        text = data[mark:].decode("latin-1")
        preamble = skip_preamble(text)  # belongs to the first record
        for end, _ in scan_records(text[preamble:], self.dialect, final=final):
            yield mark + preamble + end

    def read(self, raw: bytes, *, first: bool = False) -> Record:
        """Return a record; the ``first`` of the table may be its header, which has no texts.

        Raises:
            InputError: it is not what a record of this table must be, or not in its encoding.
        """
        try:
            line = raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise InputError(
                f"byte {error.start + 1} (0x{raw[error.start]:02X}) is not {self.encoding}; "
                "name the encoding with --encoding, or mend the record"
            ) from None
        if self.kind == "jsonl":
            record = read_json_record(line, self.paths)
        elif first and self.has_header:
            return Record(line, (), lambda old, text: text)
        else:
            record = read_delimited_record(line, self.columns, self.dialect, self.width)
        if self.encoding == "utf-8" or not record.slots:
            return record
        # A plain quotation mark in the place of a curly one must be there before the field is quoted.
        return replace(record, spell=lambda old, text: record.spell(old, plain_marks(text, self.encoding)))

    def encode(self, line: str, name: str) -> bytes:
        """Return the bytes of a changed record. Raises OutputError for a character its encoding lacks."""
        return encode(line, Decoded("", self.encoding), name)


def find_table(path: str) -> str:
    """Return the kind of table by a file's extension, without ``.gz``; '' if it is none that is made of lines."""
    name = path.lower().removesuffix(".gz")
    return LINE_TABLES.get(PurePath(name).suffix, "")


def plan_layout(head: bytes, name: str, kind: str, fields: Sequence[str] = (), encoding: str = "") -> Layout:
    """Return the layout of the table that begins with ``head`` (whole records, or the whole table).

    Raises:
        ConfigError: none of its first records has a wanted field; the fields that it has are listed.
        InputError: it is not a text in an encoding that tables may have.
    """
    paths = parse_fields(tuple(fields))
    encoding = _check_encoding(encoding, name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or name_binary(head[:4096]):
        what = name_binary(head[:4096]) or "UTF-16"
        raise InputError(f"{name}: is {what}, not a table in lines; convert it to UTF-8 {kind.upper()}")
    if kind == "jsonl":
        layout = Layout(kind, paths, encoding=encoding)
        if head.strip():
            _check_json_fields(layout, head, name)
        return layout
    first = head[: next(Layout(kind, dialect=Dialect()).split(head), 0)].decode(encoding, "replace")
    dialect = choose_dialect(first, "." + kind)
    if not first.strip():
        return Layout(kind, paths, dialect, encoding=encoding)
    columns, has_header = choose_columns(first, paths, dialect, name)
    first = first[skip_preamble(first) if dialect.quoted else 0 :]
    _, spans = next(iter(scan_records(first, dialect, final=True)), (0, []))
    return Layout(kind, paths, dialect, columns, len(spans), has_header, encoding)


def _check_encoding(encoding: str, name: str) -> str:
    if not encoding:
        return "utf-8"
    try:
        known = codecs.lookup(encoding).name
        plain = '\n,;\t"'.encode(known) == b'\n,;\t"'
    except LookupError:
        raise ConfigError(unknown_name("encoding", encoding, ("utf-8", "windows-1251", "windows-1252"))) from None
    if not plain:
        raise InputError(f"{name}: tables are read in UTF-8 or a one-byte encoding, not in {encoding}: convert it")
    return known


def _check_json_fields(layout: Layout, head: bytes, name: str) -> None:
    at = 0
    known: dict[str, None] = {}
    for number, end in enumerate(layout.split(head)):
        try:
            if number == _SAMPLE or layout.read(head[at:end]).slots:
                break
        except InputError:
            break  # a broken record is recorded when its turn comes
        known.update(dict.fromkeys(list_fields(head[at:end].decode(layout.encoding, "replace"))))
        at = end
    else:
        number = _SAMPLE
    if number == _SAMPLE and known:
        wanted = ", ".join(spell_field(path) for path in layout.paths)
        raise ConfigError(f"{name}: its first records have no text in " + unknown_name("field", wanted, known))


@dataclass(frozen=True, slots=True)
class TableContainer:
    """A whole table in memory: a document for every record that has texts.

    ``data`` are the bytes that were read; ``wide`` is set for a table in UTF-16 or UTF-32, whose ``lines`` are UTF-8.
    """

    name: str
    layout: Layout
    lines: tuple[bytes, ...]
    records: tuple[tuple[int, Record], ...]  # number of the line, record
    documents: tuple[Document, ...]
    data: bytes
    wide: Decoded | None = None
    is_packed: bool = False

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the table with the texts of ``documents``. Raises OutputError."""
        check_count(self.name, self.documents, documents)
        lines = list(self.lines)
        is_changed = False
        for (number, record), document in zip(self.records, documents, strict=True):
            line = record.replace_texts(split_record(document, record.texts))
            if line != record.line:
                lines[number] = self.layout.encode(line, document.name)
                is_changed = True
        if not is_changed:
            return self.data
        data = b"".join(lines)
        if self.wide is not None:
            data = encode(data.decode("utf-8"), self.wide, self.name)
        return deflate(data) if self.is_packed else data


@dataclass(frozen=True, slots=True)
class TableFormat:
    """JSON Lines, CSV and TSV for the registry; the file's fields come with `ReadOptions`.

    ``is_packed`` says that the file is compressed with gzip.
    """

    kind: str
    is_packed: bool = False

    @property
    def is_text(self) -> bool:
        return not self.is_packed

    def read(self, data: bytes, name: str, options: ReadOptions) -> TableContainer:
        """Read a table's bytes. Raises InputError, at the number of the record; ConfigError for an unknown field."""
        table = inflate(data, name) if self.is_packed else data
        wide = decode(table, name, options.encoding) if is_wide(table, options.encoding) else None
        if wide is not None:
            table = wide.text.encode("utf-8")
        layout = plan_layout(table, name, self.kind, options.fields, "" if wide else options.encoding)
        lines: list[bytes] = []
        at = 0
        for end in layout.split(table):
            lines.append(table[at:end])
            at = end
        records: list[tuple[int, Record]] = []
        documents: list[Document] = []
        for number, raw in enumerate(lines):
            place = f"{name}:{number + 1}"
            try:
                record = layout.read(raw, first=number == 0)
            except InputError as error:
                raise InputError(f"{place}: {error}") from None
            if record.slots:
                records.append((number, record))
                documents.append(read_record(record.texts, place, options.field_format or "text"))
        return TableContainer(name, layout, tuple(lines), tuple(records), tuple(documents), data, wide, self.is_packed)

    def read_text(self, text: str, name: str) -> Document:
        """A table is not one text. Raises InputError."""
        raise InputError(f"{name}: a table holds many documents; read it from a file")


def is_wide(head: bytes, encoding: str = "") -> bool:
    """Whether a table that begins with ``head`` is in UTF-16 or UTF-32, whose bytes cannot be cut at line ends."""
    if encoding.lower().replace("_", "-").startswith(("utf-16", "utf16", "utf-32", "utf32")):
        return True
    return not encoding and find_wide(head[:4096]) is not None


read_jsonl = partial(TableFormat, "jsonl")
read_csv = partial(TableFormat, "csv")
read_tsv = partial(TableFormat, "tsv")
read_packed_jsonl = partial(TableFormat, "jsonl", True)
read_packed_csv = partial(TableFormat, "csv", True)
read_packed_tsv = partial(TableFormat, "tsv", True)
