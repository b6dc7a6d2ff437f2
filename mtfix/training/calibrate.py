"""Calibrate the confidence of hunks, and choose the AUTO and SUGGEST thresholds, on development data.

What a hunk brings is measured against a human text (post-edit or nearest reference) in two ways, as translations are by
TER and by BLEU: how many word edits nearer the sentence with it alone is, and how many more pairs of neighbouring words
it shares. Either alone misleads. Where a translation says it in other words than the reference, any word taken away
brings it nearer, and of words put in some match by chance. Two networks learn the two, and their mean judges. One
reference is one translation of many; where a set has outputs of better systems, each has a vote, as a reference has.

The gate and the thresholds are those that bring most under `Limits`: first, do no harm. They are chosen by references
alone, on probabilities from folds that did not see the hunk's test set (`cross_fit`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np
from rapidfuzz.distance import Levenshtein

from mtfix.model.align import tokenize
from mtfix.model.classify import EditType
from mtfix.model.confidence import INSERTED, Confidence, Gate, least_probability
from mtfix.model.evidence import TYPES, Evidence, Style, features, is_deletion, is_insertion, shrink_rate
from mtfix.model.ngrams import Ngrams
from mtfix.model.stage import ScoringPostEditor, judge_all
from mtfix.model.translationese import mean_odds
from mtfix.protect import protect
from mtfix.training.development import Row
from mtfix.training.perceptron import average, fit_perceptron
from mtfix.types import Tier

NEVER = 2.0  # a threshold that no probability reaches
DOCUMENTS = (20, 10, 5)  # sentences of made-up documents: test sets name the system, seldom the article


@dataclass(frozen=True, slots=True)
class Sample:
    """One hunk on development data.

    ``nearer`` is how many word edits nearer to the reference it brings the sentence, ``matches`` how many more pairs of
    neighbouring words match; ``votes`` are the same two for each of the row's voices, case apart.
    """

    evidence: Evidence
    nearer: int
    matches: int
    group: str
    sentence: int
    votes: tuple[tuple[int, int], ...] = ()

    @property
    def gain(self) -> int:
        """What it brings in all; above 0 it is good."""
        return self.nearer + self.matches


@dataclass(frozen=True, slots=True)
class Limits:
    """What AUTO edits may do at most, and how sure each tier must be."""

    auto_precision: float = 0.5  # share of good among a type's AUTO hunks that change the distance; below, none is AUTO
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
_DEVELOPMENT = 3.0  # what a word in a development set weighs against one in another
# Meaning is not the model's to choose: neither a word, nor whether there is one of a thing or several.
_NEVER_AUTO = frozenset({EditType.CASE, EditType.SPELLING, EditType.WORD_CHOICE, EditType.NOUN_NUMBER})


def _words(text: str) -> list[str]:
    return [t.text for t in tokenize(text)]


def distance(text: str, reference: str) -> int:
    """Return the word edit distance, marks and case included."""
    return int(Levenshtein.distance(_words(text), _words(reference)))


def nearest(text: str, references: Sequence[str]) -> str:
    """Return the reference with the fewest word edits from ``text``, the first of equals."""
    return min(references, key=lambda reference: distance(text, reference))


def measure_gain(before: str, after: str, reference: str) -> tuple[int, int]:
    """Return how many word edits nearer ``after`` is than ``before``, and how many more pairs of words match.

    Pairs are of neighbouring tokens, ends included, in clipped counts.

    >>> measure_gain("He signed law.", "He signed the law.", "She signed the law.")
    (1, 2)
    """
    old, new, target = _words(before), _words(after), _words(reference)
    nearer = int(Levenshtein.distance(old, target)) - int(Levenshtein.distance(new, target))
    pairs = [Counter(pairwise(["", *tokens, ""])) for tokens in (old, new, target)]
    return nearer, (pairs[1] & pairs[2]).total() - (pairs[0] & pairs[2]).total()


def collect(
    model: ScoringPostEditor,
    rows: Sequence[Row],
    report: Callable[[int], None] = lambda done: None,
    ngrams: Ngrams | None = None,
) -> tuple[list[Sample], list[float | None]]:
    """Run the model over rows and weigh every hunk that the guard lets through; ``report`` counts rows.

    Returns the samples, whose styles `spread_over_documents` finds, and the odds of translationese of each row.
    """
    samples = []
    odds: list[float | None] = []
    for start in range(0, len(rows), 512):
        part = rows[start : start + 512]
        protected = [protect(r.mt) for r in part]
        judged, _ = judge_all(model, protected, ngrams=ngrams)
        odds += [h.translationese for h in model.post_edit([p.text for p in protected])]
        for number, (row, text, items) in enumerate(zip(part, protected, judged, strict=True), start):
            kept = [j for j in items if j.evidence is not None]
            if not kept:
                continue
            reference = nearest(row.mt, row.references)
            for item in kept:
                h = item.hunk
                edited = text.restore(text.text[: h.start] + h.replacement + text.text[h.end :])
                assert item.evidence is not None
                nearer, matches = measure_gain(row.mt, edited, reference)
                votes = tuple(measure_gain(row.mt.lower(), edited.lower(), v.lower()) for v in row.voices)
                samples.append(Sample(item.evidence, nearer, matches, row.group, number, votes))
        report(start + len(part))
    return samples, odds


@dataclass(frozen=True, slots=True)
class Calibration:
    """Samples of rows, each row read in documents of several lengths; those from ``first`` on are development data."""

    samples: list[Sample]
    rows: list[Row]
    first: int


def spread_over_documents(
    samples: Sequence[Sample],
    rows: Sequence[Row],
    odds: Sequence[float | None],
    first: int,
    lengths: Sequence[int] = DOCUMENTS,
) -> Calibration:
    """Return samples and rows as often as there are ``lengths`` of documents, with the styles the stage would find.

    A document is a run of that many rows of one system or source; rows that stand alone stay alone. Rows from ``first``
    on stay behind the others.
    """
    found: list[Sample] = []
    for turn, length in enumerate(lengths):
        for s in with_styles(samples, rows, odds, length):
            start = turn * first if s.sentence < first else (len(lengths) - 1) * first + turn * (len(rows) - first)
            found.append(replace(s, sentence=start + s.sentence))
    return Calibration(found, [*rows[:first]] * len(lengths) + [*rows[first:]] * len(lengths), first * len(lengths))


def with_styles(
    samples: Sequence[Sample], rows: Sequence[Row], odds: Sequence[float | None], length: int
) -> list[Sample]:
    """Return the samples with the style of each sample's document, a run of ``length`` rows of one system or source."""
    order: dict[str, int] = {}
    places = []
    for row in rows:
        order[row.document] = order.get(row.document, -1) + 1
        places.append((row.document, order[row.document] // length))
    sentences = Counter(places)
    hunks = Counter(places[s.sentence] for s in samples)
    read: dict[tuple[str, int], list[float | None]] = defaultdict(list)
    for place, z in zip(places, odds, strict=True):
        read[place].append(z)
    styles = {p: Style(shrink_rate(hunks[p], n), mean_odds(read[p]), n) for p, n in sentences.items()}
    return [replace(s, evidence=replace(s.evidence, style=styles[places[s.sentence]])) for s in samples]


def _poll(gains: Sequence[int], neutral: float) -> tuple[float, float]:
    """Return the share of votes that call a hunk good, and the weight of the poll; 0 is a vote of ``neutral`` against."""
    weights = [1.0 if g else neutral for g in gains]
    return sum(g > 0 for g in gains) / max(sum(weights), 1e-9), sum(weights) / len(weights)


def fit_confidence(samples: Sequence[Sample], neutral: float = 0.3) -> Confidence:
    """Fit the networks; a hunk that changes nothing counts as bad with the weight ``neutral``.

    The reference and each voice have a vote. Thresholds are left open (nothing passes): `choose_thresholds` sets them
    on other data.
    """
    x = np.stack([features(s.evidence) for s in samples])
    networks = []
    for side in (0, 1):
        polls = [
            _poll(
                ((s.nearer, s.matches)[side], *(v[side] for v in s.votes)),
                1.0 if s.group.startswith("clean") else neutral,
            )
            for s in samples
        ]
        networks.append(fit_perceptron(x, np.array([y for y, _ in polls]), np.array([w for _, w in polls])))
    return Confidence(average(networks), {}, {})


def cross_fit(samples: Sequence[Sample], folds: int = 5) -> list[float]:
    """Return the probability of each sample from a network that saw no sample of its test set."""
    groups = sorted({s.group for s in samples})
    fold = {group: i % folds for i, group in enumerate(groups)}
    found = [0.0] * len(samples)
    for number in range(min(folds, len(groups))):
        rest = [s for s in samples if fold[s.group] != number] or list(samples)
        confidence = fit_confidence(rest)
        mine = [i for i, s in enumerate(samples) if fold[s.group] == number]
        for i, p in zip(mine, confidence.probabilities([samples[i].evidence for i in mine]), strict=True):
            found[i] = p
    return found


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
    for _ in (*TYPES, *TYPES):  # a type that does harm, or only its insertions, goes, and the gate is chosen anew
        gate = choose_gate(pairs, auto, rows, first, limits)
        if gate is None:
            return Confidence(confidence.network, dict.fromkeys(auto, NEVER), suggest)
        found = Confidence(confidence.network, auto, suggest, gate)
        harmful = _find_harmful(found, pairs, limits)
        if not harmful:
            break
        auto |= dict.fromkeys(harmful, NEVER)
    return found


def _find_harmful(confidence: Confidence, pairs: Sequence[tuple[Sample, float]], limits: Limits) -> list[str]:
    """Return the keys of the types, and of the insertions of types, whose AUTO hunks are more often bad than allowed."""
    inserted: dict[str, list[int]] = defaultdict(list)
    others: dict[str, list[int]] = defaultdict(list)
    for s, p in pairs:
        if s.gain and confidence.tier(s.evidence, p) is Tier.AUTO:
            (inserted if is_insertion(s.evidence.hunk) else others)[s.evidence.kind.value].append(s.gain)

    def is_good(gains: Sequence[int]) -> bool:
        return sum(g > 0 for g in gains) >= limits.auto_precision * len(gains)

    found = []
    for kind in sorted({*inserted, *others}):
        put_in, rest = inserted[kind], others[kind]
        if len(put_in) >= limits.least and not is_good(put_in):
            found.append(kind + INSERTED)
            if len(rest) >= limits.least and is_good(rest):
                continue  # the insertions did the harm
        if len(put_in) + len(rest) >= limits.least and not is_good([*put_in, *rest]):
            found.append(kind)
    return found


def choose_gate(
    pairs: Sequence[tuple[Sample, float]], auto: Mapping[str, float], rows: Sequence[Row], first: int, limits: Limits
) -> Gate | None:
    """Return the gate that brings the texts nearest to the references within ``limits``; None: no gate keeps them."""
    alarms = find_false_alarms(rows, first)
    sizes = Counter(r.group for r in rows[first:])
    open_ = [(s, p) for s, p in pairs if least_probability(auto, s.evidence) < NEVER]
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


_FEW = 20


def reliability(pairs: Iterable[tuple[Sample, float]], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean probability, share of good hunks, count) for each of ``bins`` equal steps of probability.

    Steps with fewer than `_FEW` hunks say nothing and are left out.
    """
    table: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for s, p in pairs:
        table[min(int(p * bins), bins - 1)].append((p, s.gain > 0))
    return [
        (float(np.mean([p for p, _ in cell])), float(np.mean([g for _, g in cell])), len(cell))
        for cell in table
        if len(cell) >= _FEW
    ]


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
