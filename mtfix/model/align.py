"""Align a hypothesis with its input into hunks: the smallest changes that an editor could accept one by one.

Word-level edit distance in which a change of form or of case costs less than a new word, as in the alignment of ERRANT
(Bryant, Felice and Briscoe 2017), without a tagger. A deletion and an insertion of the same words close to each other
are one hunk, a move.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mtfix.english.wordclass import ARTICLES, FUNCTION, PREPOSITIONS, same_word

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’‑-][^\W\d_]+)*|\w+|[^\w\s]")
_MOVE_REACH = 9  # tokens between the two ends of a move
_STAY = ARTICLES | PREPOSITIONS


class Token(NamedTuple):
    """A word, a number or a mark, with its span in code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """``text[start:end]`` becomes ``replacement``; ``before`` and ``after`` are its tokens on either side."""

    start: int
    end: int
    replacement: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text`` in order; only white space lies between them."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def _substitution(a: str, b: str) -> float:
    low_a, low_b = a.lower(), b.lower()
    if low_a == low_b:
        return 0.3
    word_a, word_b = a[0].isalnum(), b[0].isalnum()
    if word_a != word_b:
        return 1.9
    if not word_a:
        return 0.9
    if same_word(low_a, low_b):
        return 0.6
    return 1.3


def _operations(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return the changed blocks ``(i1, i2, j1, j2)`` of a cheapest alignment of ``a`` and ``b``."""
    head = 0
    while head < len(a) and head < len(b) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < len(a) - head and tail < len(b) - head and a[len(a) - 1 - tail] == b[len(b) - 1 - tail]:
        tail += 1
    x, y = a[head : len(a) - tail], b[head : len(b) - tail]
    if not x and not y:
        return []
    if not x or not y:
        return [(head, head + len(x), head, head + len(y))]
    width = len(y) + 1
    rows = [[float(j) for j in range(width)]]
    for i, word in enumerate(x, 1):
        above = rows[-1]
        row = [float(i)]
        for j, other in enumerate(y, 1):
            cost = above[j - 1] if word == other else above[j - 1] + _substitution(word, other)
            row.append(min(cost, above[j] + 1.0, row[-1] + 1.0))
        rows.append(row)
    i, j = len(x), len(y)
    matched: list[tuple[int, int]] = []
    while i and j:
        here = rows[i][j]
        if x[i - 1] == y[j - 1] and here == rows[i - 1][j - 1]:
            matched.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif here == rows[i - 1][j] + 1.0:
            i -= 1
        elif here == rows[i][j - 1] + 1.0:
            j -= 1
        else:
            i, j = i - 1, j - 1
    blocks = []
    at_i = at_j = 0
    for mi, mj in [*reversed(matched), (len(x), len(y))]:
        if mi > at_i or mj > at_j:
            blocks.append((head + at_i, head + mi, head + at_j, head + mj))
        at_i, at_j = mi + 1, mj + 1
    return blocks


def _movable(words: Sequence[str]) -> set[str]:
    """Return the words whose going here and coming there is a move; articles and prepositions come and go alone."""
    return {low for w in words if w[0].isalnum() and (low := w.lower()) not in _STAY}


def _meet(gone: set[str], come: set[str]) -> bool:
    """Whether a word that goes comes elsewhere, in this form or, unless it is a function word, in another."""
    return not gone.isdisjoint(come) or any(same_word(g, c) for g in gone - FUNCTION for c in come - FUNCTION)


def _join_moves(
    blocks: list[tuple[int, int, int, int]], a: Sequence[str], b: Sequence[str]
) -> list[tuple[int, int, int, int]]:
    """Merge blocks between which words move."""
    merged = list(blocks)
    k = 0
    while k + 1 < len(merged):
        i1, i2, j1, j2 = merged[k]
        gone, come = _movable(a[i1:i2]), _movable(b[j1:j2])
        gone, come = gone - come, come - gone
        for last in range(k + 1, len(merged)):
            n1, n2, m1, m2 = merged[last]
            if n1 - i2 > _MOVE_REACH:
                break
            later_gone, later_come = _movable(a[n1:n2]), _movable(b[m1:m2])
            if _meet(gone, later_come - later_gone) or _meet(come, later_gone - later_come):
                merged[k : last + 1] = [(i1, n2, j1, m2)]
                k -= 1  # what has grown may now meet another
                break
        k += 1
    return merged


def _span(
    text: str, tokens: Sequence[Token], hypothesis: str, others: Sequence[Token], block: tuple[int, int, int, int]
) -> tuple[int, int, str]:
    """Turn a block of tokens into a span of ``text`` and its replacement, white space included."""
    i1, i2, j1, j2 = block
    if i1 == i2:  # insertion: after the token to the left, with the hypothesis's own spacing
        if i1:
            at = tokens[i1 - 1].end
            return at, at, hypothesis[others[j1 - 1].end if j1 else 0 : others[j2 - 1].end]
        at = tokens[0].start if tokens else len(text)
        end = others[j2].start if j2 < len(others) else len(hypothesis)
        return at, at, hypothesis[others[j1].start : end]
    start, end = tokens[i1].start, tokens[i2 - 1].end
    if j1 == j2:  # deletion: one space stays where the hypothesis has one
        left = tokens[i1 - 1].end if i1 else start
        right = tokens[i2].start if i2 < len(tokens) else end
        spaced = 0 < j1 < len(others) and others[j1 - 1].end < others[j1].start
        if not spaced or (left == start and right == end):
            return left, right, " " if spaced else ""
        return (left, end, "") if right > end else (start, right, "")
    first, last = others[j1].start, others[j2 - 1].end
    if i1 and j1 and (tokens[i1 - 1].end == start) != (others[j1 - 1].end == first):
        start, first = tokens[i1 - 1].end, others[j1 - 1].end
    if i2 < len(tokens) and j2 < len(others) and (tokens[i2].start == end) != (others[j2].start == last):
        end, last = tokens[i2].start, others[j2].start
    return start, end, hypothesis[first:last]


def align(text: str, hypothesis: str, normalize: Callable[[str], str] = str) -> list[Hunk]:
    """Return the hunks that turn ``text`` into ``hypothesis``, sorted and not overlapping.

    Tokens that differ only before ``normalize`` (what a model's vocabulary folds together) count as equal, and so
    does any spacing between equal tokens: the input's stays.

    >>> [(h.before, h.after) for h in align("were detained 12 citizens", "12 citizens were detained")]
    [(('were', 'detained', '12', 'citizens'), ('12', 'citizens', 'were', 'detained'))]
    """
    if text == hypothesis:
        return []
    tokens, others = tokenize(text), tokenize(hypothesis)
    a = [normalize(t.text) or t.text for t in tokens]
    b = [normalize(t.text) or t.text for t in others]
    blocks = _join_moves(_operations(a, b), a, b)
    hunks = []
    for block in blocks:
        start, end, replacement = _span(text, tokens, hypothesis, others, block)
        i1, i2, j1, j2 = block
        if text[start:end] != replacement:
            before, after = (tuple(t.text for t in part) for part in (tokens[i1:i2], others[j1:j2]))
            hunks.append(Hunk(start, end, replacement, before, after))
    return hunks


def apply_hunks(text: str, hunks: Sequence[Hunk]) -> str:
    """Return ``text`` with ``hunks`` (sorted, not overlapping) applied."""
    parts: list[str] = []
    at = 0
    for hunk in hunks:
        parts += (text[at : hunk.start], hunk.replacement)
        at = hunk.end
    parts.append(text[at:])
    return "".join(parts)
