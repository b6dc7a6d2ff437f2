"""The names of months and days, and the pattern of a month."""

from __future__ import annotations

MONTH_NAMES = (
    "January February March April May June July August September October November December"
).split()  # fmt: skip
DAY_NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
#: The number of a month by its name or its first three letters, in small letters.
MONTHS: dict[str, int] = {"sept": 9}
for _number, _name in enumerate(MONTH_NAMES, start=1):
    MONTHS[_name.lower()] = MONTHS[_name[:3].lower()] = _number

#: A month in full or abbreviated, without its stop.
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
#: The full names of months and days in small letters.
CALENDAR = frozenset(name.lower() for name in (*MONTH_NAMES, *DAY_NAMES))
