"""Edits between two versions of a sentence: align, merge, classify, as ERRANT does.

Words are aligned by a linguistically weighted Damerau-Levenshtein distance, neighbouring operations are merged by
rules, and each edit gets a type such as ``R:VERB:FORM`` (``mtfix.evaluation.errant.edittypes``). Sources: Felice, Bryant and
Briscoe 2016 (alignment, merging); Bryant, Felice and Briscoe 2017 (types). ERRANT itself needs spaCy and a tagger;
this needs a dictionary. ``benchmarks/eval.py edits`` measures how often both agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from mtfix.evaluation.errant.edittypes import classify_edit
from mtfix.evaluation.errant.wordtags import CONTENT, Token, tokenize

_MAX_CELLS = 40_000  # a sentence pair of 200 x 200 tokens after common ends; beyond, one edit covers the difference


@dataclass(frozen=True, slots=True)
class TypedEdit:
    """``text[start:end]`` becomes ``replacement``; ``first`` and ``last`` are the token span, ``type`` as in ERRANT."""

    start: int
    end: int
    replacement: str
    first: int
    last: int
    type: str


@lru_cache(maxsize=50_000)
def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _substitution(a: Token, b: Token) -> float:
    """Cost of a substitution, 0 to 2: lemma, class and characters count, as in ERRANT's alignment."""
    if a.text.lower() == b.text.lower():
        return 0.0
    lemma = 0.0 if a.lemma == b.lemma else 0.499
    if a.tag == b.tag:
        tag = 0.0
    elif a.tag in CONTENT and b.tag in CONTENT:
        tag = 0.25
    else:
        tag = 0.5
    return lemma + tag + 1.0 - _likeness(a.text, b.text)


class _Op(NamedTuple):
    """One operation of the alignment: M(atch), S(ubstitute), D(elete), I(nsert), T(ranspose), over token spans."""

    kind: str
    i1: int
    i2: int
    j1: int
    j2: int


def _align(a: Sequence[Token], b: Sequence[Token]) -> list[_Op]:
    """Return the operations of a cheapest alignment, left to right."""
    n, m = len(a), len(b)
    cost = [[float(j) for j in range(m + 1)]] + [[float(i)] + [0.0] * m for i in range(1, n + 1)]
    back: list[list[tuple[str, int]]] = [[("I", 1)] * (m + 1)] + [[("D", 1)] + [("M", 1)] * m for _ in range(n)]
    low_a, low_b = [t.text.lower() for t in a], [t.text.lower() for t in b]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if a[i - 1].text == b[j - 1].text:
                cost[i][j] = cost[i - 1][j - 1]
                continue
            best = (cost[i - 1][j - 1] + _substitution(a[i - 1], b[j - 1]), "S", 1)
            best = min(best, (cost[i][j - 1] + 1.0, "I", 1), (cost[i - 1][j] + 1.0, "D", 1), key=lambda c: c[0])
            if low_a[i - 1] != low_b[j - 1]:
                for k in range(2, min(i, j, 8) + 1):
                    if sorted(low_a[i - k : i]) == sorted(low_b[j - k : j]):
                        moved = (cost[i - k][j - k] + k - 1, "T", k)
                        best = min(moved, best, key=lambda c: c[0])  # on a tie, a move
                        break
            cost[i][j] = best[0]
            back[i][j] = (best[1], best[2])
    ops = []
    i, j = n, m
    while i or j:
        kind, k = back[i][j] if i and j else (("D", 1) if i else ("I", 1))
        di, dj = (k if kind != "I" else 0), (k if kind != "D" else 0)
        ops.append(_Op(kind, i - di, i, j - dj, j))
        i, j = i - di, j - dj
    return ops[::-1]


def _flatten(tokens: Sequence[Token]) -> str:
    return re.sub(r"[\s'’‑-]", "", "".join(t.text for t in tokens)).lower()


def _join(ops: Sequence[_Op]) -> list[_Op]:
    return [_Op("X", ops[0].i1, ops[-1].i2, ops[0].j1, ops[-1].j2)] if ops else []


def _is_possessive(token: Token) -> bool:
    return token.tag == "PART" and token.text in ("'s", "’s", "'", "’")


def _merge(ops: Sequence[_Op], a: Sequence[Token], b: Sequence[Token]) -> list[_Op]:
    """Merge a run of deletions, insertions and substitutions by ERRANT's rules, the longest spans first."""
    if len(ops) <= 1:
        return list(ops)
    kinds = [op.kind for op in ops]
    if set(kinds) in ({"D"}, {"I"}):
        return _join(ops)
    content = False
    last = len(ops) - 1
    spans = [(s, e) for s in range(len(ops)) for e in range(s + 1, len(ops))]
    for s, e in sorted(spans, key=lambda span: span[0] - span[1]):
        if "S" not in kinds[s : e + 1]:
            continue
        left, right = a[ops[s].i1 : ops[e].i2], b[ops[s].j1 : ops[e].j2]
        if _is_possessive(left[-1]) or _is_possessive(right[-1]):  # friends -> friend 's
            return _merge_pair(ops, e, a, b)
        if left[-1].text.lower() == right[-1].text.lower():
            opens = (len(left) == 1 and right[0].text[0].isupper()) or (len(right) == 1 and left[0].text[0].isupper())
            if s == 0 and opens:  # Cat -> The cat
                return [*_join(ops[s : e + 1]), *_merge(ops[e + 1 :], a, b)]
            if any(len(side) > 1 and side[-2].tag == "PUNCT" for side in (left, right)):  # , we -> . We
                return _merge_pair(ops, e, a, b)
        classes = {t.tag for t in (*left, *right)}
        same = len(left) != len(right) and (len(classes) == 1 or classes <= {"AUX", "PART", "VERB"})
        if _flatten(left) == _flatten(right) or same:  # sub way -> subway; to eat -> eating
            return [*_merge(ops[:s], a, b), *_join(ops[s : e + 1]), *_merge(ops[e + 1 :], a, b)]
        if e - s < 2:
            apart = len(left) == len(right) == 2
            alike = (kinds[s] == "S" and _likeness(left[0].text, right[0].text) > 0.75) or (
                kinds[e] == "S" and _likeness(left[-1].text, right[-1].text) > 0.75
            )
            if apart or alike:
                return [*_merge(ops[: s + 1], a, b), *_merge(ops[s + 1 :], a, b)]
            final = (kinds[-1] in "DS" and left[-1].tag == "DET") or (kinds[-1] in "IS" and right[-1].tag == "DET")
            if e == last and final:
                return [*_merge(ops[:-1], a, b), ops[-1]]
        content = content or bool(classes & CONTENT)
    return _join(ops) if content else list(ops)


