"""Fit the probe of `mtfix.model.translationese`: outputs of old systems against references and clean news.

The references of the outputs are among the clean text, so that the probe cannot tell the two apart by topic; single
documents of clean news are there too, because references are translations themselves.
"""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtfix.model.translationese import Probe
from mtfix.training.data.development import clean_rows
from mtfix.training.data.readers import data_folder, read_table

SETS = tuple(f"newstest2013.{language}-en" for language in ("cs", "de", "es", "fr", "ru"))
#: Clean news by file and number of sentences. Those that thresholds are chosen on are not among them.
CLEAN = {"gmb-voa": 1500, "senate-press": 1000, "abc-news": 1200, "reuters21578": 1200, "masc": 600}
Represent = Callable[[Sequence[str]], NDArray[np.float32]]


def probe_texts(folder: Path | None = None, outputs: int = 1500, seed: int = 5) -> tuple[list[str], list[str]]:
    """Return sentences by machines and by people; ``outputs`` a set. Raises InputError when data are missing."""
    root, rng = data_folder(folder), random.Random(seed)
    machine: list[str] = []
    human: set[str] = set()
    for name in SETS:
        rows = list(read_table(root / "wmt" / f"{name}.train.tsv.xz"))
        for row in rng.sample(rows, min(outputs, len(rows))):
            systems = [k for k, v in row.items() if k.startswith("hyp.") and v]
            machine.append(html.unescape(row[rng.choice(systems)]))
            human.update(html.unescape(v) for k, v in row.items() if k.startswith("ref") and v)
    people = sorted(human)
    for name, count in CLEAN.items():
        people += [row.mt for row in clean_rows(name, count, folder, skip=2000)]
    return machine, people


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


def fit_probe(represent: Represent, machine: Sequence[str], people: Sequence[str], ridge: float = 60.0) -> Probe:
    """Fit the regression on mean encoder states; both classes weigh the same."""
    x = np.concatenate([represent(machine), represent(people)]).astype(np.float64)
    y = np.r_[np.ones(len(machine)), np.zeros(len(people))]
    mean, spread = x.mean(0), x.std(0) + 1e-6
    weights = np.where(y > 0, 0.5 / len(machine), 0.5 / len(people)) * len(y)
    found, bias = fit_logistic((x - mean) / spread, y, weights, ridge)
    return Probe((found / spread).astype(np.float32), float(bias - (found * mean / spread).sum()))
