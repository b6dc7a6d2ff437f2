"""The tally of one system on one test set: every figure is a running sum, so memory does not grow with the segments.

What does grow is kept small and bounded: statistics for resampling up to a limit, the sentences worth looking at, the
names of the current document.
"""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mtfix.evaluation import result
from mtfix.evaluation.buckets import Buckets
from mtfix.evaluation.data.examples import Example, Output, OutputEdit, leave_out
from mtfix.evaluation.errant.edits import count_edits, extract_edits
from mtfix.evaluation.harm.judgement import DeadBand, SegmentJudgement, Verdict, judge_pair, judge_segment
from mtfix.evaluation.harm.losses import KINDS
from mtfix.evaluation.harm.names import NameCounter
from mtfix.evaluation.metrics.metrics import Extractor

Vector = npt.NDArray[np.float64]

WORST = 50
EDITS_JUDGED = 20  # in one segment; a rewrite has no edits that could be judged one by one
# Single edits are judged by chrF alone (TER would take ten times as long), and more finely than segments: one comma
# moves the chrF of a long sentence by little.
EDIT_BAND = DeadBand(ter=0.0, chrf=0.05)
GAIN_EDGES = tuple(float(x) for x in (-100, -30, -20, -10, -5, -2, -0.5, 0.5, 2, 5, 10, 20, 30, 100))
TER_EDGES = tuple(float(x) for x in (*range(0, 101, 10), 1000))


class Layout:
    """How the statistics of several metrics lie side by side in one vector."""

    def __init__(self, extractor: Extractor) -> None:
        self.extractor = extractor
        self.slices: dict[str, slice] = {}
        at = 0
        found = extractor.extract("a", ["a"])
        for name in extractor.metrics:
            self.slices[name] = slice(at, at + len(found[name]))
            at += len(found[name])
        self.size = at
        extractor.forget()

    def extract(self, hypothesis: str, references: Sequence[str]) -> Vector:
        """Return the statistics of one segment as one vector, shape (size,)."""
        found = self.extractor.extract(hypothesis, references)
        return np.fromiter((x for name in self.slices for x in found[name]), np.float64, self.size)

    def score(self, name: str, vector: Vector) -> float:
        """Return a metric's score from (summed) statistics; 0 for a metric that is not there."""
        if name not in self.slices:
            return 0.0
        return self.extractor.score_sums(name, vector[self.slices[name]].tolist())


@dataclass(slots=True)
class EditTally:
    """Edits of one kind, judged one by one."""

    made: int = 0
    helped: int = 0
    hurt: int = 0
    neutral: int = 0

    def add(self, verdict: Verdict) -> None:
        self.made += 1
        self.helped += verdict is Verdict.IMPROVED
        self.hurt += verdict is Verdict.WORSENED
        self.neutral += verdict not in (Verdict.IMPROVED, Verdict.WORSENED)

    @property
    def precision(self) -> float | None:
        """Helped among those that mattered, in percent; None when none did."""
        mattered = self.helped + self.hurt
        return 100.0 * self.helped / mattered if mattered else None


@dataclass(order=True, slots=True)
class _Ranked:
    rank: float
    order: int
    sentence: result.Sentence = field(compare=False)


