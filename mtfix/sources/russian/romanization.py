"""Spellings between which romanizations of Russian names choose, in the order in which they are levelled."""

from __future__ import annotations

LEVELS = (
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
