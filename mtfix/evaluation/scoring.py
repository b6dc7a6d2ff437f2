"""Score systems on a stream of examples: one pass, all systems side by side, each reference prepared once."""

from __future__ import annotations

import platform
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from mtfix.about import __version__
from mtfix.errors import ConfigError, InputError
from mtfix.evaluation import result
from mtfix.evaluation.data.examples import Example, Fingerprint, Output
from mtfix.evaluation.data.sanity import Sanity
from mtfix.evaluation.harm.judgement import DeadBand, Verdict
from mtfix.evaluation.metrics.metrics import (
    DEFAULT_SAMPLES,
    DEFAULT_SEED,
    DEFAULT_TRIALS,
    METRICS,
    Extractor,
    MetricSettings,
    StatisticsTable,
    load_sacrebleu,
)
from mtfix.evaluation.metrics.resampling import paired_test
from mtfix.evaluation.tally import GAIN_EDGES, TER_EDGES, EditTally, Layout, Tally, loss_table

ROW_LIMIT = 250_000  # segments x systems whose statistics are kept for resampling: about 110 MB
FAR = 80.0  # a post-edit this far from its translation (TER) is hardly one


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """Everything that changes a result beside the texts.

    ``samples`` or ``trials`` of 0 leave out that test. TER costs more than all other metrics together; without it in
    ``metrics``, segments and edits are judged by chrF alone, and there are no HTER figures.
    """

    metrics: tuple[str, ...] = METRICS
    metric: MetricSettings = field(default_factory=MetricSettings)
    band: DeadBand = field(default_factory=DeadBand)
    samples: int = DEFAULT_SAMPLES
    trials: int = DEFAULT_TRIALS
    seed: int = DEFAULT_SEED
    row_limit: int = ROW_LIMIT


@dataclass(slots=True)
class Described:
    """A test set as far as it is known before it is read."""

    name: str
    about: str = ""
    licence: str = ""
    split: str = ""
    drawn_from: int | None = None
    quotable: bool = True
    notes: list[str] = field(default_factory=list)


