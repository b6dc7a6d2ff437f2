"""Does a sentence read like the work of a machine translation system? A linear probe on the encoder's states.

An edit that is right in old machine translation ("the" taken away, a comma added) is needless in text that a person
wrote. The state of the encoder tells the two kinds of text apart: the mean of the keys that it
hands to the first layer of the decoder goes through a logistic regression, fitted by `mtfix train calibrate` on system
outputs against references and clean news. Source: probing classifiers (Alain and Bengio 2016); translationese is a
property of documents, which is why `mean_odds` pools sentences (Volansky, Ordan and Wintner 2015).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError

Floats = NDArray[np.float32]
FILE = "translationese.json"
#: Sentences that a document is thought to have besides its own, and their log odds: little text decides little.
PRIOR_SENTENCES, PRIOR_ODDS = 3, -0.5


@dataclass(frozen=True, slots=True)
class Probe:
    """Weights ``[D]`` and bias of the regression."""

    weights: Floats
    bias: float

    def odds(self, states: Floats) -> list[float]:
        """Return the log odds of machine translation for mean states ``[B, D]``."""
        return [float(state @ self.weights) + self.bias for state in states]

    def save(self, folder: Path) -> None:
        """Write JSON to a model folder."""
        values = {"bias": round(self.bias, 5), "weights": [round(float(w), 5) for w in self.weights]}
        (folder / FILE).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def load_probe(folder: Path, width: int) -> Probe | None:
    """Read the probe of a model folder; None when there is none.

    Raises:
        ModelError: the file is damaged, or made for a model of another width.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        probe = Probe(np.asarray(values["weights"], np.float32), float(values["bias"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a probe of mtfix: {error}") from None
    if probe.weights.shape != (width,):
        raise ModelError(f"{path}: has {probe.weights.size} weights, the model is {width} wide")
    return probe


def pool(keys: Floats, mask: Floats) -> Floats:
    """Return the mean of keys ``[B, H, S, D/H]`` over the pieces in ``mask [B, S]``: ``[B, D]``."""
    # Row by row: a sum over padding would depend, in its last digits, on how much of it there is.
    lengths = mask.sum(1).astype(int)
    mean: Floats = np.stack([k[:, :n].mean(1).reshape(-1) for k, n in zip(keys, lengths, strict=True)])
    return mean


def mean_odds(odds: Iterable[float | None]) -> float:
    """Return the log odds of a document, drawn towards `PRIOR_ODDS` when there are few sentences.

    >>> mean_odds([]), round(mean_odds([-2.0] * 30), 2), round(mean_odds([None, 1.0]), 3)
    (-0.5, -1.86, -0.125)
    """
    known = [z for z in odds if z is not None]
    return (sum(known) + PRIOR_ODDS * PRIOR_SENTENCES) / (len(known) + PRIOR_SENTENCES)