class Tally:
    """Running figures of one system.

    ``layout`` extracts all metrics against the references, ``judge`` chrF and TER against what judges, ``editor`` chrF
    alone for single edits. Systems share them, so that references are prepared once.
    """

    def __init__(
        self, layout: Layout, judge: Layout, editor: Layout, *, band: DeadBand, keep_rows: bool = True
    ) -> None:
        self.layout, self._judge, self._editor, self._band, self._keep = layout, judge, editor, band, keep_rows
        self._judges_ter = "ter" in judge.slices
        self.before, self.after = np.zeros(layout.size), np.zeros(layout.size)
        self.rows = array("d")
        self.hter = np.zeros(2), np.zeros(2)
        self.edits_made = self.with_pe = 0
        self.perfect = self.perfect_touched = self.order = 0
        self.verdicts: Counter[Verdict] = Counter()
        self.signs: Counter[str] = Counter()
        self.losses: Counter[str] = Counter()
        self.unlicensed: Counter[str] = Counter()
        self.types: dict[str, EditTally] = {}
        self.authors: dict[str, EditTally] = {}
        self.bins = [[0, 0.0, 0, 0] for _ in range(10)]  # edits, summed confidence, helped, hurt
        self.counts = count_edits()
        self.names = NameCounter()
        self.buckets = Buckets(layout.size)
        self.gains = np.zeros(len(GAIN_EDGES) - 1, dtype=np.int64)
        self.ters = np.zeros((2, len(TER_EDGES) - 1), dtype=np.int64)
        self._heaps: dict[str, list[_Ranked]] = {"worst": [], "best": [], "loss": []}

    def drop_rows(self) -> None:
        """Stop keeping the statistics of single segments, and forget those kept."""
        self._keep, self.rows = False, array("d")

    def add(self, example: Example, output: Output) -> SegmentJudgement:
        """Count one segment and return the judgement on it."""
        before = self.layout.extract(example.mt, example.score_against)
        after = before if output.text == example.mt else self.layout.extract(output.text, example.score_against)
        self.before += before
        self.after += after
        if self._keep:
            self.rows.extend(after)
        shared = example.judge_against == example.score_against and "chrf" in self.layout.slices
        if shared and len(self._judge.slices) <= len(self.layout.slices.keys() & self._judge.slices.keys()):
            judged, ter_before = self._judge_segment(example, output, self.layout, before, after)
        else:
            raw = self._judge.extract(example.mt, example.judge_against)
            new = raw if output.text == example.mt else self._judge.extract(output.text, example.judge_against)
            judged, ter_before = self._judge_segment(example, output, self._judge, raw, new)
        self._count_segment(example, judged)
        self.names.add(example.document, example.mt, output.text)
        by: list[str] = []
        kinds: list[str] = []
        if judged.verdict is not Verdict.UNTOUCHED:
            by, kinds = self._count_edits(example, output)
        elif example.pe is not None and not judged.perfect:
            self.counts.add((), extract_edits(example.mt, example.pe))
        self.buckets.add(
            example, ter_before if self._judges_ter else None, before, after, judged.verdict, by=by, kinds=kinds
        )
        self._remember(example, output, judged, by)
        self.order += 1
        return judged

    def _judge_segment(
        self, example: Example, output: Output, layout: Layout, raw: Vector, new: Vector
    ) -> tuple[SegmentJudgement, float]:
        """Judge by statistics against what judges; return the TER of the machine translation too."""
        ter = layout.score("ter", raw), layout.score("ter", new)
        chrf = layout.score("chrf", raw), layout.score("chrf", new)
        if example.pe is not None:
            self.with_pe += 1
            if "ter" in layout.slices:
                for sums, row in zip(self.hter, (raw, new), strict=True):
                    sums += row[layout.slices["ter"]]
        for counts, value in zip(self.ters, ter, strict=True):
            counts[min(np.searchsorted(TER_EDGES, value, side="right") - 1, len(counts) - 1)] += 1
        references = example.judge_against
        judged = judge_pair(example.mt, output.text, references, ter[0] - ter[1], chrf[1] - chrf[0], self._band)
        return judged, ter[0]

    def _count_segment(self, example: Example, judged: SegmentJudgement) -> None:
        touched = judged.verdict is not Verdict.UNTOUCHED
        self.verdicts[judged.verdict] += 1
        self.perfect += judged.perfect
        self.perfect_touched += judged.perfect and touched
        self.signs["improved_ter"] += judged.ter_gain > self._band.ter
        self.signs["worsened_ter"] += judged.ter_gain < -self._band.ter
        self.signs["improved_chrf"] += judged.chrf_gain > self._band.chrf
        self.signs["worsened_chrf"] += judged.chrf_gain < -self._band.chrf
        self.losses.update({loss.kind for loss in judged.losses})
        self.unlicensed.update({loss.kind for loss in judged.losses if not loss.licensed})
        if touched:
            gain = min(max(judged.chrf_gain, GAIN_EDGES[0]), GAIN_EDGES[-1] - 1e-9)
            self.gains[np.searchsorted(GAIN_EDGES, gain, side="right") - 1] += 1

    def _verdicts(self, example: Example, edits: Sequence[OutputEdit], text: str) -> list[Verdict]:
        """Judge each edit by what the segment would be without it."""
        references = example.judge_against
        full = self._editor.score("chrf", self._editor.extract(text, references))
        found = []
        for i in range(len(edits)):
            without = self._editor.extract(leave_out(example.mt, edits, i), references)
            found.append(judge_segment(0.0, full - self._editor.score("chrf", without), EDIT_BAND))
        return found

    def _count_edits(self, example: Example, output: Output) -> tuple[list[str], list[str]]:
        """Count the edits of a touched segment by type and by author; return the authors and the types."""
        typed = extract_edits(example.mt, output.text)
        if example.pe is not None:
            self.counts.add(typed, extract_edits(example.mt, example.pe))
        plain = [OutputEdit(e.start, e.end, e.replacement) for e in typed]
        edits = plain if output.edits is None else output.edits
        self.edits_made += len(edits)
        by, kinds = sorted({b for e in edits for b in e.by}), sorted({e.type for e in typed})
        if len(edits) > EDITS_JUDGED or len(typed) > EDITS_JUDGED:
            return by, kinds
        for edit, verdict in zip(typed, self._verdicts(example, plain, output.text), strict=True):
            self.types.setdefault(edit.type, EditTally()).add(verdict)
        if output.edits is None:
            return by, kinds
        for named, verdict in zip(edits, self._verdicts(example, edits, output.text), strict=True):
            for author in named.by:
                self.authors.setdefault(author, EditTally()).add(verdict)
            if named.confidence is not None:
                slot = self.bins[min(int(named.confidence * 10), 9)]
                slot[0] += 1
                slot[1] += named.confidence
                slot[2] += verdict is Verdict.IMPROVED
                slot[3] += verdict is Verdict.WORSENED
        return by, kinds

    def _remember(self, example: Example, output: Output, judged: SegmentJudgement, by: Sequence[str]) -> None:
        """Keep the sentence if it is among the best, the worst, or those that lost something."""
        size = judged.chrf_gain + judged.ter_gain / 2
        wanted: list[tuple[str, float]] = []
        if judged.verdict is Verdict.WORSENED:
            wanted.append(("worst", -size))
        if judged.verdict is Verdict.IMPROVED:
            wanted.append(("best", size))
        bad = [loss for loss in judged.losses if not loss.licensed]
        if bad:
            wanted.append(("loss", float(len(bad))))
        for why, rank in wanted:
            heap = self._heaps[why]
            if len(heap) == WORST and rank <= heap[0].rank:
                continue
            sentence = result.Sentence(
                id=example.id,
                document=example.document,
                why=why,  # type: ignore[arg-type]
                verdict=judged.verdict.value,
                ter_gain=judged.ter_gain,
                chrf_gain=judged.chrf_gain,
                losses=[f"{loss.kind} {'added' if loss.added else 'lost'}: {loss.item}" for loss in bad],
                by=list(by),
                attributes={
                    k: v for k, v in example.attributes.items() if k in ("domain", "origlang", "system", "kind")
                },
                source=example.source or "",
                mt=example.mt,
                hypothesis=output.text,
                reference=example.judge_against[0],
            )
            item = _Ranked(rank, -self.order, sentence)
            (heapq.heappush if len(heap) < WORST else heapq.heapreplace)(heap, item)

    def sentences(self) -> list[result.Sentence]:
        """Return the sentences worth looking at: losses, worst, best; the strongest first."""
        return [r.sentence for why in ("loss", "worst", "best") for r in sorted(self._heaps[why], reverse=True)]


def loss_table(tally: Tally) -> Mapping[str, result.Loss]:
    """Return the losses of a tally by kind."""
    return {k: result.Loss(segments=tally.losses[k], unlicensed=tally.unlicensed[k]) for k in KINDS}
