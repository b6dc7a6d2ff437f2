"""Spellings between which romanizations of Ukrainian names choose, in the order in which they are levelled."""

from __future__ import annotations

LEVELS = (
    (r"(?:iy|yi|yy|yj|ij|ii|y|i)$", "i"),
    (r"(?<=[aeou])[yij](?=[^aeiou])", "i"),
    (r"(?<=[aeou])[yi]$", "i"),
    (r"(?:ie|je|ye)", "e"),
    (r"(?:iu|ju|yu)", "u"),
    (r"(?:ia|ja|ya)", "a"),
    (r"(?:yi|ji|y|i)", "i"),
    (r"(?:shch|sch)", "sc"),
    (r"(?:kh)", "x"),
    (r"(?:g)", "h"),  # Oleg, Oleh: one letter that Russian and Ukrainian read differently
    (r"(?:tz|ts)", "c"),
    (r"w", "v"),
)
