"""Buckets: parts of a test set by length, by distance from the reference, by what its columns say, by what edited it.

A segment is in the bucket of every edit type and every rule that touched it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mtfix.evaluation.data.examples import Example
from mtfix.evaluation.harm.judgement import Verdict

LENGTHS = ((10, "1-10 words"), (20, "11-20 words"), (35, "21-35 words"), (10**9, "36 words and more"))
BANDS = ((0.0, "0"), (10.0, "0-10"), (30.0, "10-30"), (60.0, "30-60"), (float("inf"), "over 60"))
COLUMNS = ("domain", "origlang", "file", "system", "kind")
EDITED = ("edit type", "rule or model")
MAX_VALUES = 60  # of one column; a column of ids makes no buckets
MAX_EDITED = 500  # edit types, or rules

Vector = npt.NDArray[np.float64]


@dataclass(slots=True)
class BucketSums:
    """Summed statistics of both sides, and counts."""

    size: int
    segments: int = 0
    touched: int = 0
    improved: int = 0
    worsened: int = 0
    before: Vector = field(init=False)
    after: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.before = np.zeros(self.size)
        self.after = np.zeros(self.size)

    def add(self, before: Vector, after: Vector, verdict: Verdict) -> None:
        self.segments += 1
        self.before += before
        self.after += after
        self.touched += verdict is not Verdict.UNTOUCHED
        self.improved += verdict is Verdict.IMPROVED
        self.worsened += verdict is Verdict.WORSENED


def band_of(value: float, bands: Sequence[tuple[float, str]]) -> str:
    """Return the name of the first band whose upper edge is not below ``value``.

    >>> band_of(12, LENGTHS)
    '11-20 words'
    """
    return next(name for edge, name in bands if value <= edge)


def bucket_keys(example: Example, ter_before: float | None) -> Iterator[tuple[str, str]]:
    """Yield (by, value) of every bucket that an example belongs to; a TER of None was not computed."""
    yield "length", band_of(len(example.mt.split()), LENGTHS)
    if ter_before is not None:
        yield ("HTER" if example.pe is not None else "TER of the MT"), band_of(round(ter_before, 6), BANDS)
    for column in COLUMNS:
        value = example.attributes.get(column)
        if value:
            yield column, value


class Buckets:
    """All buckets of one system, filled segment by segment."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._sums: dict[tuple[str, str], BucketSums] = {}
        self._values: dict[str, int] = {}

    def add(
        self,
        example: Example,
        ter_before: float | None,
        before: Vector,
        after: Vector,
        verdict: Verdict,
        *,
        kinds: Sequence[str] = (),
        by: Sequence[str] = (),
    ) -> None:
        """Count a segment; ``kinds`` are the types of its edits, ``by`` who made them."""
        edited = [(name, value) for name, values in zip(EDITED, (kinds, by), strict=True) for value in values]
        for key in (*bucket_keys(example, ter_before), *edited):
            sums = self._sums.get(key)
            if sums is None:
                if self._values.get(key[0], 0) >= (MAX_EDITED if key[0] in EDITED else MAX_VALUES):
                    continue
                self._values[key[0]] = self._values.get(key[0], 0) + 1
                sums = self._sums[key] = BucketSums(self._size)
            sums.add(before, after, verdict)

    def items(self) -> Mapping[tuple[str, str], BucketSums]:
        """Return the buckets in a stable order: bands from low to high, columns by name."""
        ranks = {name: i for i, (_, name) in enumerate((*LENGTHS, *BANDS))}
        order = ["length", "HTER", "TER of the MT", *COLUMNS, *EDITED]
        keys = sorted(self._sums, key=lambda k: (order.index(k[0]), ranks.get(k[1], 0), k[1]))
        return {key: self._sums[key] for key in keys if self._values[key[0]] > 1 or key[0] in ("length", *EDITED)}
