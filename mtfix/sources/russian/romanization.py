"""Spellings between which romanizations of Russian names choose."""

from __future__ import annotations

import re
from functools import lru_cache

# Spellings that romanization systems choose between, in the order in which they are levelled.
_LEVELS = tuple(
    (re.compile(pattern), level)
    for pattern, level in (
        (r"(?:iy|yi|yy|ij|ii|y|i)$", "i"),
        (r"(?<=[aeou])[yij](?=[^aeiou])", "i"),
        (r"(?<=[aeou])[yi]$", "i"),
        (r"(?:ie|je|ye|yo|jo|io)", "e"),
        (r"(?:iu|ju|yu)", "u"),
        (r"(?:ia|ja|ya)", "a"),
        (r"(?:shch|sch)", "sc"),
        (r"(?:kh)", "h"),
        (r"(?:ks)", "x"),
        (r"(?:tz|ts)", "c"),
        (r"ph", "f"),
        (r"w", "v"),
    )
)


@lru_cache(maxsize=8192)  # the same names stand in many wires
def level_name(name: str) -> str:
    """Return what is left of a romanized name when the choices between romanizations are levelled.

    >>> level_name("Baysultanov") == level_name("Baisultanov"), level_name("Sergey") == level_name("Sergei")
    (True, True)
    >>> level_name("Ivanov") == level_name("Ivanova"), level_name("Petrov") == level_name("Petrovsky")
    (False, False)
    """
    levelled = name.lower()
    for pattern, level in _LEVELS:
        levelled = pattern.sub(level, levelled)
    return levelled
