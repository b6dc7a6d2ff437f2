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
    if "<!--" not in text:
        return Ignored()
    comments: list[tuple[int, int]] = []
    locks: list[Lock] = []
    notes: list[str] = []
    off: frozenset[str] | None = None  # None: nothing is off; empty: everything is
    since = 0

    def close(at: int) -> None:
        if off is not None and at > since:
            locks.append(Lock(since, at, off))

    for found in _COMMENT.finditer(text):
        if any(a <= found.start() < b for a, b in skip):
            continue
        place = f"{name}:{_place(text, found.start())}"
        if not found["close"]:
            notes.append(f"{place}: the comment is not closed with -->, so it is read as text")
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
            off, note = _turn_on(off, rules)
            if note:
                notes.append(f"{place}: {note}")
        elif word in DIRECTIVES:
            a, b = _line(text, found.start()) if word == "ignore-line" else _next_line(text, found.end())
            if a < b:
                locks.append(Lock(a, b, rules))
        else:
            notes.append(f"{place}: {unknown_name('mtfix comment', word, DIRECTIVES)}")
    close(len(text))
    return Ignored(tuple(comments), tuple(sorted(locks, key=_order)), tuple(notes))


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


def _line(text: str, at: int) -> tuple[int, int]:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    end = _LINE_END.search(text, at)
    return start, end.start() if end else len(text)


def _next_line(text: str, at: int) -> tuple[int, int]:
    """The first line after the comment's own that is not blank."""
    end = _LINE_END.search(text, at)
    while end:
        start, stop = _line(text, end.end())
        if text[start:stop].strip():
            return start, stop
        end = _LINE_END.search(text, end.end())
    return at, at


def _place(text: str, offset: int) -> str:
    line = len(_LINE_END.findall(text, 0, offset)) + 1
    return f"{line}:{offset - _line(text, offset)[0] + 1}"
