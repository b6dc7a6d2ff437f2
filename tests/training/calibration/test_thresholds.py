from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("rapidfuzz")
pytest.importorskip("torch")

from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.model.confidence import Gate
from mtfix.training.calibration.calibrate import Sample, fit_confidence
from mtfix.training.calibration.thresholds import NEVER, best_threshold, choose_thresholds, find_surer, measure_outcome
from mtfix.training.data.development import Row
from mtfix.types import Tier
from tests.training.calibration.test_calibrate import made, sample


def test_a_gate_keeps_the_limits() -> None:
    samples = [replace(s, sentence=i) for i, s in enumerate(made(1500))]
    rows = [Row("They signed law.", ("They signed the law.",), "g", "g") for _ in samples]
    confidence = fit_confidence(samples)
    pairs = [(s, confidence.probability(s.evidence)) for s in samples]
    free = choose_thresholds(confidence, pairs, rows)
    passed = [s.gain for s, p in pairs if free.tier(s.evidence, p) is Tier.AUTO]
    assert sum(g > 0 for g in passed) > 2 * sum(g < 0 for g in passed) > 0
    assert free.auto["spelling"] == NEVER  # some types are never the model's to decide
    # The same hunks in text that needs none: nothing may be AUTO, and nothing is.
    clean = [replace(s, nearer=-1, matches=-1, group="clean:x") if i % 3 == 0 else s for i, s in enumerate(samples)]
    marked = [Row("a", ("a",), "clean:x", "c") if i % 3 == 0 else row for i, row in enumerate(rows)]
    pairs = [(s, p) for s, (_, p) in zip(clean, pairs, strict=True)]
    strict = choose_thresholds(confidence, pairs, marked)
    assert not any(strict.tier(s.evidence, p) is Tier.AUTO for s, p in pairs)


def test_a_type_that_does_harm_is_never_auto() -> None:
    good = [replace(s, nearer=1, matches=1, sentence=i) for i, s in enumerate(made(300))]
    bad = [
        replace(s, nearer=-1, matches=-1, sentence=300 + i, evidence=replace(s.evidence, kind=EditType.ORDER))
        for i, s in enumerate(made(60))
    ]
    rows = [Row("a b", ("a the b",), "g", "g") for _ in range(360)]
    confidence = fit_confidence(good)
    pairs = [(s, 0.9) for s in (*good, *bad)]
    found = choose_thresholds(confidence, pairs, rows)
    assert found.auto["order"] == NEVER and found.auto["article"] < NEVER


def test_insertions_that_do_harm_go_and_the_rest_of_the_type_stays() -> None:
    def moved(s: Sample, gain: int, number: int, hunk: Hunk) -> Sample:
        evidence = replace(s.evidence, kind=EditType.PREPOSITION, hunk=hunk)
        return replace(s, nearer=gain, matches=gain, sentence=number, evidence=evidence)

    exchanged, put_in = Hunk(0, 2, "of", ("on",), ("of",)), Hunk(0, 0, " in", (), ("in",))
    good = [moved(s, 1, i, exchanged) for i, s in enumerate(made(300))]
    bad = [moved(s, -1, 300 + i, put_in) for i, s in enumerate(made(60))]
    rows = [Row("a b", ("a the b",), "g", "g") for _ in range(360)]
    found = choose_thresholds(fit_confidence(good), [(s, 0.9) for s in (*good, *bad)], rows)
    assert found.auto["preposition"] < NEVER == found.auto["preposition, put in"]
    assert found.tier(good[0].evidence, 0.99) is Tier.AUTO is not found.tier(bad[0].evidence, 0.99)


def test_a_type_that_does_harm_where_it_is_less_sure_must_be_surer() -> None:
    def inserted(number: int, gain: int) -> Sample:
        return replace(sample(3.0, gain), sentence=number, votes=())

    # Of 300 insertions the 60 surest are good, of the others a third; all the rest is good. No gate tells them apart.
    surest = [(inserted(i, 1), 0.85) for i in range(60)]
    others = [(inserted(60 + i, 1 if i % 3 == 0 else -1), 0.75) for i in range(240)]
    rest = [(replace(s, nearer=1, matches=1, sentence=300 + i), 0.75) for i, s in enumerate(made(300))]
    rest = [(replace(s, evidence=replace(s.evidence, kind=EditType.AGREEMENT)), p) for s, p in rest]
    rows = [Row("a b", ("a the b",), "g", "g") for _ in range(600)]
    found = choose_thresholds(fit_confidence([s for s, _ in rest]), [*surest, *others, *rest], rows)
    assert found.auto["agreement"] == 0.0
    assert max(found.auto["article"], found.auto.get("article, put in", 0.0)) == 0.85
    assert found.tier(surest[0][0].evidence, 0.85) is Tier.AUTO is not found.tier(others[0][0].evidence, 0.75)


