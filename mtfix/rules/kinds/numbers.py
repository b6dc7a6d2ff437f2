"""Rules of the kind `number`: digits read by Russian or English habits, written as the profile wants.

The rule compares the values that stood in the match with those of its replacement and refuses the edit when they differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import field_validator

from mtfix.english.numberwords import SCALE_NAMES, SCALES, SPACES
from mtfix.english.numerals import Reads, find_numbers, format_number, read_digits
from mtfix.profile import Profile
from mtfix.rules.identifiers import is_identifier, is_sport_time
from mtfix.rules.kinds.substitution import check_fields, span_to_fix
from mtfix.rules.match import MatcherRule, build_matcher
from mtfix.rules.rule import Context, Proposal, RuleInfo
from mtfix.rules.schema import ContextModel
from mtfix.rules.template import Template, choose_text, parse_template
from mtfix.sources.registry import check_code, choose_sources

# Fields that the kind computes; every group of the pattern is a field as it stands.
FIELDS = ("value", "values", "n", "to", "scale", "clock", "ordinal", "ordinal2", "decade")
# What a pattern may abbreviate: "{n} {scale}" stands for these groups.
SHORTHAND: Mapping[str, str] = {
    "n": rf"(?P<n>[1-9]\d{{0,2}}(?:[{SPACES}]\d{{3}})+(?:[.,]\d{{1,2}})?|\d{{1,9}}(?:[.,]\d{{1,3}})*)",
    "scale": r"(?P<scale>thousands?|millions?|billions?|trillions?|thous|thsd|ths|tys|mln|bln|mlrd|trln|bn)",
    "scale2": r"(?P<scale2>thousand|million|billion|thous|mln|bln)",
    "hour": r"(?P<hour>[01]?\d|2[0-4])",
    "minute": r"(?P<minute>[0-5]\d)",
}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


class NumberModel(ContextModel):
    """YAML of a number rule: `match` with the groups n, to, scale ..., `replace`, and how bare digits are meant."""

    kind: Literal["number"] = "number"
    match: str
    replace: str | Mapping[str, str]
    reads: str = "ru"

    @field_validator("reads")
    @classmethod
    def _know(cls, code: str) -> str:
        return code if code == "en" else check_code(code)

    def compile(self, info: RuleInfo, profile: Profile) -> NumberRule:
        matcher = build_matcher(self, [expand_shorthand(self.match, SHORTHAND)])
        template = parse_template(choose_text(self.replace, profile))
        check_fields(template, matcher, FIELDS)
        return NumberRule(info, matcher, template, profile, read_notation(self.reads), exact=self.case != "smart")


def read_notation(code: str) -> Reads:
    """Return how a language writes digits: as English does, or as Russian."""
    return "en" if code == "en" or choose_sources((code,))[0].notation == "point" else "ru"


@dataclass(frozen=True, slots=True)
class NumberRule(MatcherRule):
    template: Template
    profile: Profile
    reads: Reads
    exact: bool

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        for match in self.matcher.find(text):
            values = self._fill_values(match.groupdict())
            start, end = span_to_fix(match)
            if values is None or cuts_number(text, start, end) or is_identifier(text, start, end):
                continue
            if values.get("clock") and is_sport_time(text):
                continue
            replacement = self.template.fill(values)
            if replacement.endswith(".") and text[end : end + 1] == ".":  # "9 p.m." ends the sentence with its own stop
                replacement = replacement[:-1]
            refuse = None if self._keeps_value(match, text[start:end], replacement) else "it would change a number"
            yield Proposal(start, end, replacement, exact=self.exact, refuse=refuse)

    def _fill_values(self, groups: dict[str, str | None]) -> dict[str, str | None] | None:
        """Return the template's values; None when the groups are no sound number (a 25th hour, "XIXI")."""
        values = dict(groups)
        hour = groups.get("hour") or groups.get("hour2")
        try:
            if groups.get("n"):
                values["n"] = write_digits(groups["n"] or "", self.reads)
                values["value"] = write_value(groups, self.reads, self.profile)
            if groups.get("n") and groups.get("to"):
                values["to"] = write_digits(groups["to"] or "", self.reads)
                values["values"] = write_range(groups, self.reads, self.profile)
            if groups.get("scale"):
                values["scale"] = scale_name(groups["scale"] or "")
            if hour:
                values["clock"] = write_clock(int(hour), int(groups.get("minute") or 0), self.profile["clock"])
            if groups.get("roman"):
                values["ordinal"] = write_ordinal(read_roman(groups["roman"] or ""))
            if groups.get("roman2"):
                values["ordinal2"] = write_ordinal(read_roman(groups["roman2"] or ""))
            if groups.get("rank"):
                values["ordinal"] = write_ordinal(int(groups["rank"] or 0))
            if groups.get("decade"):
                values["decade"] = write_decade(groups["decade"] or "")
        except ValueError:
            return None
        return values

    def _keeps_value(self, match: Any, before: str, after: str) -> bool:
        """Compare values, with what the groups say where the text alone is ambiguous (clock, Roman numeral)."""
        groups = match.groupdict()
        written = sorted(n.value for n in find_numbers(after) if n.kind != "month")
        hour = groups.get("hour") or groups.get("hour2")
        if hour:
            return written == [Decimal(int(hour) % 24) + Decimal(int(groups.get("minute") or 0)) / 100]
        if groups.get("roman"):
            return written == sorted(Decimal(read_roman(groups[r])) for r in ("roman", "roman2") if groups.get(r))
        return sorted(n.value for n in find_numbers(before, self.reads) if n.kind != "month") == written


