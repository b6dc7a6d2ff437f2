"""Scores of texts against references or post-edits: BLEU and TER, and how many sentences got better and worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sacrebleu.metrics import BLEU, TER

from mtfix.training.calibration.calibrate import distance


@dataclass(frozen=True, slots=True)
class Scores:
    """Corpus BLEU and TER (0 to 100), and counts of sentences by word edit distance to the human text."""

    bleu: float
    ter: float
    sentences: int
    touched: int
    improved: int
    worsened: int


def measure(before: Sequence[str], after: Sequence[str], references: Sequence[str]) -> Scores:
    """Score ``after``; sentences are compared with ``before``."""
    improved = worsened = 0
    for old, new, reference in zip(before, after, references, strict=True):
        if old != new:
            gain = distance(old, reference) - distance(new, reference)
            improved += gain > 0
            worsened += gain < 0
    return Scores(
        bleu=float(BLEU().corpus_score(list(after), [list(references)]).score),
        ter=float(TER().corpus_score(list(after), [list(references)]).score),
        sentences=len(before),
        touched=sum(a != b for a, b in zip(before, after, strict=True)),
        improved=improved,
        worsened=worsened,
    )
