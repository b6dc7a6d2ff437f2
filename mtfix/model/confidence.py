"""The confidence of a hunk: its features become a probability, and the probability a tier.

A small network (one hidden layer) reads the features of a hunk (`evidence`) and says how probable it is that the hunk
brings the sentence closer to what a human wrote. Fitted by `mtfix train calibrate`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError
from mtfix.model.evidence import FEATURES, Evidence, Style, features, is_deletion, is_insertion
from mtfix.types import Tier


@dataclass(frozen=True, slots=True)
class Perceptron:
    """``hidden [F, H]``, ``hidden_bias [H]``, ``output [H]``, ``bias``: bias + output . relu(x hidden + hidden_bias)."""

    hidden: NDArray[np.float64]
    hidden_bias: NDArray[np.float64]
    output: NDArray[np.float64]
    bias: float

    def read(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log odds ``[N]`` of rows of features ``[N, F]``."""
        found: NDArray[np.float64] = np.maximum(x @ self.hidden + self.hidden_bias, 0.0) @ self.output + self.bias
        return found

    def to_json(self) -> dict[str, Any]:
        """Return what `read_perceptron` reads; five digits, so that two machines write the same file."""
        return {
            "hidden": [_round(row) for row in self.hidden],
            "hidden_bias": _round(self.hidden_bias),
            "output": _round(self.output),
            "bias": round(self.bias, 5),
        }


def _round(row: NDArray[np.float64]) -> list[float]:
    return [round(float(x), 5) for x in row]


def read_perceptron(values: Mapping[str, Any]) -> Perceptron:
    """Return the network of a mapping. Raises ValueError when its parts do not fit together, KeyError without one."""
    hidden, hidden_bias, output = (np.array(values[n], np.float64) for n in ("hidden", "hidden_bias", "output"))
    if hidden.ndim != 2 or hidden_bias.shape != (hidden.shape[1],) or output.shape != hidden_bias.shape:
        raise ValueError(f"layers of shapes {hidden.shape}, {hidden_bias.shape} and {output.shape} do not fit together")
    return Perceptron(hidden, hidden_bias, output, float(values["bias"]))


@dataclass(frozen=True, slots=True)
class Gate:
    """Which documents may have AUTO edits, and how sure those must be.

    A document needs log odds of translationese of ``odds`` or more. With ``rates[0]`` hunks a sentence an edit must have
    the probability ``needs[0]``, with ``rates[1]`` or more ``needs[1]``, in between in proportion; below, none is AUTO.
    A mere deletion needs ``deletion`` more: taking words away brings a sentence nearer to many a reference by chance.
    """

    rates: tuple[float, float] = (0.0, 0.0)
    needs: tuple[float, float] = (0.0, 0.0)
    odds: float = -math.inf
    deletion: float = 0.0

    def need(self, style: Style, *, deletes: bool) -> float:
        """Return the probability that an edit needs in a document of that style; 2 (never) in a calm one."""
        low, high = self.rates
        if style.rate < low or style.odds < self.odds:
            return 2.0
        share = 1.0 if high <= low else min(1.0, (style.rate - low) / (high - low))
        return self.needs[0] + (self.needs[1] - self.needs[0]) * share + self.deletion * deletes


INSERTED = ", put in"  # of a key in `Confidence.auto`: hunks of the type that put words in, see `is_insertion`


def least_probability(auto: Mapping[str, float], evidence: Evidence) -> float:
    """Return the probability that a hunk of its type, put in or not, must have to be AUTO in any document."""
    kind = evidence.kind.value
    usual = auto.get(kind, 2.0)
    return max(usual, auto.get(kind + INSERTED, 0.0)) if is_insertion(evidence.hunk) else usual


@dataclass(frozen=True, slots=True)
class Confidence:
    """The network, the gate, and for each type the least probability to be AUTO or SUGGEST."""

    network: Perceptron
    auto: Mapping[str, float]
    suggest: Mapping[str, float]
    gate: Gate = Gate()

    def probability(self, evidence: Evidence) -> float:
        """Return the probability that the hunk is an improvement."""
        return self.probabilities([evidence])[0]

    def probabilities(self, evidence: Sequence[Evidence]) -> list[float]:
        """Return the probability of each hunk."""
        if not evidence:
            return []
        odds = self.network.read(np.stack([features(e) for e in evidence]))
        return [1 / (1 + math.exp(-min(max(float(z), -30.0), 30.0))) for z in odds]

    def tier(self, evidence: Evidence, probability: float) -> Tier | None:
        """Return the tier of a hunk; None: it is dropped."""
        kind = evidence.kind.value
        need = self.gate.need(evidence.style, deletes=is_deletion(evidence.hunk))
        if probability >= max(least_probability(self.auto, evidence), need):
            return Tier.AUTO
        return Tier.SUGGEST if probability >= self.suggest.get(kind, 2.0) else None

    def save(self, path: Path) -> None:
        """Write JSON."""
        values = {
            "auto": dict(self.auto),
            "suggest": dict(self.suggest),
            "gate": asdict(self.gate),
            "network": self.network.to_json(),
        }
        # A row of the network a line: the file can be read, and a diff shows what changed.
        text = json.dumps(values, indent=1)
        path.write_text(_INNER.sub(lambda m: re.sub(r"\s+", " ", m.group()), text) + "\n", encoding="utf-8")


_INNER = re.compile(r"\[[^\[\]]*\]")  # a list without lists


def _read_gate(values: Mapping[str, Any]) -> Gate:
    (low, high), (first, last) = values["rates"], values["needs"]
    return Gate(
        (float(low), float(high)), (float(first), float(last)), float(values["odds"]), float(values["deletion"])
    )


def load_confidence(path: Path) -> Confidence:
    """Read what `Confidence.save` wrote. Raises ModelError when the file is missing or does not fit this version."""
    again = "; make it anew with `mtfix train calibrate`"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        found = Confidence(
            read_perceptron(values["network"]), values["auto"], values["suggest"], _read_gate(values["gate"])
        )
    except OSError:
        raise ModelError(f"{path}: no calibration; make it with `mtfix train calibrate`") from None
    except KeyError as error:
        raise ModelError(f"{path}: no {error} in this calibration{again}") from None
    except (ValueError, TypeError) as error:
        raise ModelError(f"{path}: not a calibration of mtfix: {error}{again}") from None
    if len(found.network.hidden) != FEATURES:
        raise ModelError(f"{path}: made for {len(found.network.hidden)} features, this version has {FEATURES}{again}")
    return found
