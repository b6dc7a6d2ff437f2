from __future__ import annotations

from hypothesis import given

from mtfix.files.lines import LineIndex
from mtfix.findings import Status, count_rules, list_findings, summarize
from mtfix.types import Document, Edit, Refusal, Segment, Step, Tier, apply_edits
from tests.report.documents import TEXT, documents


def make(text: str, *steps: Step, before: str = "") -> Document:
    segment = Segment(text, text)
    for step in steps:
        segment = segment.add(step)
    return Document("wire.txt", (segment,), (before, "\n"))


def test_place_counts_lines_and_code_points() -> None:
    edit = Edit(4, 7, "2.5", "rule:X", "why")
    (found,) = list_findings(make("\U0001f600 é 2,5", Step("pre", (edit,)), before="a\r\nb\rc\n\n"))
    assert (found.line, found.column, found.end_line, found.end_column) == (5, 5, 5, 8)
    assert (found.start, found.end, found.original, found.rule) == (12, 15, "2,5", "X")
    assert found.place == "wire.txt:5:5"


def test_edit_of_an_edit_is_placed_where_its_words_came_from() -> None:
    first, second = Edit(0, 2, "the group", "rule:A", "a"), Edit(4, 9, "band", "rule:B", "b")
    found = list_findings(make("IG left", Step("pre", (first,)), Step("post", (second,))))
    assert [(f.rule, f.original, f.before, f.after) for f in found] == [
        ("A", "IG", "IG", "the group"),
        ("B", "IG", "group", "band"),
    ]


def test_flag_is_a_suggestion_that_writes_what_stands_there() -> None:
    flag, offer = Edit(0, 1, "a", "rule:F", "f"), Edit(2, 3, "c", "rule:S", "s", Tier.SUGGEST)
    found = list_findings(make("a b", Step("pre", (), (flag, offer))))
    assert [f.status for f in found] == [Status.FLAG, Status.SUGGESTED]
    assert [f.tier for f in found] == [Tier.SUGGEST, Tier.SUGGEST]


def test_counts_put_the_busiest_author_first() -> None:
    one, two = Edit(0, 1, "x", "rule:B", "b"), Edit(2, 3, "y", "rule:B", "b")
    refused = Refusal(Edit(0, 1, "z", "rule:A", "a"), "unsafe")
    found = list_findings(make("a b", Step("pre", (one, two), (), (refused,))))
    assert [(c.by, c.applied, c.suggested, c.refused) for c in count_rules(found)] == [
        ("rule:B", 2, 0, 0),
        ("rule:A", 0, 0, 1),
    ]
    assert summarize(found) == "2 edits, 1 refusal"


@given(documents())
def test_every_edit_is_found_where_the_trail_says(document: Document) -> None:
    found = list_findings(document)
    shown = [f for f in found if f.status is not Status.REFUSED]
    expected = [
        (number, s, i, applied, edit)
        for number, segment in enumerate(document.segments)
        for s, step in enumerate(segment.trail)
        for edits, applied in ((step.edits, True), (step.suggested, False))
        for i, edit in enumerate(edits)
    ]
    got = [(f.segment, f.step, f.index, f.applied, f.edit) for f in shown]
    assert {*map(repr, got)} == {*map(repr, expected)}
    assert len(got) == len(expected)
    for f in shown:  # what the edit replaced is what stood there when its step began
        segment = document.segments[f.segment]
        text = segment.mt
        for step in segment.trail[: f.step]:
            text = apply_edits(text, step.edits)
        assert text[f.edit.start : f.edit.end] == f.before
    assert all(document.mt[f.start : f.end] == f.original for f in found)
    assert [f.start for f in found] == sorted(f.start for f in found)


@given(TEXT)
def test_line_index_agrees_with_universal_newlines(text: str) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue  # no edit begins between the two
        before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
        assert index.locate(offset) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
