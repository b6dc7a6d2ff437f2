"""Training pairs: a sentence and what an editor who sees only that sentence could make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from mtfix.english import wordclass as wc
from mtfix.model.align import Hunk, align, apply_hunks, tokenize
from mtfix.model.classify import EditType, classify
from mtfix.model.guard import keeps_facts

MECHANICAL = frozenset(
    {
        EditType.ARTICLE,
        EditType.PREPOSITION,
        EditType.AGREEMENT,
        EditType.VERB_FORM,
        EditType.NOUN_NUMBER,
        EditType.WORD_FORM,
        EditType.ORDER,
        EditType.PRONOUN,
        EditType.FUNCTION,
    }
)
LEXICAL = frozenset({EditType.WORD_CHOICE, EditType.REWORDING})


@dataclass(frozen=True, slots=True)
class Pair:
    """``mt`` and ``pe``; ``kind`` says where they come from."""

    mt: str
    pe: str
    kind: str


def words(text: str) -> list[str]:
    """Return the tokens of ``text`` in lower case."""
    return [t.text.lower() for t in tokenize(text)]


def similarity(first: Sequence[str], second: Sequence[str]) -> float:
    """Return 1 minus the normalised insertion-deletion distance of two token lists."""
    return float(Indel.normalized_similarity(first, second))


def is_editor_like(hunk: Hunk, kind: EditType, *, at_start: bool) -> bool:
    """Say whether an editor who cannot see the source could have made this change."""
    if len(hunk.before) > 10 or len(hunk.after) > 10:
        return False
    if any(not t[0].isalnum() and t not in ",-" for t in (*hunk.before, *hunk.after)):
        return False
    content = [sum(t[0].isalnum() and t.lower() not in wc.FUNCTION for t in side) for side in (hunk.before, hunk.after)]
    if content[0] != content[1] and not (kind in LEXICAL and 1 <= content[1] <= content[0] <= content[1] + 1):
        return False
    if kind is EditType.PUNCTUATION:
        return set(hunk.before) | set(hunk.after) <= {","}
    return keeps_facts(hunk, at_start=at_start)


@dataclass(frozen=True, slots=True)
class Versions:
    """All translations of one sentence, as strings of spaced tokens in lower case, for counting support."""

    reference: tuple[str, ...]
    others: tuple[str, ...]

    def support(self, phrase: str) -> tuple[int, int]:
        """Return how many references and how many other outputs contain the spaced phrase."""
        return sum(phrase in r for r in self.reference), sum(phrase in o for o in self.others)


def flatten(text: str) -> str:
    """Return ``text`` as spaced tokens in lower case with a mark at both ends."""
    return " ^ " + " ".join(words(text)) + " $ "


def supported_edits(mt: str, candidates: Sequence[str], versions: Versions | None) -> str:
    """Return ``mt`` with the edits that other translations of the same sentence agree on, and no others.

    Every candidate (references, other systems' outputs) is aligned with ``mt``; a hunk stays when an editor could have
    made it and when the new words, with the neighbours they share with ``mt``, stand in a reference or in at least
    three other outputs and clearly more often than the old words do. What remains wrong in ``mt`` stays: a hypothesis
    and its reference teach paraphrase, a hypothesis and its agreed repairs do not. Without ``versions`` the candidates
    are human post-edits and need no support.
    """
    tokens = tokenize(mt)
    starts = {t.start: i for i, t in enumerate(tokens)}
    ends = {t.end: i for i, t in enumerate(tokens)}
    lower = ["^", *(t.text.lower() for t in tokens), "$"]
    found: dict[tuple[int, int, str], tuple[float, Hunk]] = {}
    for candidate in candidates:
        for hunk in align(mt, candidate):
            key = (hunk.start, hunk.end, hunk.replacement)
            if key in found:
                continue
            first = starts.get(hunk.start)
            if first is None or not hunk.before:
                first = ends.get(hunk.start, -1) + 1
            kind = classify(hunk)
            if kind in (EditType.CASE, EditType.SPELLING):
                continue
            if not is_editor_like(hunk, kind, at_start=first == 0):
                continue
            if versions is None:
                found[key] = (0.0, hunk)
                continue
            left, right = lower[first], lower[min(first + len(hunk.before) + 1, len(lower) - 1)]
            old = " ".join(("", left, *(t.lower() for t in hunk.before), right, ""))
            new = " ".join(("", left, *(t.lower() for t in hunk.after), right, ""))
            in_reference, new_count = versions.support(new)
            old_reference, old_count = versions.support(old)
            if old_reference:
                continue
            if kind in LEXICAL or kind is EditType.PUNCTUATION:
                good = new_count >= 3 and new_count + 5 * in_reference > 4 * old_count
                good = good and max(len(hunk.before), len(hunk.after)) <= 4
            else:
                good = (in_reference and 5 + new_count > 0.7 * old_count) or (
                    new_count >= 3 and new_count > 3 * old_count
                )
            if good:
                found[key] = (5.0 * in_reference + new_count - old_count, hunk)
    chosen: list[Hunk] = []
    for _, hunk in sorted(found.values(), key=lambda s: -s[0]):
        if all(hunk.end < c.start or hunk.start > c.end for c in chosen):
            chosen.append(hunk)
    return apply_hunks(mt, sorted(chosen, key=lambda h: h.start))
