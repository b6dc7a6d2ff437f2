"""Refit the confidence of hunks by what editors decided at the desk: `calibration.jsonl` of ``mtfix decisions export``.

A decision knows how sure the model was and whether the edit was taken, and no more, so that two numbers are fitted: the log
odds z become ``slope * z + shift`` (Platt 1999), drawn towards 1 and 0, which change nothing. Thresholds stay where they are:
edits that editors keep turning down fall below them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mtfix.errors import InputError, ModelError
from mtfix.formats import read_file
from mtfix.model.confidence import Confidence

LEAST = 30  # decisions: fewer say little
_PRIOR = 5.0  # decisions that the usual slope and shift are worth
_FOLDS = 5
_EDGE = 1e-4  # probabilities are kept this far from 0 and 1
USED = "decisions.json"  # in the model's folder: digests of decisions that its confidence was refitted on


class DecisionRow(BaseModel):
    """A decision on an edit of a model: how sure the model was, and whether the edit was taken as proposed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    document: str
    model: str
    before: str
    after: str
    confidence: float | None = Field(ge=0, le=1)
    accepted: bool

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Refit:
    """What becomes of log odds z: ``slope * z + shift``."""

    slope: float = 1.0
    shift: float = 0.0

    def apply(self, confidence: Confidence) -> Confidence:
        """Return a confidence whose log odds are these."""
        n = confidence.network
        return replace(
            confidence, network=replace(n, output=n.output * self.slope, bias=n.bias * self.slope + self.shift)
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A refit, and what decisions cost that it was not fitted on (log loss, in nats), before and after."""

    refit: Refit
    before: float
    after: float

    @property
    def helps(self) -> bool:
        return self.after < self.before


def read_decision_rows(path: Path) -> list[DecisionRow]:
    """Read a file of calibration rows. Raises InputError with the line of what is no such row."""
    rows = []
    for number, line in enumerate(read_file(path, is_text=True).decode("utf-8", "replace").splitlines(), 1):
        if line.strip():
            try:
                rows.append(DecisionRow.model_validate_json(line))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "the line"
                raise InputError(
                    f"{path}:{number}: not a row of 'mtfix decisions export': {where}: {first['msg']}"
                ) from None
    return rows


def load_used(model: Path) -> set[str]:
    """Return the digests of the decisions that a model's confidence was refitted on: their edits were judged before that."""
    path = model / USED
    try:
        return set(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else set()
    except (OSError, ValueError, TypeError):
        raise ModelError(f"{path}: is no list of decisions; delete it and calibrate the model anew") from None


def save_used(model: Path, used: set[str]) -> None:
    (model / USED).write_text(json.dumps(sorted(used), indent=0) + "\n", encoding="utf-8")


def fit(rows: Sequence[DecisionRow]) -> Refit:
    """Return the slope and shift that make the decisions most probable; the slope stays positive: order is kept."""
    z, y = _columns(rows)
    x = np.c_[z, np.ones(len(z))]
    usual = np.array([1.0, 0.0])
    beta = usual.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        slope = x.T @ (p - y) + _PRIOR * (beta - usual)
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + _PRIOR * np.eye(2), slope)
        beta -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    return Refit(max(float(beta[0]), 0.05), float(beta[1]))


def refit_by_decisions(rows: Sequence[DecisionRow]) -> Outcome:
    """Fit on all decisions; what that is worth is measured on documents that each fit did not see."""
    documents = sorted({r.document for r in rows})
    fold = {d: n % _FOLDS for n, d in enumerate(documents)}
    after = 0.0
    for number in range(_FOLDS):
        mine = [r for r in rows if fold[r.document] == number]
        rest = [r for r in rows if fold[r.document] != number]
        if mine:
            after += _cost(mine, fit(rest) if rest else Refit()) * len(mine)
    return Outcome(fit(rows), _cost(rows, Refit()), after / len(rows))


def _columns(rows: Sequence[DecisionRow]) -> tuple[np.ndarray, np.ndarray]:
    p = np.clip([r.confidence for r in rows if r.confidence is not None], _EDGE, 1 - _EDGE)
    return np.log(p / (1 - p)), np.array([float(r.accepted) for r in rows if r.confidence is not None])


def _cost(rows: Sequence[DecisionRow], refit: Refit) -> float:
    z, y = _columns(rows)
    odds = refit.slope * z + refit.shift
    return float(np.mean(np.logaddexp(0.0, odds) - y * odds)) if len(rows) else math.nan
