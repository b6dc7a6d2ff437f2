"""CSV and TSV: only the wanted columns change; quoting, line ends and every other byte stay.

CSV is read as RFC 4180 and spreadsheets write it: a field that starts with a quotation mark runs to the mark that closes
it, over line ends and separators, and a doubled mark stands for one. TSV has no quoting (text/tab-separated-values):
a quotation mark in it is a mark of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtfix.errors import ConfigError, InputError, OutputError, unknown_name
from mtfix.formats.tables.fieldpath import FieldPath, spell_field
from mtfix.formats.tables.records import Record, Slot

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: what separates its fields, and whether quotation marks may enclose one."""

    delimiter: str = ","
    quoted: bool = True


#: The line that Excel writes before a table, or wants there, to know what separates its fields.
_PREAMBLE = re.compile(r"\ufeff?\"?sep=([^\r\n\w\"])\"?[ \t]*(?:\r\n?|\n)", re.IGNORECASE)

TSV = Dialect("\t", quoted=False)


def choose_dialect(header: str, extension: str) -> Dialect:
    """Return the dialect of a table by its extension and first line: ``;`` or tabs where a header has no comma.

    >>> choose_dialect("id;text", ".csv").delimiter, choose_dialect("sep=|\\n", ".csv").delimiter
    (';', '|')
    """
    if extension.lower() == ".tsv":
        return TSV
    if preamble := _PREAMBLE.match(header):
        return Dialect(preamble[1])
    counts = {d: header.count(d) for d in (",", ";", "\t")}
    return Dialect(max(counts, key=lambda d: counts[d]) if not counts[","] else ",")


def skip_preamble(text: str) -> int:
    """Return where the first record of a table begins: after ``sep=;`` if that is its first line.

    >>> skip_preamble("sep=;\\r\\nid;text"), skip_preamble("sep=;text")
    (7, 0)
    """
    found = _PREAMBLE.match(text)
    return found.end() if found else 0


def scan_records(text: str, dialect: Dialect, *, final: bool) -> Iterator[tuple[int, list[Span]]]:
    """Yield for each record of ``text`` its end (line end included) and the spans of its fields, quotes included.

    A last record without a line end is yielded only if ``final``: more may follow otherwise. A quotation mark that
    never closes makes the rest one unfinished record, which ``final`` yields as one field.
    """
    stop = re.compile(f"[{re.escape(dialect.delimiter)}\r\n]")
    at, size = 0, len(text)
    while at < size:
        fields: list[Span] = []
        while True:
            start = at
            if dialect.quoted and text.startswith('"', at):
                at = _close_quote(text, at)
            found = stop.search(text, at)
            at = found.start() if found else size
            fields.append((start, at))
            if at < size and text[at] == dialect.delimiter:
                at += 1
                continue
            break
        if at == size:
            if final:
                yield at, fields
            return
        if text.startswith("\r\n", at):
            at += 2
        elif text[at] == "\r" and at + 1 == size and not final:
            return  # its line feed may be the next character
        else:
            at += 1
        yield at, fields


def _close_quote(text: str, at: int) -> int:
    """Return the place after the mark that closes the field whose opening mark stands at ``at``, or the text's end."""
    at += 1
    while True:
        at = text.find('"', at)
        if at < 0:
            return len(text)
        if not text.startswith('"', at + 1):
            return at + 1
        at += 2


def choose_columns(
    header: str, paths: Sequence[FieldPath], dialect: Dialect, name: str
) -> tuple[tuple[int, ...], bool]:
    """Return the columns (from 0) of the wanted fields and whether the first line is a header.

    Fields that are all numbers count columns from 1, and then the table has no header.

    Raises:
        ConfigError: no such column; the known ones are listed.
    """
    header = header[skip_preamble(header) if dialect.quoted else 0 :]
    _, spans = next(iter(scan_records(header, dialect, final=True)), (0, []))
    names = [_unquote(header[a:b], dialect) or "" for a, b in spans]
    wanted = [spell_field(path).replace("\\.", ".") for path in paths]
    if names and names[0].startswith("\ufeff"):
        names[0] = _unquote(names[0][1:], dialect) or ""
    if all(w.isdigit() and w not in names for w in wanted):
        for w in wanted:
            if not 1 <= int(w) <= len(names):
                raise ConfigError(f"{name}: has no column {w}: its first line has {len(names)}")
        return tuple(int(w) - 1 for w in wanted), False
    for w in wanted:
        if w not in names:
            raise ConfigError(f"{name}: " + unknown_name("column", w, names))
    return tuple(names.index(w) for w in wanted), True


def read_delimited_record(line: str, columns: Sequence[int], dialect: Dialect, width: int = 0) -> Record:
    """Find the texts of ``columns`` in a record. A blank line has none, nor has an empty field.

    Raises:
        InputError: a quotation mark never closes or text follows it, or the record has not ``width`` fields (0: any).
    """
    if not line.strip("\r\n\ufeff"):
        return Record(line, (), lambda old, text: text)
    mark = (skip_preamble(line) if dialect.quoted else 0) or int(line.startswith("\ufeff"))
    ends = list(scan_records(line[mark:], dialect, final=True))
    spans = [(a + mark, b + mark) for a, b in ends[0][1]]
    slots: list[Slot] = []
    for column in columns:
        if column < len(spans):
            start, end = spans[column]
            text = _unquote(line[start:end], dialect)
            if text is None:
                raise InputError(f"column {start + 1}: a quotation mark opens a field and does not close it")
            if text:
                slots.append(Slot(start, end, text))
    if len(ends) > 1 or (width and len(spans) != width):
        raise InputError(f"has {len(spans)} fields where the first line has {width}")
    return Record(line, tuple(slots), lambda old, text: _spell(old, text, dialect))


def _unquote(field: str, dialect: Dialect) -> str | None:
    """Return the text of a field, None if its quotation marks do not fit."""
    if not dialect.quoted or not field.startswith('"'):
        return field
    if len(field) < 2 or _close_quote(field, 0) != len(field) or not field.endswith('"'):
        return None
    inner = field[1:-1]
    return None if inner.replace('""', "").count('"') else inner.replace('""', '"')


def _spell(old: str, text: str, dialect: Dialect) -> str:
    """Spell a field as it was: quoted if it was, or if its new text needs it. Raises OutputError in TSV."""
    needs = dialect.delimiter in text or "\n" in text or "\r" in text
    if not dialect.quoted:
        if needs:
            raise OutputError("a TSV field cannot hold a tab or a line break")
        return text
    if old.startswith('"') or needs or text.startswith('"'):
        return '"' + text.replace('"', '""') + '"'
    return text
