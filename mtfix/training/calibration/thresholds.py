"""Choose the gate and the thresholds of AUTO and SUGGEST edits under limits: first, do no harm.

They are those that gain most within `Limits`, by references (and, type by type, by extra references), on probabilities from folds that
did not see the hunk's test set (`mtfix.training.calibration.calibrate.cross_fit`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from mtfix.model.classify import EditType
from mtfix.model.confidence import INSERTED, Confidence, Gate, least_probability
from mtfix.model.evidence import TYPES, is_deletion, is_insertion
from mtfix.training.calibration.calibrate import Sample
from mtfix.training.data.development import Row
from mtfix.types import Tier

NEVER = 2.0  # a threshold that no probability reaches


@dataclass(frozen=True, slots=True)
class Limits:
    """What AUTO edits may do at most, and how sure each tier must be."""

    # Least precision of a type's AUTO hunks that change the distance. A type below it uses the lowest threshold at which the
    # precision is `sure_precision`; that is more, because a threshold that was searched for looks better than it is.
    auto_precision: float = 0.55
    sure_precision: float = 0.6
    suggest_precision: float = 0.4
    least: int = 24  # hunks of a type, each read in `DOCUMENTS`: fewer prove nothing, and the type goes with the others
    clean_touched: float = 0.009  # share of clean sentences with an AUTO edit
    news_touched: float = 0.01  # and of each set of clean news
    perfect_touched: float = 0.02  # share of machine translations that needed no edit, with one
    ratio: float = 2.0  # good hunks for a bad one, at least, in the development sets together
    loss: float = 0.002  # of gain a sentence that a development set may lose


#: What `choose_gate` tries.
_RATES = tuple(product((0.0, 0.4, 0.5, 0.55), (0.6, 0.7, 0.8, 0.9)))
_NEEDS = tuple(product((0.45, 0.5, 0.55, 0.6, 0.65, 0.7), (0.3, 0.35, 0.4, 0.45)))
_DELETIONS = (0.0, 0.05, 0.1)
_ODDS = (-9.0, -1.0, -0.6, -0.3, 0.0)
_ROUNDS = 40  # of choosing the gate and raising thresholds
_DEVELOPMENT = 3.0  # what a word in a development set weighs against one in another
# Meaning is not the model's to choose: neither a word, nor whether there is one of a thing or several.
_NEVER_AUTO = frozenset({EditType.CASE, EditType.SPELLING, EditType.WORD_CHOICE, EditType.NOUN_NUMBER})


def choose_thresholds(
    confidence: Confidence,
    pairs: Sequence[tuple[Sample, float]],
    rows: Sequence[Row],
    first: int = 0,
    limits: Limits = Limits(),
) -> Confidence:
    """Set the gate and the thresholds of each type under ``limits``; ``pairs`` have each sample's probability.

    ``rows`` from ``first`` on are the development sets, which decide what is a false alarm and weigh most. Where no
    gate keeps the limits nothing is AUTO.
    """
    auto = {kind.value: NEVER if kind in _NEVER_AUTO else 0.0 for kind in TYPES}
    suggest = {}
    for kind in TYPES:
        mine = [(p, s.gain) for s, p in pairs if s.evidence.kind is kind and not s.group.startswith("clean")]
        suggest[kind.value] = best_threshold(sorted(mine, key=lambda t: -t[0]), limits.suggest_precision, limits.least)
    # A type that does harm, or only its insertions, must be surer, and the gate is chosen anew.
    for _ in range(_ROUNDS):
        gate = choose_gate(pairs, auto, rows, first, limits)
        if gate is None:
            return Confidence(confidence.network, dict.fromkeys(auto, NEVER), suggest)
        found = Confidence(confidence.network, dict(auto), suggest, gate)
        harmful = _find_harmful(found, pairs, limits)
        if not harmful:
            return found
        auto |= harmful
    # Still some do harm: better none of theirs.
    return replace(found, auto=auto | dict.fromkeys(harmful, NEVER))


Ballots = list[tuple[float, int]]  # the probability of a hunk, and what was said of it: above 0 is good


def _find_harmful(confidence: Confidence, pairs: Sequence[tuple[Sample, float]], limits: Limits) -> dict[str, float]:
    """Return the types, and the insertions of types, whose AUTO hunks are too seldom good, with a threshold that helps.

    The reference labels each hunk, and the extra references together label it once more, because the labels of one
    reference are too noisy for a rare type.
    """
    inserted: dict[str, Ballots] = defaultdict(list)
    others: dict[str, Ballots] = defaultdict(list)
    for s, p in pairs:
        if confidence.tier(s.evidence, p) is Tier.AUTO:
            voices = [sum(v) for v in s.votes]
            ballots = (s.gain, sum(v > 0 for v in voices) - sum(v < 0 for v in voices))
            where = inserted if is_insertion(s.evidence.hunk) else others
            where[s.evidence.kind.value] += [(p, b) for b in ballots if b]

    def is_good(ballots: Ballots) -> bool:
        return sum(b > 0 for _, b in ballots) >= limits.auto_precision * len(ballots)

    enough = 2 * limits.least  # two ballots a hunk
    found = {}
    for kind in sorted({*inserted, *others}):
        put_in, rest = inserted[kind], others[kind]
        if len(put_in) >= enough and not is_good(put_in):
            found[kind + INSERTED] = find_surer(put_in, limits.sure_precision, enough)
            if len(rest) >= enough and is_good(rest):
                continue  # the insertions did the harm
        if len(put_in) + len(rest) >= enough and not is_good([*put_in, *rest]):
            found[kind] = find_surer([*put_in, *rest], limits.sure_precision, enough)
    return found


def find_surer(ballots: Ballots, precision: float, least: int) -> float:
    """Return the lowest probability from which on the share of good ballots is ``precision`` or more; `NEVER` without one.

    Fewer than ``least`` ballots prove nothing.

    >>> find_surer([(0.9, 1), (0.8, 1), (0.7, -1), (0.6, 1), (0.5, -1)], 0.75, 2)
    0.6
    """
    threshold = NEVER
    good = 0
    ranked = sorted(ballots, reverse=True)
    for count, (probability, ballot) in enumerate(ranked, 1):
        good += ballot > 0
        last_of_its_kind = count == len(ranked) or ranked[count][0] < probability
        if last_of_its_kind and count >= least and good >= precision * count:
            threshold = probability
    return threshold if threshold == NEVER else math.ceil(threshold * 1e4) / 1e4


def choose_gate(
    pairs: Sequence[tuple[Sample, float]], auto: Mapping[str, float], rows: Sequence[Row], first: int, limits: Limits
) -> Gate | None:
    """Return the gate that brings the texts nearest to the references within ``limits``; None: no gate keeps them."""
    alarms = find_false_alarms(rows, first)
    sizes = Counter(r.group for r in rows[first:])
    open_ = [(s, p) for s, p in pairs if p >= least_probability(auto, s.evidence)]
    rate = np.array([s.evidence.style.rate for s, _ in open_])
    odds = np.array([s.evidence.style.odds for s, _ in open_])
    surety = np.array([p for _, p in open_])
    deletes = np.array([is_deletion(s.evidence.hunk) for s, _ in open_], float)
    gain = np.array([s.gain for s, _ in open_], float)
    machine = np.array([not s.group.startswith("clean") for s, _ in open_], bool)
    sentence = np.array([s.sentence for s, _ in open_])
    clean = np.array([s.sentence in alarms.clean for s, _ in open_], bool)
    perfect = np.array([s.sentence in alarms.perfect for s, _ in open_], bool)
    sets = {g: np.array([s.group == g for s, _ in open_], bool) for g in sizes if not g.startswith("clean")}
    news = {
        g: np.array([s.sentence >= first and s.group == g for s, _ in open_], bool)
        for g in sizes
        if g.startswith("clean") and not g.endswith("interview")
    }
    # A clean sentence's edit is a loss to nobody's reference; the limit on how many there may be speaks for it.
    counts = np.where(machine, np.where(sentence >= first, _DEVELOPMENT, 1.0), 0.0)
    developed = machine & (sentence >= first)
    best, chosen = 0.0, None
    for rates, needs, least, extra in product(_RATES, _NEEDS, _ODDS, _DELETIONS):
        low, high = rates
        share = np.ones_like(rate) if high <= low else np.clip((rate - low) / (high - low), 0, 1)
        passed = (
            (rate >= low) & (odds >= least) & (surety >= needs[0] + (needs[1] - needs[0]) * share + extra * deletes)
        )
        value = float((gain * counts)[passed].sum())
        if value <= best:
            continue
        if len(set(sentence[passed & clean])) > limits.clean_touched * len(alarms.clean):
            continue
        if any(len(set(sentence[passed & mine])) > limits.news_touched * sizes[g] for g, mine in news.items()):
            continue
        if len(set(sentence[passed & perfect])) > limits.perfect_touched * len(alarms.perfect):
            continue
        if (gain[passed & developed] > 0).sum() < limits.ratio * (gain[passed & developed] < 0).sum():
            continue
        if any(gain[passed & mine].sum() < -limits.loss * sizes[g] for g, mine in sets.items()):
            continue
        best, chosen = value, Gate(rates, needs, least, extra)
    return chosen


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Numbers of the sentences, by row of the development data, that should stay as they are."""

    clean: frozenset[int]
    perfect: frozenset[int]


