"""Which words of a replacement stand for which words of the text it replaces.

Word-level edit distance in which a change of form or of case costs less than another word, as in the alignment of
ERRANT (Bryant, Felice and Briscoe 2017), without a tagger. Words, blanks and marks are aligned only with their like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|\w+(?:['’]\w+)*|\s+|[^\w\s]")  # numbers and possessives stay whole
_ARTICLES = frozenset(("a", "an", "the"))
_MAX_CELLS = 400_000  # of the table of distances; longer texts are not aligned word by word


class Swap(NamedTuple):
    """``old[start:end]`` becomes ``text``; a token, or nothing, on either side."""

    start: int
    end: int
    text: str


def align_words(old: str, new: str) -> list[Swap]:
    """Return what changes between ``old`` and ``new``, token by token, in order; applying it to ``old`` gives ``new``.

    Several tokens that come in at one place are one swap. Texts too long for a table of distances are one swap, but
    for their common ends.

    >>> align_words("the IG fighters", "the Islamic State fighters")
    [Swap(start=4, end=6, text='Islamic'), Swap(start=6, end=6, text=' State')]
    """
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[len(a) - 1 - tail] == b[len(b) - 1 - tail]:
        tail += 1
    x, y = a[head : len(a) - tail], b[head : len(b) - tail]
    at = sum(map(len, a[:head]))
    if (len(x) + 1) * (len(y) + 1) > _MAX_CELLS:
        before, after = "".join(x), "".join(y)
        return [Swap(at, at + len(before), after)]
    swaps: list[Swap] = []
    for i, j in _pair(x, y):
        gone, come = x[i] if i >= 0 else "", y[j] if j >= 0 else ""
        if gone != come:
            if gone:
                swaps.append(Swap(at, at + len(gone), come))
            else:
                _insert(swaps, at, come)
        at += len(gone)
    return swaps


def _insert(swaps: list[Swap], at: int, text: str) -> None:
    """Add a token that comes in at ``at``; with a blank before it, it goes on with the last word that stays."""
    number, place = len(swaps), at
    while number and not swaps[number - 1].text and swaps[number - 1].end == place:  # what goes between
        number -= 1
        place = swaps[number].start
    if not text.isspace() and not (number and swaps[number - 1][:2] == (place, place)):
        number, place = len(swaps), at
    if number and swaps[number - 1][:2] == (place, place):
        swaps[number - 1] = Swap(place, place, swaps[number - 1].text + text)
    else:
        swaps.insert(number, Swap(place, place, text))


def _pair(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Return index pairs of a cheapest alignment; -1 stands for nothing."""
    rows = [[0]]
    for word in b:
        rows[0].append(rows[0][-1] + _alone(word))
    costs = [_alone(word) for word in b]
    for word in a:
        above = rows[-1]
        lost = _alone(word)
        row = [above[0] + lost]
        for j, other in enumerate(b):
            row.append(min(above[j] + _swap(word, other), above[j + 1] + lost, row[j] + costs[j]))
        rows.append(row)
    pairs: list[tuple[int, int]] = []
    i, j = len(a), len(b)
    while i or j:
        here = rows[i][j]
        # New words as far right as they may stand: a blank before them belongs to the word that was there.
        if j and here == rows[i][j - 1] + costs[j - 1]:
            j -= 1
            pairs.append((-1, j))
        elif i and here == rows[i - 1][j] + _alone(a[i - 1]):
            i -= 1
            pairs.append((i, -1))
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    pairs.reverse()
    return pairs


def _alone(token: str) -> int:
    """Cost of a token that comes or goes; costs are whole numbers, so that equals are equal."""
    return 40 if token.isspace() else 100 if token[0].isalnum() else 80


def _swap(a: str, b: str) -> int:
    """Cost of one token for another; unlike kinds cost more than both alone."""
    if a == b:
        return 0
    if a.isspace() or b.isspace():
        return 10 if a.isspace() and b.isspace() else 900
    word_a, word_b = a[0].isalnum(), b[0].isalnum()
    if word_a != word_b:
        return 900
    if not word_a:
        return 90
    low_a, low_b = a.lower(), b.lower()
    if low_a == low_b:
        return 30
    if low_a in _ARTICLES or low_b in _ARTICLES:
        return 170 if low_a in _ARTICLES and low_b in _ARTICLES else 200
    if low_a[0] == low_b[0] and (_is_acronym(a) or _is_acronym(b)):
        return 40  # IG and Islamic (State)
    same = 0
    while same < min(len(a), len(b)) and low_a[same] == low_b[same]:
        same += 1
    return 170 - 110 * same // max(len(a), len(b))


def _is_acronym(word: str) -> bool:
    return 1 < len(word) <= 5 and word.isupper()