def read_versions() -> dict[str, str]:
    """Return the versions that a score depends on."""
    return {
        "mtfix": __version__,
        "sacrebleu": str(load_sacrebleu().__version__),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


class Scorer:
    """Counts examples and the outputs of several systems, then writes the entries."""

    def __init__(self, systems: Iterable[str], settings: ScoreSettings) -> None:
        if not settings.metrics:
            raise ConfigError("no metric is asked for")
        self.settings = settings
        self.layout = Layout(Extractor(settings.metrics, settings.metric))
        self.judge = Layout(Extractor(("chrf", "ter") if "ter" in settings.metrics else ("chrf",)))
        editor = Layout(Extractor(("chrf",)))
        self.tallies = {
            name: Tally(self.layout, self.judge, editor, band=settings.band, keep_rows=settings.row_limit > 0)
            for name in systems
        }
        self.rows_kept = settings.row_limit > 0 and settings.samples + settings.trials > 0
        self.segments = 0
        self.documents = 0
        self._document = ""
        self.data = Fingerprint()
        self.sanity = Sanity()
        self.judged_by_pe = 0
        self.reference_counts: set[int] = set()
        self._mt_rows = array("d")

    def add(self, example: Example, outputs: Mapping[str, Output]) -> None:
        """Count one example. Raises InputError when there is nothing to compare it with."""
        if not example.score_against:
            raise InputError(f"segment {example.id} has no reference and no post-edit")
        self.segments += 1
        if example.document and example.document != self._document:
            self.documents += 1
            self._document = example.document
        self.data.add_example(example)
        self.judged_by_pe += example.pe is not None
        self.reference_counts.add(len(example.score_against))
        self.sanity.add("mt", example.mt)
        self.sanity.add("reference", example.score_against[0])
        if self.rows_kept:
            self._mt_rows.extend(self.layout.extract(example.mt, example.score_against))
        for name, tally in self.tallies.items():
            output = outputs[name]
            self.sanity.add(name, output.text)
            tally.add(example, output)
        if self.rows_kept and self.segments * (len(self.tallies) + 1) > self.settings.row_limit:
            self._drop_rows()

    def _drop_rows(self) -> None:
        self.rows_kept = False
        self._mt_rows = array("d")
        for tally in self.tallies.values():
            tally.drop_rows()

    def _table(self, rows: array[float]) -> StatisticsTable:
        matrix = np.frombuffer(rows, dtype=np.float64).reshape(-1, self.layout.size)
        return StatisticsTable({n: matrix[:, s] for n, s in self.layout.slices.items()}, self.layout.extractor)

    def finish(
        self,
        described: Described,
        systems: Mapping[str, result.SystemInfo],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> list[result.Entry]:
        """Return one entry a system. Raises InputError when nothing was counted."""
        if not self.segments:
            raise InputError(f"{described.name}: there is nothing to score: no segments")
        info = result.TestSetInfo(
            name=described.name,
            about=described.about,
            licence=described.licence,
            split=described.split,
            segments=self.segments,
            documents=self.documents,
            drawn_from=described.drawn_from,
            judged_against="post-edit" if self.judged_by_pe else "reference",
            references=max(self.reference_counts),
            data_hash=self.data.hexdigest(),
            quotable=described.quotable,
        )
        scores = self._scores(progress)
        return [
            self._entry(name, tally, info, systems[name], scores[name], described.notes)
            for name, tally in self.tallies.items()
        ]

    def _scores(self, progress: Callable[[int], None] | None) -> dict[str, dict[str, result.MetricScore]]:
        layout, settings = self.layout, self.settings
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for system, tally in self.tallies.items():
            found[system] = {
                name: {
                    "signature": layout.extractor.signature(name),
                    "before": layout.score(name, tally.before),
                    "after": layout.score(name, tally.after),
                }
                for name in layout.slices
            }
        if self.rows_kept and self.segments > 1:
            # No system can be called like the baseline's key: a NUL is in no file name.
            tables = {"\0": self._table(self._mt_rows), **{s: self._table(t.rows) for s, t in self.tallies.items()}}
            if settings.samples:
                paired = paired_test(tables, test="bs", samples=settings.samples, seed=settings.seed, progress=progress)
                for name, (first, *rest) in paired.items():
                    for item in rest:
                        found[item.system][name] |= {
                            "signature": item.score.signature,
                            "before_mean": first.score.mean,
                            "before_half_width": first.score.half_width,
                            "after_mean": item.score.mean,
                            "after_half_width": item.score.half_width,
                            "p_bootstrap": item.p_value,
                        }
            if settings.trials:
                paired = paired_test(tables, test="ar", samples=settings.trials, seed=settings.seed, progress=progress)
                for name, (_, *rest) in paired.items():
                    for item in rest:
                        found[item.system][name]["p_randomisation"] = item.p_value
        return {s: {n: result.MetricScore(**v) for n, v in by.items()} for s, by in found.items()}

    def _entry(
        self,
        name: str,
        tally: Tally,
        info: result.TestSetInfo,
        system: result.SystemInfo,
        scores: dict[str, result.MetricScore],
        notes: list[str],
    ) -> result.Entry:
        everything = notes + self.sanity.notes(["mt", "reference", name])
        if not self.rows_kept and self.settings.row_limit and self.settings.samples:
            everything.append(
                f"no intervals and p-values: {self.segments:,} segments x {len(self.tallies) + 1} texts are more than "
                f"the {self.settings.row_limit:,} whose statistics are kept (--keep changes that)"
            )
        if tally.verdicts[Verdict.UNTOUCHED] == self.segments and system.kind != "baseline":
            everything.append(f"{name}: no segment was touched")
        hter = None
        if tally.with_pe and "ter" in self.judge.slices:
            before, after = (self.judge.extractor.score_sums("ter", sums.tolist()) for sums in tally.hter)
            hter = result.Hter(before=before, after=after)
            if before > FAR:
                everything.append(
                    f"the post-edits are {before:.0f} % away from the translations: are they post-edits of these?"
                )
        bleu = scores.get("bleu")
        per_edit = None if bleu is None or not tally.edits_made else 100 * (bleu.after - bleu.before) / tally.edits_made
        if "ter" not in self.settings.metrics:
            everything.append("segments and edits are judged by chrF alone: TER was left out")
        made = tally.counts if tally.with_pe else None
        packs = _load_packs() if any(by.startswith("rule:") for by in tally.authors) else {}
        return result.Entry(
            test_set=info,
            system=system,
            notes=everything,
            scores=scores,
            hter=hter,
            harm=self._harm(tally, per_edit),
            edit_types=_edit_rows(tally),
            edit_precision=None if made is None else 100 * made.precision(),
            edit_recall=None if made is None else 100 * made.recall(),
            edit_f_half=None if made is None else 100 * made.f_half(),
            authors=_author_rows(tally.authors, packs),
            packs=_author_rows(_sum_packs(tally.authors, packs), {}),
            naming=tally.names.result(),
            calibration=_calibration(tally),
            buckets=self._buckets(tally),
            histograms={
                "chrf_gain": result.Histogram(edges=list(GAIN_EDGES), after=tally.gains.tolist()),
                "ter": result.Histogram(
                    edges=list(TER_EDGES), before=tally.ters[0].tolist(), after=tally.ters[1].tolist()
                ),
            },
            sentences=tally.sentences(),
        )

    def _harm(self, tally: Tally, per_edit: float | None) -> result.Harm:
        return result.Harm(
            touched=self.segments - tally.verdicts[Verdict.UNTOUCHED],
            improved=tally.verdicts[Verdict.IMPROVED],
            worsened=tally.verdicts[Verdict.WORSENED],
            neutral=tally.verdicts[Verdict.NEUTRAL],
            mixed=tally.verdicts[Verdict.MIXED],
            improved_ter=tally.signs["improved_ter"],
            worsened_ter=tally.signs["worsened_ter"],
            improved_chrf=tally.signs["improved_chrf"],
            worsened_chrf=tally.signs["worsened_chrf"],
            perfect=tally.perfect,
            perfect_touched=tally.perfect_touched,
            band_ter=self.settings.band.ter,
            band_chrf=self.settings.band.chrf,
            losses=dict(loss_table(tally)),
            edits=tally.edits_made,
            bleu_per_100_edits=per_edit,
        )

    def _buckets(self, tally: Tally) -> list[result.Bucket]:
        names = [n for n in ("bleu", "chrf", "chrf++", "ter") if n in self.layout.slices]
        return [
            result.Bucket(
                by=by,
                value=value,
                segments=sums.segments,
                before={n: self.layout.score(n, sums.before) for n in names},
                after={n: self.layout.score(n, sums.after) for n in names},
                touched=sums.touched,
                improved=sums.improved,
                worsened=sums.worsened,
            )
            for (by, value), sums in tally.buckets.items().items()
        ]


def _edit_rows(tally: Tally) -> list[result.EditRow]:
    counts = tally.counts
    kinds = set(tally.types)
    if tally.with_pe:
        kinds |= {k for c in (counts.hits, counts.missed, counts.spurious) for k in c if k}
    rows = []
    for kind in kinds:
        edits = tally.types.get(kind, EditTally())
        human: dict[str, Any] = (
            {
                "human": counts.hits[kind] + counts.missed[kind],
                "hits": counts.hits[kind],
                "precision": 100 * counts.precision(kind),
                "recall": 100 * counts.recall(kind),
                "f_half": 100 * counts.f_half(kind),
            }
            if tally.with_pe
            else {}
        )
        rows.append(
            result.EditRow(
                type=kind, made=edits.made, helped=edits.helped, hurt=edits.hurt, neutral=edits.neutral, **human
            )
        )
    return sorted(rows, key=lambda r: (-r.made, -(r.human or 0), r.type))


def _author_rows(tallies: Mapping[str, EditTally], packs: Mapping[str, str]) -> list[result.AuthorRow]:
    rows = [
        result.AuthorRow(
            by=by,
            pack=packs.get(by, ""),
            firings=t.made,
            helped=t.helped,
            hurt=t.hurt,
            neutral=t.neutral,
            precision=t.precision,
        )
        for by, t in tallies.items()
    ]
    return sorted(rows, key=lambda r: (-r.firings, r.by))


def _sum_packs(authors: Mapping[str, EditTally], packs: Mapping[str, str]) -> dict[str, EditTally]:
    """Return the tallies of rules added up by their packs."""
    found: dict[str, EditTally] = {}
    for by, t in authors.items():
        if by in packs:
            total = found.setdefault(f"pack:{packs[by]}", EditTally())
            total.made += t.made
            total.helped += t.helped
            total.hurt += t.hurt
            total.neutral += t.neutral
    return found


@lru_cache(maxsize=1)
def _load_packs() -> Mapping[str, str]:
    """Return the pack of each rule that ships or that the user has, as ``rule:ID``: pack."""
    from mtfix.rules.packs.select import gather_packs, select_rules

    return {f"rule:{p.model.id}": p.pack for p in select_rules(gather_packs())}


def _calibration(tally: Tally) -> list[result.CalibrationBin]:
    return [
        result.CalibrationBin(
            low=i / 10,
            high=(i + 1) / 10,
            edits=int(edits),
            confidence=claimed / edits,
            helped=helped / (helped + hurt) if helped + hurt else None,
        )
        for i, (edits, claimed, helped, hurt) in enumerate(tally.bins)
        if edits
    ]
