"""Tables from the command line: nested fields, several at once, compressed and in UTF-16, with fix, check and batch."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

TITLE, BODY, KEPT = "Up to 2,5 million", "About 2,5 million came.", "2,5 million"
FIELDS = ("--field", "title", "--field", "body.text")
ROWS: list[dict[str, Any]] = [
    {"id": "01", "title": TITLE, "body": {"text": BODY, "source": KEPT}},
    {"id": "02", "title": "It rained", "body": {"text": "It snowed.", "source": KEPT}},
]


def spell(kind: str, *, is_fixed: bool) -> bytes:
    """Return the table of `ROWS` in one of four formats."""
    rows = [dict(row, body=dict(row["body"])) for row in ROWS]
    if is_fixed:
        for row in rows:
            row["title"] = row["title"].replace("2,5", "2.5")
            row["body"]["text"] = row["body"]["text"].replace("2,5", "2.5")
    if kind == "jsonl":
        return "".join(json.dumps(row, separators=(" , ", ":")) + "\r\n" for row in rows).encode()
    mark, quote = (",", '"') if kind == "csv" else ("\t", "")
    lines = [mark.join(("id", "title", "body.text", "source"))]
    lines += [
        mark.join((r["id"], quote + r["title"] + quote, quote + r["body"]["text"] + quote, quote + KEPT + quote))
        for r in rows
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "tsv"])
@pytest.mark.parametrize("dress", ["plain", "gz", "utf-16"])
def test_several_fields_and_nested_ones(run: Run, folder: Path, kind: str, dress: str) -> None:
    name = f"w.{kind}.gz" if dress == "gz" else f"w.{kind}"

    def wear(table: bytes) -> bytes:
        return {"plain": table, "gz": gzip.compress(table), "utf-16": table.decode().encode("utf-16")}[dress]

    def unpack(data: bytes) -> bytes:
        return gzip.decompress(data) if dress == "gz" else data

    wanted = unpack(wear(spell(kind, is_fixed=True)))
    (folder / "in").mkdir()
    (folder / "in" / name).write_bytes(wear(spell(kind, is_fixed=False)))
    assert run("fix", f"in/{name}", *FIELDS, "-o", name).code == 0
    assert unpack((folder / name).read_bytes()) == wanted
    again = run("fix", name, *FIELDS)
    assert again.raw == (folder / name).read_bytes()
    found = run("check", f"in/{name}", *FIELDS)
    assert found.code == 1
    assert found.out.count("DESK_COMMA") == 2
    assert run("batch", "in", "-o", "out", *FIELDS, "-w", "1").code == 0
    assert (folder / "out" / name).read_bytes() == (folder / name).read_bytes()
    wrong = run("fix", name, "--field", "titel")
    assert wrong.code == 2
    assert "did you mean 'title'?" in wrong.err


def test_several_fields_and_nested_ones_of_parquet(run: Run, folder: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    (folder / "in").mkdir()
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "in" / "w.parquet")
    assert run("fix", "in/w.parquet", *FIELDS, "-o", "w.parquet").code == 0
    rows = pq.read_table(folder / "w.parquet").to_pylist()
    assert rows == [json.loads(line) for line in spell("jsonl", is_fixed=True).splitlines()]
    assert run("check", "in/w.parquet", *FIELDS).out.count("DESK_COMMA") == 2
    assert run("batch", "in", "-o", "out", *FIELDS, "-w", "1").code == 0
    assert pq.read_table(folder / "out" / "w.parquet").to_pylist() == rows


def test_a_damaged_compressed_table_is_one_line_and_fails_alone_in_a_batch(run: Run, folder: Path) -> None:
    good = gzip.compress(spell("jsonl", is_fixed=False))
    (folder / "in").mkdir()
    (folder / "in" / "bad.jsonl.gz").write_bytes(good[:-10])
    (folder / "in" / "good.jsonl.gz").write_bytes(good)
    outcome = run("fix", "in/bad.jsonl.gz", *FIELDS, "--in-place")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "mtfix: in/bad.jsonl.gz: its gzip data end too early; fetch the file again\n"
    assert run("batch", "in", "-o", "out", *FIELDS, "-w", "1").code == 1
    assert (folder / "out" / "bad.jsonl.gz").read_bytes() == good[:-10]
    assert gzip.decompress((folder / "out" / "good.jsonl.gz").read_bytes()) == spell("jsonl", is_fixed=True)
