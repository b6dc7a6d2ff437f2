"""The names of months and days."""

from __future__ import annotations

MONTHS: dict[str, int] = {}

MONTH_NAMES = (
    "January February March April May June July August September October November December"
).split()  # fmt: skip

for _number, _name in enumerate(MONTH_NAMES, start=1):
    MONTHS[_name.lower()] = MONTHS[_name[:3].lower()] = _number

MONTHS["sept"] = 9
