"""What a consistency rule can find: dates, percentages, clock times and spelling families, each with its other forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mtfix.english.agreement import opens_sentence
from mtfix.english.calendar import MONTH_NAMES
from mtfix.english.numberwords import TENS, UNITS
from mtfix.english.numerals import same_numbers
from mtfix.rules.kinds.dates import comma_after, read_day, read_month, write_date
from mtfix.rules.kinds.numbers import write_clock


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that can be written in several styles: its span, its style now, its text in each style (None: never).

    ``counts`` says whether it tells the document's habit; ``exact`` that its capitals are right already.
    """

    start: int
    end: int
    style: str
    forms: Mapping[str, str | None]
    counts: bool = True
    exact: bool = True


_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?![\d-]|[.,]\d|\s\d\d:\d\d|\s?(?:people|percent|per cent|%|dollars|rubles))"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_DMY = re.compile(
    rf"(?<![\d.,:/$€£#№])(?<!\d[-–])(?<!\d,\s)(?<!\d\sand\s)(?<!\d\sor\s)(?<!\d\sto\s)"
    rf"(?:(?P<day>{_DAY})(?P<dash>\s?[-–]\s?|\s(?:to|and|or)\s)(?P<day2>{_DAY})|(?P<only>{_DAY})(?:st|nd|rd|th)?)"
    rf"\s(?P<month>{_MONTH})(?![\w-]|\s\d{{1,2}}(?!\d))(?:,?\s{_YEAR})?"
)
_MDY = re.compile(
    rf"(?<![\w-])(?P<month>{_MONTH})\s(?P<day>{_DAY})(?:st|nd|rd|th)?"
    rf"(?:(?P<dash>\s?[-–]\s?)(?P<day2>{_DAY}))?(?![\w:/-]|[.,]\d|\s?%|\s\d)(?:,?\s{_YEAR})?"
)
# Names that hold a date are names: November 17 (a group), 9 May Street, the September 11 attacks.
_NAMED = re.compile(
    r"\s?(?:attacks?\b|(?:Street|Avenue|Square|Movement|Prize|Revolution|Brigade|Group|Organi[sz]ation|Division|"
    r"Regiment|Factory|Plant|Park|Party|Bridge|Stadium|Martyrs|Front|Coalition|Alliance|Agreement|Accords?|Day)\b)"
)
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)")
_NO_DAY = re.compile(
    r"\s(?:people|percent|per\s?cent|thousand|million|billion|years?|dollars|rubles|votes|points|seats|-)"
)


def find_dates(text: str) -> Iterator[Occurrence]:
    """Yield day-month and month-day dates. Ordinals ("16th October") follow the style but do not set it."""
    for pattern, style in ((_DMY, "dmy"), (_MDY, "mdy")):
        for m in pattern.finditer(text):
            groups = m.groupdict()
            month = read_month(groups["month"])
            first, last = groups.get("only") or groups["day"], groups["day2"]
            if not read_day(first, month) or (last and not read_day(last, month)):
                continue
            if last and int(first) >= int(last):
                continue
            if _NAMED.match(text, m.end()) or (style == "mdy" and not groups["year"] and _NO_DAY.match(text, m.end())):
                continue
            day = str(int(first)) + (f"{groups['dash']}{int(last)}" if last else "")
            forms: dict[str, str | None] = {
                s: write_date(day, month, groups["year"], s) + comma_after(groups["year"], s, text[m.end() :])
                for s in ("mdy", "dmy")
            }
            forms[style] = m.group()
            if not all(same_numbers(m.group(), form or "") for form in forms.values()):
                continue
            ordinal = _ORDINAL.search(m.group()) is not None
            event = style == "mdy" and day == "11" and month == 9  # "September 11" is a name in every style
            yield Occurrence(m.start(), m.end(), style, forms, counts=not ordinal and not event)


# The months that American news copy abbreviates beside a day.
_SHORT_MONTHS = {"January": "Jan.", "February": "Feb.", "August": "Aug.", "September": "Sept.", "October": "Oct."}
_SHORT_MONTHS |= {"November": "Nov.", "December": "Dec."}
_LONG_MONTHS = {short: name for name, short in _SHORT_MONTHS.items()}
_MONTH_OF_DAY = re.compile(
    rf"(?<![\w-])(?P<month>{'|'.join(_SHORT_MONTHS)}|(?:Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.)(?=\s{_DAY}(?![\w:/]|[.,]\d|\s?%|\s\d))"
)


