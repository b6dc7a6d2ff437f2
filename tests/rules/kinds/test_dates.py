"""The kind `date`: orders, ranges, commas, and dates that no calendar has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.english.numerals import same_numbers
from mtfix.profile import Profile
from mtfix.rules.kinds.dates import comma_after, read_day, read_month, write_date
from mtfix.rules.kinds.styles import find_dates
from tests.rules.conftest import make_document, make_stage

DMY = Profile(settings={"dates": "dmy"})
RULE = """
- id: T_DATE
  kind: date
  match: '{day}(?:(?P<dash>-| till ){day2})? {month}(?: {year})?'
  replace: '{date}'
  why: A test.
  examples: [{bad: x, good: y}, {keep: z}]
"""


def fix(text: str, profile: Profile | None = None) -> str:
    return make_stage(RULE, profile=profile)(make_document(text)).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("on 16 October", "on October 16"),
        ("on 16 October 2006.", "on October 16, 2006."),
        ("on 16 October 2006 by decree", "on October 16, 2006, by decree"),
        ("(16 October 2006)", "(October 16, 2006)"),
        ("on 15-17 October", "on October 15-17"),
        ("from 15 till 17 October", "from October 15 to 17"),
        ("on 06 May", "on May 6"),
    ],
)
def test_month_first(before: str, after: str) -> None:
    assert fix(before) == after


def test_day_first_stays_under_its_profile() -> None:
    assert fix("on 16 October 2006 by decree", DMY) == "on 16 October 2006 by decree"


@pytest.mark.parametrize(
    "text",
    ["on 31 November", "on 30 February", "in 5 may be", "on 116 October", "on 5.16 October", "at 16 march on"],
)
def test_what_is_no_date_stays(text: str) -> None:
    assert fix(text) == text


def test_months_are_read_by_name_abbreviation_and_number() -> None:
    assert [read_month(m) for m in ("Sept.", "october", "08", "13", "")] == [9, 10, 8, 0, 0]
    assert [read_day("31", m) for m in (1, 2, 4)] == [31, 0, 0]


def test_the_comma_behind_a_year_only_in_running_text() -> None:
    assert [comma_after("2006", "mdy", t) for t in (" the court", ", the", ").", "", " –")] == [",", "", "", "", ""]
    assert comma_after("2006", "dmy", " the court") == ""


@given(st.integers(1, 28), st.integers(1, 12), st.one_of(st.none(), st.integers(1900, 2029).map(str)))
def test_both_orders_say_the_same(day: int, month: int, year: str | None) -> None:
    mdy, dmy = (write_date(str(day), month, year, s) for s in ("mdy", "dmy"))
    assert same_numbers(mdy, dmy)
    for text, style in ((mdy, "mdy"), (dmy, "dmy")):
        (found,) = find_dates(f"It began on {text}.")
        assert found.style == style
        assert (found.forms["mdy"], found.forms["dmy"]) == (mdy, dmy)


@pytest.mark.parametrize(
    "text",
    [
        "the September 11 attacks",
        "members of 17 November Group",
        "in 5 May Street",
        "3, 5 and 7 October",
        "In May 20 percent left",
        "in June 2006",
        "He may 5 times",
        "room 12.16 October",
        "the 16 March 1 vote",
    ],
)
def test_no_date_is_found_here(text: str) -> None:
    assert [o for o in find_dates(text) if o.style == "dmy" or "attacks" in text or "May" in text] == []
