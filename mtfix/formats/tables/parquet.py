"""Parquet: the wanted string columns change, also inside structs and lists; schema, metadata and all else stay.

Needs pyarrow (the extra ``batch``), which is imported when a Parquet file is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mtfix.errors import ConfigError, InputError, unknown_name
from mtfix.extras import say_missing
from mtfix.formats.container import check_count
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tables.fieldpath import FieldPath, parse_fields, spell_field
from mtfix.formats.tables.records import read_record, split_record
from mtfix.types import Document

if TYPE_CHECKING:
    import pyarrow as pa


def load_pyarrow() -> Any:
    """Return pyarrow with its Parquet reader. Raises InputError when it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise InputError(say_missing("Parquet", "pyarrow", "batch")) from None
    return pyarrow


def open_parquet(source: Any, name: str) -> Any:
    """Open a path or file as a `pyarrow.parquet.ParquetFile`. Raises InputError for what is none."""
    pyarrow = load_pyarrow()
    try:
        return pyarrow.parquet.ParquetFile(source)
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"{name}: cannot be read as Parquet: {' '.join(str(error).split())}") from None


def find_columns(schema: Any, fields: Sequence[str], name: str) -> tuple[FieldPath, ...]:
    """Return the paths of ``fields`` in a schema (Arrow). Raises ConfigError for one that is no string; lists those."""
    known = {spell_field(path): path for path in _list_strings(schema)}
    found: list[FieldPath] = []
    for path in parse_fields(tuple(fields)):
        for candidate in (path, (".".join(path),)):
            if spell_field(candidate) in known:
                found.append(candidate)
                break
        else:
            raise ConfigError(f"{name}: " + unknown_name("text column", spell_field(path), known))
    return tuple(dict.fromkeys(found))


def _list_strings(schema: Any) -> list[FieldPath]:
    types = load_pyarrow().types
    paths: list[FieldPath] = []

    def walk(kind: Any, path: FieldPath) -> None:
        if types.is_string(kind) or types.is_large_string(kind):
            paths.append(path)
        elif types.is_struct(kind):
            for i in range(kind.num_fields):
                walk(kind.field(i).type, (*path, kind.field(i).name))
        elif types.is_list(kind) or types.is_large_list(kind):
            walk(kind.value_type, path)

    for field in schema:
        walk(field.type, (field.name,))
    return paths


@dataclass(frozen=True, slots=True)
class Column:
    """One string column of a piece of a table: its leaf values, and for every row the leaves it holds, in order."""

    path: FieldPath
    leaves: list[str | None]
    rows: list[list[int]]


def read_columns(table: pa.Table, paths: Sequence[FieldPath]) -> list[Column]:
    """Return the wanted columns of ``table``; row ``i`` of each is record ``i``."""
    columns: list[Column] = []
    for path in paths:
        array = _whole(table.column(path[0]))
        rows: list[list[int]] = [[i] for i in range(len(array))]
        leaf, rows = _descend(array, path[1:], rows)
        columns.append(Column(path, leaf.to_pylist(), rows))
    return columns


def read_texts(columns: Sequence[Column], row: int) -> list[tuple[int, int, str]]:
    """Return the texts of a record as (column, leaf, text), columns in the order wanted; empty ones are none."""
    return [
        (number, leaf, text)
        for number, column in enumerate(columns)
        for leaf in column.rows[row]
        if (text := column.leaves[leaf])
    ]


def replace_columns(table: pa.Table, columns: Sequence[Column], changed: Sequence[int]) -> pa.Table:
    """Return ``table`` with the leaves of the ``changed`` columns (by number) in the place of its own; types stay."""
    for number in changed:
        column = columns[number]
        place = table.schema.get_field_index(column.path[0])
        array = _rebuild(_whole(table.column(place)), column.path[1:], column.leaves)
        table = table.set_column(place, table.schema.field(place), array)
    return table


def _whole(column: Any) -> Any:
    """Return a column as one array that starts at its buffers' beginning."""
    pyarrow = load_pyarrow()
    chunks = column.chunks
    if not chunks:
        return pyarrow.array([], type=column.type)
    return pyarrow.concat_arrays(chunks) if len(chunks) > 1 or chunks[0].offset else chunks[0]


def _descend(array: Any, path: FieldPath, rows: list[list[int]]) -> tuple[Any, list[list[int]]]:
    """Return the leaf array under ``path`` and, for each record, which of its items are the record's."""
    types = load_pyarrow().types
    if types.is_list(array.type) or types.is_large_list(array.type):
        offsets = array.offsets.to_pylist()
        valid = array.is_valid().to_pylist()
        inner = [[j for i in row if valid[i] for j in range(offsets[i], offsets[i + 1])] for row in rows]
        return _descend(array.values, path, inner)
    if types.is_struct(array.type):
        valid = array.is_valid().to_pylist()
        return _descend(array.field(path[0]), path[1:], [[i for i in row if valid[i]] for row in rows])
    return array, rows


