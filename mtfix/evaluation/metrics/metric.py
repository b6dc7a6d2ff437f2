"""One metric from Python, called as those of the library `evaluate` are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mtfix.errors import InputError
from mtfix.evaluation.metrics.metrics import Extractor, MetricSettings

NAMES = ("bleu", "chrf", "chrf++", "ter", "hter")


class Metric:
    """BLEU, chrF, chrF++ or TER of a corpus, by sacrebleu; HTER is TER against one post-edit of the same translation.

    Columns of a `datasets.Dataset` are sequences like others. ``lowercase`` and ``tokenize`` are those of BLEU.

    >>> metric = Metric("hter")
    >>> metric.compute(predictions=["He signed law ."], references=["He signed the law ."])["score"]
    20.0
    >>> metric.add_batch(predictions=["It rained."], references=[["It rained.", "Rain fell."]])
    Traceback (most recent call last):
    ...
    mtfix.errors.InputError: HTER is measured against one post-edit a segment; segment 1 has 2
    """

    def __init__(self, name: str, *, lowercase: bool = False, tokenize: str = "13a") -> None:
        if name not in NAMES:
            raise InputError(f"unknown metric '{name}'. Known: {', '.join(NAMES)}")
        self.name = name
        self._settings = MetricSettings(lowercase=lowercase, tokenize=tokenize)
        self._predictions: list[str] = []
        self._references: list[tuple[str, ...]] = []

    def add(self, *, prediction: str, reference: str | Sequence[str]) -> None:
        """Keep one segment for `compute`. Raises InputError."""
        self.add_batch(predictions=[prediction], references=[reference])

    def add_batch(self, *, predictions: Iterable[str], references: Iterable[str | Sequence[str]]) -> None:
        """Keep segments for `compute`: a reference each, or several. Raises InputError for columns of different lengths."""
        mine = list(predictions)
        theirs = [(r,) if isinstance(r, str) else tuple(r) for r in references]
        if len(mine) != len(theirs):
            raise InputError(f"{len(mine)} predictions and {len(theirs)} references; give one for each")
        for number, texts in enumerate(theirs, 1):
            if not texts or (self.name == "hter" and len(texts) > 1):
                wanted = "HTER is measured against one post-edit a segment" if texts else "a reference is needed"
                raise InputError(f"{wanted}; segment {number} has {len(texts)}")
        self._predictions += mine
        self._references += theirs

    def compute(
        self,
        *,
        predictions: Iterable[str] | None = None,
        references: Iterable[str | Sequence[str]] | None = None,
    ) -> dict[str, Any]:
        """Return ``score`` (0 to 100), ``signature`` and ``segments`` of what was given here and before, and forget it.

        Raises InputError when there is nothing.
        """
        if predictions is not None or references is not None:
            self.add_batch(predictions=predictions or (), references=references or ())
        if not self._predictions:
            raise InputError("nothing to score: give predictions and references")
        inner = "ter" if self.name == "hter" else self.name
        table = Extractor((inner,), self._settings).table(self._predictions, self._references)
        score = table.score(inner)
        segments = len(self._predictions)
        self._predictions, self._references = [], []
        return {"score": round(score.value, 6), "signature": score.signature, "segments": segments}
