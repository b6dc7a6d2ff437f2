"""The values of the numbers in a text, in English and in Russian notation: "2,5 thousand" is 2,500 is two thousand five hundred.

Whatever rewrites a text (number rules, the model's guard, the evaluation) asks :func:`same_numbers` whether the
numbers are still the same. Digits, grouped digits, decimal points and commas, scales and their abbreviations, number
words, dozens, ordinals, days and years of dates, clock times and decades are read; Roman numerals are not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mtfix.english.calendar import MONTHS
from mtfix.english.numberwords import (
    AND_A_HALF,
    EVENING,
    FRACTIONS,
    HALF_A,
    MASTER,
    MILLION_M,
    MONTH_AFTER,
    MONTH_BEFORE,
    ORDINALS,
    RANGE,
    SCALES,
    SPACES,
    SUBUNIT,
    TENS,
    TENTHS,
    UNIT_BETWEEN,
    UNITS,
)

Reads = Literal["en", "ru"]
NumberKind = Literal["number", "clock", "month", "one"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: half-open span in code points, value, and what it is.

    A clock time counts hours, and its minutes as hundredths (9:30 p.m. is 21.30, as a Russian clock writes it).
    A ``month`` stands only beside a day; a ``one`` is the lone word, which may be a pronoun.
    """

    start: int
    end: int
    value: Decimal
    kind: NumberKind = "number"
    scale: int = 1


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    what: str  # digits, unit, ten, ordinal, hundred, dozen, scale, done
    value: Decimal
    plural: bool = False
    kind: NumberKind = "number"


def read_digits(text: str, reads: Reads = "en") -> Decimal:
    """Return the value of one number written in digits.

    A comma before exactly three digits groups thousands in both notations (machine translation has already turned some
    numbers to English), except behind a lone zero. Raises ValueError when ``text`` is no such number.

    >>> [str(read_digits(t, "ru")) for t in ("2,5", "2,500", "0,375", "12 500", "1.234,5", "12.500")]
    ['2.5', '2500', '0.375', '12500', '1234.5', '12500']
    >>> [str(read_digits(t)) for t in ("2.5", "2,500", "12.500", "1,234.5")]
    ['2.5', '2500', '12.500', '1234.5']
    """
    if text.isascii() and text.isdigit():
        return Decimal(text)  # as most numbers are
    bare = re.sub(rf"[{SPACES}]", "", text.strip())
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", bare):
        raise ValueError(f"'{text}' is not a number in digits")
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", bare):
        return Decimal(bare.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3}){2,}", bare):
        return Decimal(bare.replace(".", ""))
    if reads == "ru" and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", bare) and bare == text.strip():
        return Decimal(bare.replace(".", ""))
    if re.fullmatch(r"\d+[.,]\d+", bare):
        return Decimal(bare.replace(",", "."))
    if re.fullmatch(r"\d+(?:,\d{3})+(?:\.\d+)?", bare):
        return Decimal(bare.replace(",", ""))
    if not bare.isdigit():
        raise ValueError(f"'{text}' is not a number in digits")
    return Decimal(bare)


def _clock_value(text: str) -> Decimal:
    word = text.lower()
    if word in ("noon", "midday"):
        return Decimal(12)
    if word == "midnight":
        return Decimal(0)
    found = re.match(r"(\d+)(?:[:.](\d+))?", text)
    assert found is not None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    half = re.search(r"([ap])\.?\s?m", word[found.end() :])
    if half:
        hour = hour % 12 + (12 if half.group(1) == "p" else 0) if hour <= 12 else hour
    return Decimal(hour) + Decimal(minute) / 100