def _rebuild(array: Any, path: FieldPath, leaves: list[str | None]) -> Any:
    pyarrow = load_pyarrow()
    kind = array.type
    if pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind):
        values = _rebuild(array.values, path, leaves)
        made = pyarrow.ListArray if pyarrow.types.is_list(kind) else pyarrow.LargeListArray
        mask = array.is_null() if array.null_count else None
        return made.from_arrays(array.offsets, values, type=kind, mask=mask)
    if pyarrow.types.is_struct(kind):
        children = [array.field(i) for i in range(kind.num_fields)]
        place = kind.get_field_index(path[0])
        children[place] = _rebuild(children[place], path[1:], leaves)
        mask = array.is_null() if array.null_count else None
        return pyarrow.StructArray.from_arrays(children, fields=list(kind), mask=mask)
    return pyarrow.array(leaves, type=kind)


def open_writer(target: Any, source: Any) -> Any:
    """Return a writer of the schema and the compression of ``source`` (a ParquetFile)."""
    pyarrow = load_pyarrow()
    metadata = source.metadata
    compression: Any = "snappy"
    if metadata.num_row_groups:
        group = metadata.row_group(0)
        columns = [group.column(i) for i in range(group.num_columns)]
        compression = {c.path_in_schema: _spell_codec(c.compression) for c in columns}
    # Inner names of lists stay as they are, compliant or not.
    return pyarrow.parquet.ParquetWriter(
        target, source.schema_arrow, compression=compression, use_compliant_nested_type=False
    )


def _spell_codec(name: str) -> str:
    return {"UNCOMPRESSED": "NONE", "LZ4_RAW": "LZ4"}.get(name, name)


@dataclass(frozen=True, slots=True)
class ParquetContainer:
    """A whole Parquet file in memory: a document for every row that has texts."""

    name: str
    data: bytes
    paths: tuple[FieldPath, ...]
    rows: tuple[int, ...]  # of each document
    documents: tuple[Document, ...]

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the file with the texts of ``documents``; the very bytes that were read if none changed."""
        check_count(self.name, self.documents, documents)
        if all(d.text == d.mt for d in documents):
            return self.data
        file = open_parquet(BytesIO(self.data), self.name)
        by_row = dict(zip(self.rows, documents, strict=True))
        out = BytesIO()
        first = 0
        with open_writer(out, file) as writer:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                columns = read_columns(table, self.paths)
                changed: set[int] = set()
                for row in range(table.num_rows):
                    document = by_row.get(first + row)
                    if document is not None:
                        changed |= change_row(columns, row, document)
                writer.write_table(
                    replace_columns(table, columns, sorted(changed)), row_group_size=table.num_rows or None
                )
                first += table.num_rows
        return out.getvalue()


def change_row(columns: Sequence[Column], row: int, document: Document) -> set[int]:
    """Put the texts of a record's document into ``columns``; return the numbers of those that changed."""
    slots = read_texts(columns, row)
    after = split_record(document, [text for _, _, text in slots])
    changed: set[int] = set()
    for (number, leaf, before), text in zip(slots, after, strict=True):
        if text != before:
            columns[number].leaves[leaf] = text
            changed.add(number)
    return changed


class ParquetFormat:
    """Parquet for the registry; the file's fields come with `ReadOptions`."""

    is_text = False

    def read(self, data: bytes, name: str, options: ReadOptions) -> ParquetContainer:
        """Read a file's bytes. Raises InputError; ConfigError for an unknown field."""
        file = open_parquet(BytesIO(data), name)
        paths = find_columns(file.schema_arrow, options.fields, name)
        rows: list[int] = []
        documents: list[Document] = []
        first = 0
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=[p[0] for p in paths])
            columns = read_columns(table, paths)
            for row in range(table.num_rows):
                texts = [text for _, _, text in read_texts(columns, row)]
                if texts:
                    rows.append(first + row)
                    documents.append(read_record(texts, f"{name}:{first + row + 1}", options.field_format or "text"))
            first += table.num_rows
        return ParquetContainer(name, data, paths, tuple(rows), tuple(documents))

    def read_text(self, text: str, name: str) -> Document:
        """A Parquet file is not a text. Raises InputError."""
        raise InputError(f"{name}: a Parquet file holds many documents; read it from a file")


def read_parquet() -> ParquetFormat:
    """Parquet for the registry."""
    return ParquetFormat()
