"""Say what kind of change a hunk is: in the tradition of ERRANT, without a tagger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum

from mtfix.english import wordclass as wc
from mtfix.model.align import Hunk


class EditType(str, Enum):
    """Kinds of edits, from the most mechanical to the most free. Confidence is calibrated for each."""

    ARTICLE = "article"
    PREPOSITION = "preposition"
    AGREEMENT = "agreement"
    VERB_FORM = "verb-form"
    NOUN_NUMBER = "noun-number"
    WORD_FORM = "word-form"
    ORDER = "order"
    PRONOUN = "pronoun"
    FUNCTION = "function-word"
    CASE = "capitalisation"
    PUNCTUATION = "punctuation"
    SPELLING = "spelling"
    WORD_CHOICE = "word-choice"
    REWORDING = "rewording"


_AGREEMENT_PAIRS = {
    frozenset(pair)
    for pair in (("is", "are"), ("was", "were"), ("has", "have"), ("does", "do"), ("am", "is"), ("isn't", "aren't"),
                 ("wasn't", "weren't"), ("hasn't", "haven't"), ("doesn't", "don't"))
}  # fmt: skip


def list_words(tokens: Sequence[str]) -> list[str]:
    """Return the words among tokens, in lower case."""
    return [t.lower() for t in tokens if t[0].isalnum()]


def subtract_words(first: Sequence[str], second: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words of each side that the other has not."""
    a, b = Counter(first), Counter(second)
    return list((a - b).elements()), list((b - a).elements())


def classify(hunk: Hunk) -> EditType:
    """Return the kind of a hunk."""
    before, after = list_words(hunk.before), list_words(hunk.after)
    if before == after:
        if [t for t in hunk.before if t[0].isalnum()] != [t for t in hunk.after if t[0].isalnum()]:
            return EditType.CASE
        return EditType.PUNCTUATION
    gone, come = subtract_words(before, after)
    if not gone and not come:
        return EditType.ORDER
    changed = {*gone, *come}
    if changed <= wc.ARTICLES:
        return EditType.ORDER if _moved(before, after) else EditType.ARTICLE
    pairs = _pair_forms(gone, come)
    if pairs is not None:
        if _moved([_base(w, pairs, 0) for w in before], [_base(w, pairs, 1) for w in after]):
            return EditType.ORDER
        return _form_type(pairs)
    left = changed - wc.ARTICLES
    if left <= wc.AUXILIARIES | {"to"} or (_verbs_only(gone, come) and left & wc.AUXILIARIES):
        return EditType.ORDER if _moved(before, after) else EditType.VERB_FORM
    if left <= wc.PREPOSITIONS:
        return EditType.ORDER if _moved(before, after) else EditType.PREPOSITION
    if left <= wc.PRONOUNS | wc.DETERMINERS:
        return EditType.PRONOUN
    if left <= wc.FUNCTION:
        return EditType.ORDER if _moved(before, after) else EditType.FUNCTION
    if len(gone) == len(come) == 1:
        return EditType.SPELLING if _near(gone[0], come[0]) else EditType.WORD_CHOICE
    content = [w for w in changed if w not in wc.FUNCTION]
    if _moved(before, after) and len(content) <= 1:
        return EditType.ORDER
    # The same content in other forms and with other little words, or something else?
    kept = _pair_forms([w for w in gone if w in content], [w for w in come if w in content]) is not None
    return EditType.REWORDING if kept else EditType.WORD_CHOICE


def _base(word: str, pairs: Sequence[tuple[str, str]], side: int) -> str:
    for pair in pairs:
        if pair[side] == word:
            return pair[0]
    return word


def _moved(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the words that both sides share stand in another order."""
    shared = set(before) & set(after) - wc.ARTICLES
    return [w for w in before if w in shared] != [w for w in after if w in shared]


def _pair_forms(gone: Sequence[str], come: Sequence[str]) -> list[tuple[str, str]] | None:
    """Pair each lost word with a new form of it; None if one has no partner (articles need none)."""
    gone = [w for w in gone if w not in wc.ARTICLES]
    left = [w for w in come if w not in wc.ARTICLES]
    pairs = []
    for word in gone:
        partner = next((o for o in left if wc.same_word(word, o)), None)
        if partner is None:
            return None
        left.remove(partner)
        pairs.append((word, partner))
    return None if left or not pairs else pairs


def _verbs_only(gone: Sequence[str], come: Sequence[str]) -> bool:
    content_gone = [w for w in gone if w not in wc.AUXILIARIES and w not in wc.ARTICLES and w != "to"]
    content_come = [w for w in come if w not in wc.AUXILIARIES and w not in wc.ARTICLES and w != "to"]
    return len(content_gone) == len(content_come) and all(
        any(wc.same_word(g, c) for c in content_come) for g in content_gone
    )


def _form_type(pairs: Sequence[tuple[str, str]]) -> EditType:
    if all(frozenset(p) in _AGREEMENT_PAIRS for p in pairs):
        return EditType.AGREEMENT
    if all(a in wc.PRONOUNS | wc.DETERMINERS for a, _ in pairs):
        return EditType.PRONOUN
    if any(a in wc.AUXILIARIES for a, _ in pairs):
        return EditType.VERB_FORM
    first, second = pairs[0]
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    if (len(pairs) == 1 and longer in (shorter + "s", shorter + "es")) or (
        longer.endswith("ies") and shorter.endswith("y")
    ):
        return EditType.NOUN_NUMBER
    if any(w.endswith(("ing", "ed")) for w in pairs[0]) or wc.same_verb(first, second):
        return EditType.VERB_FORM
    return EditType.WORD_FORM


def _near(first: str, second: str) -> bool:
    """One letter apart (Damerau) in words of five letters or more."""
    if abs(len(first) - len(second)) > 1 or min(len(first), len(second)) < 5:
        return False
    head = 0
    while head < min(len(first), len(second)) and first[head] == second[head]:
        head += 1
    a, b = first[head:], second[head:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
