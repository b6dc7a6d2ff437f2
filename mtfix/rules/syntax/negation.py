"""Negations that stand twice: "None of the tourists were not injured"."""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.english.inflection import inflect_verb
from mtfix.english.nounphrase import guess_number
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import Sentence, classes, is_only

_NOBODY = frozenset("nobody nothing none neither".split())
_FULL = {
    "isn't": "is", "aren't": "are", "wasn't": "was", "weren't": "were", "hasn't": "has", "haven't": "have", "hadn't": "had",
    "can't": "can", "cannot": "can", "couldn't": "could", "won't": "will", "wouldn't": "would", "shouldn't": "should",
}  # fmt: skip
_DENIED = frozenset("is are was were has have had can could will would should must may might".split())


def mend_doubled_negation(sentence: Sentence) -> Iterator[Proposal]:
    """ "None of them were not hurt" -> "None of them were hurt"; "nobody does not know" -> "nobody knows"."""
    words = sentence.words
    for i, word in enumerate(words):
        end = _end_of_nobody(sentence, i)
        if not end or end >= len(words) - 1 or sentence.key(i - 1) in ("if", "almost", "hardly", "that"):
            continue
        if i and sentence.key(i - 1) not in (
            ".",
            ",",
            "and",
            "but",
            "that",
            "because",
            '"',
            "“",
            "so",
            ":",
            "why",
            "when",
        ):
            continue
        verb = words[end]
        plural = guess_number(sentence.span(i, end)) == "pl" and word.key != "no"
        done = end + 1 + (sentence.key(end + 1) == "not")
        if (
            word.key == "nothing"
            and verb.key in ("is", "was", "isn't", "wasn't")
            and "P" not in classes(sentence.key(done))
        ):
            continue  # "nothing is not worth a try"
        if verb.key in _FULL and not _is_meant(sentence, end + 1):
            yield Proposal(verb.start, verb.end, _FULL[verb.key], exact=True)
        elif verb.key in _DENIED and sentence.key(end + 1) == "not" and not _is_meant(sentence, end + 2):
            yield Proposal(verb.end, words[end + 1].end, "", exact=True)
        elif verb.key in ("does", "do", "did") and sentence.key(end + 1) == "not" and end + 2 < len(words):
            yield from _mend_do(sentence, verb.start, end + 2, verb.key, plural=plural)
        elif verb.key in ("doesn't", "don't", "didn't"):
            yield from _mend_do(sentence, verb.start, end + 1, verb.key[:-3], plural=plural)


def _mend_do(sentence: Sentence, start: int, at: int, do: str, *, plural: bool) -> Iterator[Proposal]:
    if at >= len(sentence.words) or _is_meant(sentence, at):
        return
    verb = sentence.words[at].key
    if "B" not in classes(verb) and verb not in ("have", "be", "do"):
        return
    form = "past" if do == "did" else "base" if plural or do == "do" else "s"
    spelt = inflect_verb(verb, form)
    if spelt:
        yield Proposal(start, sentence.words[at].end, spelt, exact=True)


def _end_of_nobody(sentence: Sentence, at: int) -> int:
    """Return the index behind "nobody", "none of the tourists", "no one"; 0 where none begins."""
    key, after = sentence.key(at), sentence.key(at + 1)
    if key == "no" and after in ("one", "one's"):
        end = at + 2
    elif key in _NOBODY:
        end = at + 1
    else:
        return 0
    if sentence.key(end) == "of":
        last = sentence.end_of_np(end + 1)
        if last == end + 1 and sentence.key(end + 1) in ("them", "us", "you"):
            last += 1
        return last if last > end + 1 else 0
    if key in ("none", "neither"):
        return 0
    if sentence.key(end) in ("ever", "else", "here", "there"):
        end += 1
    return end


def _is_meant(sentence: Sentence, at: int) -> bool:
    """Whether the second negation may be meant: "nobody can not know", "nothing is not permitted unless ..."."""
    return sentence.key(at) in ("only", "to", "unlike", "necessarily", "even", "") or is_only(sentence.key(at), "R")
