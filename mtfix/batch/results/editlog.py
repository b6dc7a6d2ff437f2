"""The edit log of a batch as one file, Parquet or JSON Lines, written in bounded pieces."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from mtfix.files.atomic import open_whole
from mtfix.findings import Finding, Status
from mtfix.formats.tables.parquet import load_pyarrow
from mtfix.report.editlog import describe_finding

_PIECE = 20_000  # rows of a row group

_TEXTS = ("document", "original", "before", "after", "by", "why", "tier", "sureness", "stage")
_NUMBERS = ("segment", "start", "end", "line", "column")


def write_log(rows: Iterable[dict[str, Any]], target: Path, scratch: Path) -> None:
    """Write rows as Parquet or, by any other name, as JSON Lines. Raises OSError, InputError without pyarrow."""
    if target.suffix == ".parquet":
        with open_whole(target, scratch) as out:
            _fill_parquet(iter(rows), out)
        return
    with open_whole(target, scratch) as out:
        for row in rows:
            out.write(format_row(row))


def format_row(row: dict[str, Any]) -> bytes:
    """Return a row as a line of JSON."""
    return (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def render_parquet(findings: Iterable[Finding]) -> bytes:
    """Return the log of applied and suggested edits as a Parquet file in memory. Raises InputError without pyarrow."""
    out = io.BytesIO()
    _fill_parquet((describe_finding(f) for f in findings if f.status is not Status.REFUSED), out)
    return out.getvalue()


def _fill_parquet(rows: Iterator[dict[str, Any]], out: BinaryIO) -> None:
    pyarrow = load_pyarrow()
    schema = pyarrow.schema(
        [
            *((name, pyarrow.string()) for name in _TEXTS),
            *((name, pyarrow.int64()) for name in _NUMBERS),
            ("confidence", pyarrow.float64()),
            ("applied", pyarrow.bool_()),
        ]
    )
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while piece := list(islice(rows, _PIECE)):
            writer.write_table(pyarrow.Table.from_pylist([_spell_out(row) for row in piece], schema=schema))


def _spell_out(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose document's name is UTF-8: bytes of a file's name that are not become escapes, as in JSON."""
    return row | {"document": row["document"].encode("utf-8", "backslashreplace").decode()}


def read_rows(parts: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield the rows of files of JSON Lines in their order. Raises OSError."""
    for part in parts:
        with part.open("rb") as file:
            for line in file:
                yield json.loads(line)
