"""Line and column of an offset."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from mtfix.types import Anchor

_LINE_END = re.compile(r"\r\n|\r|\n")


class LineIndex:
    """Line and column of an offset, both from 1; lines end at LF, CRLF or CR.

    With ``anchors`` they are those of the file that the text was read from.
    """

    def __init__(self, text: str, anchors: Sequence[Anchor] = ()) -> None:
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._anchors = anchors

    def locate(self, offset: int) -> tuple[int, int]:
        """Return line and column.

        >>> LineIndex("ab\\r\\ncd").locate(5)
        (2, 2)
        """
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1] + 1
        number = bisect_right(self._anchors, offset, key=lambda anchor: anchor.at)
        if not number:
            return line, column
        anchor = self._anchors[number - 1]
        passed = line - bisect_right(self._starts, anchor.at)
        return anchor.line + passed, column if passed else anchor.column + offset - anchor.at

    def locate_end(self, start: int, end: int) -> tuple[int, int]:
        """Return line and column of the end of a span: right behind its last character."""
        if not self._anchors or start == end:
            return self.locate(end)
        line, column = self.locate(end - 1)
        return line, column + 1
