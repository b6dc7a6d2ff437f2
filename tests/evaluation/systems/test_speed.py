"""Speed and memory are taken in another process, on documents from all over the suite."""

from __future__ import annotations

from itertools import pairwise

from mtfix.evaluation.data.examples import Example
from mtfix.evaluation.systems.speed import measure_system, spread
from mtfix.evaluation.systems.systems import make_system


def test_figures_of_the_rules() -> None:
    examples = [Example(str(i), f"Up to {i},5 thousand people came to Kazan.") for i in range(1, 9)]
    speed = measure_system(make_system("rules"), examples)
    assert speed is not None
    assert speed.measured_segments == 8
    assert speed.segments_per_second > 0 and set(speed.latency_ms) == {"p50", "p90", "p99"}
    assert 0 < speed.base_memory_mb < speed.peak_memory_mb


def test_what_computes_nothing_has_no_speed() -> None:
    assert measure_system(make_system("do-nothing"), [Example("1", "a")]) is None
    assert measure_system(make_system("file:x.txt"), [Example("1", "a")]) is None


def test_documents_are_spread_over_the_list() -> None:
    documents = [[Example(f"{d}.{i}", "x") for i in range(4)] for d in range(100)]
    chosen = spread(documents, 40)
    numbers = [int(d[0].id.partition(".")[0]) for d in chosen]
    assert 40 <= sum(map(len, chosen)) < 48
    assert numbers[0] == 0 and numbers[-1] >= 85 and max(b - a for a, b in pairwise(numbers)) <= 11
    assert spread(documents[:3], 40) == documents[:3]