def find_months(text: str) -> Iterator[Occurrence]:
    """Yield the long months that stand before a day, in full or abbreviated."""
    for m in _MONTH_OF_DAY.finditer(text):
        month = m.group("month")
        full = _LONG_MONTHS.get(month, month)
        style = "full" if full == month else "abbreviated"
        yield Occurrence(m.start(), m.end(), style, {"full": full, "abbreviated": _SHORT_MONTHS[full]})


_PERCENT = re.compile(
    r"(?P<n>\d)(?:(?P<sign>\s?%)|[\s-](?P<word>per\s?cent)\b)|\b(?P<bare>per\s?cent)\b", re.IGNORECASE
)


def find_percents(text: str) -> Iterator[Occurrence]:
    """Yield percentages. The sign neither sets the habit of a document nor changes unless the profile names a style."""
    for m in _PERCENT.finditer(text):
        start = m.end("n") if m.group("n") else m.start()
        now = text[start : m.end()]
        word = m.group("word") or m.group("bare")
        if word and not word.islower():
            continue
        if m.group("sign"):
            yield Occurrence(
                start, m.end(), "sign", {"word": " percent", "two-words": " per cent", "sign": "%"}, counts=False
            )
            continue
        style = "word" if word.lower() == "percent" else "two-words"
        joint = now[: len(now) - len(word)]
        sign = "%" if m.group("n") else None
        yield Occurrence(
            start, m.end(), style, {"word": f"{joint}percent", "two-words": f"{joint}per cent", "sign": sign}
        )


_CLOCK12 = re.compile(
    r"(?<![\d.,:$€£])(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?", re.IGNORECASE
)
_CLOCK24 = re.compile(
    r"(?:(?<=\bat\s)|(?<=\bby\s)|(?<=\bfrom\s)|(?<=\buntil\s)|(?<=\bbefore\s)|(?<=\bafter\s)|(?<=\bsince\s)|(?<=\baround\s))"
    r"(?P<hour>0\d|1[3-9]|2[0-3]):(?P<minute>[0-5]\d)(?![\d:]|\s?[-–]|\s?[apAP]\.?[mM])"
)


def find_clocks(text: str) -> Iterator[Occurrence]:
    """Yield times of day: "9:30 p.m." and, behind a preposition of time, "21:30" ("10:30" may be either)."""
    for m in _CLOCK12.finditer(text):
        hour = int(m.group("hour")) % 12 + (12 if m.group("half").lower() == "p" else 0)
        minute = int(m.group("minute") or 0)
        stop = "." if m.group().endswith(".") and re.match(r"\s*$|\s+[A-Z“\"]", text[m.end() :]) else ""
        yield Occurrence(m.start(), m.end(), "12h", {"12h": m.group(), "24h": write_clock(hour, minute, "24h") + stop})
    for m in _CLOCK24.finditer(text):
        twelve = write_clock(int(m.group("hour")), int(m.group("minute")), "12h")
        end = m.end() + (1 if twelve.endswith(".") and text[m.end() : m.end() + 1] == "." else 0)
        yield Occurrence(m.start(), end, "24h", {"24h": text[m.start() : end], "12h": twelve})


_MARK = re.compile(r'["“”]')


def find_quotes(text: str) -> Iterator[Occurrence]:
    """Yield double quotation marks whose side (opening, closing) is plain from what stands around them."""
    for m in _MARK.finditer(text):
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        opens = (not before or before in " \u00a0\n([—–-/‘") and after.strip() != ""
        closes = before.strip() != "" and before not in "([—–-/" and not after.isalnum()
        if m.group() == '"' and (opens == closes or before.isdigit()):
            continue
        curly = m.group() if m.group() != '"' else "“" if opens else "”"
        style = "straight" if m.group() == '"' else "curly"
        yield Occurrence(m.start(), m.end(), style, {"curly": curly, "straight": '"'})


_DASH = re.compile(r"(?<=[^\W_]|[”\"’)%.,]) (?P<dash>-{1,2}|–|—) (?=[^\W_]|[“\"‘($€£])")
_COUNT_BEFORE = re.compile(rf"(?:\d|\b(?:{'|'.join((*UNITS, *TENS))}))$", re.IGNORECASE)
_DASH_STYLES = {"–": "en", "—": "em"}


