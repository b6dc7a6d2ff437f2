"""Words that a pattern cannot match without: a text that holds none of them need not be shown to the pattern.

The filter of RE2 finds the same for thousands of patterns, but must compile them all first, which takes longer than
reading one wire.
"""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

sre: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

_SYNTAX = re.compile(r"\\(?:x\{(?P<code>[0-9A-Fa-f]+)\}|[pP](?:\{\^?\w+\}|\w)|z|\\)")
_MAX_WORDS = 400
_MAX_CLASS = 16
_MOST_SETS = 3
_MOST_SPELT = 16
_NOTHING = frozenset(("",))
_LONG_S = "ſ"  # RE2 folds it to s, str.lower() does not
_BLANKS = re.compile(r"\s+")
_ODD_BLANKS = re.compile(r"[^\S ]|\s\s")

Words = frozenset[str]
# For each pattern, or alternative of one, the sets of which a text must hold one string each; without sets any text may
# match.
Literals = tuple[tuple[tuple[str, ...], ...], ...]


def fold(text: str) -> str:
    """Return the text as `find_literals` speaks of it: small letters, one blank for any white space."""
    lowered = text.lower()
    if _LONG_S in lowered:
        lowered = lowered.replace(_LONG_S, "s")
    return _BLANKS.sub(" ", lowered) if _ODD_BLANKS.search(lowered) else lowered


def find_literals(patterns: Iterable[str]) -> Literals:
    """Return for each RE2 pattern sets of small-letter strings: a text that it matches holds a string of each set.

    >>> find_literals([r"(?i)\\bcarr(?:y|ied)[\\s\\x{A0}]+out\\b", r"[^a]+,.+", r"\\pL+"])
    ((('carried out', 'carry out'),), ((',',),), ())
    """
    return tuple(tuple(_shorten(words) for words in sets) for pattern in patterns for sets in _find(pattern))


def may_match(literals: Literals, folded: str) -> bool:
    """Whether one of the patterns may match a text, given as `fold` writes it."""
    for sets in literals:
        for words in sets:
            for word in words:
                if word in folded:
                    break
            else:
                break
        else:
            return True
    return False


def _shorten(words: Words) -> tuple[str, ...]:
    """Leave out what another string is part of: it is found with that one."""
    return tuple(sorted(w for w in words if not any(v != w and v in w for v in words)))


