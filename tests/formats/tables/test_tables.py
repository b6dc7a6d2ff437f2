"""Tables: the wanted texts change, every other byte stays."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mtfix.errors import ConfigError, InputError, OutputError
from mtfix.formats import open_file
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tables.delimited import Dialect, read_delimited_record
from mtfix.formats.tables.fieldpath import parse_field, spell_field
from mtfix.formats.tables.jsonl import read_json_record
from mtfix.formats.tables.lines import Layout, TableFormat, plan_layout
from mtfix.formats.tables.records import read_record, split_record
from mtfix.formats.text.blocks import SEPARATOR
from mtfix.types import Document, Edit, Step

COMMA = Dialect()


def shout(document: Document) -> Document:
    """Make ``x`` in every segment ``X``, as a stage would."""
    segments = []
    for segment in document.segments:
        found = [i for i, c in enumerate(segment.text) if c == "x"]
        segments.append(segment.add(Step("test", tuple(Edit(i, i + 1, "X", "rule:T", "a test") for i in found))))
    return document.replace_segments(segments)


def fix_table(kind: str, data: bytes, *fields: str, encoding: str = "", field_format: str = "") -> bytes:
    """Read a table, make ``x`` in its fields ``X``, write it."""
    options = ReadOptions(encoding=encoding, fields=fields, field_format=field_format)
    container = TableFormat(kind).read(data, "t", options)
    return container.write([shout(d) for d in container.documents])


@pytest.mark.parametrize(
    ("line", "fields", "after"),
    [
        ('{"text": "a x", "n": 1.0}', ("text",), '{"text": "a X", "n": 1.0}'),
        ('{ "n":1E5,"body":{"x":"x","text":"a x"} }', ("body.text",), '{ "n":1E5,"body":{"x":"x","text":"a X"} }'),
        ('{"p": [{"t": "x"}, {"t": "y"}, {"t": "xx"}]}', ("p.t",), '{"p": [{"t": "X"}, {"t": "y"}, {"t": "XX"}]}'),
        ('{"p": ["x", ["x"], 3, null]}', ("p",), '{"p": ["X", ["X"], 3, null]}'),
        ('{"p": ["x", "x"]}', ("p.1",), '{"p": ["x", "X"]}'),
        ('{"a.b": "x", "a": {"b": "x"}}', ("a.b",), '{"a.b": "X", "a": {"b": "X"}}'),
        ('{"a": "x", "b": "x", "c": "x"}', ("a", "c"), '{"a": "X", "b": "x", "c": "X"}'),
        ('{"text": "x", "text": "x"}', ("text",), '{"text": "x", "text": "X"}'),
        ('{"text": "\\u0444 x"}', ("text",), '{"text": "\\u0444 X"}'),
        ('{"text": "ф x"}', ("text",), '{"text": "ф X"}'),
        ('{"text": "x <\\/b>"}', ("text",), '{"text": "X <\\/b>"}'),
        ('{"text": "x \\ud83d"}', ("text",), '{"text": "X \\ud83d"}'),
        ('\ufeff{"text": "x"}\r\n', ("text",), '\ufeff{"text": "X"}\r\n'),
        # Left alone:
        ('{"text": {"x": "x"}, "t": "x"}', ("text",), '{"text": {"x": "x"}, "t": "x"}'),
        ('{"text": null}', ("text",), '{"text": null}'),
        ('{"x": "x"}', ("body.text",), '{"x": "x"}'),
        ('["x"]', ("text",), '["x"]'),
        ("  \r\n", ("text",), "  \r\n"),
    ],
)
def test_json_lines(line: str, fields: tuple[str, ...], after: str) -> None:
    record = read_json_record(line, [parse_field(f) for f in fields])
    assert record.replace_texts([t.replace("x", "X") for t in record.texts]) == after


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "x"', "column 13"),
        ('{"text": "x"} {}', "column 15"),
        ('{"text" "x"}', "':'"),
        ('{"p": ["x" "y"]}', "','"),
        ("{text: 1}", "double quotes"),
        ("[" * 100_000, "nested too deeply|Expecting value"),
        ('{"p":' * 100_000, "nested too deeply|Expecting value"),
    ],
)
def test_broken_json_says_where(line: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_json_record(line, [("text",), ("p",)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(value=st.dictionaries(st.sampled_from(["a", "b", "text"]), JSON), ascii_=st.booleans(), indent=st.booleans())
def test_any_json_comes_back_as_it_was(value: dict[str, Any], ascii_: bool, indent: bool) -> None:
    line = json.dumps(value, ensure_ascii=ascii_, separators=(" , ", " : ") if indent else None)
    record = read_json_record(line, [("a", "b"), ("text",), ("b",)])
    assert record.replace_texts(record.texts) == line
    changed = json.loads(record.replace_texts([t + "!" for t in record.texts]))
    assert changed.keys() == value.keys()
    if isinstance(value.get("text"), str) and value["text"]:
        assert changed["text"] == value["text"] + "!"
    if "a" in value and not isinstance(value["a"], dict | list):
        assert changed["a"] == value["a"]


CELLS = st.text(st.sampled_from('ax,;"\n\r\té '), max_size=6)


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5), quoting=st.integers(0, 1))
@example(rows=[["x", '"', "\r\n"]], quoting=0)
def test_any_csv_agrees_with_the_csv_module(rows: list[list[str]], quoting: int) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=quoting).writerows([["id", "text", "end"], *rows])  # type: ignore[arg-type]
    data = out.getvalue().encode()
    layout = plan_layout(data, "t", "csv", ("text",))
    ends = list(layout.split(data))
    assert len(ends) == len(rows) + 1
    for start, end, row in zip(ends, ends[1:], rows, strict=False):
        record = layout.read(data[start:end])
        assert record.texts == ((row[1],) if row[1] else ())
        if row[1]:
            after = record.replace_texts([row[1].replace("x", 'X,"')])
            assert next(csv.reader(io.StringIO(after, newline=""))) == [row[0], row[1].replace("x", 'X,"'), row[2]]
    # A prefix of the table has the same record ends, as far as it goes: units may be cut from any piece.
    for cut in range(0, len(data), 3):
        assert list(layout.split(data[:cut], final=False)) == [e for e in ends if e <= cut and _is_sure(data, e, cut)]


def _is_sure(data: bytes, end: int, cut: int) -> bool:
    return not (end == cut and data[end - 1 : end] == b"\r")


def test_csv_keeps_quoting_and_line_ends() -> None:
    data = b'id;text;n\r\n1;"a ""x"" b";01\n2;x;"x"\r3; x ;x'
    assert fix_table("csv", data, "text") == b'id;text;n\r\n1;"a ""X"" b";01\n2;X;"x"\r3; X ;x'


def test_columns_by_number_have_no_header() -> None:
    assert fix_table("csv", b"x,x\nx,x\n", "2") == b"x,X\nx,X\n"


def test_a_quotation_mark_in_tsv_is_text() -> None:
    data = b'id\ttext\n1\t"x" he said\n2\t"open x\n3\tx\n'
    assert fix_table("tsv", data, "text") == data.replace(b'"x"', b'"X"').replace(b"open x", b"open X").replace(
        b"3\tx", b"3\tX"
    )


def test_an_old_encoding_stays() -> None:
    data = "текст\nда x “x”\n".replace("“", '"').replace("”", '"').encode("cp1251")
    assert fix_table("csv", data, "текст", encoding="windows-1251") == data.replace(b"x", b"X")


@pytest.mark.parametrize(
    ("line", "said"),
    [('1,"open', "does not close"), ('1,"a"b,c', "does not close"), ("1,2", "2 fields where"), ("1,2,3,4", "4 fields")],
)
def test_broken_csv_records(line: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_delimited_record(line, (1,), COMMA, width=3)


def test_tsv_refuses_a_text_that_it_cannot_hold() -> None:
    record = read_delimited_record("1\tx", (1,), Dialect("\t", quoted=False))
    with pytest.raises(OutputError, match="tab"):
        record.replace_texts(["a\tb"])


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("jsonl", b'{"body": {"text": "x"}, "id": 3}\n', "unknown field 'txt'.*body.text"),
        ("csv", b"id,text\n1,x\n", "unknown column 'txt': did you mean 'text'"),
        ("tsv", b"id\ttext\n", "Known: id, text"),
    ],
)
def test_an_unknown_field_lists_the_known(kind: str, data: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        fix_table(kind, data, "txt")


def test_what_is_no_table_of_lines_is_refused() -> None:
    with pytest.raises(InputError, match="convert it"):
        fix_table("csv", b"PAR1\x00\x01")
    with pytest.raises(InputError, match="convert it"):  # only whole tables can be read in UTF-16
        plan_layout('{"text": "x"}'.encode("utf-16"), "t", "jsonl")


TABLES = {
    "jsonl": '{"n": 1.0, "text": "an x “х”"}\n\n{"text": "a \\u0041"}',
    "csv": 'id;text;n\r\n1;"a ""x"", х";01\r\n2;y;"b"\r\n',
    "tsv": 'id\ttext\tn\n1\t"x х"\t01\n2\ty\t"b"',
}


@pytest.mark.parametrize("kind", sorted(TABLES))
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "packed"])
def test_tables_in_utf_16_and_in_gzip_come_back_as_they_were(kind: str, encoding: str, is_packed: bool) -> None:
    text = TABLES[kind]
    data = text.encode(encoding)
    if is_packed:
        half = len(data) // 2
        data = gzip.compress(data[:half], mtime=1) + gzip.compress(data[half:], 1, mtime=2)  # two members, dated
    format = TableFormat(kind, is_packed)
    options = ReadOptions(encoding=encoding if encoding.endswith("e") else "")
    container = format.read(data, "t", options)
    assert container.write(container.documents) == data
    after = container.write([shout(d) for d in container.documents])
    assert (gzip.decompress(after) if is_packed else after) == text.replace("x", "X").replace("teXt", "text").encode(
        encoding
    )
    again = format.read(after, "t", options)
    assert again.write([shout(d) for d in again.documents]) == after
    if is_packed:
        assert after[4:8] == bytes(4)  # no time of day in it


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_marks_that_an_encoding_lacks_are_plain_before_they_are_quoted(kind: str) -> None:
    data = TABLES[kind].replace("“", "'").replace("”", "'").encode("koi8-r")
    container = TableFormat(kind).read(data, "t", ReadOptions(encoding="koi8-r"))
    segment = container.documents[0].segments[0]
    at = segment.text.index("x")
    edited = segment.add(Step("test", (Edit(at, at + 1, "“X”", "rule:T", "a test"),)))
    first = container.documents[0].replace_segments([edited, *container.documents[0].segments[1:]])
    after = container.write([first, *container.documents[1:]])
    spelt = {"jsonl": b'\\"X\\"', "csv": b'""X""', "tsv": b'"X"'}[kind]
    assert spelt in after
    read_again = TableFormat(kind).read(after, "t", ReadOptions(encoding="koi8-r"))
    assert '"X"' in read_again.documents[0].mt


def test_a_broken_record_is_named_by_its_number() -> None:
    with pytest.raises(InputError, match=r"^t:2: column"):
        fix_table("jsonl", b'{"text": "x"}\n{\n')


def test_an_empty_table_stays_empty() -> None:
    assert [fix_table(kind, b"") for kind in ("jsonl", "csv", "tsv")] == [b"", b"", b""]


@given(data=st.lists(st.sampled_from([b"{}", b"\n", b"\r\n", b" ", b'{"text":"x"}'])).map(b"".join))
def test_records_of_json_lines_join_to_the_table(data: bytes) -> None:
    layout = Layout("jsonl")
    ends = list(layout.split(data))
    assert (ends[-1] if ends else 0) == len(data)
    assert ends == sorted(set(ends))
    assert list(layout.split(data, final=False)) == [e for e in ends if data[e - 1 : e] == b"\n"]


FIELDS = st.lists(
    st.sampled_from(["", "x", "Title x", "A x came. It rained.\n\nx", "\n\n", " \n\n x", "# x\n"]), min_size=1
)


@given(texts=FIELDS, format=st.sampled_from(["text", "markdown"]))
def test_texts_of_a_record_join_and_split(texts: list[str], format: str) -> None:
    document = read_record(texts, "r", format)
    assert document.mt == SEPARATOR.join(texts)
    assert split_record(document, texts) == tuple(texts)
    after = split_record(shout(document), texts)
    assert [t.lower() for t in after] == [t.lower() for t in texts]
    if format == "text":
        assert after == tuple(t.replace("x", "X") for t in texts)
    at = 0
    for gap, segment in zip(document.gaps, document.segments, strict=False):
        at += len(gap)
        assert segment.start == at
        at += len(segment.mt)


def test_a_title_before_a_body_is_a_heading() -> None:
    document = read_record(["Two people come to Moscow", "Two people came."], "r")
    assert [s.kind.value for s in document.segments] == ["heading", "sentence"]


def test_open_markup_in_one_field_does_not_swallow_the_next() -> None:
    data = b'{"a": "```\\nx", "b": "x"}'
    assert fix_table("jsonl", data, "a", "b", field_format="markdown") == b'{"a": "```\\nx", "b": "X"}'


@pytest.mark.parametrize("name", ["a", "a.b", r"a\.b.c"])
def test_field_names(name: str) -> None:
    assert spell_field(parse_field(name)) == name


@pytest.mark.parametrize("name", ["", "a..b", ".a", "a."])
def test_empty_parts_of_field_names_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"body\.text"):
        parse_field(name)


def write_parquet(path: Path) -> None:
    """A table with strings at the top, in a struct, in a list of structs; nulls at every level."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    rows = [
        {"id": 1, "text": "a x", "body": {"text": "x", "n": 1}, "p": [{"t": "x"}, {"t": None}]},
        {"id": 2, "text": None, "body": None, "p": None},
        {"id": 3, "text": "", "body": {"text": None, "n": None}, "p": []},
        {"id": 4, "text": "b", "body": {"text": "x x", "n": 2}, "p": [None, {"t": "yx"}, {"t": "x"}]},
    ]
    schema = pa.schema(
        [
            pa.field("id", pa.int32(), nullable=False),
            pa.field("text", pa.large_string()),
            pa.field("body", pa.struct([("text", pa.string()), ("n", pa.int64())])),
            pa.field("p", pa.list_(pa.struct([("t", pa.string())]))),
        ],
        metadata={"about": "wires"},
    )
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, path, row_group_size=3, compression="zstd")


