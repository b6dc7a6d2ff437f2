from __future__ import annotations

import pytest

from mtfix.model.align import Hunk, align
from mtfix.model.classify import EditType
from mtfix.model.confidence import INSERTED, least_probability
from mtfix.model.evidence import Evidence, Style, is_deletion, is_insertion


@pytest.mark.parametrize(
    ("text", "hypothesis", "puts_in"),
    [
        ("They signed law.", "They signed the law.", True),
        ("He said that.", "He said that, too.", True),
        ("City Omsk is big.", "The city of Omsk is big.", True),
        ("It is opened case.", "It is open to the case.", True),
        ("Two Finnish town plans fell.", "Plans of two Finnish town fell.", True),
        ("They signed on the law.", "They signed the law.", False),
        ("He is guilty on murder.", "He is guilty of murder.", False),
        ("In Moscow were detained 12 men.", "In Moscow 12 men were detained.", False),
        ("Two games is left.", "Two games are left.", False),
        ("The plan of the town fell.", "The town plan fell.", False),
    ],
)
def test_what_puts_words_in(text: str, hypothesis: str, puts_in: bool) -> None:
    (hunk,) = align(text, hypothesis)
    assert is_insertion(hunk) is puts_in
    assert not (is_insertion(hunk) and is_deletion(hunk))


def test_a_mark_put_in_is_an_insertion_and_one_taken_out_is_none() -> None:
    assert is_insertion(Hunk(3, 3, ",", (), (",",)))
    assert not is_insertion(Hunk(3, 4, "", (",",), ()))


def test_only_what_puts_words_in_needs_what_insertions_need() -> None:
    def judge(hunk: Hunk) -> float:
        evidence = Evidence(
            EditType.PREPOSITION, 1.0, 1.0, 1, 1.0, 9, hunk, Style(1.0, 0.0, 9), 0.0, "a", "b"
        )  # fmt: skip
        return least_probability({"preposition": 0.4, "preposition" + INSERTED: 0.9}, evidence)

    assert judge(Hunk(0, 2, "of", ("on",), ("of",))) == 0.4
    assert judge(Hunk(0, 0, "of ", (), ("of",))) == 0.9
    assert judge(Hunk(0, 3, "of the", ("the",), ("of", "the"))) == 0.9
