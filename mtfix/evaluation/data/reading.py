"""Parallel files for evaluation: plain lines, TSV, JSONL, SGML and WMT XML, read as streams of records.

A *record* is a mapping of column names to text. ``open_records`` yields them one by one, so that a million pairs need
no more memory than one. Whatever is wrong is an InputError that starts with ``path:line``; nothing is skipped.
"""

from __future__ import annotations

import codecs
import gzip
import json
import lzma
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from mtfix.errors import InputError, unknown_name
from mtfix.evaluation.data.wmtxml import read_sgml, read_wmt_xml

Record = Mapping[str, str]

# What a column may be called, by what it is wanted for; the first that a file has is taken.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "mt": ("mt", "translation", "hyp", "text"),
    "hypothesis": ("hyp", "hypothesis", "output", "text"),
    "reference": ("ref", "reference", "refA", "refB", "pe", "text"),
    "post-edit": ("pe", "post-edit", "post_edit", "postedit", "ref", "text"),
    "source": ("src", "source", "text"),
}
ATTRIBUTES = ("id", "seg", "doc", "domain", "origlang", "system")
SUFFIXES = (".txt", ".tsv", ".jsonl", ".sgm", ".sgml", ".xml")


@dataclass(frozen=True, slots=True)
class Column:
    """A file and the column of it that is wanted; an empty ``name`` means: the usual one for its role."""

    path: Path
    name: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.name}" if self.name else str(self.path)


def parse_column(text: str) -> Column:
    """Return the file and column of ``FILE`` or ``FILE:COLUMN``.

    >>> parse_column("out.tsv:hyp.online-A").name
    'hyp.online-A'
    >>> parse_column("C:/out.txt").name
    ''
    """
    path, colon, name = text.rpartition(":")
    if colon and path and "/" not in name and "\\" not in name and not Path(text).exists():
        return Column(Path(path), name)
    return Column(Path(text))


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, unpacking .gz and .xz. Raises InputError when it cannot be read."""
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder; give a file")
        if path.suffix == ".gz":
            return cast("IO[bytes]", gzip.open(path, "rb"))
        if path.suffix == ".xz":
            return lzma.open(path, "rb")
        return path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror or error}") from None


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[str]:
    """Yield the lines of a text file without their ends; only ``\\n`` and ``\\r\\n`` end a line.

    U+2028, form feeds and the like stay inside a line, as they do for sacrebleu. Raises InputError with line and
    column for bytes that are not in ``encoding``, and for binary files.
    """
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise InputError(f"{path}: unknown encoding '{encoding}'; use a name such as utf-8 or windows-1251") from None
    wide = encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    number = 0
    try:
        with open_bytes(path) as stream:
            if wide:
                for line in codecs.getreader(encoding)(stream):
                    yield line.rstrip("\r\n")
                return
            for number, raw in enumerate(stream, 1):
                if number == 1:
                    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                        raise InputError(f"{path}: is UTF-16; convert it, or say --encoding utf-16")
                    raw = raw.removeprefix(codecs.BOM_UTF8)
                if b"\0" in raw:
                    raise InputError(f"{path}:{number}: is not a text file (it holds NUL bytes)")
                yield raw.decode(encoding).removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        at = f":{max(number, 1)}:{error.start + 1}"
        raise InputError(
            f"{path}{at}: byte 0x{error.object[error.start]:02x} is not {encoding}; "
            "convert the file, or name its encoding with --encoding"
        ) from None
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: the compressed file is damaged or cut short: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror or error}") from None


def kind_of(path: Path) -> str:
    """Return the suffix that tells the format, without that of a packer; unknown ones count as plain text."""
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".xz"):
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in SUFFIXES else ".txt"


def open_records(path: Path, encoding: str = "utf-8") -> Iterator[Record]:
    """Yield the records of a file; plain text has one column, ``text``.

    Raises InputError for whatever the format forbids: a row with too few cells, a broken or cut JSON line, a value
    that is not text (NaN, null), XML with a document type or entities of its own.
    """
    kind = kind_of(path)
    if kind == ".tsv":
        yield from _read_tsv(path, encoding)
    elif kind == ".jsonl":
        yield from _read_jsonl(path, encoding)
    elif kind in (".sgm", ".sgml"):
        yield from read_sgml(path, read_lines(path, encoding))
    elif kind == ".xml":
        with open_bytes(path) as stream:
            yield from read_wmt_xml(path, stream)
    else:
        for line in read_lines(path, encoding):
            yield {"text": line}


def _read_tsv(path: Path, encoding: str) -> Iterator[Record]:
    """The first line names the columns; there is no quoting: a quotation mark is a character like any other."""
    header: list[str] = []
    for number, line in enumerate(read_lines(path, encoding), 1):
        cells = line.split("\t")
        if number == 1:
            header = [c.strip() for c in cells]
            twice = {c for c in header if header.count(c) > 1}
            if twice:
                raise InputError(f"{path}:1: column '{min(twice)}' is named twice")
            continue
        if len(cells) != len(header):
            raise InputError(f"{path}:{number}: {len(cells)} cells, but the header names {len(header)} columns")
        yield dict(zip(header, cells, strict=True))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _read_jsonl(path: Path, encoding: str) -> Iterator[Record]:
    for number, line in enumerate(read_lines(path, encoding), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            cut = " (is the file cut short?)" if error.pos >= len(line) - 1 or "Unterminated" in error.msg else ""
            raise InputError(f"{path}:{number}:{error.pos + 1}: not valid JSON: {error.msg}{cut}") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}:{number}: {error}; write a text between quotes") from None
        if not isinstance(value, dict):
            raise InputError(f"{path}:{number}: an object like {{'mt': ..., 'pe': ...}} is wanted on every line")
        yield _Checked(value, path, number)


class _Checked(dict[str, str]):
    """A JSON object whose values are checked when they are used: only the columns that are wanted must be text."""

    def __init__(self, values: Mapping[str, Any], path: Path, line: int) -> None:
        super().__init__(values)
        self._place = f"{path}:{line}"

    def __getitem__(self, key: str) -> str:
        value: object = super().__getitem__(key)
        if not isinstance(value, str):
            found = "null" if value is None else f"a {type(value).__name__}: {value!r}"
            raise InputError(f"{self._place}: '{key}' is {found[:80]}, not text")
        return value


def pick_column(record: Record, column: Column, role: str) -> str:
    """Return the name of the column that serves ``role`` (a key of ALIASES) in records like this one.

    Raises InputError that lists the columns there are.
    """
    if column.name:
        if column.name not in record:
            raise InputError(f"{column.path}: " + unknown_name("column", column.name, record))
        return column.name
    for name in ALIASES[role]:
        if name in record:
            return name
    starts = [n for n in record if any(n.startswith(f"{a}.") for a in ALIASES[role])]
    if len(starts) == 1:
        return starts[0]
    raise InputError(
        f"{column.path}: which column is the {role}? Say {column.path}:COLUMN. Columns: {', '.join(sorted(record))}"
    )


def read_column(column: Column, role: str, encoding: str = "utf-8") -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (text, attributes) of every record; trailing white space is cut, as sacrebleu does."""
    name = ""
    for record in open_records(column.path, encoding):
        if not name:
            name = pick_column(record, column, role)
        try:
            text = record[name]
        except KeyError:
            raise InputError(f"{column.path}: a record lacks '{name}': {dict(record)!r:.120}") from None
        yield text.rstrip(), {a: str(record[a]) for a in ATTRIBUTES if a in record}
