from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.model.align import align, apply_hunks, tokenize

WORDS = st.lists(
    st.sampled_from(
        ["the", "a", "men", "man", "was", "were", "detained", ",", ".", "12", "In", "Moscow", '"', "(", ")"]
    ),
    max_size=12,
)


def texts(draw_words: list[str], glue: list[bool]) -> str:
    out = ""
    for word, tight in zip(draw_words, glue, strict=False):
        out += word if tight or not out else " " + word
    return out


TEXT = st.builds(texts, WORDS, st.lists(st.booleans(), min_size=12, max_size=12))


@given(TEXT, TEXT)
def test_hunks_turn_the_input_into_the_hypothesis(text: str, hypothesis: str) -> None:
    result = apply_hunks(text, align(text, hypothesis))
    assert [t.text for t in tokenize(result)] == [t.text for t in tokenize(hypothesis)]


@given(TEXT, TEXT)
def test_hunks_are_sorted_apart_and_change_something(text: str, hypothesis: str) -> None:
    end = 0
    for number, hunk in enumerate(align(text, hypothesis)):
        assert (hunk.start >= end if number else hunk.start >= 0) and hunk.end <= len(text)
        assert text[hunk.start : hunk.end] != hunk.replacement
        end = hunk.end


@given(st.text(max_size=60))
def test_a_text_has_no_hunks_with_itself(text: str) -> None:
    assert align(text, text) == []


@pytest.mark.parametrize(
    ("text", "hypothesis", "spans"),
    [
        ("They signed law.", "They signed the law.", [("", " the")]),
        ("The men is here.", "The men are here.", [("is", "are")]),
        ("It also will be.", "It will also be.", [("also will", "will also")]),
        ("He left in the Moscow.", "He left Moscow.", [(" in the", "")]),
        ("but, until now they stay", "but they stay", [(", until now", "")]),
        ("paid (in less than an hour)", "paid (less than an hour)", [("in ", "")]),
    ],
)
def test_hunks(text: str, hypothesis: str, spans: list[tuple[str, str]]) -> None:
    assert [(text[h.start : h.end], h.replacement) for h in align(text, hypothesis)] == spans


@pytest.mark.parametrize("text", ["said:  “yes”", "a\u00a0b c", "x\ty", "½ of it…"])
def test_spacing_and_folded_characters_of_the_input_stay(text: str) -> None:
    folded = " ".join(text.replace("…", "...").replace("½", "1/2").split())
    assert align(text, folded, lambda t: {"…": "..."}.get(t, t)) == [] or "½" in text


@pytest.mark.parametrize(
    ("text", "hypothesis", "hunks"),
    [
        (
            "In Moscow detained 12 citizens of Peru, suspected in arson.",
            "In Moscow, 12 citizens of Peru were detained, suspected of arson.",
            [("detained 12 citizens of Peru", ", 12 citizens of Peru were detained"), ("in", "of")],
        ),
        (
            "a meeting where discussed the situation in the north",
            "a meeting where the situation in the north was discussed",
            [("discussed the situation in the north", "the situation in the north was discussed")],
        ),
        # Articles and prepositions that come and go are edits of their own, however near.
        ("The men saw law in court.", "Men saw the law at court.", [("The men", "Men"), ("", "the"), ("in", "at")]),
    ],
)
def test_moves_are_one_hunk(text: str, hypothesis: str, hunks: list[tuple[str, str]]) -> None:
    assert [(" ".join(h.before), " ".join(h.after)) for h in align(text, hypothesis)] == hunks
