"""Calibrate the confidence of hunks, and choose the AUTO and SUGGEST thresholds, on development data.

A hunk is *good* when the sentence with it alone is closer to a human text (post-edit or nearest reference) than the
sentence without it, by word edit distance. The gate and the thresholds are those that bring most under `Limits`: first,
do no harm. They are chosen on probabilities from folds that did not see the hunk's test set (`cross_fit`).
"""

from __future__ import annotations

import html
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from mtfix.model.align import tokenize
from mtfix.model.classify import EditType
from mtfix.model.confidence import TYPES, Confidence, Evidence, Gate, Style, features, is_deletion, shrink_rate
from mtfix.model.stage import ScoringPostEditor, judge_all
from mtfix.model.translationese import mean_odds
from mtfix.protect import protect
from mtfix.training.readers import data_folder, detokenize, open_lines, read_table
from mtfix.types import Tier

NEVER = 2.0  # a threshold that no probability reaches
DOCUMENT = 20  # sentences of a made-up document: test sets name the system, seldom the article

# Sets that the corpus does not use (file, outputs drawn): what the regression is fitted on. Old and new systems.
FITTING = {
    "newstest2018.cs-en": 500, "newstest2018.de-en": 600, "newstest2018.et-en": 700, "newstest2018.fi-en": 700,
    "newstest2018.tr-en": 700, "newstest2019.fi-en": 300, "newstest2019.kk-en": 500, "newstest2019.gu-en": 400,
    "newstest2019.lt-en": 300, "generaltest2022.ru-en": 600, "newstest2015-DAseg.cs-en": 560,
    "newstest2015-DAseg.de-en": 560, "newstest2015-DAseg.fi-en": 560, "newstest2016-DAseg.cs-en": 560,
    "newstest2016-DAseg.de-en": 560, "newstest2016-DAseg.fi-en": 560, "newstest2016-DAseg.ro-en": 560,
    "newstest2016-DAseg.tr-en": 560,
}  # fmt: skip
CLEAN_FITTING = {"da-press": 0, "reuters21578": 30000, "senate-press": 50000, "abc-news": 5000}  # sentences skipped
# Where thresholds are chosen: Russian-to-English development sets and clean news.
CHOOSING = ("wmt/newstest2015-DAseg.ru-en.dev", "wmt/newstest2016-DAseg.ru-en.dev", "ape/mlqe-pe.ru-en.dev")
CLEAN_CHOOSING = {"pud": (900, 0), "gum-news": (500, 0), "gum-interview": (300, 0), "da-press": (600, 3000)}


@dataclass(frozen=True, slots=True)
class Row:
    """A machine translation and what humans wrote; clean text has itself as reference.

    ``group`` names the set, ``document`` the texts of one system in it: they share a style.
    """

    mt: str
    references: tuple[str, ...]
    group: str
    document: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One hunk on development data: ``gain`` is how many word edits nearer to the reference it brings the sentence."""

    evidence: Evidence
    gain: int
    group: str
    sentence: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What AUTO edits may do at most, and how sure each tier must be."""

    auto_precision: float = 0.5  # share of good among a type's AUTO hunks that change the distance; below, none is AUTO
    suggest_precision: float = 0.4
    least: int = 8  # hunks of a type: fewer prove nothing, and the type goes with the others
    clean_touched: float = 0.0085  # share of clean sentences with an AUTO edit
    perfect_touched: float = 0.02  # share of machine translations that needed no edit, with one
    loss: float = 0.004  # word edits a sentence that a development set may lose


#: What `choose_gate` tries.
_RATES = tuple(product((0.4, 0.45, 0.5, 0.55, 0.6), (0.6, 0.65, 0.7, 0.8)))
_NEEDS = tuple(product((0.45, 0.5, 0.55, 0.6, 0.65), (0.3, 0.35, 0.4, 0.45)))
_DELETIONS = (0.0, 0.05, 0.1, 0.15)
_ODDS = (-0.3, -0.1, 0.0, 0.1, 0.2)
_HARM = 2.0  # what a word edit lost weighs against one gained
_NEVER_AUTO = frozenset(
    {EditType.CASE, EditType.SPELLING, EditType.WORD_CHOICE}
)  # meaning is not the model's to choose


