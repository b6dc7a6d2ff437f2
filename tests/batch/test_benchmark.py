"""What the measurement of `mtfix batch` is made of: archives that are always the same, samples in bounded space."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The generator of archives."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import wires as module

    return module


def read_texts(wires: ModuleType, **shares: float) -> list[str]:
    data, total, _ = wires.Writer(wires.Mixture(documents=20, sentences=40, **shares)).write_chunk(0)
    texts = [json.loads(line)["body"]["text"] for line in data.splitlines()]
    assert len(texts) == 20
    assert total > 20 * 20
    return texts


def test_an_archive_is_always_the_same(wires: ModuleType) -> None:
    assert read_texts(wires) == read_texts(wires)
    assert read_texts(wires) != read_texts(wires, seed=2)


def test_shares_are_shares(wires: ModuleType) -> None:
    clean = " ".join(read_texts(wires, defects=0.0))
    seeds = {s for wire in wires.read_seeds() for s in wire if len(s) > 60 and not any(c.isdigit() for c in s)}
    assert not any(s in clean for s in seeds)
    assert any(s in " ".join(read_texts(wires, defects=1.0)) for s in seeds)
    assert clean.count(" said.") < " ".join(read_texts(wires, defects=0.0, names=1.0)).count(" said.")


def test_repeats_come_from_a_pool(wires: ModuleType) -> None:
    def count(**shares: float) -> float:
        _, total, sample = wires.Writer(wires.Mixture(documents=300, sentences=130, **shares)).write_chunk(0)
        return len(sample) * 64 / total

    assert count(repeats=1.0, pool=100) < 0.02 < count(repeats=0.5, pool=100) < count() < count(names=1.0)


def test_samples_stay_few_and_keep_their_peaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    from family import Series

    series = Series()
    for i in range(20_001):
        series.add(float(i if i != 5000 else 99_999))
    assert len(series.peaks) <= 512
    assert max(series.peaks) == 99_999
    quarters = series.quarters()
    assert len(quarters) == 4
    assert quarters[1] == 99_999 or quarters[0] == 99_999
    assert quarters[3] == 20_000
