"""The guard: may this hunk be made at all, whatever the model's confidence?

It refuses a hunk that adds or loses a number (by value), a name, a negation, a person, a quotation, a bracket or a
stand-in, that repeats words, that is too long, or that brings in a word which the vocabulary does not know whole.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence

from mtfix.model import wordclass as wc
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.numerals import same_numbers

LONGEST_HUNK = 12  # tokens on either side
_DIGITS = re.compile(r"\d+")
_PERSON = {
    "he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f",
    "i": "1", "me": "1", "my": "1", "we": "4", "us": "4", "our": "4", "you": "2", "your": "2",
}  # fmt: skip
_FIXED_MARKS = re.compile(r"[^\w\s,.'’-]")
_OPPOSITES = ("un", "in", "im", "il", "ir", "dis", "non", "non-", "mis")


def _negations(words: Sequence[str]) -> int:
    return sum(wc.is_negation(w) for w in words)


def keeps_facts(hunk: Hunk, *, at_start: bool) -> bool:
    """Say whether a hunk, seen alone, leaves numbers, names, negations and persons as they are."""
    return find_change_of_fact(hunk, at_start=at_start) is None


def find_change_of_fact(hunk: Hunk, *, at_start: bool) -> str | None:
    """Return what a hunk would change: "a number", "a name", "a negation", "a person"; None if nothing."""
    before, after = [t.lower() for t in hunk.before], [t.lower() for t in hunk.after]
    if Counter(_DIGITS.findall(" ".join(before))) != Counter(_DIGITS.findall(" ".join(after))):
        return "a number"
    if Counter(w for w in before if w in wc.NUMERALS) != Counter(w for w in after if w in wc.NUMERALS):
        return "a number"
    if _negations(before) != _negations(after):
        return "a negation"
    gone, come = set(before) - set(after), set(after) - set(before)
    if any(a == p + b or b == p + a for p in _OPPOSITES for a in gone for b in come):
        return "a negation"
    if Counter(_PERSON[w] for w in before if w in _PERSON) != Counter(_PERSON[w] for w in after if w in _PERSON):
        return "a person"
    lost = Counter(_names(hunk.before, at_start)) - Counter(after)
    made = Counter(_names(hunk.after, at_start)) - Counter(before)
    return "a name" if lost or made else None


def _names(tokens: Sequence[str], at_start: bool) -> list[str]:
    """Words with a capital, in lower case; the first of a sentence only when a capital stands inside it, too."""
    found = []
    for i, token in enumerate(tokens):
        capital = any(c.isupper() for c in token)
        if capital and not (at_start and i == 0 and not any(c.isupper() for c in token[1:])) and token != "I":
            found.append(token.lower())
    return found


def refuse(
    text: str,
    hunk: Hunk,
    kind: EditType,
    *,
    at_start: bool,
    stand_ins: Sequence[str] = (),
    count_pieces: Callable[[str], int] | None = None,
) -> str | None:
    """Return the reason why ``hunk`` may not be made in ``text``, or None.

    ``stand_ins`` are the codes of protected spans; ``count_pieces`` tells how many pieces of the vocabulary a word is.
    """
    before, after = [t.lower() for t in hunk.before], [t.lower() for t in hunk.after]
    if max(len(before), len(after)) > LONGEST_HUNK:
        return "rewrites too much at once"
    codes = set(stand_ins)
    if codes & {*hunk.before, *hunk.after} and Counter(t for t in hunk.before if t in codes) != Counter(
        t for t in hunk.after if t in codes
    ):
        return "touches a protected span"
    fact = find_change_of_fact(hunk, at_start=at_start)
    if fact is not None:
        return f"would change {fact}"
    edited = text[: hunk.start] + hunk.replacement + text[hunk.end :]
    if not same_numbers(text, edited):
        return "would change a number"
    if Counter(_FIXED_MARKS.findall(text)) != Counter(_FIXED_MARKS.findall(edited)):
        return "would change a quotation, a bracket or another mark"
    if any(c in hunk.before or c in hunk.after for c in ("-", ".")) and kind is not EditType.ORDER:
        return "would change a hyphen or a full stop"
    if kind is EditType.CASE:
        return "would change capitals, which is the rules' business"
    if at_start and hunk.before and _is_capital_content(hunk.before[0]) and before[0] not in after:
        return "would change what may be a name"
    if not _keeps_content(before, after, kind):
        return "would add or lose a word that carries meaning"
    if _repeats(text, hunk):
        return "would repeat words"
    if count_pieces is not None:
        for word in hunk.after:
            low = word.lower()
            if word[0].isalpha() and low not in before and low not in wc.FUNCTION:
                known = any(wc.same_word(low, w) for w in before)
                if count_pieces(word) > (3 if known else 1):
                    return f"brings in an unknown word, “{word}”"
    return None


def _is_capital_content(token: str) -> bool:
    return token[0].isupper() and token.lower() not in wc.FUNCTION


def _keeps_content(before: Sequence[str], after: Sequence[str], kind: EditType) -> bool:
    """Each content word of one side has a form of itself on the other, but for a change of one or two words."""
    gone = [w for w in before if w[0].isalnum() and w not in wc.FUNCTION]
    come = [w for w in after if w[0].isalnum() and w not in wc.FUNCTION]
    for word in list(gone):
        partner = next((o for o in come if wc.same_word(word, o)), None)
        if partner is not None:
            come.remove(partner)
            gone.remove(word)
    if not gone and not come:
        return True
    return kind in (EditType.WORD_CHOICE, EditType.REWORDING, EditType.SPELLING) and 1 <= len(come) <= len(gone) <= 2


def _repeats(text: str, hunk: Hunk) -> bool:
    """Whether the edit puts a word beside itself, or a pair of words beside the same pair, where there was none."""

    def doubles(sentence: str) -> int:
        words = re.findall(r"[\w'’-]+", sentence.lower())
        single = sum(a == b for a, b in itertools.pairwise(words))
        pairs = list(itertools.pairwise(words))
        return int(single) + sum(a == b for a, b in zip(pairs, pairs[2:], strict=False))

    low, high = max(0, hunk.start - 60), hunk.end + 60
    window = text[low:high]
    edited = text[low : hunk.start] + hunk.replacement + text[hunk.end : high]
    return doubles(edited) > doubles(window)
