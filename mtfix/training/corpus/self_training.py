"""Self-training: outputs that nobody has edited, edited by an earlier model where its judge is sure.

The judge of hunks knows what the network does not that proposed them: how common the words are in clean English (`ngrams`),
how the document reads, which kinds of edits did harm. What it is sure of becomes a pair; an output of which it believes
no hunk becomes one to leave alone; one of which it is in doubt is not used. No reference is read. Source: He et al.
2020, "Revisiting Self-Training for Neural Sequence Generation", with a judge instead of noise.
"""

from __future__ import annotations

import html
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from mtfix.errors import ConfigError, unknown_name
from mtfix.model.confidence import Gate
from mtfix.model.evidence import TYPES
from mtfix.model.stage import ModelStage
from mtfix.training.corpus.translations import is_old_style
from mtfix.training.data.pairs import Pair
from mtfix.training.data.readers import data_folder, read_table
from mtfix.types import Document, Fix, Segment

RUN = 20  # consecutive outputs of one system that are read as one document: its style is evidence
_PART = 100  # documents the model reads at once
_OTHERS = ("google", "bing")  # columns of outputs besides WMT's "hyp.SYSTEM"
_SUFFIX = ".train.tsv.xz"


@dataclass(frozen=True, slots=True)
class Limits:
    """Probabilities: a hunk is applied from ``sure`` on, disbelieved below ``unsure``."""

    sure: float = 0.6
    unsure: float = 0.3


def find_unlabelled(name: str, folder: Path | None = None) -> Path:
    """Return the ``train`` file called ``name`` ("newstest2013.ru-en"). Raises ConfigError naming the known ones."""
    found = {
        p.name.removesuffix(_SUFFIX): p
        for part in ("wmt", "ape")
        for p in data_folder(folder).glob(f"{part}/*{_SUFFIX}")
    }
    if name not in found:
        raise ConfigError(f"self_training: {unknown_name('file', name, found)}")
    return found[name]


def read_runs(path: Path, count: int, rng: random.Random) -> list[tuple[str, ...]]:
    """Return runs of consecutive outputs of one system, at least ``count`` outputs in all if there are so many.

    Old-style systems come first; outputs without capitals are left out.
    """
    table = list(read_table(path))
    systems = [n for n in (table[0] if table else ()) if n.startswith("hyp.") or n in _OTHERS]
    places = [(system, at) for system in systems for at in range(0, len(table), RUN)]
    places.sort(key=lambda place: rng.random() - 0.5 * is_old_style(place[0].removeprefix("hyp.")))
    runs: list[tuple[str, ...]] = []
    for system, at in places:
        if sum(map(len, runs)) >= count:
            break
        texts = [" ".join(html.unescape(row[system] or "").split()) for row in table[at : at + RUN]]
        run = tuple(t for t in texts if 4 <= len(t.split()) <= 60 and not t.islower())
        if run:
            runs.append(run)
    return runs


def judge_strictly(stage: ModelStage, limits: Limits) -> ModelStage:
    """Return ``stage`` with the limits in place of its own thresholds and gate; all hunks that it does not apply are shown.

    Raises ConfigError when the stage's model has no calibration: nothing would be sure.
    """
    if not stage.confidence.auto:
        raise ConfigError("self-training needs a model with a judge of hunks: run `mtfix train calibrate` on it first")
    confidence = replace(
        stage.confidence,
        auto={kind.value: limits.sure for kind in TYPES},
        suggest={kind.value: 0.0 for kind in TYPES},
        gate=Gate(),
    )
    return replace(stage, confidence=confidence, fix=Fix.SAFE)


def self_training_pairs(
    stage: ModelStage, runs: Iterable[tuple[str, ...]], limits: Limits = Limits()
) -> Iterator[Pair]:
    """Yield pairs of kind ``self`` (edited where the judge is sure) and ``self-same`` (it believes no hunk).

    Raises ConfigError when the stage's model has no calibration.
    """
    strict = judge_strictly(stage, limits)
    waiting = (tuple(Segment(t, t) for t in run) for run in runs)
    while part := list(islice(waiting, _PART)):
        strict.warm([Document("", run, ("",) * (len(run) + 1)) for run in part])
        for run in part:
            for segment, step in zip(run, strict.propose(run)[0], strict=True):
                doubtful = any((e.confidence or 0.0) >= limits.unsure for e in step.suggested)
                if doubtful or not (step.edits or step.suggested):
                    continue
                edited = segment.add(step).text
                yield Pair(segment.mt, edited, "self" if edited != segment.mt else "self-same")


def read_unlabelled(
    files: Mapping[str, int], seed: int, folder: Path | None = None
) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield each file's name and its runs, ``files`` giving the number of outputs to read."""
    for name, count in files.items():
        yield name, read_runs(find_unlabelled(name, folder), count, random.Random(f"{seed}{name}"))
