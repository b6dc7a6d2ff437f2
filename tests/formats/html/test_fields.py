"""HTML in fields of records: read across tags, several fields as one document, every other byte as it was."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mtfix.formats.html.fields import read_fields, write_fields
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tables.lines import TableFormat
from mtfix.formats.tables.records import read_record, split_record
from mtfix.types import Kind
from tests.formats.markup_stage import count


def fix(*texts: str) -> tuple[str, ...]:
    return split_record(count(read_record(texts, "t", "html")), texts)


def test_edits_cross_tags_and_fields_stay_apart() -> None:
    assert fix("Cost 2,5 million", "<p>About 2,5 <b>million</b>&nbsp;men</p><code>2,5 million</code>", "a < b, AT&T") == (
        "Cost 2.5 million", "<p>About 2.5 <b>million</b>&nbsp;men</p><code>2,5 million</code>", "a < b, AT&T",
    )  # fmt: skip
    assert fix("<p>About 2,5 <b>million</b>") == ("<p>About 2.5 <b>million</b>",)
    assert fix("Plain 2,5 million & <3") == ("Plain 2.5 million & <3",)


def test_a_title_is_a_heading_because_a_body_follows() -> None:
    kinds = [s.kind for s in read_fields(["The price grew", "<p>It grew.</p>"], "t").segments]
    assert kinds == [Kind.HEADING, Kind.SENTENCE]
    assert [s.kind for s in read_fields(["The price grew"], "t").segments] == [Kind.SENTENCE]


def test_json_lines_with_html() -> None:
    line = '{"id": "2,5 million", "title": "Cost 2,5 million", "body": "<p>About 2,5 <i>million<\\/i> men<\\/p>"}\n'
    options = ReadOptions(fields=("title", "body"), field_format="html")
    container = TableFormat("jsonl").read(line.encode(), "t", options)
    assert container.write(container.documents) == line.encode()
    after = container.write([count(d) for d in container.documents]).decode()
    assert after == line.replace("Cost 2,5", "Cost 2.5").replace("About 2,5", "About 2.5")
    assert json.loads(after)["id"] == "2,5 million"


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "2,5 ", "million ", "&nbsp;", "\n\n", "<", "&", "One. ", "<code>"]
)
TEXTS = st.lists(st.lists(PIECES, max_size=6).map("".join), min_size=1, max_size=3)


@given(TEXTS)
def test_any_fields_come_back(texts: list[str]) -> None:
    assert write_fields(read_fields(texts, "t"), texts) == tuple(texts)
    after = fix(*texts)
    assert fix(*after) == after