def distance(text: str, reference: str) -> int:
    """Return the word edit distance, marks and case included."""
    return int(Levenshtein.distance([t.text for t in tokenize(text)], [t.text for t in tokenize(reference)]))


def read_rows(path: Path, *, systems: int, rng: random.Random, limit: int = 0) -> Iterator[Row]:
    """Yield rows of a TSV of post-edits or of system outputs (``systems`` of them a segment, drawn at random)."""
    group = path.name.removesuffix(".tsv.xz")
    count = 0
    for row in read_table(path):
        if "pe" in row:
            found = [Row(detokenize(row["mt"]), (detokenize(row["pe"]),), group, group)]
        else:
            references = tuple(html.unescape(v) for k, v in row.items() if k.startswith("ref") and v)
            names = [k for k, v in row.items() if k.startswith("hyp.") and v]
            chosen = rng.sample(names, min(systems, len(names)))
            found = [Row(html.unescape(row[n]), references, group, f"{group}/{n}") for n in chosen]
        for item in found:
            if item.references and 4 <= len(item.mt.split()) <= 60 and not item.mt.islower():
                yield item
                count += 1
        if limit and count >= limit:
            return


def clean_rows(name: str, limit: int, folder: Path | None = None, skip: int = 0) -> Iterator[Row]:
    """Yield sentences of clean news: every hunk in them is a false alarm."""
    count = 0
    for line in open_lines(data_folder(folder) / "mono" / f"{name}.txt.xz"):
        if 6 <= len(line.split()) <= 45 and line[0].isupper() and line.rstrip()[-1] in '.”"!?' and line.count(". ") < 2:
            count += 1
            if count > skip:
                yield Row(line, (line,), f"clean:{name}", f"clean:{name}")
            if count >= limit + skip:
                return


def calibration_rows(folder: Path | None = None, share: float = 1.0, seed: int = 3) -> list[Row]:
    """Return the rows that the regression is fitted on: `FITTING`, MLQE-PE dev of other languages, clean text."""
    root, rng = data_folder(folder), random.Random(seed)
    rows: list[Row] = []
    for name, count in FITTING.items():
        found = list(read_rows(root / "wmt" / f"{name}.train.tsv.xz", systems=2, rng=rng))
        rows += rng.sample(found, min(len(found), int(count * share)))
    for language in ("et", "ro"):
        rows += list(read_rows(root / "ape" / f"mlqe-pe.{language}-en.dev.tsv.xz", systems=1, rng=rng))[
            : int(1000 * share)
        ]
    for name, skip in CLEAN_FITTING.items():
        rows += clean_rows(name, int(700 * share), folder, skip=skip)
    return rows


def development_rows(folder: Path | None = None, seed: int = 3) -> list[Row]:
    """Return the rows on which thresholds are chosen: `CHOOSING` and clean text."""
    root, rng = data_folder(folder), random.Random(seed)
    rows = [row for name in CHOOSING for row in read_rows(root / f"{name}.tsv.xz", systems=1, rng=rng)]
    return [
        *rows,
        *(r for name, (count, skip) in CLEAN_CHOOSING.items() for r in clean_rows(name, count, folder, skip=skip)),
    ]


