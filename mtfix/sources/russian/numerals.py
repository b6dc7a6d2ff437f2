"""Russian adjectives made of a number and a measure: двухлетний, 25-летний, пятиэтажный, 10-процентный."""

from __future__ import annotations

from collections.abc import Iterator

# Behind a figure or a numeral; "year" becomes "year-old" beside persons.
MEASURES = {
    "летний": "year",
    "годовалый": "year",
    "процентный": "percent",
    "дневный": "day",
    "недельный": "week",
    "месячный": "month",
    "часовой": "hour",
    "минутный": "minute",
    "секундный": "second",
    "этажный": "story",
    "комнатный": "room",
    "квартирный": "apartment",
    "местный": "seat",
    "метровый": "meter",
    "километровый": "kilometer",
    "сантиметровый": "centimeter",
    "миллиметровый": "millimeter",
    "граммовый": "gram",
    "килограммовый": "kilogram",
    "литровый": "liter",
    "тонный": "ton",
    "градусный": "degree",
    "балльный": "point",
    "рублёвый": "ruble",
    "долларовый": "dollar",
    "страничный": "page",
    "серийный": "episode",
    "классный": "grade",
    "вольтный": "volt",
    "ваттный": "watt",
}
_UNITS = (
    ("одно", "one"), ("двух", "two"), ("трёх", "three"), ("четырёх", "four"), ("пяти", "five"), ("шести", "six"),
    ("семи", "seven"), ("восьми", "eight"), ("девяти", "nine"), ("десяти", "10"), ("одиннадцати", "11"),
    ("двенадцати", "12"), ("тринадцати", "13"), ("четырнадцати", "14"), ("пятнадцати", "15"), ("шестнадцати", "16"),
    ("семнадцати", "17"), ("восемнадцати", "18"), ("девятнадцати", "19"),
)  # fmt: skip
_TENS = (
    ("двадцати", 20), ("тридцати", 30), ("сорока", 40), ("пятидесяти", 50), ("шестидесяти", 60), ("семидесяти", 70),
    ("восьмидесяти", 80), ("девяносто", 90), ("сто", 100),
)  # fmt: skip
_SPELT = tuple(
    "летний дневный недельный месячный часовой минутный этажный комнатный местный метровый километровый процентный".split()
)
_ODD = {
    "двухчасовой": "two-hour",
    "полуторачасовой": "90-minute",
    "полуторагодовалый": "18-month-old",
    "годовалый": "one-year-old",
    "двухгодовалый": "two-year-old",
    "полугодовалый": "six-month-old",
    "двухсотлетний": "200-year",
    "трёхсотлетний": "300-year",
    "тысячелетний": "1,000-year",
    "трёхсторонний": "three-party",
    "четырёхсторонний": "four-party",
    "шестисторонний": "six-party",
    "двухпалатный": "two-chamber",
    "двухступенчатый": "two-stage",
    "трёхступенчатый": "three-stage",
    "двухразовый": "twice-daily",
    "двухместный": "two-seat",
    "четырёхместный": "four-seat",
    "трёхзначный": "three-digit",
    "двухзначный": "two-digit",
    "десятикратный": "tenfold",
    "двукратный": "twofold",
    "трёхкратный": "threefold",
    "четырёхкратный": "fourfold",
    "пятикратный": "fivefold",
}


def compound_measures() -> Iterator[tuple[str, str]]:
    """Yield the adjectives of a spelt number and a measure with their English.

    >>> dict(compound_measures())["двадцатипятилетний"], dict(compound_measures())["пятиэтажный"]
    ('25-year', 'five-story')
    """
    made = dict(_ODD)
    for measure in _SPELT:
        unit = MEASURES[measure]
        for prefix, number in _UNITS:
            if not (measure == "летний" and prefix == "одно"):
                made.setdefault(prefix + measure, f"{number}-{unit}")
        for prefix, ten in _TENS:
            made.setdefault(prefix + measure, f"{ten}-{unit}")
            for ending, _ in _UNITS[:9] if measure == "летний" and ten < 100 else ():
                one = next(i for i, (name, _) in enumerate(_UNITS, 1) if name == ending)
                made.setdefault(prefix + ending + measure, f"{ten + one}-{unit}")
    yield from sorted(made.items())
