"""Calibrate the confidence of hunks on development data.

What a hunk brings is measured against a human text (post-edit or nearest reference) in two ways, as translations are by
TER and by BLEU: how many word edits nearer the sentence with it alone is, and how many more pairs of neighbouring words
it shares. Either alone misleads. Where a translation is worded differently from the reference, deleting any word
reduces the distance, and some inserted words match by chance. Two networks learn the two; their mean is the confidence.
Labels from one reference are noisy; where a set has outputs of better systems, these are extra references.

What may be AUTO and what is suggested is chosen by `mtfix.training.calibration.thresholds`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Levenshtein

from mtfix.model.align import tokenize
from mtfix.model.confidence import Confidence
from mtfix.model.evidence import Evidence, Style, features, shrink_rate
from mtfix.model.ngrams import Ngrams
from mtfix.model.posteditor import ScoringPostEditor
from mtfix.model.protect import protect
from mtfix.model.stage import judge_all
from mtfix.model.translationese import mean_odds
from mtfix.training.calibration.perceptron import average, fit_perceptron
from mtfix.training.data.development import Row

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
        """The total gain; a hunk with a gain above 0 is good."""
        return self.nearer + self.matches


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