def find_dashes(text: str) -> Iterator[Occurrence]:
    """Yield dashes between words; not those between numbers (a score, a sum) or between two names (a route)."""
    for m in _DASH.finditer(text):
        if text[m.start() - 1].isdigit() and text[m.end() : m.end() + 1].isdigit():
            continue
        names = re.search(r"[A-Z][\w.]*$", text[: m.start()]) and text[m.end() : m.end() + 1].isupper()
        if names:
            continue
        style = _DASH_STYLES.get(m.group("dash"), "hyphen")
        if style == "hyphen" and _COUNT_BEFORE.search(text[: m.start()]):
            continue  # a torn compound: the six - member team, a 40 - mile trip
        yield Occurrence(m.start(1), m.end(1), style, {"em": "—", "en": "–", style: m.group("dash")})


@dataclass(frozen=True, slots=True)
class Finder:
    """A built-in finder and the RE2 patterns that its texts must match."""

    find: Callable[[str], Iterator[Occurrence]]
    patterns: tuple[str, ...]


_ANY_MONTH = "|".join(n[:3] for n in MONTH_NAMES)
_NEAR_DATES = (rf"\d(?:st|nd|rd|th)?\s(?:{_ANY_MONTH})", rf"\b(?:{_ANY_MONTH})[a-z]*\.?\s\d")
FINDERS: Mapping[str, Finder] = {
    "months": Finder(find_months, _NEAR_DATES),
    "dates": Finder(find_dates, _NEAR_DATES),
    "percent": Finder(find_percents, (r"(?i)per\s?cent", r"\d\s?%")),
    "quotes": Finder(find_quotes, ('["“”]',)),
    "dashes": Finder(find_dashes, (r" (?:-{1,2}|–|—) ",)),
    "clock": Finder(find_clocks, (r"(?i)\d\s?[ap]\.?m\b", r"\d:\d\d")),
}


def parse_families(lines: Sequence[str], styles: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Return word -> (its style, the other style, its counterpart there) of the families in ``lines``.

    "color/colour s ed ing" gives both words and both with each ending; a stem with a hyphen ("organiz-/organis- e ed")
    is no word itself; "program<programme s" goes one way only: the left word is right in both styles.
    Raises ValueError for a line of another form.

    >>> parse_families(["meter<metre s"], ["american", "british"])
    {'metre': ('british', 'american', 'meter'), 'metres': ('british', 'american', 'meters')}
    """
    families: dict[str, tuple[str, str, str]] = {}
    for line in lines:
        m = re.fullmatch(r"([a-z]+-?)([/<])([a-z]+-?)((?: [a-z]+)*)", line)
        if m is None:
            raise ValueError(f"'{line}' is no family of words: write 'color/colour s ed ing'")
        left, way, right, endings = m.groups()
        for ending in (*([] if left.endswith("-") else [""]), *endings.split()):
            one, other = left.rstrip("-") + ending, right.rstrip("-") + ending
            if one == other or one in families or other in families:
                raise ValueError(f"'{line}': '{one}' stands twice")
            if way == "/":
                families[one] = (styles[0], styles[1], other)
            families[other] = (styles[1], styles[0], one)
    return families


_TOKEN = re.compile(r"(?<![\w@/.#&])[A-Za-z][a-z]{3,}(?![\w@]|\.[a-z]|/)")
_PARTIES = frozenset(("Labor", "Labour"))
_NEXT_CAPITAL = re.compile(r"[\s-]+(?:(?:of|for|and|the|on)\s+)*[A-Z]")


def find_words(text: str, families: Mapping[str, tuple[str, str, str]]) -> Iterator[Occurrence]:
    """Yield the words of ``families`` in ``text``. Capitalised words are names, but at the start of a sentence."""
    for m in _TOKEN.finditer(text):
        word = m.group()
        entry = families.get(word.lower())
        if entry is None:
            continue
        if word in _PARTIES or (
            word[0].isupper() and (not opens_sentence(text, m.start()) or _NEXT_CAPITAL.match(text, m.end()))
        ):
            continue
        style, rival, other = entry
        if word[0].isupper():
            other = other[0].upper() + other[1:]
        yield Occurrence(m.start(), m.end(), style, {style: word, rival: other})