def find_false_alarms(rows: Sequence[Row], first: int = 0) -> FalseAlarms:
    """Return which rows, from ``first`` on, are clean text or machine translations that a post-editor left alone."""
    found = list(enumerate(rows))[first:]
    clean = frozenset(i for i, r in found if r.group.startswith("clean"))
    return FalseAlarms(clean, frozenset(i for i, r in found if r.mt in r.references) - clean)


def best_threshold(scored: Sequence[tuple[float, int]], precision: float, least: int) -> float:
    """Return the probability from which hunks (sorted, surest first) reach the best F0.5 at ``precision`` or more.

    Precision counts hunks that change nothing as half a mistake.
    """
    total = sum(gain > 0 for _, gain in scored)
    best, threshold = 0.0, NEVER
    good = bad = 0.0
    for count, (probability, gain) in enumerate(scored, 1):
        good += gain > 0
        bad += 1.0 if gain < 0 else (0.5 if gain == 0 else 0.0)
        share = good / (good + bad)
        if count < least or share < precision:
            continue
        recall = good / max(total, 1)
        score = 1.25 * share * recall / (0.25 * share + recall) if share + recall else 0.0
        if score > best:
            best, threshold = score, probability
    return threshold if threshold == NEVER else math.floor(threshold * 1e4) / 1e4  # never above the hunk it stands for


