"""Mojibake: letters that were written in UTF-8 and read as something else ("â€œ" for a quotation mark, "Ð¿" for "п").

Such a paragraph is left alone: an edit inside such a sequence would make the letter impossible to recover.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# Encodings as which UTF-8 is read by mistake, and in which the letters below say so.
_WRONG = ("cp1252", "latin-1", "cp1251", "koi8_r", "cp866", "cp437", "mac_roman")
_SIGNS = re.compile(
    "[™®©°±²³½¼¾£€§«»“”„‘’‚…•–—№\xa0\xad×·´¨àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßÀÁÂÄÅÆÇÈÉÊËÍÎÑÒÓÔÖØÚÜßœŒšŠžŽčČćřŘěłńąęśżźőűğışİāēīūģķļņōůďťňĆŘŁŚŻŞĞ]"
)
_CYRILLIC = re.compile("[А-яЁёЄєІіЇїҐґ]")


def _characters(low: int, high: int, encoding: str) -> str:
    return "".join(bytes([b]).decode(encoding, "ignore") for b in range(low, high + 1))


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """Return for each wrong encoding a pattern of a whole letter, and one of the letters that begin one."""
    made = []
    for encoding in _WRONG:
        tail = "[" + re.escape(_characters(0x80, 0xBF, encoding))
        # windows-1252 leaves five bytes empty; readers pass them on as control characters.
        tail += "\x81\x8d\x8f\x90\x9d]" if encoding == "cp1252" else "]"
        two, three = _characters(0xC2, 0xDF, encoding), _characters(0xE0, 0xEF, encoding)
        four = _characters(0xF0, 0xF4, encoding)
        heads = f"[{re.escape(two + three + four)}]"
        whole = f"(?:[{re.escape(two)}]{tail}|[{re.escape(three)}]{tail}{{2}}|[{re.escape(four)}]{tail}{{3}})"
        made.append((encoding, re.compile(whole), re.compile(heads)))
    return tuple(made)


def find_mojibake(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open spans of letters of UTF-8 that were read as another encoding.

    >>> text = "Acmeâ„¢ sold the cafÃ© of «Éclair», “É”."
    >>> [text[a:b] for a, b in find_mojibake(text)]
    ['â„¢', 'Ã©']
    """
    if text.isascii():
        return
    for encoding, whole, heads in _patterns():
        if heads.search(text) is None:
            continue
        for found in whole.finditer(text):
            meant = _read(found[0], encoding)
            if meant and (_SIGNS.match(meant) or (_CYRILLIC.match(meant) and _is_cyrillic_run(text, found, whole))):
                yield found.span()


def _read(letters: str, encoding: str) -> str:
    data = b"".join(
        bytes([ord(c)]) if encoding == "cp1252" and c in "\x81\x8d\x8f\x90\x9d" else c.encode(encoding) for c in letters
    )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _is_cyrillic_run(text: str, found: re.Match[str], whole: re.Pattern[str]) -> bool:
    """Whether the letter stands beside another such: Russian words have more than one letter."""
    return whole.match(text, found.end()) is not None or any(
        before is not None and before.end() == found.start()
        for before in (whole.match(text, found.start() - n) for n in (2, 3) if found.start() >= n)
    )
