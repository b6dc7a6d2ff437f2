"""Rules of the kind `date`: day, month and year in any order, written in the profile's order.

``mdy`` writes "October 16, 2006" (and, in running text, a comma behind the year), ``dmy`` writes "16 October 2006".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from mtfix.english.calendar import MONTH_NAMES, MONTHS
from mtfix.english.numerals import same_numbers
from mtfix.profile import Profile
from mtfix.rules.identifiers import is_identifier
from mtfix.rules.kinds.numbers import cuts_number, expand_shorthand
from mtfix.rules.kinds.substitution import check_fields, span_to_fix
from mtfix.rules.match import MatcherRule, build_matcher
from mtfix.rules.rule import Context, Proposal, RuleInfo
from mtfix.rules.schema import ContextModel
from mtfix.rules.template import Template, choose_text, parse_template

FIELDS = ("date", "dates")
# What a pattern may abbreviate. Months keep their capital: "may" and "march" are words.
SHORTHAND: Mapping[str, str] = {
    "day": r"(?P<day>3[01]|[12]\d|0?[1-9])",
    "day2": r"(?P<day2>3[01]|[12]\d|0?[1-9])",
    "month": (
        r"(?P<month>(?-i:Jan(?:uary)?|Feb(?:ruary)?|March|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
        r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?))"
    ),
    "year": r"(?P<year>(?:1[5-9]|20)\d\d)",
}
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_RUNS_ON = re.compile(r"\s+[^\W\d_]")


class DateModel(ContextModel):
    """YAML of a date rule: `match` with the groups day, month, year, day2, and `replace`."""

    kind: Literal["date"] = "date"
    match: str
    replace: str | Mapping[str, str]

    def compile(self, info: RuleInfo, profile: Profile) -> DateRule:
        matcher = build_matcher(self, [expand_shorthand(self.match, SHORTHAND)])
        template = parse_template(choose_text(self.replace, profile))
        check_fields(template, matcher, FIELDS)
        return DateRule(info, matcher, template, profile)


@dataclass(frozen=True, slots=True)
class DateRule(MatcherRule):
    template: Template
    profile: Profile

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        for match in self.matcher.find(text):
            groups = match.groupdict()
            style = self.profile["dates"]
            date = write_groups(groups, style)
            if date is None:
                continue
            start, end = span_to_fix(match)
            if cuts_number(text, start, end) or (text[start].isdigit() and is_identifier(text, start, end)):
                continue
            replacement = self.template.fill({**groups, "date": date, "dates": date})
            if replacement.endswith(date):
                replacement += comma_after(groups.get("year"), style, text[end:])
            refuse = None if same_numbers(text[start:end], replacement) else "it would change a date"
            yield Proposal(start, end, replacement, refuse=refuse)


def write_groups(groups: Mapping[str, str | None], style: str) -> str | None:
    """Write the date of a match's groups; None when the calendar has no such day."""
    month = read_month(groups.get("month") or "")
    first = read_day(groups.get("day"), month)
    if not month or not first:
        return None
    day = str(first)
    if groups.get("day2"):
        last = read_day(groups.get("day2"), month)
        if not last:
            return None
        dash = groups.get("dash") or "-"
        day += (" to " if dash.strip() in ("till", "until", "on", "by") else dash) + str(last)
    return write_date(day, month, groups.get("year"), style)


def write_date(day: str, month: int, year: str | None, style: str) -> str:
    """Write a date in a style; ``day`` may be a range.

    >>> write_date("16", 10, "2006", "mdy"), write_date("15-17", 10, None, "dmy")
    ('October 16, 2006', '15-17 October')
    """
    name = MONTH_NAMES[month - 1]
    if style == "dmy":
        return f"{day} {name}{' ' + year if year else ''}"
    return f"{name} {day}{', ' + year if year else ''}"


def comma_after(year: str | None, style: str, following: str) -> str:
    """Return the comma that ends a month-day-year date in running text, where none stands yet.

    >>> comma_after("2006", "mdy", " by the merger"), comma_after("2006", "mdy", ").")
    (',', '')
    """
    return "," if year and style == "mdy" and _RUNS_ON.match(following) else ""


def read_month(text: str) -> int:
    """Return the number of a month given by name, abbreviation or number; 0 when it is none.

    >>> read_month("Sept."), read_month("october"), read_month("08"), read_month("13")
    (9, 10, 8, 0)
    """
    bare = text.strip().rstrip(".").lower()
    if bare.isdigit():
        return int(bare) if 1 <= int(bare) <= 12 else 0
    return MONTHS.get(bare, 0)


def read_day(text: str | None, month: int) -> int:
    """Return the day of the month in ``text`` ("16", "16th", "06"); 0 when the month (1 to 12) has no such day."""
    digits = re.match(r"\d{1,2}", text or "")
    if not digits or not 1 <= month <= 12:
        return 0
    day = int(digits.group())
    return day if 1 <= day <= _LONGEST[month - 1] else 0
