"""Datelines at the start of a paragraph: the place, the date and the agency before a wire's first sentence.

``MOSCOW, October 21.`` | ``KIEV, March 3 (Reuters) -`` | ``MINSK, Oct 21 /BelTA/.`` | ``Moscow. October 21. INTERFAX -``
"""

from __future__ import annotations

import re

from mtfix.english.abbreviations import STARTERS
from mtfix.english.calendar import MONTH
from mtfix.sources.registry import list_sources

_MONTH = rf"{MONTH}\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = rf"(?i:(?:{_MONTH}\s{{1,2}}{_DAY}|{_DAY}\s{{1,2}}(?:of\s)?{_MONTH})(?:,?\s\d{{4}}(?:\syear)?)?)(?![\w])"
_UP = "A-ZÀ-ÖØ-ÞА-ЯЁ"
_CAPS = rf"[{_UP}][{_UP}.'’-]+"
_PROPER = rf"[{_UP}][\w.'’-]*"
_CITY = rf"{_PROPER}(?:\s{_PROPER}|\s(?:on|of|da|de|di|la|al)(?=[\s-])){{0,4}}(?:,\s{_PROPER}(?:\s{_PROPER})?)?"
_CITY_CAPS = rf"{_CAPS}(?:\s{_CAPS}){{0,4}}(?:,\s{_PROPER}(?:\s{_PROPER})?)?"
_BRACKETED = r"(?:/[^/()\n]{2,60}/|\([^()/\n]{2,60}\)|\[[^\[\]\n]{2,60}\])"
_INTERNATIONAL = ("Reuters", "AFP?", "AP", "dpa", "Xinhua", "APA", "Trend")
_AGENCY = rf"(?i:(?:{'|'.join((*(a for s in list_sources() for a in s.agencies), *_INTERNATIONAL))}))(?![\w])"
_DASH = r"\s*[-–—]{1,2}(?=\s)"
_END = rf"(?:(?P<stop>\.)(?=\s|\Z)|(?={_DASH})|(?P<colon>:)(?=\s))"
_TAIL = rf"(?:[.,]?\s*{_BRACKETED}|\.?{_DASH}\s{_AGENCY}|[.,]\s{_AGENCY})"  # who reports
_DATELINE = re.compile(
    rf"(?P<head>\s*)(?:"
    rf"(?P<city>{_CITY})[,.]\s{{1,3}}{_DATE}(?P<tail>{_TAIL})?"
    rf"|{_CITY_CAPS}\s{_DATE}{_TAIL}?"
    rf"|(?P<city2>{_CITY})[,.]?\s{_BRACKETED}(?={_DASH}|\.)"
    rf"|{_DATE},?\s{_CITY},?\s/[^/()\n]{{2,60}}/"
    rf"){_END}"
)
_AFTER = re.compile(r"\s*(?:[-–—]{1,2}\s+)?")
_LONGEST = 240  # code points that a dateline and the blanks before it may take
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday article chapter section paragraph".split())


def find_dateline(text: str) -> tuple[int, int, int] | None:
    """Return (start, end, next) of the dateline with which ``text`` begins, or None.

    ``text[start:end]`` is the dateline with its full stop, ``text[end:next]`` the separator (blanks, a dash).

    >>> text = "KIEV, March 3 (Reuters) - Ukraine said"
    >>> start, end, after = find_dateline(text)
    >>> text[start:end], text[after:]
    ('KIEV, March 3 (Reuters)', 'Ukraine said')
    """
    found = _DATELINE.match(text, 0, _LONGEST)
    if found is None:
        return None
    start, end = found.end("head"), found.end()
    city = found["city"] or found["city2"] or ""
    first = city.split()[0].lower().rstrip(".,") if city else ""
    if first in _DAYS or (first in STARTERS and not city.isupper()):
        return None
    if found["city"] and not found["city"].split(",")[0].isupper() and not (found["tail"] or found["stop"]):
        return None  # "Moscow, October 21 – the day of the session"
    if found["city2"]:
        # "Hizb ut-Tahrir (HT) - an organization" is not a dateline: a known agency, or a city in capitals.
        bracket = text[found.end("city2") : end]
        if not re.search(_AGENCY, bracket):
            return None
    after = _AFTER.match(text, end)
    assert after is not None  # it matches the empty string
    return start, end, after.end()
