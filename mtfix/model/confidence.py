"""How sure is a hunk? The model's own odds for it, turned into a probability on development data.

The margin of a hunk is log P(sentence with this hunk alone | input) - log P(input | input). A logistic regression on
the margin and a few circumstances, with an intercept and a slope for each type of edit, turns it into the probability
that the hunk brings the sentence closer to what a human wrote. Fitted by `mtfix train calibrate`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError
from mtfix.model import wordclass as wc
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType
from mtfix.types import Tier

TYPES = tuple(EditType)
CIRCUMSTANCES = (
    "margin", "saturated margin", "sentence margin", "log number of hunks", "surprise of the input", "log length",
    "words before", "words after", "inserts", "deletes", "next is capital", "next is plural", "previous is preposition",
    "previous is auxiliary", "adds the", "adds a", "drops the", "document rate", "translationese",
    "document translationese", "saturated margin in translationese",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """How a document reads: ``rate`` of hunks a sentence, see `shrink_rate`, and log ``odds`` of translationese."""

    rate: float
    odds: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one hunk when it is judged. Margins are natural logarithms of odds."""

    kind: EditType
    margin: float
    sentence_margin: float
    hunks: int
    surprise: float  # -log P(input | input) a piece
    words: int  # of the sentence
    hunk: Hunk
    style: Style  # of the document
    translationese: float  # log odds of the sentence, see `translationese.Probe`
    previous: str  # the words beside the hunk, "" at an end
    following: str


USUAL_RATE = 0.5
# What is thought of a document before it is read: so many sentences, with so many hunks each. A sentence that stands
# alone is a document of its own, and two hunks in it prove nothing.
PRIOR_SENTENCES, PRIOR_RATE = 8, 0.5


def shrink_rate(hunks: int, sentences: int) -> float:
    """Return the hunks a sentence of a document, drawn towards `PRIOR_RATE` when there are few sentences.

    Translationese is a property of a document: where little is found elsewhere, little should be done here.
    """
    return (hunks + PRIOR_RATE * PRIOR_SENTENCES) / (sentences + PRIOR_SENTENCES)


def features(e: Evidence) -> NDArray[np.float64]:
    """Return the features of a hunk ``[F]``: circumstances, an intercept a type, a slope of the margin a type."""
    before, after = [t.lower() for t in e.hunk.before], [t.lower() for t in e.hunk.after]
    gained, lost = set(after) - set(before), set(before) - set(after)
    margin = min(max(e.margin, -6.0), 14.0) / 4
    common = [
        margin,
        math.tanh(e.margin / 3),
        min(max(e.sentence_margin, -10.0), 20.0) / 5,
        math.log1p(e.hunks),
        min(e.surprise, 3.0),
        math.log(max(e.words, 1)) - 3,
        min(len(before), 6) / 3,
        min(len(after), 6) / 3,
        float(not before),
        float(not after),
        float(e.following[:1].isupper()),
        float(e.following.endswith("s")),
        float(e.previous.lower() in wc.PREPOSITIONS),
        float(e.previous.lower() in wc.AUXILIARIES),
        float("the" in gained),
        float(bool({"a", "an"} & gained)),
        float("the" in lost),
        min(max(math.log(e.style.rate / USUAL_RATE), -1.2), 0.7),
        min(max(e.translationese, -4.0), 4.0) / 2,
        (odds := min(max(e.style.odds, -2.5), 2.0)),
        math.tanh(e.margin / 3) * odds,
    ]
    place = TYPES.index(e.kind)
    kinds = np.zeros(2 * len(TYPES))
    kinds[place] = 1.0
    kinds[len(TYPES) + place] = margin
    return np.concatenate([np.array(common), kinds])


def is_deletion(hunk: Hunk) -> bool:
    """Whether a hunk only takes words away."""
    before, after = (Counter(t.lower() for t in side if t[0].isalnum()) for side in (hunk.before, hunk.after))
    return after < before


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


@dataclass(frozen=True, slots=True)
class Confidence:
    """Weights of the regression, the gate, and for each type the least probability to be AUTO or SUGGEST."""

    weights: tuple[float, ...]
    bias: float
    auto: Mapping[str, float]
    suggest: Mapping[str, float]
    gate: Gate = Gate()

    def probability(self, evidence: Evidence) -> float:
        """Return the probability that the hunk is an improvement."""
        z = float(features(evidence) @ np.array(self.weights)) + self.bias
        return 1 / (1 + math.exp(-min(max(z, -30.0), 30.0)))

    def tier(self, evidence: Evidence, probability: float) -> Tier | None:
        """Return the tier of a hunk; None: it is dropped."""
        kind = evidence.kind.value
        need = self.gate.need(evidence.style, deletes=is_deletion(evidence.hunk))
        if probability >= max(self.auto.get(kind, 2.0), need):
            return Tier.AUTO
        return Tier.SUGGEST if probability >= self.suggest.get(kind, 2.0) else None

    def save(self, path: Path) -> None:
        """Write JSON."""
        values = {k: [round(x, 5) for x in v] if k == "weights" else v for k, v in asdict(self).items()}
        path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def _read_gate(values: Mapping[str, Any]) -> Gate:
    (low, high), (first, last) = values["rates"], values["needs"]
    return Gate(
        (float(low), float(high)), (float(first), float(last)), float(values["odds"]), float(values["deletion"])
    )


def load_confidence(path: Path) -> Confidence:
    """Read what `Confidence.save` wrote. Raises ModelError when the file is missing or does not fit this version."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        found = Confidence(
            tuple(values["weights"]), values["bias"], values["auto"], values["suggest"], _read_gate(values["gate"])
        )
    except OSError:
        raise ModelError(f"{path}: no calibration; make it with `mtfix train calibrate`") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a calibration of mtfix: {error}") from None
    if len(found.weights) != len(CIRCUMSTANCES) + 2 * len(TYPES):
        raise ModelError(
            f"{path}: {len(found.weights)} weights, this version has {len(CIRCUMSTANCES) + 2 * len(TYPES)}"
        )
    return found
