"""Sentences without a verb: "The condition of both is stable", "There is no hot water in two districts"."""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.english.agreement import fit_middle
from mtfix.english.nounphrase import guess_number
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.clause import read_adjuncts
from mtfix.rules.syntax.words import Sentence, is_plural_noun, is_verb_at

_STATES = frozenset(
    "condition conditions state health situation weather identity fate cause causes whereabouts motive motives mood "
    "reason reasons details road roads border borders traffic".split()
)
_STABLE = frozenset(
    """stable critical serious grave severe satisfactory unknown unclear normal calm tense difficult unchanged uncertain
    unsatisfactory complicated dangerous open closed good bad hopeless moderate extremely very still""".split()
)


def mend_missing_is(sentence: Sentence) -> Iterator[Proposal]:
    """ "The condition of both hikers stable." -> "The condition of both hikers is stable."."""
    words = sentence.words
    if not words or sentence.key(0) not in ("the", "his", "her", "their", "its") or words[-1].text != ".":
        return
    adjective = next((i for i, w in enumerate(words) if w.key in _STABLE and i > 1), 0)
    if not adjective:
        return
    last = adjective + (sentence.key(adjective) in ("extremely", "very", "still"))
    if sentence.key(last) not in _STABLE or not (sentence.ends(last + 1) or sentence.key(last + 1) in (",", "and")):
        return
    head = next((i for i in range(adjective) if words[i].key == "of"), adjective) - 1
    if (
        head < 1
        or words[head].key not in _STATES
        or any(is_verb_at(sentence, i) for i in range(1, adjective) if i != head)
    ):
        return
    if (
        head + 1 < adjective
        and sentence.end_of_np(head + 2) not in (adjective, adjective + 1, last + 1)
        and not (sentence.key(head + 2) in ("both", "all") or sentence.words[head + 2].number)
    ):
        return
    if any(is_verb_at(sentence, i) for i in range(last + 1, len(words))):
        return
    be = "are" if is_plural_noun(words[head]) else "is"
    yield Proposal(words[adjective].start, words[adjective].start, f"{be} ", exact=True)


def mend_there_is_no(sentence: Sentence) -> Iterator[Proposal]:
    """ "In two districts no hot water." -> "There is no hot water in two districts."."""
    words = sentence.words
    if sentence.key(0) == "there" and sentence.key(1) == "no":
        end = sentence.end_of_np(1)
        found = guess_number(sentence.span(2, end)) if end > 2 else None
        if found and not any(is_verb_at(sentence, i) for i in range(end, len(words))):
            yield Proposal(words[0].end, words[0].end, " is" if found == "sg" else " are", exact=True)
        return
    adjuncts, at = read_adjuncts(sentence, 0)
    if not adjuncts or sentence.key(at) != "no" or adjuncts[0].preposition not in ("in", "at", "on", "near"):
        return
    end = sentence.end_of_np(at, coordinated=True)
    if end < at + 2 or not sentence.ends(end):
        return
    number = guess_number(sentence.span(at + 1, end))
    if number is None:
        return
    tail = " ".join(fit_middle(sentence.span(a.first, a.last)) for a in adjuncts)
    be = "is" if guess_number(sentence.span(at + 1, sentence.end_of_np(at))) == "sg" else "are"
    yield Proposal(words[0].start, words[end - 1].end, f"There {be} {sentence.span(at, end)} {tail}", exact=True)


def mend_dash_for_is(sentence: Sentence) -> Iterator[Proposal]:
    """ "The history of mankind - it is the story of power" -> "The history of mankind is the story of power"."""
    words = sentence.words
    end = sentence.end_of_np(0)
    if (
        not end
        or sentence.key(end) not in ("-", "–", "—", "−")
        or sentence.key(end + 1) not in ("this", "it", "that", "these")
    ):
        return
    be = sentence.key(end + 2)
    if be not in ("is", "was", "are", "were") or sentence.key(end + 3) in (
        "possible",
        "necessary",
        "impossible",
        "time",
        "how",
    ):
        return
    if any(w.text in "-–—−" for w in words[end + 1 :]):
        return
    yield Proposal(words[end].start, words[end + 2].end, be, exact=True)