def _tokens(text: str, reads: str) -> Iterator[_Token]:
    for m in MASTER[reads].finditer(text):
        start, end, what, found = m.start(), m.end(), m.lastgroup, m.group()
        if m.group("digits"):
            value = read_digits(found.rstrip("½¼¾⅓⅔⅛"), "ru" if reads == "ru" else "en")
            if m.group("half"):
                value += Decimal(FRACTIONS[m.group("half")])
            if text[start - 1 : start] in ("-", "−", "–") and (start < 2 or text[start - 2] in " ([\n\u00a0"):
                value = -value
            yield _Token(start, end, "digits", value)
        elif what == "vulgar":
            yield _Token(start, end, "digits", Decimal(FRACTIONS[found]))
        elif what == "iso":
            yield _Token(start, start + 4, "done", Decimal(found[:4]))
            yield _Token(start + 5, start + 7, "done", Decimal(found[5:7]), kind="month")
            yield _Token(start + 8, end, "done", Decimal(found[8:]))
        elif what == "dotted":
            day, month, year = found.split(".")
            yield _Token(start, start + len(day), "done", Decimal(day))
            yield _Token(start + len(day) + 1, end - 5, "done", Decimal(month), kind="month")
            yield _Token(end - 4, end, "done", Decimal(year))
        elif what == "clock":
            yield _Token(start, end, "done", _clock_value(found), kind="clock")
        elif what == "decade":
            year = re.sub(r"\D", "", found)
            if len(year) == 2:
                year = ("20" if year in ("00", "10") else "19") + year
            yield _Token(start, end, "done", Decimal(year))
        elif what == "scale":
            word = found.lower()
            yield _Token(start, end, "scale", Decimal(SCALES[word]), plural=word.endswith("s") and len(word) > 5)
        else:
            yield _word_token(start, end, found.lower())


def _word_token(start: int, end: int, word: str) -> _Token:
    if word in UNITS:
        return _Token(start, end, "unit", Decimal(UNITS[word]))
    if word in TENS:
        return _Token(start, end, "ten", Decimal(TENS[word]))
    if word in TENTHS:
        return _Token(start, end, "ordinal", Decimal(TENTHS[word]))
    if word in ("first", "second"):
        return _Token(start, end, "rank", Decimal(1 if word == "first" else 2))
    if word in ORDINALS:
        return _Token(start, end, "ordinal", Decimal(ORDINALS[word]))
    if word == "hundred":
        return _Token(start, end, "hundred", Decimal(100))
    # A Russian decade may be ten days; in both languages it is ten of something.
    return _Token(start, end, "dozen", Decimal(10 if word.startswith("dec") else 12), plural=word.endswith("s"))


