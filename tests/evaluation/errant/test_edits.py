"""Edits between sentences: what they are, and that they lead from one to the other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.evaluation.errant.edits import TypedEdit, count_edits, extract_edits
from mtfix.evaluation.report.page import diff_words

WORDS = st.lists(
    st.sampled_from("the a Kazan was were detained goes go in , . not n't 's 2.5 cat cats \" quickly".split()),
    max_size=9,
)


def apply(text: str, edits: list[TypedEdit]) -> str:
    parts = []
    at = 0
    for edit in edits:
        assert at <= edit.start <= edit.end
        parts += [text[at : edit.start], edit.replacement]
        at = edit.end
    return "".join([*parts, text[at:]])


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_edits_lead_from_one_sentence_to_the_other(before: list[str], after: list[str]) -> None:
    a, b = " ".join(before), " ".join(after)
    assert apply(a, extract_edits(a, b)).split() == b.split()


@settings(max_examples=100, deadline=None)
@given(st.text("ab ,.'\"\n", max_size=20), st.text("ab ,.'\"\n", max_size=20))
def test_any_text_can_be_compared(a: str, b: str) -> None:
    assert "".join(apply(a, extract_edits(a, b)).split()) == "".join(b.split())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_the_inline_difference_holds_both_texts(a: str, b: str) -> None:
    pieces = diff_words(a, b)
    assert "".join(t for k, t in pieces if k != "-") == b
    assert "".join(t for k, t in pieces if k == "-" or k == "=") or not a
    assert len("".join(t for k, t in pieces if k != "+").split()) == len(a.split())


@pytest.mark.parametrize(
    ("before", "after", "types"),
    [
        ("He go home .", "He goes home .", ["R:VERB:SVA"]),
        ("They was late .", "They were late .", ["R:VERB:SVA"]),
        ("He comes tomorrow .", "He came tomorrow .", ["R:VERB:TENSE"]),
        ("He stopped to smoke .", "He stopped smoking .", ["R:VERB:FORM"]),
        ("two car stood there", "two cars stood there", ["R:NOUN:NUM"]),
        ("He saw house .", "He saw the house .", ["M:DET"]),
        ("He saw the the house .", "He saw the house .", ["U:DET"]),
        ("He arrived to Kazan .", "He arrived in Kazan .", ["R:PREP"]),
        ("He saw a cat and dog", "He saw a cat , and dog", ["M:PUNCT"]),
        ("in kazan today", "in Kazan today", ["R:ORTH"]),
        ("ice cream is good", "icecream is good", ["R:ORTH"]),
        ("he said quickly", "he said slowly", ["R:ADV"]),
        ("It cost 5 rubles .", "It cost 7 rubles .", ["R:NUM"]),
        ("He met Petrov today .", "He met Sidorov today .", ["R:NAME"]),
        ("He do n't know .", "He does n't know .", ["R:VERB:SVA"]),
        ("the goverment fell", "the government fell", ["R:SPELL"]),
        ("house the red", "the red house", ["R:WO"]),
        ("He is waiting .", "He was waiting .", ["R:VERB:TENSE"]),
        ("He came , she left .", "He came ; she left .", ["R:PUNCT"]),
    ],
)
def test_types(before: str, after: str, types: list[str]) -> None:
    assert [e.type for e in extract_edits(before, after)] == types


@pytest.mark.parametrize("text", ["", "The same.", "  spaced   out "])
def test_equal_texts_have_no_edits(text: str) -> None:
    assert extract_edits(text, text) == []
    assert extract_edits(text, " ".join(text.split())) == []


def test_a_very_long_difference_is_one_edit() -> None:
    a, b = " ".join(f"a{i}" for i in range(300)), " ".join(f"b{i}" for i in range(300))
    assert len(extract_edits(a, b)) == 1


def test_counts_against_the_human() -> None:
    mt = "He go to a school on Monday ."
    human = extract_edits(mt, "He goes to school on Monday .")
    counts = count_edits()
    counts.add(extract_edits(mt, "He goes to a school at Monday ."), human)
    assert (counts.hits[""], counts.spurious[""], counts.missed[""]) == (1, 1, 1)
    assert counts.precision() == counts.recall() == counts.f_half() == 0.5
    assert counts.recall("R:VERB:SVA") == 1.0 and counts.recall("U:DET") == 0.0
    assert counts.precision("R:PREP") == 0.0


def test_no_edits_of_either_are_no_fault() -> None:
    counts = count_edits()
    counts.add([], [])
    assert counts.precision() == counts.recall() == counts.f_half() == 1.0
