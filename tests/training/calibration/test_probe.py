from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("rapidfuzz")

from mtfix.training.calibration.probe import fit_probe


def represent(texts: Sequence[str]) -> NDArray[np.float32]:
    """States that say how many words are "the", with noise that says nothing."""
    noise = np.random.default_rng(len(texts)).normal(size=(len(texts), 3))
    share = np.array([[t.split().count("the") / len(t.split())] for t in texts])
    return np.concatenate([share, noise], 1).astype(np.float32)


def test_a_probe_learns_what_tells_the_two_apart() -> None:
    machine = ["court sentenced leader of group", "he read law"] * 60
    people = ["the court sentenced the leader of the group", "he read the law"] * 200
    probe = fit_probe(represent, machine, people, ridge=1.0)
    low, high = probe.odds(np.array([[0.4, 0, 0, 0], [0.0, 0, 0, 0]], np.float32))
    assert low < -1 and high > 1  # balanced, although there is more text by people
    assert max(abs(probe.weights[1:])) < abs(probe.weights[0]) / 10