def collect(
    model: ScoringPostEditor, rows: Sequence[Row], report: Callable[[int], None] = lambda done: None
) -> list[Sample]:
    """Run the model over rows and weigh every hunk that the guard lets through; ``report`` counts rows."""
    samples = []
    odds: list[float | None] = []
    for start in range(0, len(rows), 512):
        part = rows[start : start + 512]
        protected = [protect(r.mt) for r in part]
        judged, _ = judge_all(model, protected)
        odds += [h.translationese for h in model.post_edit([p.text for p in protected])]
        for number, (row, text, items) in enumerate(zip(part, protected, judged, strict=True), start):
            kept = [j for j in items if j.evidence is not None]
            if not kept:
                continue
            reference = min(row.references, key=lambda r, mt=row.mt: distance(mt, r))  # type: ignore[misc]
            before = distance(row.mt, reference)
            for item in kept:
                h = item.hunk
                edited = text.restore(text.text[: h.start] + h.replacement + text.text[h.end :])
                assert item.evidence is not None
                samples.append(Sample(item.evidence, before - distance(edited, reference), row.group, number))
        report(start + len(part))
    return with_styles(samples, rows, odds)


def with_styles(samples: Sequence[Sample], rows: Sequence[Row], odds: Sequence[float | None]) -> list[Sample]:
    """Return the samples with the style of each sample's document, as the stage would find it.

    A document is a run of `DOCUMENT` rows of one system or source, about the length of a wire.
    """
    order: dict[str, int] = {}
    places = []
    for row in rows:
        order[row.document] = order.get(row.document, -1) + 1
        places.append((row.document, order[row.document] // DOCUMENT))
    sentences = Counter(places)
    hunks = Counter(places[s.sentence] for s in samples)
    read: dict[tuple[str, int], list[float | None]] = defaultdict(list)
    for place, z in zip(places, odds, strict=True):
        read[place].append(z)
    styles = {p: Style(shrink_rate(hunks[p], n), mean_odds(read[p])) for p, n in sentences.items()}
    return [replace(s, evidence=replace(s.evidence, style=styles[places[s.sentence]])) for s in samples]


def fit_logistic(
    x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64], ridge: float = 2.0
) -> tuple[NDArray[np.float64], float]:
    """Return weights ``[F]`` and bias of a ridge logistic regression (Newton's method)."""
    design = np.concatenate([x, np.ones((len(x), 1))], 1)
    penalty = np.full(design.shape[1], ridge)
    penalty[-1] = 1e-6
    beta = np.zeros(design.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (weights * (p - y)) + penalty * beta
        curvature = weights * p * (1 - p) + 1e-9
        step = np.linalg.solve((design * curvature[:, None]).T @ design + np.diag(penalty), gradient)
        beta -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return beta[:-1], float(beta[-1])


def fit_confidence(samples: Sequence[Sample], neutral: float = 0.3) -> Confidence:
    """Fit the regression; a hunk that changes nothing counts as bad with the weight ``neutral``.

    Thresholds are left open (nothing passes): `choose_thresholds` sets them on other data.
    """
    x = np.stack([features(s.evidence) for s in samples])
    y = np.array([float(s.gain > 0) for s in samples])
    weights = np.array([1.0 if s.gain else (1.0 if s.group.startswith("clean") else neutral) for s in samples])
    found, bias = fit_logistic(x, y, weights)
    return Confidence(tuple(found.tolist()), bias, {}, {})


def cross_fit(samples: Sequence[Sample], folds: int = 5) -> list[float]:
    """Return the probability of each sample from a regression that saw no sample of its test set."""
    groups = sorted({s.group for s in samples})
    fold = {group: i % folds for i, group in enumerate(groups)}
    found = [0.0] * len(samples)
    for number in range(min(folds, len(groups))):
        rest = [s for s in samples if fold[s.group] != number] or list(samples)
        confidence = fit_confidence(rest)
        for i, s in enumerate(samples):
            if fold[s.group] == number:
                found[i] = confidence.probability(s.evidence)
    return found


def choose_thresholds(
    confidence: Confidence,
    pairs: Sequence[tuple[Sample, float]],
    rows: Sequence[Row],
    first: int = 0,
    limits: Limits = Limits(),
) -> Confidence:
    """Set the gate and the thresholds of each type under ``limits``; ``pairs`` have each sample's probability.

    ``rows`` from ``first`` on are the development sets, which decide what is a false alarm and weigh twice. Where no
    gate keeps the limits nothing is AUTO.
    """
    auto = {kind.value: NEVER if kind in _NEVER_AUTO else 0.0 for kind in TYPES}
    suggest = {}
    for kind in TYPES:
        mine = [(p, s.gain) for s, p in pairs if s.evidence.kind is kind and not s.group.startswith("clean")]
        suggest[kind.value] = best_threshold(sorted(mine, key=lambda t: -t[0]), limits.suggest_precision, limits.least)
    for _ in TYPES:  # a type that does harm goes, and the gate is chosen anew
        gate = choose_gate(pairs, auto, rows, first, limits)
        if gate is None:
            return Confidence(confidence.weights, confidence.bias, dict.fromkeys(auto, NEVER), suggest)
        found = Confidence(confidence.weights, confidence.bias, auto, suggest, gate)
        harmful = [k for k in TYPES if _does_harm(found, k, pairs, limits)]
        if not harmful:
            break
        auto |= {k.value: NEVER for k in harmful}
    return found


def _does_harm(confidence: Confidence, kind: EditType, pairs: Sequence[tuple[Sample, float]], limits: Limits) -> bool:
    gains = [
        s.gain for s, p in pairs if s.evidence.kind is kind and s.gain and confidence.tier(s.evidence, p) is Tier.AUTO
    ]
    return len(gains) >= limits.least and sum(g > 0 for g in gains) < limits.auto_precision * len(gains)


def choose_gate(
    pairs: Sequence[tuple[Sample, float]], auto: Mapping[str, float], rows: Sequence[Row], first: int, limits: Limits
) -> Gate | None:
    """Return the gate that brings the texts nearest to the references within ``limits``; None: no gate keeps them."""
    alarms = find_false_alarms(rows, first)
    sizes = Counter(r.group for r in rows[first:])
    open_ = [(s, p) for s, p in pairs if auto.get(s.evidence.kind.value, NEVER) < NEVER]
    rate = np.array([s.evidence.style.rate for s, _ in open_])
    odds = np.array([s.evidence.style.odds for s, _ in open_])
    surety = np.array([p for _, p in open_])
    deletes = np.array([is_deletion(s.evidence.hunk) for s, _ in open_], float)
    gain = np.array([s.gain for s, _ in open_], float)
    worth = np.where(gain < 0, _HARM * gain, gain)
    sentence = np.array([s.sentence for s, _ in open_])
    clean = np.array([s.sentence in alarms.clean for s, _ in open_], bool)
    perfect = np.array([s.sentence in alarms.perfect for s, _ in open_], bool)
    sets = {g: np.array([s.group == g for s, _ in open_], bool) for g in sizes if not g.startswith("clean")}
    # A clean sentence's edit is a loss to nobody's reference; the limit on how many there may be speaks for it.
    counts = np.array([0.0 if s.group.startswith("clean") else 2.0 if s.sentence >= first else 1.0 for s, _ in open_])
    best, chosen = 0.0, None
    for rates, needs, least, extra in product(_RATES, _NEEDS, _ODDS, _DELETIONS):
        low, high = rates
        share = np.ones_like(rate) if high <= low else np.clip((rate - low) / (high - low), 0, 1)
        passed = (
            (rate >= low) & (odds >= least) & (surety >= needs[0] + (needs[1] - needs[0]) * share + extra * deletes)
        )
        value = float((worth * counts)[passed].sum())
        if value <= best:
            continue
        if len(set(sentence[passed & clean])) > limits.clean_touched * len(alarms.clean):
            continue
        if len(set(sentence[passed & perfect])) > limits.perfect_touched * len(alarms.perfect):
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


def reliability(pairs: Iterable[tuple[Sample, float]], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean probability, share of good hunks, count) for each of ``bins`` equal steps of probability."""
    table: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for s, p in pairs:
        table[min(int(p * bins), bins - 1)].append((p, s.gain > 0))
    return [
        (float(np.mean([p for p, _ in cell])), float(np.mean([g for _, g in cell])), len(cell))
        for cell in table
        if cell
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