@dataclass(slots=True)
class _Reader:
    """Recursive descent over the tokens of one text."""

    text: str
    tokens: list[_Token]

    def gap(self, i: int) -> str:
        """The text between token ``i - 1`` and token ``i``."""
        return self.text[self.tokens[i - 1].end : self.tokens[i].start]

    def joins(self, i: int, *between: str) -> bool:
        return i < len(self.tokens) and re.sub(r"\s", " ", self.gap(i)).lower() in between

    def read(self, i: int) -> tuple[Number | None, int]:
        """Read the number that starts at token ``i``; return it (None: no number) and the next token's index."""
        tokens = self.tokens
        first = tokens[i]
        if first.what == "done":
            return Number(first.start, first.end, first.value, first.kind), i + 1
        if first.what == "rank":
            return None, i + 1
        value, j, worded = self._mantissa(i)
        mantissa, scale = value, 1
        end = tokens[j - 1].end
        half = AND_A_HALF.match(self.text, end)
        if half and j > i:
            value += Decimal("0.5")
            end = half.end()
        while j < len(tokens) and tokens[j].what in ("hundred", "dozen", "scale"):
            if re.sub(r"\s", " ", self.text[end : tokens[j].start]) not in ("", " ", "-", ". ") and j > i:
                break
            if tokens[j].what == "scale" and scale >= tokens[j].value:
                break
            if j == i:
                if tokens[j].plural or (tokens[j].what == "scale" and len(self._name(j)) < 5):
                    return None, i + 1  # "thousands of people", a stray abbreviation
                value = mantissa = (
                    Decimal("0.5") if HALF_A.search(self.text, max(0, first.start - 20), first.start) else Decimal(1)
                )
                worded = True
            value *= tokens[j].value
            scale *= int(tokens[j].value)
            end = tokens[j].end
            j += 1
            half = AND_A_HALF.match(self.text, end)
            if half:
                value += Decimal(scale) / 2
                end = half.end()
            rest, k = self._rest(j, end, value, Decimal(scale), worded)
            if rest is not None:
                value += rest.value
                end, j = rest.end, k
        if (
            scale == 1
            and self.text[first.start - 1 : first.start] in tuple("$€£₽¥")
            and MILLION_M.match(self.text, end)
        ):
            value, scale = value * 10**6, 10**6
            end += 1
        if first.what == "digits" and scale == 1 and value == mantissa and value <= 12:
            evening = EVENING.match(self.text, end)
            if evening:
                return Number(first.start, end, value % 12 + 12, "clock"), j
        kind: NumberKind = (
            "one" if first.what == "unit" and value == 1 and scale == 1 and end == first.end else "number"
        )
        return Number(first.start, end, value, kind, scale), j

    def _name(self, i: int) -> str:
        return self.text[self.tokens[i].start : self.tokens[i].end]

    def _mantissa(self, i: int) -> tuple[Decimal, int, bool]:
        token = self.tokens[i]
        if (
            token.what == "ten"
            and self.joins(i + 1, " ", "-")
            and self.tokens[i + 1].what in ("unit", "ordinal", "rank")
        ):
            unit = self.tokens[i + 1]
            if 0 < unit.value < 10 and (unit.what != "rank" or self.gap(i + 1) == "-"):
                return token.value + unit.value, i + 2, True
        if token.what in ("hundred", "dozen", "scale"):
            return Decimal(1), i, True
        return token.value, i + 1, token.what != "digits"

    def _rest(self, j: int, end: int, value: Decimal, scale: Decimal, worded: bool) -> tuple[Number | None, int]:
        """Read what completes a scaled number: "2 thousand | 500", "nine million | three hundred thousand"."""
        if j >= len(self.tokens) or scale in (12, 10, 1):
            return None, j
        between = re.sub(r"\s", " ", self.text[end : self.tokens[j].start]).lower()
        token = self.tokens[j]
        if token.what not in ("digits", "unit", "ten", "ordinal") or (token.what == "digits") == worded:
            return None, j
        if between != " " and not (worded and between in (" and ", ", ", "-")):
            return None, j
        if scale == 100:  # "two hundred and fifty | thousand": the scale is for the hundreds too
            tens, k, _ = self._mantissa(j)
            last = self.tokens[k - 1] if k > j else token
            if self.joins(k, " ") and self.tokens[k].what == "hundred":  # "one hundred and | two hundred"
                return None, j
            return (Number(token.start, last.end, tens), k) if k > j and worded and tens < 100 else (None, j)
        rest, k = self.read(j)
        if rest is None or not 0 < rest.value < scale or (token.what == "digits" and rest.value != int(rest.value)):
            return None, j
        return rest, k


def find_numbers(text: str, reads: Reads = "en") -> list[Number]:
    """Return the numbers of ``text`` in order. ``reads``: how bare digits are meant ("12 500" and "2,5" differ).

    >>> [(str(n.value), n.kind) for n in find_numbers("9 million 300 thousand rubles at 9:30 p.m.")]
    [('9300000', 'number'), ('21.3', 'clock')]
    """
    tokens = list(_tokens(text, reads))
    reader = _Reader(text, tokens)
    numbers: list[Number] = []
    i = 0
    while i < len(tokens):
        number, i = reader.read(i)
        if number is not None:
            numbers.append(number)
    return _with_months(text, _join_money(text, _share_scales(text, numbers)))