def _merge_pair(ops: Sequence[_Op], e: int, a: Sequence[Token], b: Sequence[Token]) -> list[_Op]:
    """Merge operation ``e`` with the one before it, and each side by itself."""
    return [*_merge(ops[: e - 1], a, b), *_join(ops[e - 1 : e + 1]), *_merge(ops[e + 1 :], a, b)]


def extract_edits(before: str, after: str) -> list[TypedEdit]:
    """Return the typed edits that turn ``before`` into ``after``, sorted and not overlapping; spacing alone is none.

    >>> [(e.replacement, e.type) for e in extract_edits("He go to a school", "He goes to school")]
    [('goes', 'R:VERB:SVA'), ('', 'U:DET')]
    """
    if before == after:
        return []
    a, b = tokenize(before), tokenize(after)
    head = 0
    while head < min(len(a), len(b)) and a[head].text == b[head].text:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail].text == b[-1 - tail].text:
        tail += 1
    x, y = a[head : len(a) - tail], b[head : len(b) - tail]
    if len(x) * len(y) > _MAX_CELLS:
        blocks = [_Op("X", 0, len(x), 0, len(y))]
    else:
        blocks = []
        run: list[_Op] = []
        for op in [*_align(x, y), _Op("M", len(x), len(x), len(y), len(y))]:
            if op.kind in "MT":
                blocks += [*_merge(run, x, y), *([op] if op.kind == "T" else [])]
                run = []
            else:
                run.append(op)
    edits: list[TypedEdit] = []
    for op in blocks:
        left, right = x[op.i1 : op.i2], y[op.j1 : op.j2]
        if [t.text for t in left] == [t.text for t in right]:
            continue
        start, end, new = _place(before, a, after, b, (head + op.i1, head + op.i2, head + op.j1, head + op.j2))
        # A deletion at the start took the space to its right, which the next edit would take to its left.
        start = max(start, edits[-1].end if edits else 0)
        end = max(start, end)
        edits.append(TypedEdit(start, end, new, head + op.i1, head + op.i2, classify_edit(left, right)))
    return edits


def _place(
    text: str, a: Sequence[Token], other: str, b: Sequence[Token], block: tuple[int, int, int, int]
) -> tuple[int, int, str]:
    """Turn token spans into a span of ``text`` and its replacement; an insertion or deletion takes its space along."""
    i1, i2, j1, j2 = block
    if i1 < i2 and j1 < j2:
        return a[i1].start, a[i2 - 1].end, other[b[j1].start : b[j2 - 1].end]
    if i1 == i2:
        if i1:
            return a[i1 - 1].end, a[i1 - 1].end, other[b[j1 - 1].end : b[j2 - 1].end] if j1 else other[: b[j2 - 1].end]
        at = a[0].start if a else len(text)
        return at, at, other[b[j1].start : b[j2].start if j2 < len(b) else len(other)]
    if i1:
        return a[i1 - 1].end, a[i2 - 1].end, ""
    return a[0].start, a[i2].start if i2 < len(a) else a[i2 - 1].end, ""


@dataclass(slots=True)
class EditCounts:
    """True positives, false positives and false negatives by type; ``""`` holds all types together."""

    hits: Counter[str]
    spurious: Counter[str]
    missed: Counter[str]

    def precision(self, kind: str = "") -> float:
        """Share of the system's edits that the human also made, 0 to 1 (1 when there are none, as in ERRANT)."""
        made = self.hits[kind] + self.spurious[kind]
        return self.hits[kind] / made if made else 1.0

    def recall(self, kind: str = "") -> float:
        """Share of the human's edits that the system also made, 0 to 1 (1 when there are none)."""
        wanted = self.hits[kind] + self.missed[kind]
        return self.hits[kind] / wanted if wanted else 1.0

    def f_half(self, kind: str = "") -> float:
        """F0.5: precision weighs twice as much as recall."""
        p, r = self.precision(kind), self.recall(kind)
        return 1.25 * p * r / (0.25 * p + r) if p + r else 0.0

    def add(self, system: Sequence[TypedEdit], human: Sequence[TypedEdit]) -> None:
        """Count one sentence: an edit is right when the human made it at the same tokens with the same words."""
        wanted = {(e.first, e.last, _words(e.replacement)): e.type for e in human}
        for edit in system:
            key = (edit.first, edit.last, _words(edit.replacement))
            if key in wanted:
                kind = wanted.pop(key)
                self.hits.update((kind, ""))
            else:
                self.spurious.update((edit.type, ""))
        for kind in wanted.values():
            self.missed.update((kind, ""))


def _words(text: str) -> str:
    return " ".join(text.split())


def count_edits() -> EditCounts:
    """Return empty counts."""
    return EditCounts(Counter(), Counter(), Counter())
