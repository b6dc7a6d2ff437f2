"""BLEU, chrF, chrF++ and TER by sacrebleu itself: statistics per segment, then scores with their signatures.

Nothing here computes a metric. sacrebleu extracts the statistics of each segment, sums them and turns sums into
scores; this module keeps the statistics, so that corpus scores, sentence scores, buckets, confidence intervals and
paired tests all come from one extraction. All scores are on sacrebleu's scale of 0 to 100.

Sources: Post 2018 (sacrebleu), Papineni et al. 2002 (BLEU), Popovic 2015 and 2017 (chrF, chrF++), Snover et al. 2006
(TER), Koehn 2004 (paired bootstrap), Riezler and Maxwell 2005 (approximate randomisation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mtfix.errors import ConfigError, InputError, MtfixError, unknown_name
from mtfix.extras import say_missing

METRICS = ("bleu", "chrf", "chrf++", "ter")
LOWER_IS_BETTER = frozenset({"ter"})
DEFAULT_SEED = 12345  # sacrebleu's own
DEFAULT_SAMPLES = 1000
DEFAULT_TRIALS = 10000

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MetricSettings:
    """Settings that change a score, and therefore its signature.

    ``tokenize`` is BLEU's tokeniser (``13a``, ``intl``, ``none`` ...); ``lowercase`` folds case in BLEU and chrF.
    """

    tokenize: str = "13a"
    lowercase: bool = False
    force: bool = True


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its signature; ``mean`` and ``half_width`` (95 % interval) are there when it was resampled."""

    metric: str
    value: float
    signature: str
    mean: float | None = None
    half_width: float | None = None

    def __str__(self) -> str:
        band = "" if self.mean is None else f" (μ = {self.mean:.2f} ± {self.half_width:.2f})"
        return f"{self.metric}|{self.signature} = {self.value:.2f}{band}"


def load_sacrebleu() -> Any:
    """Return the sacrebleu package. Raises MtfixError when the extra is not installed."""
    try:
        import sacrebleu
    except ImportError:
        raise MtfixError(say_missing("every score", "sacrebleu", "eval")) from None
    return sacrebleu


def build_metric(name: str, settings: MetricSettings = MetricSettings()) -> Any:
    """Return sacrebleu's metric object for ``bleu``, ``chrf``, ``chrf++`` or ``ter``.

    Raises:
        ConfigError: the metric or the tokeniser is unknown (the known ones are listed).
        MtfixError: sacrebleu is not installed.
    """
    module = load_sacrebleu()
    if name not in METRICS:
        raise ConfigError(unknown_name("metric", name, METRICS))
    if name == "bleu":
        if settings.tokenize not in module.BLEU.TOKENIZERS:
            raise ConfigError(unknown_name("BLEU tokeniser", settings.tokenize, module.BLEU.TOKENIZERS))
        return module.BLEU(tokenize=settings.tokenize, lowercase=settings.lowercase, force=settings.force)
    if name == "ter":
        return module.TER()
    return module.CHRF(word_order=2 if name == "chrf++" else 0, lowercase=settings.lowercase)


def check_parallel(columns: Mapping[str, Sequence[Any]]) -> int:
    """Return the common length of named columns.

    Raises InputError that says which column is longer and by how much; nothing is ever cut to the shorter one.

    >>> check_parallel({"hypothesis": ["a"], "reference": ["b"]})
    1
    """
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        longest = max(lengths, key=lambda n: lengths[n])
        shortest = min(lengths, key=lambda n: lengths[n])
        raise InputError(
            f"{longest} has {lengths[longest]:,} segments, but {shortest} has {lengths[shortest]:,}: "
            f"segment {lengths[shortest] + 1:,} of {longest} has no partner. Give files of one length"
        )
    size = next(iter(lengths.values()), 0)
    if size == 0:
        raise InputError("there is nothing to score: the files hold no segments")
    return size


