"""The kind `number`: what its fields write, what it refuses to touch."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.english.numerals import number_values
from mtfix.errors import PackError
from mtfix.profile import Profile
from mtfix.rules.kinds.numbers import read_roman, write_clock, write_digits, write_ordinal, write_value
from tests.rules.conftest import make_document, make_stage

WORDS = Profile(settings={"thousands": "words"})
CLOCK24 = Profile(settings={"clock": "24h"})


def number_rule(match: str, replace: str, *more: str) -> str:
    extra = "".join(f"  {line}\n" for line in more)
    return (
        f"- id: T_NUMBER\n  kind: number\n  match: '{match}'\n  replace: '{replace}'\n  why: A test.\n{extra}"
        "  examples: [{bad: x, good: y}, {keep: z}]\n"
    )


def fix(yaml: str, text: str, profile: Profile | None = None) -> str:
    return make_stage(yaml, profile=profile)(make_document(text)).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2,5 thousand men", "2,500 men"),
        ("3 thousand men", "3,000 men"),
        ("700 thousand men", "700,000 men"),
        ("2,5 million men", "2.5 million men"),
        ("3,0 billion men", "3.0 billion men"),
        ("0,5 mln men", "0.5 million men"),
        ("2,5678 thousand men", "2.5678 thousand men"),
    ],
)
def test_value_is_written_as_the_profile_wants(before: str, after: str) -> None:
    assert fix(number_rule(r"(?P<n>\d+(?:,\d+)?) {scale}", "{value}"), before) == after


def test_thousands_stay_words_where_the_profile_says_so() -> None:
    assert fix(number_rule("{n} {scale}", "{value}"), "2,5 thousand men", WORDS) == "2.5 thousand men"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("9 million 300 thousand", "9.3 million"),
        ("2 thousand 500", "2,500"),
        ("3 million 450 thousand", "3.45 million"),
    ],
)
def test_numbers_in_parts_become_one(before: str, after: str) -> None:
    yaml = number_rule(r"{n} {scale} (?P<n2>\d+)(?: {scale2})?", "{value}")
    assert fix(yaml, before) == after


@pytest.mark.parametrize(
    ("before", "after"), [("5-7 thousand", "5,000-7,000"), ("1,5 to 2 million", "1.5 to 2 million")]
)
def test_a_range_shares_its_scale(before: str, after: str) -> None:
    yaml = number_rule(r"(?P<n>\d(?:,\d)?)(?P<dash>-| to )(?P<to>\d) {scale}", "{values}")
    assert fix(yaml, before) == after


@pytest.mark.parametrize("text", ["version 1.2,5 thousand", "2,5,7 thousand", "12:2,5 thousand"])
def test_a_match_never_cuts_a_longer_number(text: str) -> None:
    assert fix(number_rule(r"(?P<n>\d,\d) {scale}", "{value}"), text) == text


def test_an_edit_that_changes_the_value_is_refused_and_logged() -> None:
    document = make_stage(number_rule("{n} {scale}", "{n}"))(make_document("about 5 million men"))
    assert document.text == "about 5 million men"
    (refusal,) = document.segments[0].trail[0].refused
    assert "number" in refusal.reason


@pytest.mark.parametrize("time", ["25.00", "21.75"])
def test_no_clock_shows_it(time: str) -> None:
    yaml = number_rule(r"(?P<hour>\d\d)\.(?P<minute>\d\d)", "{clock}")
    assert fix(yaml, f"at {time}") == f"at {time}"


def test_clock_follows_the_profile() -> None:
    yaml = number_rule(r"{hour}\.{minute}", "{clock}")
    assert fix(yaml, "at 21.00 sharp") == "at 9 p.m. sharp"
    assert fix(yaml, "at 21.00.") == "at 9 p.m."
    assert fix(yaml, "at 21.00 sharp", CLOCK24) == "at 21:00 sharp"


def test_roman_numerals_must_be_well_formed() -> None:
    yaml = number_rule(r"(?P<roman>[XVI]+) century", "{ordinal} century", "case: exact")
    assert fix(yaml, "the XIX century") == "the 19th century"
    assert fix(yaml, "the VX century") == "the VX century"


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(PackError, match="unknown field of 'replace' 'vallue'"):
        fix(number_rule("{n} {scale}", "{vallue}"), "x")


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [(0, 0, "midnight"), (12, 0, "noon"), (12, 30, "12:30 p.m."), (0, 5, "12:05 a.m."), (24, 0, "midnight")],
)
def test_hours_around_noon_and_midnight(hour: int, minute: int, text: str) -> None:
    assert write_clock(hour, minute, "12h") == text


def test_digits_keep_their_length() -> None:
    assert [write_digits(d, "ru") for d in ("3,0", "80,72", "2014", "12 500,5")] == ["3.0", "80.72", "2014", "12,500.5"]


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["12h", "24h"]))
def test_a_clock_keeps_its_value(hour: int, minute: int, style: str) -> None:
    expected = Decimal(hour) + Decimal(minute) / 100
    assert list(number_values(f"at {write_clock(hour, minute, style)}")) == [expected]


@given(st.integers(1, 999_999), st.sampled_from(["", "thousand", "million", "billion"]))
def test_a_written_value_is_the_value(number: int, scale: str) -> None:
    text = write_value({"n": str(number), "scale": scale or None}, "ru", Profile())
    assert number_values(text) == number_values(f"{number} {scale}")


@given(st.integers(1, 89))
def test_roman_numerals_are_read_back(number: int) -> None:
    tens = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX"][number // 10]
    units = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][number % 10]
    assert read_roman(tens + units) == number
    assert write_ordinal(number).startswith(str(number))
