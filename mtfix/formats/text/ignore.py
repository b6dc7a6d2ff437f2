"""Ignore comments: ``<!-- mtfix off -->`` and its kin become locks, and are themselves never changed.

====================================  ==========================================================================
``<!-- mtfix off -->``                nothing is changed from here to ``<!-- mtfix on -->`` or the end
``<!-- mtfix off RULE_ID, tag -->``   these rules keep away; ``<!-- mtfix on RULE_ID -->`` lets one back in
``<!-- mtfix ignore-line -->``        the line on which the comment stands (may name rules, too)
``<!-- mtfix ignore-next-line -->``   the next line that is not blank (may name rules, too)
====================================  ==========================================================================
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mtfix.errors import unknown_name
from mtfix.types import Lock

DIRECTIVES = ("off", "on", "ignore-line", "ignore-next-line")

_COMMENT = re.compile(r"<!--\s*mtfix\b(?P<body>(?:(?!-->).)*?)(?P<close>-->|\Z)", re.DOTALL | re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")
_EVERYTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ignored:
    """What the ignore comments of a text say: where they stand, what they lock, what is wrong with them."""

    comments: tuple[tuple[int, int], ...] = ()
    locks: tuple[Lock, ...] = ()
    notes: tuple[str, ...] = ()

    def blank(self, text: str) -> str:
        """Return ``text``, as long as before, with blanks in the place of the comments; line ends stay."""
        parts: list[str] = []
        at = 0
        for start, end in self.comments:
            parts += (text[at:start], re.sub(r"[^\r\n]", " ", text[start:end]))
            at = end
        parts.append(text[at:])
        return "".join(parts)


def read_ignored(text: str, name: str = "-", skip: Sequence[tuple[int, int]] = ()) -> Ignored:
    """Read the ignore comments of ``text`` but those that begin within ``skip`` (code, which may show them).

    Returned locks are spans of ``text``, sorted; every comment is locked itself. An unknown directive is a note.

    >>> read_ignored("<!-- mtfix off NAME_X -->IG<!-- mtfix on -->").locks[1]
    Lock(start=25, end=27, rules=frozenset({'NAME_X'}))
    """
    if _COMMENT.search(text) is None:
        return Ignored()
    comments: list[tuple[int, int]] = []
    locks: list[Lock] = []
    notes: list[str] = []
    off: frozenset[str] | None = None  # None: nothing is off; empty: everything is
    since = 0
    lines = _Lines(text)

    def close(at: int) -> None:
        if off is not None and at > since:
            locks.append(Lock(since, at, off))

    for found in _COMMENT.finditer(text):
        if any(a <= found.start() < b for a, b in skip):
            continue

        def note(message: str, at: int = found.start()) -> None:
            notes.append(f"{name}:{lines.place(at)}: {message}")

        if not found["close"]:
            note("the comment is not closed with -->, so it is read as text")
            break
        comments.append(found.span())
        locks.append(Lock(*found.span()))
        word, rules = _parse(found["body"])
        if word == "off":
            close(found.start())
            off = _EVERYTHING if not rules or off == _EVERYTHING else (off or _EVERYTHING) | rules
            since = found.end()
        elif word == "on":
            close(found.start())
            since = found.end()
            off, mistake = _turn_on(off, rules)
            if mistake:
                note(mistake)
        elif word in DIRECTIVES:
            a, b = lines.this(found.start()) if word == "ignore-line" else lines.next(found.end())
            if a < b:
                locks.append(Lock(a, b, rules))
        else:
            note(unknown_name("mtfix comment", word, DIRECTIVES))
    close(len(text))
    return Ignored(tuple(comments), tuple(sorted(set(locks), key=_order)), tuple(notes))


def merge_locks(*groups: Iterable[Lock]) -> list[Lock]:
    """Return the locks of all groups in the order of their spans."""
    return sorted((lock for group in groups for lock in group), key=_order)


def _order(lock: Lock) -> tuple[int, int, list[str]]:
    return lock.start, lock.end, sorted(lock.rules)


def _parse(body: str) -> tuple[str, frozenset[str]]:
    word, _, rest = body.strip(" \t\r\n:").partition(" ")
    return word.lower(), frozenset(re.split(r"[,\s]+", rest.strip())) - {""}


def _turn_on(off: frozenset[str] | None, rules: frozenset[str]) -> tuple[frozenset[str] | None, str]:
    if off is None:
        return None, "'mtfix on' without 'mtfix off' before it does nothing"
    if not rules:
        return None, ""
    if off == _EVERYTHING:
        return off, "'mtfix on' cannot let single rules in while everything is off"
    missing = ", ".join(sorted(rules - off))
    return off - rules or None, f"'mtfix on' names what is not off: {missing}" if missing else ""


class _Lines:
    """The lines of a text: where each starts, and where it ends before its line end."""

    def __init__(self, text: str) -> None:
        breaks = [found.span() for found in _LINE_END.finditer(text)]
        self.text = text
        self.starts = [0, *(end for _, end in breaks)]
        self.ends = [*(start for start, _ in breaks), len(text)]

    def number(self, offset: int) -> int:
        """Number of the line in which ``offset`` stands, from 0."""
        return bisect_right(self.starts, offset) - 1

    def place(self, offset: int) -> str:
        """``line:column`` of an offset, from 1."""
        number = self.number(offset)
        return f"{number + 1}:{offset - self.starts[number] + 1}"

    def this(self, offset: int) -> tuple[int, int]:
        """Span of the line in which ``offset`` stands."""
        number = self.number(offset)
        return self.starts[number], self.ends[number]

    def next(self, offset: int) -> tuple[int, int]:
        """Span of the first line after that of ``offset`` that is not blank; an empty span if there is none."""
        for number in range(self.number(offset) + 1, len(self.starts)):
            if self.text[self.starts[number] : self.ends[number]].strip():
                return self.starts[number], self.ends[number]
        return offset, offset
