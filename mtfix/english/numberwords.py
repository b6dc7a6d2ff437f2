"""How numbers are written: the words, the scales and their abbreviations, and the patterns that find them in a text."""

from __future__ import annotations

import re

from mtfix.english.calendar import MONTH

# Blanks that may group digits; all but the first never stand between two separate numbers.
SPACES = " \u00a0\u2009\u202f"
_FIXED = "\u00a0\u2009\u202f"

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
UNITS = {word: value for value, word in enumerate(_SMALL)}
TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
# "first" and "second" are too often no numbers ("at first", "a second"); they count only behind a ten: "twenty-first".
ORDINALS = {
    word: value
    for value, word in enumerate(
        (
            "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
            "sixteenth seventeenth eighteenth nineteenth"
        ).split(),
        start=3,
    )
}
TENTHS = {
    word: 10 * value
    for value, word in enumerate(
        "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth".split(), start=2
    )
}
_SCALE_WORDS = {
    3: ("thousand", "thousands", "thous", "thsd", "ths", "tys", "k"),
    6: ("million", "millions", "mln", "mil", "mio"),
    9: ("billion", "billions", "bln", "bn", "mlrd", "milliard", "milliards"),
    12: ("trillion", "trillions", "trln", "trn", "tn"),
}
SCALES: dict[str, int] = {word: 10**power for power, words in _SCALE_WORDS.items() for word in words}
SCALE_NAMES: dict[int, str] = {10**power: words[0] for power, words in _SCALE_WORDS.items()}
FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333", "⅔": "0.667", "⅛": "0.125"}

_SCALE = "|".join(sorted(SCALES, key=len, reverse=True))
_DECIMAL_AFTER = rf"(?=\s?-?(?:(?:{_SCALE})\b|%|per\s?cent))"
_EDGE = r"(?<![\d])"

_SHARED_DIGITS = (
    rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d])(?!,\d)"  # 12,500.75
    rf"|\d{{1,3}}(?:[{_FIXED}]\d{{3}})+(?:[.,]\d+)?(?!\d)"  # 12 500,75 with fixed blanks
    r"|\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)"  # 12.500,75
    r"|[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\d.])"  # 1.234.567
    rf"|\d+,\d+{_DECIMAL_AFTER}"  # 2,5 thousand; 3,75%
)
_DIGITS: dict[str, str] = {
    "en": rf"{_SHARED_DIGITS}|\d+(?:\.\d+)?",
    "ru": (
        rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+(?:[.,]\d{{1,2}})?(?![\d])(?![{SPACES}]\d{{3}})"
        rf"|{_SHARED_DIGITS}|[1-9]\d{{0,2}}\.\d{{3}}(?![\d.])|\d+(?:[.,]\d+)?"
    ),
}
_WORDS = "|".join(
    sorted(
        (*UNITS, *TENS, *ORDINALS, *TENTHS, "hundred", "dozens?", "decades?", "first", "second"), key=len, reverse=True
    )
)


def _master(reads: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?P<iso>(?<!\d)\d{{4}}-\d{{2}}-\d{{2}}(?!\d))
      | (?P<dotted>(?<![\d.])\d{{1,2}}\.\d{{1,2}}\.(?:19|20)\d{{2}}(?!\d))
      | (?P<clock>(?<![\d.,:])\d{{1,2}}(?:[:.]\d{{2}})?[{SPACES}]?[ap]\.?[{SPACES}]?m\b\.?
          |(?<![\d.,:])(?:[01]?\d|2[0-4]):[0-5]\d(?![\d:])|\b(?:noon|midday|midnight)\b)
      | (?P<decade>(?<!\w)(?:'|’)?(?:1[5-9]|20)?\d0(?:['’]?s|-s|-ies|-es|ies)\b)
      | (?P<digits>{_EDGE}(?:{_DIGITS[reads]})(?P<half>[½¼¾⅓⅔⅛])?)
      | (?P<vulgar>[½¼¾⅓⅔⅛])
      | (?P<word>\b(?:{_WORDS})\b)
      | (?P<scale>\b(?:{_SCALE})\b|(?<=\d)(?:{_SCALE})\b)
        """,
        re.VERBOSE | re.IGNORECASE,
    )


MASTER = {reads: _master(reads) for reads in ("en", "ru")}
AND_A_HALF = re.compile(r"\s+and\s+a\s+half\b", re.IGNORECASE)
HALF_A = re.compile(r"\bhalf[\s-](?:an?|of\s+an?)?\s*$", re.IGNORECASE)
SUBUNIT = re.compile(r"\s*(?:kop(?:eck|ek|eyka)?s?|cents?|pence|tiyns?)\b", re.IGNORECASE)
UNIT_BETWEEN = re.compile(
    r"\s*(?:rub(?:le)?s?|roubles?|dollars?|euros?|hryvnias?|hryvnyas?|pounds?|tenge)\.?,?\s+(?:and\s+)?", re.IGNORECASE
)
EVENING = re.compile(r"(?:\s*o['’]clock)?\s+(?:in\s+the\s+(?:evening|afternoon)|at\s+night)\b", re.IGNORECASE)
MILLION_M = re.compile(r"m\b")
MONTH_AFTER = re.compile(rf"(?:-?(?:st|nd|rd|th))?\s+(?:of\s+)?({MONTH})\b", re.IGNORECASE)
MONTH_BEFORE = re.compile(rf"\b({MONTH})\.?\s+(?:the\s+)?$", re.IGNORECASE)
RANGE = re.compile(r"\s?[-–—]\s?|\s+(?:(?:up\s+)?to|or)\s+", re.IGNORECASE)
