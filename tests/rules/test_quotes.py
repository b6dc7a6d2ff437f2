"""Where a document quotes, and which quotations are somebody's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.rules.quotes import find_quotes, is_speech
from tests.rules.conftest import make_document


def quoted(*paragraphs: str | list[str]) -> list[list[tuple[str, bool]]]:
    document = make_document(*paragraphs)
    return [
        [(s.text[q.start : q.end], q.speech) for q in quotes]
        for s, quotes in zip(document.segments, find_quotes(document), strict=True)
    ]


def test_speech_and_names_are_told_apart() -> None:
    assert quoted("“There is information on their return home,” he said of “Islamic state”.") == [
        [("There is information on their return home,", True), ("Islamic state", False)]
    ]


def test_straight_quotes_pair_up() -> None:
    assert quoted('He said "we will not give up" and left for "Almaz".') == [
        [("we will not give up", True), ("Almaz", False)]
    ]


def test_russian_quotes_and_nesting() -> None:
    assert quoted("The plant «Almaz» and «the company „Zvezda“ of Omsk city works well»") == [
        [("Almaz", False), ("the company „Zvezda“ of Omsk city works well", True)]
    ]


def test_a_quotation_over_sentences_is_speech_in_each() -> None:
    assert quoted(["“We came.", "It was late,” he said."]) == [[("We came.", True)], [("It was late,", True)]]


def test_a_quotation_over_paragraphs() -> None:
    found = quoted("“The first paragraph does not close.", "“The second one does,” he said. “Good.”")
    assert found == [
        [("The first paragraph does not close.", True)],
        [("The second one does,", True), ("Good.", True)],
    ]


def test_a_stray_mark_does_not_swallow_the_document() -> None:
    found = quoted("He was 6' 2\" tall.", "The plant works.", "It closed.")
    assert found[1:] == [[], []]


def test_inches_and_apostrophes_are_no_quotes() -> None:
    assert quoted("The governors' plan wasn't new.") == [[]]


@pytest.mark.parametrize(
    ("words", "speech"),
    [
        ("Islamic state", False),
        ("the Party of Islamic liberation", False),
        ("financial centers", False),
        ("War and Peace", False),
        ("I won", True),
        ("Never!", True),
        ("It was a cold night,", True),
        ("significantly enriched only this year information about the individuals", True),
    ],
)
def test_is_speech(words: str, speech: bool) -> None:
    assert is_speech(words) is speech


@given(st.lists(st.text("ab .\"“”«»„'", max_size=20), min_size=1, max_size=5))
def test_spans_are_sorted_disjoint_and_inside(texts: list[str]) -> None:
    document = make_document(*texts)
    for segment, quotes in zip(document.segments, find_quotes(document), strict=True):
        end = 0
        for quote in quotes:
            assert end <= quote.start < quote.end <= len(segment.text)
            end = quote.end


def test_a_quotation_in_hard_wrapped_text() -> None:
    from mtfix.formats import read_document

    text = (
        "The work in the region goes on every day and night, the ministry says.\n"
        "“We look at all the papers of those people who come back to the city.\n"
        "We will not stop,” the minister said to the reporters on a Monday, and\n"
        "then he went home.\n"
    )
    document = read_document(text)
    found = [
        s.text[q.start : q.end] for s, qs in zip(document.segments, find_quotes(document), strict=True) for q in qs
    ]
    assert len(document.paragraphs()) == 1
    assert found == ["We look at all the papers of those people who come back to the city.", "We will not stop,"]
