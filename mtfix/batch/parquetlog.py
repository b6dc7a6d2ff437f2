"""The edit log as Parquet, written in bounded pieces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from mtfix.formats.atomic import open_whole
from mtfix.formats.parquet import load_pyarrow

_PIECE = 20_000  # rows of a row group

_TEXTS = ("document", "original", "before", "after", "by", "why", "tier", "stage")
_NUMBERS = ("segment", "start", "end", "line", "column")


def write_parquet_log(parts: Iterable[Path], target: Path, scratch: Path) -> None:
    """Write the rows of ``parts`` (JSON Lines) in order. Raises OSError, InputError without pyarrow."""
    pyarrow = load_pyarrow()
    schema = pyarrow.schema(
        [
            *((name, pyarrow.string()) for name in _TEXTS),
            *((name, pyarrow.int64()) for name in _NUMBERS),
            ("confidence", pyarrow.float64()),
            ("applied", pyarrow.bool_()),
        ]
    )
    rows = _read_rows(parts)
    with open_whole(target, scratch) as out, pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while piece := list(islice(rows, _PIECE)):
            writer.write_table(pyarrow.Table.from_pylist(piece, schema=schema))


def _read_rows(parts: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for part in parts:
        with part.open("rb") as file:
            for line in file:
                yield json.loads(line)