@pytest.mark.parametrize(
    ("ballots", "precision", "least", "threshold"),
    [
        ([(0.9, 1)] * 5 + [(0.5, -1)] * 5, 0.6, 4, 0.9),
        ([(0.9, 1)] * 5 + [(0.5, -1)] * 5, 0.5, 4, 0.5),
        ([(0.9, 1)] * 3 + [(0.9, -1)] * 3, 0.6, 2, NEVER),  # the equally sure stand or fall together
        ([(0.9, -1)] * 2 + [(0.8, 1)] * 8, 0.6, 4, 0.8),
        ([(0.9, 1)] * 3, 0.6, 4, NEVER),
        ([(0.81234, 1)] * 5, 0.6, 4, 0.8124),
        ([], 0.6, 1, NEVER),
    ],
)
def test_the_surer_hunks_of_a_type_may_be_good(
    ballots: list[tuple[float, int]], precision: float, least: int, threshold: float
) -> None:
    assert find_surer(ballots, precision, least) == threshold


def test_no_threshold_where_hunks_do_harm() -> None:
    assert best_threshold([(0.9, -1)] * 50 + [(0.8, 1)] * 20, 0.7, 10) == NEVER
    assert best_threshold([(0.9, 1)] * 5, 0.7, 10) == NEVER
    assert best_threshold([(0.9, 1)] * 20 + [(0.5, -1)] * 20, 0.7, 10) == 0.9


def test_voices_say_it_again_of_each_hunk() -> None:
    def moved(s: Sample, number: int, vote: int) -> Sample:
        evidence = replace(s.evidence, kind=EditType.PREPOSITION, hunk=Hunk(0, 0, " in", (), ("in",)))
        gain = 1 if number % 5 else -1  # four of five are nearer to the one reference
        return replace(s, nearer=gain, matches=gain, sentence=number, evidence=evidence, votes=((vote, vote),) * 3)

    rows = [Row("a b", ("a the b",), "g", "g") for _ in range(400)]
    good = [replace(s, nearer=1, matches=1, sentence=i) for i, s in enumerate(made(300))]

    def choose(vote: int) -> float:
        put_in = [moved(s, 300 + i, vote) for i, s in enumerate(made(100))]
        pairs = [(s, 0.9) for s in (*good, *put_in)]
        return choose_thresholds(fit_confidence(good), pairs, rows).auto.get("preposition, put in", 0.0)

    assert choose(1) < NEVER == choose(-1)
    assert choose(0) < NEVER  # voices that say nothing have no ballot


def test_the_outcome_counts_auto_hunks_of_development_sets_only() -> None:
    def placed(sentence: int, gain: int, group: str) -> Sample:
        return replace(sample(3.0, 0), nearer=gain, matches=0, group=group, sentence=sentence)

    rows = [
        Row("a", ("b",), "newstest", "x"), Row("a", ("b",), "newstest", "x"), Row("a", ("b",), "newstest", "x"),
        Row("c", ("c",), "clean:news", "y"), Row("c", ("c",), "clean:news", "y"), Row("d", ("d",), "mlqe", "z"),
    ]  # fmt: skip
    samples = [
        placed(0, 1, "newstest"),  # before the development sets
        placed(1, 1, "newstest"), placed(1, 1, "newstest"), placed(2, -1, "newstest"), placed(2, 0, "newstest"),
        placed(3, -1, "clean:news"), placed(3, -1, "clean:news"), placed(5, -1, "mlqe"),
    ]  # fmt: skip
    sure = replace(fit_confidence(made(100)), auto={"article": 0.5}, gate=Gate())
    found = measure_outcome(sure, [(s, 0.9) for s in samples], rows, 1)
    assert (found.good, found.bad) == (2, 1)
    assert found.clean == {"clean:news": (1, 2)} and found.perfect == (1, 1)
    calm = measure_outcome(sure, [(s, 0.4) for s in samples], rows, 1)
    assert (calm.good, calm.bad, calm.clean, calm.perfect) == (0, 0, {"clean:news": (0, 2)}, (0, 1))