_UNSEEN = "\u2060\u200b\u200c\u200d\ufeff\xad"  # joiners and soft hyphens between digits
_INSIDE = re.compile(rf"\d[{_UNSEEN}]*[.,:/]?[{_UNSEEN}]*$")
_GOES_ON = re.compile(rf"[{_UNSEEN}]*[.,:/]?[{_UNSEEN}]*\d")
_GROUP_BEFORE = re.compile(rf"(?<![\d.,])\d{{1,3}}[{SPACES}]$")
_GROUP = re.compile(r"\d{3}(?!\d)")


def cuts_number(text: str, start: int, end: int) -> bool:
    """Whether the span begins or ends inside a longer number ("2,5" of "12,54" or of "2,5,7", "215" of "4 215").

    >>> cuts_number("on 12,54", 4, 8), cuts_number("on 12,54.", 3, 8), cuts_number("has 4 215 thousand", 6, 18)
    (True, False, True)
    """
    before, after = text[max(0, start - 6) : start], text[end : end + 6]
    return bool(
        (text[start : start + 1].isdigit() and _INSIDE.search(before))
        or (_GROUP_BEFORE.search(before) and _GROUP.match(text, start))
        or (text[end - 1 : end].isdigit() and _GOES_ON.match(after))
    )


def scale_name(word: str) -> str:
    """Return the English name of a scale or its abbreviation. Raises ValueError for an unknown one.

    >>> scale_name("mln."), scale_name("thous")
    ('million', 'thousand')
    """
    key = word.strip().rstrip(".").lower()
    if key not in SCALES:
        raise ValueError(f"'{word}' is not a scale")
    return SCALE_NAMES[SCALES[key]]


def write_digits(digits: str, reads: Reads) -> str:
    """Write a number as English does; decimals keep their length ("3,0" is 3.0), ungrouped digits stay ungrouped.

    >>> write_digits("12 500", "ru"), write_digits("80,72", "ru"), write_digits("2014", "ru"), write_digits("25000", "ru")
    ('12,500', '80.72', '2014', '25000')
    """
    value = read_digits(digits, reads)
    grouped = value >= 1000 and any(c in digits for c in (*SPACES, ".", ","))
    return format_number(value, group=grouped)