def _find(pattern: str) -> Iterator[list[Words]]:
    """Yield the sets of each alternative of a pattern."""
    translated = _SYNTAX.sub(_translate, pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = sre.parse(translated)
    except (re.error, OverflowError, RecursionError):
        yield []
    else:
        yield from map(_need, _split(tree))


def _split(tree: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield the alternatives of a pattern that is nothing but alternatives, perhaps between word edges."""
    elements = [(op, argument) for op, argument in tree if op is not sre.AT]
    if len(elements) == 1 and elements[0][0] is sre.BRANCH:
        for branch in elements[0][1][1]:
            yield from _split(branch)
    elif len(elements) == 1 and elements[0][0] is sre.SUBPATTERN:
        yield from _split(elements[0][1][-1])
    else:
        yield elements


def _translate(match: re.Match[str]) -> str:
    """Write RE2's own syntax in Python's: what stands for a class of letters need not be the same class here."""
    if match["code"]:
        return re.escape(chr(int(match["code"], 16)))
    if match[0] == r"\z":
        return r"\Z"
    return match[0] if match[0] == r"\\" else r"\w"


def _need(tree: Sequence[Any]) -> list[Words]:
    """Return the most telling sets of a sequence, the best first: each of its elements must match."""
    needed: list[Words] = []
    run = _NOTHING  # what the elements since the last one without a spelling stand for, side by side
    for op, argument in (*tree, (None, None)):
        spelt = _spell(op, argument)
        joined = None if spelt is None else _join(run, spelt)
        if joined is not None:
            run = joined
            continue
        if "" not in run:
            needed.append(run)
        run = spelt or _NOTHING
        if spelt is None:
            needed += _need_of(op, argument)
    needed.sort(key=_tell, reverse=True)
    return list(dict.fromkeys(needed))[:_MOST_SETS]


def _spell(op: Any, argument: Any) -> Words | None:
    """Return all that an element stands for, as `fold` writes it, if that is certain and not much."""
    letter = _letter(op, argument)
    if letter is not None:
        return frozenset((letter,))
    if op is sre.AT:
        return _NOTHING
    found: Words | None = None
    if op is sre.IN:
        found = _spell_class(argument)
    elif op is sre.SUBPATTERN:
        found = _spell_all(argument[-1])
    elif op is sre.BRANCH:
        branches = [_spell_all(branch) for branch in argument[1]]
        found = None if None in branches else frozenset().union(*(b for b in branches if b is not None))
    elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[:2] == (0, 1):
        body = _spell_all(argument[2])
        found = None if body is None else body | _NOTHING
    return found if found is not None and len(found) <= _MOST_SPELT else None


def _spell_all(tree: Sequence[Any]) -> Words | None:
    run: Words | None = _NOTHING
    for op, argument in tree:
        spelt = _spell(op, argument)
        run = None if spelt is None or run is None else _join(run, spelt)
        if run is None:
            return None
    return run


def _join(run: Words, more: Words) -> Words | None:
    """Return each of ``run`` with each of ``more`` behind it, None if they are too many. Blanks that meet are one."""
    if len(run) * len(more) > _MOST_SPELT:
        return None
    return frozenset(r + (m.removeprefix(" ") if r.endswith(" ") else m) for r in run for m in more)


def _letter(op: Any, argument: Any) -> str | None:
    """Return the one character that an element stands for, as `fold` writes it, if that is certain."""
    if _is_blank(op, argument):
        return " "
    if op is sre.LITERAL:
        found = {argument}
    elif op is sre.IN and all(kind is sre.LITERAL for kind, _ in argument):
        found = {code for _, code in argument}
    else:
        return None
    letters = {chr(code).lower() for code in found}
    return letters.pop() if len(letters) == 1 and all(map(_is_certain, found)) else None


def _is_blank(op: Any, argument: Any) -> bool:
    """Whether an element stands for white space, once or more."""
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, _, body = argument
        return low > 0 and len(body) == 1 and _is_blank(*body[0])
    if op is sre.LITERAL:
        return chr(argument).isspace()
    return op is sre.IN and all(
        value is sre.CATEGORY_SPACE if kind is sre.CATEGORY else kind is sre.LITERAL and chr(value).isspace()
        for kind, value in argument
    )


def _is_certain(code: int) -> bool:
    """Whether RE2 and `fold` agree about the case of a character."""
    return code < 128 or chr(code).lower() == chr(code).upper()


def _need_of(op: Any, argument: Any) -> list[Words]:
    if op is sre.SUBPATTERN:
        return _need(argument[-1])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, _, body = argument
        return _need(body) if low else []
    if op is sre.BRANCH:
        union: set[str] = set()
        for branch in argument[1]:
            found = _need(branch)
            if not found:
                return []
            union |= found[0]
        return [frozenset(union)] if len(union) <= _MAX_WORDS else []
    if op is sre.IN:
        letters = _spell_class(argument)
        return [letters] if letters else []
    return []


def _spell_class(members: Sequence[tuple[Any, Any]]) -> Words | None:
    """Return the characters of a small class, None for a large one."""
    letters: set[str] = set()
    for kind, value in members:
        if kind is sre.CATEGORY and value is sre.CATEGORY_DIGIT:
            letters.update("0123456789")  # RE2's digits are those of ASCII
            continue
        low, high = (value, value) if kind is sre.LITERAL else value if kind is sre.RANGE else (0, 1 << 20)
        if high - low > _MAX_CLASS or not all(map(_is_certain, range(low, high + 1))):
            return None
        letters.update(" " if chr(code).isspace() else chr(code).lower() for code in range(low, high + 1))
    return frozenset(letters) if len(letters) <= _MAX_CLASS else None


def _tell(words: Words) -> tuple[int, int, list[str]]:
    """Rank a set by how few texts meet it: long strings first, then few of them."""
    return min(len(w.strip()) for w in words), -len(words), sorted(words)
