"""Values of numbers: pairs that say the same, pairs that do not, and invariants."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.english.numerals import find_numbers, format_number, number_values, read_digits, same_numbers

SAME = [
    ("2,5 thousand", "2,500"),
    ("2.5 thousand", "2,500"),
    ("12 500 people", "12,500 people"),
    ("1.234,5", "1,234.5"),
    ("1 234 567,5 rubles", "1,234,567.5 rubles"),
    ("two dozen", "24"),
    ("a dozen men", "12 men"),
    ("the last decade of January", "the last ten days of January"),
    ("2 thousand 500", "2,500"),
    ("9 million 300 thousand rubles", "9.3 million rubles"),
    ("11 billion 900 million dollars", "11.9 billion dollars"),
    ("1 million 234 thousand 567", "1,234,567"),
    ("rose by 2 rubles 40 kopecks, to 71,3 rubles", "rose by 2.40 rubles to 71.3 rubles"),
    ("at 18.30", "at 6:30 p.m."),
    ("17.00 Moscow time", "5 p.m. Moscow time"),
    ("04.15", "4:15 a.m."),
    ("9 o'clock in the evening", "9 p.m."),
    ("at noon", "at 12:00"),
    ("twenty-five", "25"),
    ("two hundred and fifty thousand", "250,000"),
    ("between one hundred and two hundred", "between 100 and 200"),
    ("one thousand and one nights", "1,001 nights"),
    ("a million and a half", "1.5 million"),
    ("half a million", "500,000"),
    ("2½ years", "2.5 years"),
    ("16 October 2006", "October 16, 2006"),
    ("16.10.2006", "October 16, 2006"),
    ("2006-10-16", "16 October 2006"),
    ("5 %", "5 percent"),
    ("3-4 thousand", "3,000-4,000"),
    ("1,5-2 thousand", "1,500-2,000"),
    ("from 15,5 to 16,6 per cent", "from 15.5 to 16.6 percent"),
    ("the 15-th", "the 15th"),
    ("the twenty-first century", "the 21st century"),
    ("in 90-ies", "in the 1990s"),
    ("in the '90s", "in the 1990s"),
    ("1 person", "one person"),
    ("2 mln rub.", "2 million rubles"),
    ("5 bn.", "5 billion"),
    ("$5m", "$5 million"),
    ("tens of thousands", "thousands"),
    ("one of the sources", "a source"),
    ("12 500 and 2,5 thousand", "12 500 and 2,500"),
]
DIFFERENT = [
    ("2,5 thousand", "25,000"),
    ("2,500", "2.5"),
    ("5 percent", "50 percent"),
    ("two", "three"),
    ("October 16", "October 17"),
    ("16 October", "16 November"),
    ("9 p.m.", "9 a.m."),
    ("1990s", "1980s"),
    ("2 million", "2 billion"),
    ("3 people", "people"),
    ("people", "3 people"),
    ("fell to -5", "fell to 5"),
    ("1 person", "people"),
    ("two dozen", "two"),
    ("a dozen", "dozens"),
    ("in two decades", "in two years"),
    ("20 thousand", "20"),
    ("$5m", "$5"),
    ("3 and 4", "34"),
    ("2:1", "2:2"),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_same_values(before: str, after: str) -> None:
    assert same_numbers(before, after)


@pytest.mark.parametrize(("before", "after"), DIFFERENT)
def test_different_values(before: str, after: str) -> None:
    assert not same_numbers(before, after)
    assert not same_numbers(after, before)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("in 2014 500 people", [2014, 500]),
        ("pages 2,5 and 7", [2, 5, 7]),
        ("Article 205.1", ["205.1"]),
        ("the I Corps and Louis XIV", []),
        ("no one, at first, for a second", []),
        ("thousands of people, dozens of cars", []),
        ("the T-72 and 2 Su-24s", [72, 2, 24]),
        ("between 5 and 10 million", [5_000_000, 10_000_000]),
        ("5 and 10 million", [5, 10_000_000]),
    ],
)
def test_english_values(text: str, values: list[int | str]) -> None:
    assert number_values(text) == Counter(Decimal(v) for v in values)


def test_russian_reading_groups_by_spaces() -> None:
    assert number_values("12 500", "ru") == Counter([Decimal(12500)])
    assert number_values("12 500", "en") == Counter([Decimal(12), Decimal(500)])


def test_spans_cover_what_was_read() -> None:
    text = "some 2,5 thousand of them at 9:30 p.m."
    assert [text[n.start : n.end] for n in find_numbers(text)] == ["2,5 thousand", "9:30 p.m."]


def test_read_digits_refuses_words() -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_digits("five")


words = st.sampled_from(
    "two hundred thousand million mln and - a half twenty five third dozen 5 12 500 2,5 1.5 , . % rubles 40 kopecks to "
    "16 October May 2006 1990s one 21:00 p.m. 9".split()
)


@given(st.lists(words, max_size=12).map(" ".join))
def test_a_text_has_its_own_numbers(text: str) -> None:
    assert same_numbers(text, text)


@given(st.integers(0, 10**12))
def test_written_numbers_are_read_back(number: int) -> None:
    assert number_values(format_number(Decimal(number))) == Counter([Decimal(number)])


@given(st.integers(1, 999), st.integers(0, 99), st.sampled_from(["thousand", "million", "billion"]))
def test_decimal_comma_and_point_agree_before_a_scale(whole: int, part: int, scale: str) -> None:
    assert number_values(f"{whole},{part:02d} {scale}") == number_values(f"{whole}.{part:02d} {scale}")


@given(st.text(alphabet="0123456789,. :-–%$½ \u00a0aonehudrdtvmillkpst'", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    for reads in ("en", "ru"):
        for number in find_numbers(text, reads):  # type: ignore[arg-type]
            assert 0 <= number.start < number.end <= len(text)


@pytest.mark.parametrize("text", ["on 5 Sepember 2016", "5 ſeptember", "9 Sept.", "3 Auguſt", "Octobe 7"])
def test_odd_spellings_of_months_are_read_or_passed_over(text: str) -> None:
    assert same_numbers(text, text)
    assert not same_numbers(text, text.replace("5", "6").replace("9", "8").replace("3", "4").replace("7", "1"))