@dataclass(slots=True)
class Extractor:
    """Extracts the statistics of segments; references are prepared once for all hypotheses of a segment.

    TER is by far the slowest metric, and a post-editor leaves most segments as they were: consecutive calls with the
    same references score each distinct hypothesis once. Memory is that of one segment.
    """

    metrics: tuple[str, ...] = METRICS
    settings: MetricSettings = MetricSettings()
    _built: dict[str, Any] = field(init=False, repr=False)
    _prepared: tuple[str, ...] | None = field(init=False, repr=False, default=None)
    _known: dict[str, dict[str, tuple[float, ...]]] = field(init=False, repr=False, default_factory=dict)
    _counts: set[int] = field(init=False, repr=False, default_factory=set)

    def __post_init__(self) -> None:
        self._built = {name: build_metric(name, self.settings) for name in self.metrics}

    def _prepare(self, references: tuple[str, ...]) -> None:
        for metric in self._built.values():
            metric._ref_cache = metric._cache_references([[r] for r in references])
        self._prepared = references
        self._known = {}
        self._counts.add(len(references))

    def extract(self, hypothesis: str, references: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """Return the sufficient statistics of one segment by metric (lengths: BLEU 10, chrF 18, chrF++ 24, TER 2)."""
        references = tuple(references)
        if references != self._prepared:
            self._prepare(references)
        found = self._known.get(hypothesis)
        if found is None:
            found = {}
            for name, metric in self._built.items():
                if name == "chrf" and "chrf++" in self._built and len(references) == 1:
                    continue  # with one reference chrF++ extracts chrF's statistics and appends those of words
                found[name] = tuple(metric._extract_corpus_statistics([hypothesis], None)[0])
            if "chrf" in self._built and "chrf" not in found:
                found["chrf"] = found["chrf++"][:18]
            self._known[hypothesis] = found
        return found

    def forget(self) -> None:
        """Forget all references seen, so that signatures count only those to come."""
        self._prepared = None
        self._counts = set()

    def table(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> StatisticsTable:
        """Return the statistics of a corpus; ``references`` holds one sequence a segment (not one a reference)."""
        return self.tables({"hypothesis": hypotheses}, references)["hypothesis"]

    def tables(
        self, systems: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]]
    ) -> dict[str, StatisticsTable]:
        """Return the statistics of several systems over the same segments, segment by segment."""
        check_parallel({**systems, "reference": references})
        rows: dict[str, list[dict[str, tuple[float, ...]]]] = {system: [] for system in systems}
        for i, refs in enumerate(references):
            for system, hypotheses in systems.items():
                rows[system].append(self.extract(hypotheses[i], refs))
        return {
            system: StatisticsTable(
                {name: np.array([row[name] for row in found], dtype=np.float64) for name in self.metrics}, self
            )
            for system, found in rows.items()
        }

    def score_sums(self, name: str, sums: Sequence[float]) -> float:
        """Return the score of summed statistics, 0 to 100."""
        return float(self._built[name]._compute_score_from_stats(list(sums)).score)

    def metric(self, name: str) -> Any:
        """Return sacrebleu's metric object, knowing how many references there are (its signature says so)."""
        metric = self._built[name]
        metric.num_refs = next(iter(self._counts)) if len(self._counts) == 1 else -1
        return metric

    def signature(self, name: str) -> str:
        """Return sacrebleu's signature of a metric."""
        return str(self.metric(name).get_signature())


@dataclass(frozen=True, slots=True)
class StatisticsTable:
    """Statistics of a corpus by metric, arrays of shape (segments, statistics); slices give the scores of buckets."""

    rows: Mapping[str, Rows]
    extractor: Extractor

    def __len__(self) -> int:
        return len(next(iter(self.rows.values())))

    def score(self, name: str, where: Sequence[int] | npt.NDArray[np.bool_] | None = None) -> Score:
        """Return the corpus score, or that of the segments in ``where`` (indices or a mask)."""
        rows = self.rows[name] if where is None else self.rows[name][where]
        return Score(name, self.extractor.score_sums(name, rows.sum(axis=0)), self.extractor.signature(name))

    def sentence_scores(self, name: str) -> npt.NDArray[np.float64]:
        """Return one score a segment, shape (segments,). Not for BLEU, which means little on one sentence."""
        return np.array([self.extractor.score_sums(name, row) for row in self.rows[name]])