def shouted(value: Any, wanted: Callable[[tuple[str, ...]], bool], path: tuple[str, ...] = ()) -> Any:
    """The rows as they should be."""
    if isinstance(value, dict):
        return {k: shouted(v, wanted, (*path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [shouted(v, wanted, path) for v in value]
    return value.upper() if isinstance(value, str) and wanted(path) and "x" in value else value


@pytest.mark.parametrize("fields", [("text",), ("body.text",), ("p.t",), ("text", "p.t", "body.text")])
def test_parquet(tmp_path: Path, fields: tuple[str, ...]) -> None:
    from mtfix.formats.tables.parquet import ParquetFormat

    write_parquet(tmp_path / "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    container = ParquetFormat().read(data, "t", ReadOptions(fields=fields))
    assert container.write(container.documents) == data
    (tmp_path / "after.parquet").write_bytes(container.write([upper(d) for d in container.documents]))
    import pyarrow.parquet as pq

    before = pq.read_table(tmp_path / "t.parquet")
    after = pq.read_table(tmp_path / "after.parquet")
    assert after.schema.equals(before.schema, check_metadata=True)
    wanted = {parse_field(f) for f in fields}
    assert after.to_pylist() == shouted(before.to_pylist(), lambda path: path in wanted)
    old, new = (pq.ParquetFile(tmp_path / n).metadata for n in ("t.parquet", "after.parquet"))
    assert [old.row_group(i).num_rows for i in range(2)] == [new.row_group(i).num_rows for i in range(2)] == [3, 1]
    assert new.row_group(0).column(0).compression == "ZSTD"


def upper(document: Document) -> Document:
    """Make segments that hold an x upper case."""
    segments = [
        s.add(Step("test", (Edit(0, len(s.text), s.text.upper(), "rule:T", "a test"),))) if "x" in s.text else s
        for s in document.segments
    ]
    return document.replace_segments(segments)


def test_parquet_names_text_columns(tmp_path: Path) -> None:
    from mtfix.formats.tables.parquet import ParquetFormat

    write_parquet(tmp_path / "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    with pytest.raises(ConfigError, match=r"unknown text column 'id'.*body\.text, p\.t, text"):
        ParquetFormat().read(data, "t", ReadOptions(fields=("id",)))
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        ParquetFormat().read(data[:-20], "t", ReadOptions())


def test_tables_are_found_by_extension(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    path.write_bytes(b'{"text": "One. Two."}\n\n{"text": "Three."}\n')
    container = open_file(path)
    assert [d.name for d in container.documents] == [f"{path}:1", f"{path}:3"]
    assert container.write(container.documents) == path.read_bytes()
