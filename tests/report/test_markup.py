from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.findings import Status, list_findings
from mtfix.report.markup import Part, Piece, mark_segments
from mtfix.types import Document
from tests.report.documents import TEXT, documents


@given(documents())
def test_pieces_give_both_texts_and_hold_every_finding_once(document: Document) -> None:
    findings = list_findings(document)
    marked = mark_segments(document, findings)
    for segment, pieces in zip(document.segments, marked, strict=True):
        assert "".join(p.before for p in pieces) == segment.mt
        assert "".join(p.after for p in pieces) == segment.text
        assert all(p.findings for p in pieces if p.changed)
    held = [id(f) for pieces in marked for p in pieces for f in p.findings]
    assert len(held) == len(set(held))
    offered = {id(f) for f in findings if f.status in (Status.SUGGESTED, Status.FLAG)}
    assert offered <= set(held)


@given(TEXT, TEXT)
def test_parts_give_both_sides(before: str, after: str) -> None:
    parts = Piece(before, after).parts()
    assert "".join(t for p, t in parts if p is not Part.INSERTED) == before
    assert "".join(t for p, t in parts if p is not Part.DELETED) == after


@given(st.lists(st.sampled_from(["a", "b", "c", " ", ","]), max_size=12).map("".join))
def test_same_text_is_one_part(text: str) -> None:
    assert Piece(text, text).parts() == ([(Part.SAME, text)] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("2,5 thousand", "2,500", "-2,5 thousand +2,500"),
        ("the 2,5 million", "the 2.5 million", "=the  -2,5 +2.5 = million"),
        ("a b", "a c b", "=a  +c  =b"),
        # Three words that stand on both sides are shown once, one or two are not.
        ("it said the press service today", "today the press service said it", None),
        ("29 December 2014", "December 29, 2014", "-29 December +December 29, =  =2014"),
        ("x one y", "p one q", "-x one y +p one q"),
    ],
)
def test_marks_are_what_a_reader_needs(before: str, after: str, shown: str | None) -> None:
    signs = {Part.SAME: "=", Part.DELETED: "-", Part.INSERTED: "+"}
    parts = Piece(before, after).parts()
    if shown is None:
        assert [t.strip() for p, t in parts if p is Part.SAME] == ["the press service"]
    else:
        assert " ".join(signs[p] + t for p, t in parts) == shown
