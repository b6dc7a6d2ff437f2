"""What the model may not see: every protected span becomes a stand-in, a short code that does not occur in the text.

`Protected.restore` puts the originals back. ``restore(protect(x)) == x`` for every string. What is protected is said in one
place, `mtfix.formats.text.protected`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mtfix.formats.text.protected import find_protected


@dataclass(frozen=True, slots=True)
class Protected:
    """``text`` with stand-ins; ``spans`` are the originals' half-open spans, ``codes`` what stands for each."""

    original: str
    text: str
    spans: tuple[tuple[int, int], ...]
    codes: tuple[str, ...]

    def restore(self, text: str) -> str:
        """Return ``text`` with every stand-in replaced by what it stands for."""
        if not self.codes:
            return text
        originals = {c: self.original[a:b] for c, (a, b) in zip(self.codes, self.spans, strict=True)}
        return re.sub(
            "|".join(map(re.escape, sorted(self.codes, key=len, reverse=True))), lambda m: originals[m[0]], text
        )

    def place(self, at: int) -> int:
        """Return the place in the original of a place in ``text`` that lies outside every stand-in."""
        shift = 0
        for (start, end), code in zip(self.spans, self.codes, strict=True):
            if start + shift >= at:
                break
            shift += len(code) - (end - start)
        return at - shift


def protect(text: str, locks: Sequence[tuple[int, int]] = ()) -> Protected:
    """Replace protected spans of ``text``, and ``locks`` (half-open spans), by stand-ins.

    >>> protect("See https://example.org/a?b=1 now.").text
    'See X1 now.'
    """
    spans = sorted({*locks, *find_protected(text)})
    apart: list[tuple[int, int]] = []
    for start, end in spans:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        elif start < end:
            apart.append((start, end))
    letter = next((c for c in "XZQJ" if not re.search(rf"{c}\d", text)), None)
    if letter is None:
        letter = "X" + str(max(len(run) for run in re.findall(r"\d+", text)) * 10)
        while letter in text:
            letter += "0"
    codes: list[str] = []
    parts: list[str] = []
    at = 0
    for number, (start, end) in enumerate(apart, 1):
        # Beside a letter or digit a stand-in may be ambiguous: then the check below leaves the whole text as it is.
        codes.append(f"{letter}{number}")
        parts += (text[at:start], codes[-1])
        at = end
    parts.append(text[at:])
    joined = "".join(parts)
    result = Protected(text, joined, tuple(apart), tuple(codes))
    if result.restore(joined) != text or any(joined.count(c) != sum(o.startswith(c) for o in codes) for c in codes):
        return Protected(text, text, (), ())
    return result
