"""The guard: which hunks are never made, however high the model's confidence is.

It refuses a hunk that adds or loses a number (by value), a name, a negation, a person, a quotation, a bracket or a
stand-in, that repeats words, that is too long, or that brings in a word which the vocabulary does not know whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
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


@dataclass(frozen=True)
class _Case:
    """A hunk in its text, as the checks look at it: words in lower case, and how often each is lost."""

    text: str
    hunk: Hunk
    kind: EditType
    at_start: bool
    stand_ins: Sequence[str]
    count_pieces: Callable[[str], int] | None

    @cached_property
    def before(self) -> list[str]:
        return [t.lower() for t in self.hunk.before]

    @cached_property
    def after(self) -> list[str]:
        return [t.lower() for t in self.hunk.after]

    @cached_property
    def edited(self) -> str:
        return self.text[: self.hunk.start] + self.hunk.replacement + self.text[self.hunk.end :]

    @cached_property
    def lost(self) -> Counter[str]:
        return Counter(self.before) - Counter(self.after)

    @property
    def gains(self) -> bool:
        return bool(Counter(self.after) - Counter(self.before))

    @property
    def is_order(self) -> bool:
        return self.kind is EditType.ORDER

    @property
    def rest(self) -> str:
        """What stands behind the hunk."""
        return self.text[self.hunk.end :]


def refuse(
    text: str,
    hunk: Hunk,
    kind: EditType,
    *,
    at_start: bool,
    stand_ins: Sequence[str] = (),
    count_pieces: Callable[[str], int] | None = None,
) -> str | None:
    """Return the reason why ``hunk`` may not be made in ``text``, or None: that of the first of `CHECKS` that finds one.

    ``stand_ins`` are the codes of protected spans; ``count_pieces`` tells how many pieces of the vocabulary a word is.
    """
    case = _Case(text, hunk, kind, at_start, stand_ins, count_pieces)
    return next((reason for check in CHECKS if (reason := check(case))), None)


def _check_length(c: _Case) -> str | None:
    return "rewrites too much at once" if max(len(c.before), len(c.after)) > LONGEST_HUNK else None


def _check_protected(c: _Case) -> str | None:
    codes = set(c.stand_ins)
    if not codes & {*c.hunk.before, *c.hunk.after}:
        return None
    old, new = (Counter(t for t in side if t in codes) for side in (c.hunk.before, c.hunk.after))
    return "touches a protected span" if old != new else None


def _check_facts(c: _Case) -> str | None:
    fact = find_change_of_fact(c.hunk, at_start=c.at_start)
    return None if fact is None else f"would change {fact}"


def _check_numbers(c: _Case) -> str | None:
    return None if same_numbers(c.text, c.edited) else "would change a number"


def _check_marks(c: _Case) -> str | None:
    if Counter(_FIXED_MARKS.findall(c.text)) != Counter(_FIXED_MARKS.findall(c.edited)):
        return "would change a quotation, a bracket or another mark"
    if any(m in c.hunk.before or m in c.hunk.after for m in ("-", ".")) and not c.is_order:
        return "would change a hyphen or a full stop"
    if "," in c.hunk.before and "," not in c.hunk.after and _beside_quote(c.text, c.hunk):
        return "would take a comma from beside a quotation"
    return None


def _check_order(c: _Case) -> str | None:
    if c.is_order and c.before[-1] != c.after[-1] and c.rest.lstrip()[:1] in _OPENING_QUOTES:
        return "would part a quotation from its noun"
    if c.is_order and c.before.count("of") > c.after.count("of") and _reorders_names(c.hunk, c.at_start):
        return "would take a name apart"
    return None


def _check_names(c: _Case) -> str | None:
    if c.kind is EditType.CASE:
        return "would change capitals, which is the rules' business"
    if c.at_start and c.hunk.before and _is_capital_content(c.hunk.before[0]) and c.before[0] not in c.after:
        return "would change what may be a name"
    return None


def _check_content(c: _Case) -> str | None:
    return None if _keeps_content(c.before, c.after, c.kind) else "would add or lose a word that carries meaning"


def _check_lost_words(c: _Case) -> str | None:
    following = re.match(r"\W*([\w’'-]*)", c.rest)
    word = following[1] if following else ""
    if c.lost["of"] and not c.is_order and not (word.endswith("ing") or re.fullmatch(r"\d{4}", word)):
        return "would lose an “of”"
    if c.lost["there"] or ({*c.lost} & wc.BE and not {*c.after} & wc.AUXILIARIES and not c.gains):
        return "would lose a verb"
    if c.lost["the"] and not c.gains and _NEEDS_THE.match(c.rest):
        return "would lose a “the” that belongs there"
    return None


def _check_sense(c: _Case) -> str | None:
    sense = find_lost_sense(c.before, c.after)
    if sense is not None:
        return f"would add or lose {sense}"
    changed = find_changed_sense(c.text, c.hunk) or find_changed_roles(c.hunk)
    return None if changed is None else f"would change {changed}"


def _check_prepositions(c: _Case) -> str | None:
    if len(_STRANDED.findall(c.edited)) > len(_STRANDED.findall(c.text)):
        return "would leave a preposition without its noun"
    return None


def _check_repeats(c: _Case) -> str | None:
    return "would repeat words" if count_repeats(c.edited) > count_repeats(c.text) else None


def _check_new_words(c: _Case) -> str | None:
    if c.count_pieces is None:
        return None
    for word in c.hunk.after:
        low = word.lower()
        if word[0].isalpha() and low not in c.before and low not in wc.FUNCTION:
            known = any(wc.same_word(low, w) for w in c.before)
            if c.count_pieces(word) > (3 if known else 1):
                return f"brings in an unknown word, “{word}”"
    return None


#: In this order: the first reason is the one that an editor sees.
CHECKS: tuple[Callable[[_Case], str | None], ...] = (
    _check_length, _check_protected, _check_facts, _check_numbers, _check_marks, _check_order, _check_names, _check_content,
    _check_lost_words, _check_sense, _check_prepositions, _check_repeats, _check_new_words,
)  # fmt: skip


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
