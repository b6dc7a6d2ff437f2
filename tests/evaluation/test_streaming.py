"""One pass, bounded memory: what is kept of a stream does not grow with it."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from mtfix.errors import InputError
from mtfix.evaluation.data.examples import Example, Output
from mtfix.evaluation.result import SystemInfo
from mtfix.evaluation.scoring import Described, Scorer, ScoreSettings

INFO = {"s": SystemInfo(name="s", kind="file", fingerprint="x")}


def stream(count: int) -> Iterator[tuple[Example, Output]]:
    for i in range(count):
        # Few different sentences: the tokenisers' own caches (bounded, 65,536 lines) are no subject here.
        reference = f"The mill number {i % 40} stands by the river."
        yield (
            Example(str(i), reference.replace("The", "A"), (reference,)),
            Output(reference if i % 40 % 3 else reference.lower()),
        )


def feed(count: int, settings: ScoreSettings) -> Scorer:
    scorer = Scorer(["s"], settings)
    for example, output in stream(count):
        scorer.add(example, {"s": output})
    return scorer


def test_memory_does_not_grow_with_the_stream() -> None:
    settings = ScoreSettings(metrics=("bleu", "chrf"), row_limit=200, samples=10, trials=10)
    feed(900, settings)  # dictionaries and caches of the libraries are filled once
    peaks = []
    for count in (300, 900):
        gc.collect()  # what other tests left behind
        tracemalloc.start()
        scorer = feed(count, settings)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        (entry,) = scorer.finish(Described("d"), INFO)
        assert entry.test_set.segments == count
        assert entry.scores["bleu"].p_bootstrap is None
        assert any("no intervals and p-values" in n for n in entry.notes)
        assert len(entry.sentences) <= 150
    assert peaks[1] < peaks[0] + 100_000  # kept rows would be 235,000


def test_sums_give_the_same_scores_as_rows() -> None:
    kept = feed(60, ScoreSettings(samples=10, trials=0)).finish(Described("d"), INFO)[0]
    dropped = feed(60, ScoreSettings(samples=10, trials=0, row_limit=0)).finish(Described("d"), INFO)[0]
    assert kept.harm == dropped.harm and kept.buckets == dropped.buckets
    for name, score in kept.scores.items():
        assert dropped.scores[name].after == score.after
        assert score.after_mean is not None and dropped.scores[name].after_mean is None


def test_systems_beside_each_other_score_as_they_do_alone() -> None:
    settings = ScoreSettings(samples=0, trials=0)
    both = Scorer(["a", "b"], settings)
    for example, output in stream(30):
        both.add(example, {"a": output, "b": Output(example.mt)})
    infos = {n: SystemInfo(name=n, kind="file", fingerprint="x") for n in "ab"}
    a, b = both.finish(Described("d"), infos)
    alone = feed(30, settings).finish(Described("d"), INFO)[0]
    assert a.harm == alone.harm and a.scores == alone.scores
    assert b.harm.touched == 0


def test_an_example_without_any_right_answer_is_refused() -> None:
    with pytest.raises(InputError, match="no reference and no post-edit"):
        Scorer(["s"], ScoreSettings()).add(Example("1", "a"), {"s": Output("a")})