def _share_scales(text: str, numbers: list[Number]) -> list[Number]:
    """In "2-3 million" both ends of the range are millions."""
    for k in range(len(numbers) - 2, -1, -1):
        low, high = numbers[k], numbers[k + 1]
        fits = low.kind == "number" and low.scale == 1 < high.scale and 0 < low.value * high.scale <= high.value
        between = text[low.end : high.start] == " and " and text[: low.start].endswith("etween ")
        if fits and (between or RANGE.fullmatch(text, low.end, high.start)):
            numbers[k] = Number(low.start, low.end, low.value * high.scale, "number", high.scale)
    return numbers


def _join_money(text: str, numbers: list[Number]) -> list[Number]:
    """ "2 rubles 40 kopecks" is 2.40."""
    joined: list[Number] = []
    for number in numbers:
        if (
            joined
            and 0 <= number.value < 100
            and UNIT_BETWEEN.fullmatch(text, joined[-1].end, number.start)
            and SUBUNIT.match(text, number.end)
        ):
            whole = joined.pop()
            joined.append(Number(whole.start, number.end, whole.value + number.value / 100, "number"))
        else:
            joined.append(number)
    return joined


def _with_months(text: str, numbers: list[Number]) -> list[Number]:
    """Add the month that stands beside a day, so that a changed month counts as a changed number."""
    found: list[Number] = []
    for number in numbers:
        if number.kind == "number" and 1 <= number.value <= 31 and number.value == int(number.value):
            month = MONTH_AFTER.match(text, number.end) or MONTH_BEFORE.search(
                text, max(0, number.start - 20), number.start
            )
            if month and month.group(1)[0].isupper():
                found.append(Number(*month.span(1), Decimal(MONTHS[month.group(1).casefold()]), "month"))
        found.append(number)
    return found


def number_values(text: str, reads: Reads = "en") -> Counter[Decimal]:
    """Return the multiset of values in ``text``; months and the lone word "one" are left out.

    >>> number_values("2,5 thousand", "ru") == number_values("2,500") == number_values("2.5 thousand")
    True
    >>> number_values("two dozen on 16 October 2006") == number_values("24 on October 16, 2006")
    True
    """
    return Counter(n.value for n in find_numbers(text, reads) if n.kind in ("number", "clock"))


@dataclass(frozen=True, slots=True)
class _Tally:
    values: Counter[Decimal]
    months: Counter[Decimal]
    ones: int


def _tally(text: str, reads: Reads) -> _Tally:
    numbers = find_numbers(text, reads)
    return _Tally(
        Counter(n.value for n in numbers if n.kind in ("number", "clock")),
        Counter(n.value for n in numbers if n.kind == "month"),
        sum(n.kind == "one" for n in numbers),
    )


def _equal(before: _Tally, after: _Tally) -> bool:
    if before.months and after.months and set(before.months) != set(after.months):
        return False
    lost, gained = before.values - after.values, after.values - before.values
    if not lost and not gained:
        return True
    # "1 person" may become "one person", and back.
    if not gained and set(lost) == {Decimal(1)}:
        return after.ones >= before.ones + lost[Decimal(1)]
    if not lost and set(gained) == {Decimal(1)}:
        return before.ones >= after.ones + gained[Decimal(1)]
    return False


def same_numbers(before: str, after: str) -> bool:
    """Whether the numbers of ``after`` have the values that ``before`` had, in English or in Russian notation.

    >>> same_numbers("up to 2,5 thousand", "up to 2,500"), same_numbers("2,5 thousand", "25,000")
    (True, False)
    """
    english = _tally(after, "en")
    if _equal(_tally(before, "en"), english):
        return True
    russian = _tally(before, "ru")
    return _equal(russian, english) or _equal(russian, _tally(after, "ru"))


def format_number(value: Decimal, *, group: bool = True) -> str:
    """Write a number in English: a decimal point, and commas between thousands where ``group`` says so.

    >>> format_number(Decimal("12500")), format_number(Decimal("2.50")), format_number(Decimal("3E+6"))
    ('12,500', '2.50', '3,000,000')
    """
    return f"{value:,f}" if group else f"{value:f}"
