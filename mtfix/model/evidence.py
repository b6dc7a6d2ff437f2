"""The features of a hunk: the model's odds for it, its words, its neighbours, and how the document reads.

The margin of a hunk is log P(sentence with this hunk alone | input) - log P(input | input).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mtfix.english import wordclass as wc
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.model.ngrams import NOTHING, Reading

TYPES = tuple(EditType)
CIRCUMSTANCES = (
    "margin", "saturated margin", "sentence margin", "log number of hunks", "surprise of the input", "log length",
    "words before", "words after", "inserts", "deletes", "next is capital", "next is plural", "previous is preposition",
    "previous is auxiliary", "adds the", "adds a", "drops the", "document rate", "translationese",
    "document translationese", "saturated margin in translationese", "wide margin", "sharp margin",
    "wide sentence margin", "wide surprise", "words", "number of hunks", "rate", "wide translationese", "letters before",
    "letters after", "at the start", "at the end", "previous is capital", "before a mark", "after a comma",
    "capital before", "capital after", "mere deletion", "log sentences of the document",
    "reads better", "reads better a word", "read a word", "reads a word", "triple gained", "triple before",
    "triple after", "pair gained", "pair before", "pair after", "known company gained", "unknown words gained",
)  # fmt: skip
FEATURES = len(CIRCUMSTANCES) + 2 * len(TYPES)
MANY = 20  # sentences from which on a document's style is known; calibration saw no longer ones
_MARKS = (".", ",", ";", ":", "?", "!", '"', "”")
_COMMAS = (",", ";", ":")


@dataclass(frozen=True, slots=True)
class Style:
    """How a document reads: ``rate`` of hunks a sentence, see `shrink_rate`, and log ``odds`` of translationese.

    Both were learnt from ``sentences`` sentences.
    """

    rate: float
    odds: float
    sentences: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features of one hunk. Margins are natural logarithms of odds."""

    kind: EditType
    margin: float
    sentence_margin: float
    hunks: int
    surprise: float  # -log P(input | input) a piece
    words: int  # of the sentence
    hunk: Hunk
    style: Style  # of the document
    translationese: float  # log odds of the sentence, see `translationese.Probe`
    previous: str  # the words beside the hunk, "" at an end
    following: str
    old: Reading = NOTHING  # how the words read that the hunk replaces, see `ngrams`
    new: Reading = NOTHING  # and those it writes


USUAL_RATE = 0.5
# What is thought of a document before it is read: so many sentences, with so many hunks each. A sentence that stands
# alone is a document of its own, and two hunks in it prove nothing.
PRIOR_SENTENCES, PRIOR_RATE = 8, 0.5


def shrink_rate(hunks: int, sentences: int) -> float:
    """Return the hunks a sentence of a document, drawn towards `PRIOR_RATE` when there are few sentences.

    Translationese is a property of a document: where little is found elsewhere, little should be done here.
    """
    return (hunks + PRIOR_RATE * PRIOR_SENTENCES) / (sentences + PRIOR_SENTENCES)


def _bound(value: float, low: float, high: float) -> float:
    """Keep a value in the range that calibration saw: beyond it the network has learnt nothing and would still be sure."""
    return min(max(value, low), high)


def features(e: Evidence) -> NDArray[np.float64]:
    """Return the `FEATURES` features of a hunk: `CIRCUMSTANCES`, then an intercept and the margin for each type."""
    before, after = [t.lower() for t in e.hunk.before], [t.lower() for t in e.hunk.after]
    gained, lost = set(after) - set(before), set(before) - set(after)
    margin = _bound(e.margin, -6.0, 14.0) / 4
    old, new = _bound(e.old.score / e.old.words, -14, 0), _bound(e.new.score / e.new.words, -14, 0)
    common = [
        margin,
        math.tanh(e.margin / 3),
        _bound(e.sentence_margin, -10.0, 20.0) / 5,
        math.log1p(e.hunks),
        min(e.surprise, 3.0),
        math.log(max(e.words, 1)) - 3,
        min(len(before), 6) / 3,
        min(len(after), 6) / 3,
        float(not before),
        float(not after),
        float(e.following[:1].isupper()),
        float(e.following.endswith("s")),
        float(e.previous.lower() in wc.PREPOSITIONS),
        float(e.previous.lower() in wc.AUXILIARIES),
        float("the" in gained),
        float(bool({"a", "an"} & gained)),
        float("the" in lost),
        _bound(math.log(e.style.rate / USUAL_RATE), -1.2, 0.7),
        _bound(e.translationese, -4.0, 4.0) / 2,
        (odds := _bound(e.style.odds, -2.5, 2.0)),
        math.tanh(e.margin / 3) * odds,
        _bound(e.margin, -15, 15) / 5,
        math.tanh(e.margin),
        _bound(e.sentence_margin, -25, 60) / 8,
        _bound(e.surprise, 0, 4),
        _bound(e.words, 0, 60) / 30,
        _bound(e.hunks, 0, 10) / 4,
        _bound(e.style.rate, 0, 2.5),
        _bound(e.translationese, -6.5, 6.5) / 3,
        _bound(sum(map(len, before)), 0, 40) / 10,
        _bound(sum(map(len, after)), 0, 40) / 10,
        float(not e.previous),
        float(not e.following),
        float(e.previous[:1].isupper()),
        float(e.following[-1:] in _MARKS),
        float(e.previous[-1:] in _COMMAS),
        float(any(t[:1].isupper() for t in e.hunk.before)),
        float(any(t[:1].isupper() for t in e.hunk.after)),
        float(is_deletion(e.hunk)),
        math.log(_bound(e.style.sentences, 1, MANY)),
        _bound(e.new.score - e.old.score, -30, 30) / 8,
        _bound(new - old, -6, 6),
        old + 6,
        new + 6,
        (e.new.triple - e.old.triple) / 2,
        e.old.triple / 2,
        e.new.triple / 2,
        (e.new.pair - e.old.pair) / 3,
        e.old.pair / 3,
        e.new.pair / 3,
        2 * (e.new.order - e.old.order),
        _bound(e.new.unknown - e.old.unknown, -3, 3),
    ]
    place = TYPES.index(e.kind)
    kinds = np.zeros(2 * len(TYPES))
    kinds[place] = 1.0
    kinds[len(TYPES) + place] = margin
    return np.concatenate([np.array(common), kinds])


def is_insertion(hunk: Hunk) -> bool:
    """Whether a hunk only puts words or marks in, or brings a preposition. Insertions are wrong more often than other edits."""
    if not hunk.before:
        return True
    before, after = (Counter(t.lower() for t in side if t[0].isalnum()) for side in (hunk.before, hunk.after))
    brought, lost = (sum(words[w] for w in wc.PREPOSITIONS) for words in (after - before, before - after))
    return before < after or brought > lost


def is_deletion(hunk: Hunk) -> bool:
    """Whether a hunk only takes words away."""
    before, after = (Counter(t.lower() for t in side if t[0].isalnum()) for side in (hunk.before, hunk.after))
    return after < before
