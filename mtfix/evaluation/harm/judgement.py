"""The do-no-harm figures: how often an edit helped, hurt, or touched what was already right.

Each segment is judged by sentence TER and sentence chrF of the machine translation and of the hypothesis against the
same references (the post-edit, where there is one). A difference inside the dead band is no difference. A segment is
*improved* when one metric says so and the other does not object, *worsened* likewise, *mixed* when they disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from mtfix.evaluation.harm.losses import KINDS, Loss, find_losses
from mtfix.evaluation.metrics.metrics import Extractor, StatisticsTable, check_parallel


class Verdict(str, Enum):
    """What a system did to one segment."""

    UNTOUCHED = "untouched"  # the hypothesis is the machine translation
    NEUTRAL = "neutral"  # touched, and both metrics stay inside the dead band
    IMPROVED = "improved"
    WORSENED = "worsened"
    MIXED = "mixed"  # TER and chrF disagree


@dataclass(frozen=True, slots=True)
class DeadBand:
    """Differences up to these (points on 0 to 100) count as none."""

    ter: float = 1.0
    chrf: float = 0.5


def squeeze(text: str) -> str:
    """Return ``text`` with runs of white space as one space: that alone never makes a segment touched.

    >>> squeeze(" a  b ")
    'a b'
    """
    return " ".join(text.split())


def judge_segment(ter_gain: float, chrf_gain: float, band: DeadBand = DeadBand()) -> Verdict:
    """Return the verdict on a touched segment; gains are positive when the hypothesis is better.

    >>> judge_segment(4.0, 0.1), judge_segment(4.0, -2.0)
    (<Verdict.IMPROVED: 'improved'>, <Verdict.MIXED: 'mixed'>)
    """
    votes = {_sign(ter_gain, band.ter), _sign(chrf_gain, band.chrf)} - {0}
    if not votes:
        return Verdict.NEUTRAL
    if len(votes) == 2:
        return Verdict.MIXED
    return Verdict.IMPROVED if votes == {1} else Verdict.WORSENED


def _sign(gain: float, band: float) -> int:
    return 0 if abs(gain) <= band else (1 if gain > 0 else -1)


@dataclass(frozen=True, slots=True)
class HarmFigures:
    """Counts over the segments of a corpus.

    ``perfect`` counts segments whose machine translation already equals a reference; ``losses`` maps a kind to
    (lost or invented, of these not licensed by a reference), counted in segments.
    """

    segments: int
    verdicts: Mapping[str, int]
    improved_ter: int
    worsened_ter: int
    improved_chrf: int
    worsened_chrf: int
    perfect: int
    perfect_touched: int
    losses: Mapping[str, tuple[int, int]]

    @property
    def touched(self) -> int:
        """Segments whose text changed."""
        return self.segments - self.verdicts.get(Verdict.UNTOUCHED.value, 0)

    @property
    def improved(self) -> int:
        return self.verdicts.get(Verdict.IMPROVED.value, 0)

    @property
    def worsened(self) -> int:
        return self.verdicts.get(Verdict.WORSENED.value, 0)

    def share(self, count: int) -> float:
        """Return ``count`` in percent of all segments."""
        return 100.0 * count / self.segments if self.segments else 0.0

    def __str__(self) -> str:
        lost = ", ".join(f"{kind} {raw}/{bad}" for kind, (raw, bad) in self.losses.items() if raw) or "none"
        return (
            f"segments {self.segments:,}: touched {self.share(self.touched):.1f} %, improved "
            f"{self.share(self.improved):.1f} %, worsened {self.share(self.worsened):.1f} %; touched among the "
            f"{self.perfect:,} already perfect {self.perfect_touched}; lost or invented (all/unlicensed): {lost}"
        )


@dataclass(frozen=True, slots=True)
class SegmentJudgement:
    """One segment: its verdict, gains in TER and chrF points (positive is better), and what it lost."""

    verdict: Verdict
    ter_gain: float
    chrf_gain: float
    perfect: bool
    losses: tuple[Loss, ...]


def judge_corpus(
    mt: Sequence[str],
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    before: StatisticsTable | None = None,
    after: StatisticsTable | None = None,
    band: DeadBand = DeadBand(),
) -> list[SegmentJudgement]:
    """Judge every segment; ``before`` and ``after`` are statistics of both sides, extracted here when not given."""
    check_parallel({"mt": mt, "hypothesis": hypotheses, "reference": references})
    if before is None or after is None:
        tables = Extractor(("chrf", "ter")).tables({"mt": mt, "hypothesis": hypotheses}, references)
        before, after = tables["mt"], tables["hypothesis"]
    ter_gain = before.sentence_scores("ter") - after.sentence_scores("ter")
    chrf_gain = after.sentence_scores("chrf") - before.sentence_scores("chrf")
    judged = []
    for i, (raw, hypothesis, refs) in enumerate(zip(mt, hypotheses, references, strict=True)):
        judged.append(judge_pair(raw, hypothesis, refs, float(ter_gain[i]), float(chrf_gain[i]), band))
    return judged


def judge_pair(
    mt: str, hypothesis: str, references: Sequence[str], ter_gain: float, chrf_gain: float, band: DeadBand = DeadBand()
) -> SegmentJudgement:
    """Judge one segment whose gains are known."""
    plain = squeeze(mt)
    perfect = any(plain == squeeze(r) for r in references)
    if plain == squeeze(hypothesis):
        return SegmentJudgement(Verdict.UNTOUCHED, 0.0, 0.0, perfect, ())
    losses = tuple(find_losses(mt, hypothesis, references))
    return SegmentJudgement(judge_segment(ter_gain, chrf_gain, band), ter_gain, chrf_gain, perfect, losses)


def sum_judgements(judged: Sequence[SegmentJudgement], band: DeadBand = DeadBand()) -> HarmFigures:
    """Return the figures of judged segments."""
    ter: npt.NDArray[np.float64] = np.array([j.ter_gain for j in judged])
    chrf: npt.NDArray[np.float64] = np.array([j.chrf_gain for j in judged])
    verdicts = Counter(j.verdict.value for j in judged)
    kinds_lost = Counter(kind for j in judged for kind in {loss.kind for loss in j.losses})
    kinds_bad = Counter(kind for j in judged for kind in {loss.kind for loss in j.losses if not loss.licensed})
    return HarmFigures(
        segments=len(judged),
        verdicts={v.value: verdicts[v.value] for v in Verdict},
        improved_ter=int((ter > band.ter).sum()),
        worsened_ter=int((ter < -band.ter).sum()),
        improved_chrf=int((chrf > band.chrf).sum()),
        worsened_chrf=int((chrf < -band.chrf).sum()),
        perfect=sum(j.perfect for j in judged),
        perfect_touched=sum(j.perfect and j.verdict is not Verdict.UNTOUCHED for j in judged),
        losses={kind: (kinds_lost[kind], kinds_bad[kind]) for kind in KINDS},
    )


def harm_figures(
    mt: Sequence[str],
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    before: StatisticsTable | None = None,
    after: StatisticsTable | None = None,
    band: DeadBand = DeadBand(),
) -> HarmFigures:
    """Return the do-no-harm figures of one system.

    ``references`` holds one sequence a segment; give the post-edit alone where there is one.

    >>> figures = harm_figures(["He go home."], ["He goes home."], [["He goes home."]])
    >>> figures.improved, figures.worsened, figures.touched
    (1, 0, 1)
    """
    return sum_judgements(judge_corpus(mt, hypotheses, references, before=before, after=after, band=band), band)