def summarize(confidence: Confidence, pairs: Sequence[tuple[Sample, float]]) -> dict[str, dict[str, float]]:
    """Return, for each type, the numbers of good, bad and neutral hunks among AUTO ones, and the threshold."""
    summary: dict[str, dict[str, float]] = {}
    for kind in EditType:
        threshold = confidence.auto.get(kind.value, NEVER)
        mine = [(s, p) for s, p in pairs if s.evidence.kind is kind and confidence.tier(s.evidence, p) is Tier.AUTO]
        gains = [s.gain for s, _ in mine]
        if gains:
            summary[kind.value] = {
                "threshold": threshold,
                "good": sum(g > 0 for g in gains),
                "bad": sum(g < 0 for g in gains),
                "neutral": sum(g == 0 for g in gains),
                "in clean text": sum(s.group.startswith("clean") for s, _ in mine),
            }
    return summary


@dataclass(frozen=True, slots=True)
class Outcome:
    """What AUTO edits do to development sets, each sentence read in documents of several lengths.

    ``good`` and ``bad`` count hunks in newstest by their gain; ``touched`` the readings with an AUTO hunk, of clean text by
    group and of ``perfect`` machine translations, with how many there are.
    """

    good: int
    bad: int
    clean: Mapping[str, tuple[int, int]]
    perfect: tuple[int, int]


def measure_outcome(
    confidence: Confidence, pairs: Sequence[tuple[Sample, float]], rows: Sequence[Row], first: int
) -> Outcome:
    """Return what the AUTO edits of a confidence do to the rows from ``first`` on."""
    auto = [s for s, p in pairs if s.sentence >= first and confidence.tier(s.evidence, p) is Tier.AUTO]
    gains = [s.gain for s in auto if s.group.startswith("newstest")]
    touched = {s.sentence for s in auto}
    alarms = find_false_alarms(rows, first)
    groups = Counter(rows[i].group for i in alarms.clean)
    found = Counter(rows[i].group for i in touched & alarms.clean)
    return Outcome(
        good=sum(g > 0 for g in gains),
        bad=sum(g < 0 for g in gains),
        clean={group: (found[group], count) for group, count in sorted(groups.items())},
        perfect=(len(touched & alarms.perfect), len(alarms.perfect)),
    )
