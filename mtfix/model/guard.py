"""The guard: which hunks are never made, however high the model's confidence is.

It refuses a hunk that adds or loses a number (by value), a name, a negation, a person, a quotation, a bracket or a
stand-in, that repeats words, that is too long, or that brings in a word which the vocabulary does not know whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from mtfix.english import wordclass as wc
from mtfix.english.numerals import same_numbers
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.model.roles import find_changed_roles
from mtfix.model.sense import find_changed_sense, find_lost_sense

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
    """Whether a hunk by itself leaves numbers, names, negations and persons as they are."""
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


def _reorders_names(hunk: Hunk, at_start: bool) -> bool:
    """Whether words with a capital change places: "Institute of Russian" is not the Russian Institute."""
    before, after = _names(hunk.before, at_start), _names(hunk.after, at_start)
    return [n for n in before if n in after] != [n for n in after if n in before]


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
    if "," in hunk.before and "," not in hunk.after and _beside_quote(text, hunk):
        return "would take a comma from beside a quotation"
    if kind is EditType.ORDER and before[-1] != after[-1] and text[hunk.end :].lstrip()[:1] in _OPENING_QUOTES:
        return "would part a quotation from its noun"
    if kind is EditType.ORDER and before.count("of") > after.count("of") and _reorders_names(hunk, at_start):
        return "would take a name apart"
    if kind is EditType.CASE:
        return "would change capitals, which is the rules' business"
    if at_start and hunk.before and _is_capital_content(hunk.before[0]) and before[0] not in after:
        return "would change what may be a name"
    if not _keeps_content(before, after, kind):
        return "would add or lose a word that carries meaning"
    following = re.match(r"\W*([\w’'-]*)", text[hunk.end :])
    after_hunk = following[1] if following else ""
    lost = Counter(before) - Counter(after)
    if (
        lost["of"]
        and kind is not EditType.ORDER
        and not (after_hunk.endswith("ing") or re.fullmatch(r"\d{4}", after_hunk))
    ):
        return "would lose an “of”"
    if lost["there"] or ({*lost} & wc.BE and not {*after} & wc.AUXILIARIES and not Counter(after) - Counter(before)):
        return "would lose a verb"
    if lost["the"] and not Counter(after) - Counter(before) and _NEEDS_THE.match(text[hunk.end :]):
        return "would lose a “the” that belongs there"
    sense = find_lost_sense(before, after)
    if sense is not None:
        return f"would add or lose {sense}"
    changed = find_changed_sense(text, hunk) or find_changed_roles(hunk)
    if changed is not None:
        return f"would change {changed}"
    if len(_STRANDED.findall(edited)) > len(_STRANDED.findall(text)):
        return "would leave a preposition without its noun"
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


def _beside_quote(text: str, hunk: Hunk) -> bool:
    return text[: hunk.start].rstrip()[-1:] in _QUOTES or text[hunk.end :].lstrip()[:1] in _QUOTES


_QUOTES = frozenset("\"'“”‘’«»„")
_OPENING_QUOTES = ('"', "'", "“", "‘", "«", "„")
# "the same", "the 71st minute", "the largest", "the Moscow exchange": these hardly go without.
_NEEDS_THE = re.compile(
    r"\W*(?:(?:first|second|third|last|same|only|other|others|next|most|latter|former|rest|so-called|\w+est|\d+(?:st|nd|rd|th))\b"
    r"|[A-Z]\w+ [a-z]{3,})"
)
# "opened over," for "opened over this,"; a text that ends like that by itself may.
_STRANDED = re.compile(
    rf"\b(?:{'|'.join(sorted(wc.PREPOSITIONS - {'as', 'like', 'past'}))})\s*(?=[.,;:!?)\"”’»]|$)", re.I
)


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


def count_repeats(text: str) -> int:
    """Count words and pairs of words beside themselves, and triples that stand anywhere twice."""
    words = re.findall(r"[\w'’-]+", text.lower())
    pairs = list(pairwise(words))
    triples = list(zip(words, words[1:], words[2:], strict=False))
    beside: int = sum(a == b for a, b in pairs) + sum(a == b for a, b in zip(pairs, pairs[2:], strict=False))
    return beside + len(triples) - len(set(triples))


def _repeats(text: str, hunk: Hunk) -> bool:
    """Whether the edit repeats what the sentence did not."""
    return count_repeats(text[: hunk.start] + hunk.replacement + text[hunk.end :]) > count_repeats(text)
