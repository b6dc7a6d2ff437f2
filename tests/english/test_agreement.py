"""What a replacement agrees with."""

from __future__ import annotations

import pytest

from mtfix.english.agreement import agree_article, keep_line_breaks, opens_sentence, recase, wants_an


@pytest.mark.parametrize(
    ("word", "an"),
    [
        *[
            (w, True)
            for w in (
                "attack",
                "hour",
                "honest",
                "FSB",
                "MP",
                "SVR",
                "8",
                "80",
                "11",
                "18",
                "uninhabited",
                "IED",
                "umbrella",
                "unimportant",
                "X-ray",
                "Omsk",
            )
        ],
        *[
            (w, False)
            for w in (
                "union",
                "European",
                "one-way",
                "use",
                "NATO",
                "UN",
                "bank",
                "7",
                "100",
                "Ukrainian",
                "university",
                "U.S.",
                "eulogy",
                "unit",
                "unique",
                "Yemeni",
                "helper",
            )
        ],
    ],
)
def test_wants_an(word: str, an: bool) -> None:
    assert wants_an(word) is an


def test_article_is_mended_only_when_the_edit_breaks_it() -> None:
    assert agree_article("an old plan", 3, 6, "new") == (0, "a new")
    assert agree_article("a old plan", 2, 5, "actual") == (2, "actual")
    assert agree_article("Iran old", 5, 8, "new") == (5, "new")
    assert agree_article("old plan", 0, 3, "new") == (0, "new")


def test_recase_keeps_what_the_rule_wrote_in_the_middle() -> None:
    assert recase("In Party of liberation", 3, 22, "the group") == "the group"
    assert recase("Party of liberation", 0, 19, "the group") == "The group"
    assert recase("THE PARTY OF LIBERATION", 4, 23, "group") == "GROUP"


@pytest.mark.parametrize(
    ("text", "at", "opens"),
    [("A b", 0, True), ("A b", 2, False), ("He: b", 4, True), ("said “B", 6, True), ("(a “b”) c", 9, False)],
)
def test_opens_sentence(text: str, at: int, opens: bool) -> None:
    assert opens_sentence(text, at) is opens


def test_line_breaks() -> None:
    assert keep_line_breaks("a b", 3, "a b", "c") == (3, "c")
    assert keep_line_breaks("a\nb c", 3, "a\nb", "x y") == (3, "x\ny")
    assert keep_line_breaks("a\r\nb c", 4, "a\r\nb", "x") == (5, "x\r\n")
