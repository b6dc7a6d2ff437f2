"""Words of a replacement find the words they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.formats.markup.wordalign import Swap, align_words

TEXTS = st.text(st.sampled_from("ab IG,.1-\n"), max_size=30)


def apply(old: str, swaps: list[Swap]) -> str:
    parts, at = [], 0
    for swap in swaps:
        assert at <= swap.start <= swap.end
        parts += [old[at : swap.start], swap.text]
        at = swap.end
    return "".join([*parts, old[at:]])


@given(TEXTS, TEXTS)
def test_swaps_make_the_new_text(old: str, new: str) -> None:
    assert apply(old, align_words(old, new)) == new


@given(TEXTS)
def test_a_text_is_its_own_alignment(text: str) -> None:
    assert align_words(text, text) == []


@pytest.mark.parametrize(
    ("old", "new", "swaps"),
    [
        ("2,5 thousand", "2,500", [(0, 3, "2,500"), (3, 4, ""), (4, 12, "")]),
        (
            "the terrorists of IG",
            "IS terrorists",
            [(0, 3, ""), (3, 3, "IS"), (14, 15, ""), (15, 17, ""), (17, 18, ""), (18, 20, "")],
        ),
        ("was conducted work", "work was conducted", [(0, 0, "work "), (13, 14, ""), (14, 18, "")]),
        ("The IG", "Islamic State", [(0, 3, ""), (3, 4, ""), (4, 6, "Islamic"), (6, 6, " State")]),
        ('IG", – he', 'Islamic State," he', [(0, 2, "Islamic"), (2, 2, " State"), (2, 3, ""), (4, 5, ""), (5, 6, '"')]),
        ("Moscow's mayor", "mayor of Moscow", None),
        ("a militants", "Militants", [(0, 1, ""), (1, 2, ""), (2, 11, "Militants")]),
    ],
    ids=["number", "shorter", "move", "acronym", "marks", "any", "case"],
)
def test_known_alignments(old: str, new: str, swaps: list[tuple[int, int, str]] | None) -> None:
    found = align_words(old, new)
    assert apply(old, found) == new
    if swaps is not None:
        assert [tuple(s) for s in found] == swaps


def test_long_texts_are_one_swap_between_their_common_ends() -> None:
    old = "A " + "b " * 900 + "z"
    new = "A " + "c " * 900 + "z"
    (swap,) = align_words(old, new)
    assert (swap.start, swap.end) == (2, len(old) - 2)
