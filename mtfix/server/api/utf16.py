"""Offsets as JavaScript, Java and LSP count them: in UTF-16 code units."""

from __future__ import annotations

from bisect import bisect_right


class Utf16:
    """Maps offsets of a text between code points and UTF-16 code units.

    >>> units = Utf16("a😀b")
    >>> units.units(2), units.points(3), units.length
    (3, 2, 4)
    """

    def __init__(self, text: str) -> None:
        self._wide = [i for i, c in enumerate(text) if ord(c) > 0xFFFF]
        self._wide_units = [at + n for n, at in enumerate(self._wide)]
        self.length = len(text) + len(self._wide)

    def units(self, point: int) -> int:
        """Return the offset in code units of an offset in code points."""
        return point + bisect_right(self._wide, point - 1)

    def points(self, unit: int) -> int:
        """Return the offset in code points; one in the middle of a pair is that of the pair's end."""
        return unit - bisect_right(self._wide_units, unit - 1) if unit > 0 else 0
