"""Who does what to whom: a hunk may not change agent and patient.

"Arrested the lawyer of the minister" may become "The lawyer of the minister was arrested", never "The lawyer was
arrested by the minister". Without a parser, three signs say that roles may have changed, and one is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from mtfix.english import wordclass as wc
from mtfix.model.align import Hunk

_MADE_PASSIVE = wc.BE | {"been", "being", "get", "gets", "got"}


def find_changed_roles(hunk: Hunk) -> str | None:
    """Return what a hunk would change in the roles of its clause; None if no sign says so.

    >>> from mtfix.model.align import align
    >>> text = "Arrested the lawyer of the minister."
    >>> [find_changed_roles(h) for h in align(text, "The lawyer was arrested by the minister.")]
    ['who did it']
    >>> [find_changed_roles(h) for h in align(text, "The lawyer of the minister was arrested.")]
    [None]
    """
    before, after = [t.lower() for t in hunk.before], [t.lower() for t in hunk.after]
    if before.count("by") != after.count("by"):
        exchanged = _count(before, wc.PREPOSITIONS) == _count(after, wc.PREPOSITIONS)  # "on 5 percent": "by 5 percent"
        if not exchanged or _has_content(before) or _has_content(after):
            return "who did it"
    shared_before = [w for w in before if w in after and _is_content(w)]
    shared_after = [w for w in after if w in before and _is_content(w)]
    if shared_before == shared_after:
        return None
    # Words on both sides of another (a verb, most often) that change sides while no passive comes or goes.
    passive = _count(after, _MADE_PASSIVE) - _count(before, _MADE_PASSIVE)
    for word in shared_before:
        i, j = shared_before.index(word), shared_after.index(word)
        left, right = set(shared_before[:i]), set(shared_before[i + 1 :])
        if left & set(shared_after[j + 1 :]) and right & set(shared_after[:j]) and passive == 0:
            return "who did what to whom"
    return None


def _is_content(word: str) -> bool:
    return word[:1].isalnum() and word not in wc.FUNCTION


def _has_content(words: Sequence[str]) -> bool:
    return any(map(_is_content, words))


def _count(words: Sequence[str], of: frozenset[str]) -> int:
    return sum(w in of for w in words)