def write_value(groups: Mapping[str, str | None], reads: Reads, profile: Profile) -> str:
    """Write n x scale (+ n2 x scale2): thousands by the profile, from a million on with the scale's name.

    Raises ValueError for an unknown scale.
    """
    n = groups.get("n") or ""
    value = read_digits(n, reads)
    scale = SCALES[scale_name(groups["scale"] or "").lower()] if groups.get("scale") else 1
    total = value * scale
    rest = groups.get("n2")
    if rest:
        scale2 = SCALES[scale_name(groups["scale2"] or "").lower()] if groups.get("scale2") else 1
        total += read_digits(rest, reads) * scale2 + read_digits(groups.get("n3") or "0", reads)
    if scale == 1:
        return format_number(total, group=total >= 1000)
    exact = total == total.to_integral_value()
    if scale == 1000:
        if profile["thousands"] == "digits" and exact:
            return format_number(total.to_integral_value())
        return f"{format_number((total / scale).normalize() if rest else value)} thousand"
    if not rest:
        return f"{format_number(value)} {SCALE_NAMES[scale]}"
    in_scale = (total / scale).normalize()
    exponent = in_scale.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -3:
        return f"{format_number(in_scale)} {SCALE_NAMES[scale]}"
    return format_number(total.to_integral_value()) if exact else f"{format_number(in_scale)} {SCALE_NAMES[scale]}"


def write_range(groups: Mapping[str, str | None], reads: Reads, profile: Profile) -> str:
    """Write n - to x scale; ``dash`` is the group between them ("5-7 thousand" is 5,000-7,000)."""
    low, high = ({**groups, "n": groups.get(name), "n2": None} for name in ("n", "to"))
    first, last = write_value(low, reads, profile), write_value(high, reads, profile)
    word = last.rpartition(" ")[2]
    if word.isalpha():
        first = first.removesuffix(f" {word}")
    return f"{first}{groups.get('dash') or '-'}{last}"


def expand_shorthand(pattern: str, shorthand: Mapping[str, str]) -> str:
    """Return a pattern with ``{name}`` replaced by the group of that name.

    >>> expand_shorthand("{hour}:{minute}", SHORTHAND)
    '(?P<hour>[01]?\\\\d|2[0-4]):(?P<minute>[0-5]\\\\d)'
    """
    for name, group in shorthand.items():
        pattern = pattern.replace("{" + name + "}", group)
    return pattern


def write_clock(hour: int, minute: int, style: str) -> str:
    """Write a time of day in the profile's style. Raises ValueError for a time that no clock shows.

    >>> write_clock(21, 0, "12h"), write_clock(18, 30, "12h"), write_clock(0, 0, "12h"), write_clock(9, 5, "24h")
    ('9 p.m.', '6:30 p.m.', 'midnight', '09:05')
    """
    if not (0 <= hour < 24 or (hour == 24 and minute == 0)) or not 0 <= minute < 60:
        raise ValueError(f"{hour}:{minute:02d} is not a time of day")
    hour %= 24
    if style == "24h":
        return f"{hour:02d}:{minute:02d}"
    if minute == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    minutes = f":{minute:02d}" if minute else ""
    return f"{(hour - 1) % 12 + 1}{minutes} {'p' if hour >= 12 else 'a'}.m."


def write_ordinal(number: int) -> str:
    """Write an ordinal.

    >>> [write_ordinal(n) for n in (1, 12, 22, 103)]
    ['1st', '12th', '22nd', '103rd']
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def write_decade(digits: str) -> str:
    """Write a decade in full; two digits are of the twentieth century, 00 and 10 of the present one.

    >>> write_decade("90"), write_decade("2010")
    ('1990s', '2010s')
    """
    if len(digits) == 2:
        digits = ("20" if digits in ("00", "10") else "19") + digits
    return f"{digits}s"


def read_roman(letters: str) -> int:
    """Return the value of a Roman numeral up to a hundred and something. Raises ValueError for a malformed one.

    >>> read_roman("XIX"), read_roman("XXI")
    (19, 21)
    """
    values = [_ROMAN.get(c, 0) for c in letters.upper().replace("Х", "X").replace("І", "I")]
    total = sum(-v if any(v < w for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))
    if 0 in values or not letters or _to_roman(total) != letters.upper().replace("Х", "X").replace("І", "I"):
        raise ValueError(f"'{letters}' is not a Roman numeral")
    return total


def _to_roman(number: int) -> str:
    out = ""
    for value, letters in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while number >= value:
            out += letters
            number -= value
    return out
