"""Run a suite: for each test set, each system's outputs (from the cache where they are known), then the scores."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mtfix.errors import MtfixError
from mtfix.evaluation.data.examples import Example, Output
from mtfix.evaluation.data.sacrebleu_sets import MissingDataError
from mtfix.evaluation.data.suite import LoadedSuite, TestSet, load_examples, pick_tests
from mtfix.evaluation.files import open_neural
from mtfix.evaluation.result import Entry, Run, Speed
from mtfix.evaluation.scoring import Described, Scorer, ScoreSettings, read_versions
from mtfix.evaluation.systems.cache import Cache, Cached
from mtfix.evaluation.systems.documents import batch_documents, group_documents
from mtfix.evaluation.systems.speed import measure_system
from mtfix.evaluation.systems.systems import System

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a suite is run; ``sample`` overrides that of every test set (0: all segments)."""

    score: ScoreSettings = field(default_factory=ScoreSettings)
    sample: int | None = None
    tests: tuple[str, ...] = ()
    cache: Path | None = None
    neural: tuple[str, ...] = ()
    speed: bool = True


def run_system(
    system: System, examples: Sequence[Example], cache: Cache, progress: Callable[[int], None]
) -> list[Output]:
    """Return a loaded system's outputs; ``progress`` is told the segments done."""
    info = system.info
    # A model on the hub may change behind its name.
    cacheable = info.kind == "pipeline" and not (info.model_hash or "").startswith("hub:")
    outputs: list[Output] = []
    for batch in batch_documents(group_documents(examples)):
        key = cache.key(info.fingerprint, batch)
        known = cache.get(key, [len(d) for d in batch]) if cacheable else None
        if known is None:
            start = time.perf_counter()
            known = Cached(system.run(batch), time.perf_counter() - start)
            if cacheable:
                cache.put(key, known)
        outputs += [o for document in known.outputs for o in document]
        progress(sum(len(d) for d in batch))
    return outputs


def run_test(
    test: TestSet,
    examples: Sequence[Example],
    total: int,
    systems: Sequence[System],
    settings: RunSettings,
    progress: Progress,
) -> list[Entry]:
    """Return the entries of one test set, of which ``examples`` were drawn."""
    cache = Cache(settings.cache)
    outputs: dict[str, list[Output]] = {}
    infos = {}
    for system in systems:
        name = system.info.name
        done = 0

        def report(count: int, name: str = name) -> None:
            nonlocal done
            done += count
            progress(f"{test.name}: {name}", done, len(examples))

        outputs[name] = run_system(system, examples, cache, report)
        infos[name] = system.info
    scorer = Scorer(infos, settings.score)
    judge = open_neural(settings.neural)
    for i, example in enumerate(examples):
        row = {name: found[i] for name, found in outputs.items()}
        scorer.add(example, row)
        if judge:
            judge.add(example, row)
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
    resampled = 0

    def resample(count: int) -> None:
        nonlocal resampled
        resampled += count
        progress(f"{test.name}: resampling", resampled, settings.score.samples + settings.score.trials)

    entries = scorer.finish(described, infos, progress=resample)
    return judge.add_scores(entries) if judge else entries


def run_suite(
    suite: LoadedSuite, systems: Sequence[System], settings: RunSettings, progress: Progress = lambda *_: None
) -> Run:
    """Run every test set of a suite. Test sets without data are skipped, and the result names them.

    Raises MtfixError when no test set could be run at all.
    """
    open_neural(settings.neural)  # a metric that is not here is said before the work, not after it
    drawn: list[tuple[TestSet, list[Example], int]] = []
    skipped: dict[str, str] = {}
    for test in pick_tests(suite.suite, settings.tests):
        try:
            drawn.append((test, *load_examples(test, suite.base, sample=settings.sample)))
        except MissingDataError as error:
            skipped[test.name] = str(error)
    if not drawn:
        raise MtfixError("no test set could be run: " + "; ".join(skipped.values()))
    for system in systems:
        system.load()
    entries = [
        e for test, examples, total in drawn for e in run_test(test, examples, total, systems, settings, progress)
    ]
    if settings.speed:
        speeds = _measure(systems, [e for _, examples, _ in drawn for e in examples], progress)
        entries = [e.model_copy(update={"speed": speeds[e.system.name]}) for e in entries]
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


def _measure(systems: Sequence[System], examples: Sequence[Example], progress: Progress) -> dict[str, Speed | None]:
    """Return the speed of each system on segments from all test sets."""
    found = {}
    for number, system in enumerate(systems, 1):
        progress(f"speed and memory: {system.info.name}", number - 1, len(systems))
        found[system.info.name] = measure_system(system, examples)
        progress(f"speed and memory: {system.info.name}", number, len(systems))
    return found
