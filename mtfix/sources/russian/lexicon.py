"""Words of Russian news with their English: a compact table of levelled spellings, made by `build_lexicon`.

A row of the table is one whole number: 40 bits of the key's hash, the number of the lemma, the form, and marks. A word is
found by bisection; the English stands in a second part that is unpacked when the first word is found.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from importlib import resources

from mtfix.sources.russian.levelling import level_romanized, level_word

FILE = "lexicon.bin"
MAGIC = b"mtfix lexicon 1\n"
LEMMA_BITS, FORM_BITS, MARK_BITS = 14, 4, 6
# Marks: nominative or (of things) accusative; another Russian word too; an English word too.
DIRECT, AMBIGUOUS, ENGLISH = 1, 2, 4
_ROW = LEMMA_BITS + FORM_BITS + MARK_BITS
# After a figure, words have keys of their own: летний is "summer", 25-летний is "25-year-old".
BEHIND_FIGURE = "#"


class Class(str, Enum):
    """What a lemma is: how its English is chosen, and whether it may be written without asking."""

    NOUN = "n"
    ADJECTIVE = "a"
    PLACE = "p"  # an adjective of a place
    MEASURE = "m"  # an age, a percentage, a length: behind a figure or with a numeral
    VERB = "v"
    OTHER = "d"


@dataclass(frozen=True, slots=True)
class Lemma:
    """``english``: the form of each code, the likeliest gloss first; ``doubtful``: its reader must choose a gloss."""

    lemma: str
    kind: Class
    number: str  # of the English noun: "c" countable, "m" mass, "p" plural only
    doubtful: bool
    gloss: str
    english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A lemma in the form that stands in the text.

    ``form``: of nouns 1 singular, 2 plural, 3 either; of verbs see `build_lexicon`.
    """

    lemma: Lemma
    form: int
    direct: bool
    ambiguous: bool


def hash_key(key: str) -> int:
    """Return the 40 bits under which a key stands in the table."""
    return int.from_bytes(blake2b(key.encode(), digest_size=5).digest(), "big")


@lru_cache(maxsize=1)
def _read_file() -> tuple[array[int], bytes]:
    data = (resources.files("mtfix.sources.russian") / FILE).read_bytes()
    start = len(MAGIC) + 4
    end = start + 8 * int.from_bytes(data[len(MAGIC) : start], "little")
    rows = array("Q")
    rows.frombytes(data[start:end])
    if sys.byteorder == "big":
        rows.byteswap()
    return rows, data[end:]


@lru_cache(maxsize=1)
def _read_lines() -> list[str]:
    return zlib.decompress(_read_file()[1]).decode().splitlines()


@lru_cache(maxsize=1024)
def read_lemma(number: int) -> Lemma:
    """Return a lemma by its number in the table."""
    lemma, kind, gloss, *english = _read_lines()[number].split("\t")
    return Lemma(lemma, Class(kind[0]), kind[1:2].strip("?"), kind.endswith("?"), gloss, tuple(english))


def _find(key: str, romanized: bool) -> tuple[Reading, ...]:
    rows, _ = _read_file()
    wanted = hash_key(key)
    at = bisect_left(rows, wanted << _ROW)
    found: list[Reading] = []
    while at < len(rows) and rows[at] >> _ROW == wanted:
        row = rows[at]
        at += 1
        if romanized and row & ENGLISH:
            return ()
        lemma = read_lemma(row >> FORM_BITS + MARK_BITS & (1 << LEMMA_BITS) - 1)
        form = row >> MARK_BITS & (1 << FORM_BITS) - 1
        found.append(Reading(lemma, form, bool(row & DIRECT), bool(row & AMBIGUOUS)))
    return tuple(found)


@lru_cache(maxsize=1 << 15)
def find_readings(word: str, behind_figure: bool = False) -> tuple[Reading, ...]:
    """Return what a word may be if it is Russian, in Cyrillic or romanized; nothing for all that looks English."""
    prefix = BEHIND_FIGURE if behind_figure else ""
    if not word.isascii() and any("Ѐ" <= c <= "ӿ" for c in word):
        return _find(prefix + level_word(word), romanized=False)
    for key in level_romanized(word):
        found = _find(prefix + key, romanized=True)
        if found:
            return found
    return ()
