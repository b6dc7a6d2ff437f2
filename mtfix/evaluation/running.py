"""Run a suite: for each test set, each system's outputs (from the cache where they are known), then the scores."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from mtfix.errors import MtfixError
from mtfix.evaluation.cache import Cache, Cached
from mtfix.evaluation.examples import Example, Output
from mtfix.evaluation.measure import PeakMemory, measure_latency, summarise_speed
from mtfix.evaluation.result import Entry, Run, Speed
from mtfix.evaluation.scoring import Described, Scorer, ScoreSettings, read_versions
from mtfix.evaluation.suite import LoadedSuite, MissingDataError, TestSet, load_examples, pick_tests
from mtfix.evaluation.systems import System

BATCH = 64  # segments; a document is never split

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a suite is run; ``sample`` overrides that of every test set (0: all segments)."""

    score: ScoreSettings = field(default_factory=ScoreSettings)
    sample: int | None = None
    tests: tuple[str, ...] = ()
    cache: Path | None = None
    latency: bool = True


def group_documents(examples: Sequence[Example]) -> list[list[Example]]:
    """Return the documents: neighbours with one name; an example without a name is a document of its own."""
    return [list(group) for _, group in groupby(examples, key=lambda e: e.document or f"\0{e.id}")]


def batch_documents(documents: Sequence[list[Example]], size: int = BATCH) -> Iterator[list[list[Example]]]:
    """Yield batches of whole documents with about ``size`` segments."""
    batch: list[list[Example]] = []
    held = 0
    for document in documents:
        batch.append(document)
        held += len(document)
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def run_system(
    system: System, examples: Sequence[Example], cache: Cache, *, latency: bool, progress: Callable[[int], None]
) -> tuple[list[Output], Speed | None]:
    """Return a system's outputs and how fast it was; ``progress`` is told the segments done."""
    start = time.perf_counter()
    with PeakMemory() as memory:
        system.load()
        load_seconds = time.perf_counter() - start
        info = system.info
        outputs: list[Output] = []
        seconds = 0.0
        for batch in batch_documents(group_documents(examples)):
            key = cache.key(info.fingerprint, batch)
            known = cache.get(key, [len(d) for d in batch]) if info.kind != "file" else None
            if known is None:
                began = time.perf_counter()
                found = system.run(batch)
                known = Cached(found, time.perf_counter() - began)
                if info.kind == "pipeline":
                    cache.put(key, known)
            seconds += known.seconds
            outputs += [o for document in known.outputs for o in document]
            progress(sum(len(d) for d in batch))
        if info.kind != "pipeline":
            return outputs, None
        times = measure_latency(system, examples) if latency else {}
    words = sum(len(e.mt.split()) for e in examples)
    return outputs, summarise_speed(
        seconds=seconds,
        segments=len(examples),
        words=words,
        latency=times,
        peak_mb=memory.mb,
        load_seconds=load_seconds,
    )


def run_test(
    test: TestSet, suite: LoadedSuite, systems: Sequence[System], settings: RunSettings, progress: Progress
) -> list[Entry]:
    """Return the entries of one test set. Raises MissingDataError when its data is not here."""
    examples, total = load_examples(test, suite.base, sample=settings.sample)
    cache = Cache(settings.cache)
    outputs: dict[str, list[Output]] = {}
    speeds: dict[str, Speed | None] = {}
    infos = {}
    for system in systems:
        name = system.info.name
        done = 0

        def report(count: int, name: str = name) -> None:
            nonlocal done
            done += count
            progress(f"{test.name}: {name}", done, len(examples))

        outputs[name], speeds[name] = run_system(system, examples, cache, latency=settings.latency, progress=report)
        infos[name] = system.info
        system.unload()
    scorer = Scorer(infos, settings.score)
    for i, example in enumerate(examples):
        scorer.add(example, {name: found[i] for name, found in outputs.items()})
        progress(f"{test.name}: scoring", i + 1, len(examples))
    described = Described(
        name=test.name,
        about=test.about,
        licence=test.licence,
        split=test.split,
        drawn_from=total if total != len(examples) else None,
        quotable=test.quotable,
    )
    if test.tokenised:
        described.notes.append("the corpus is tokenised; all its texts were detokenised alike before anything else")
    entries = scorer.finish(described, infos)
    return [e.model_copy(update={"speed": speeds[e.system.name]}) for e in entries]


def run_suite(
    suite: LoadedSuite, systems: Sequence[System], settings: RunSettings, progress: Progress = lambda *_: None
) -> Run:
    """Run every test set of a suite. Test sets without data are skipped, and the result names them.

    Raises MtfixError when no test set could be run at all.
    """
    entries: list[Entry] = []
    skipped: dict[str, str] = {}
    for test in pick_tests(suite.suite, settings.tests):
        try:
            entries += run_test(test, suite, systems, settings, progress)
        except MissingDataError as error:
            skipped[test.name] = str(error)
    if not entries:
        raise MtfixError("no test set could be run: " + "; ".join(skipped.values()))
    return Run(
        name=suite.suite.suite,
        versions=read_versions(),
        seed=settings.score.seed,
        samples=settings.score.samples,
        trials=settings.score.trials,
        suite_hash=suite.hash,
        entries=entries,
        skipped=skipped,
    )
