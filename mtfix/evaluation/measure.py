"""Throughput, latency and memory of a system under test, taken while it works for the scores."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np

from mtfix.evaluation.examples import Example
from mtfix.evaluation.result import Speed
from mtfix.evaluation.systems import System

LATENCY_SEGMENTS = 40  # each alone, as an editor's click would send it
_PAUSE = 0.02  # seconds between two looks at the memory
_STATM = Path("/proc/self/statm")


def resident_mb() -> float:
    """Return the memory of this process in MB: what is resident now, or the peak so far where the system tells no more."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


class PeakMemory:
    """Watches the resident memory of this process in a thread; ``mb`` is the highest value seen."""

    def __init__(self) -> None:
        self.mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._stop.wait(_PAUSE):
            self.look()

    def look(self) -> None:
        """Take a value now."""
        self.mb = max(self.mb, resident_mb())

    def __enter__(self) -> PeakMemory:
        self.look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        with suppress(OSError):
            self.look()


def measure_latency(system: System, examples: Sequence[Example]) -> dict[str, float]:
    """Return percentiles of the time (milliseconds) that one segment alone takes; the first call does not count.

    Segments are spread over the test set. A file of outputs has no latency: measure only what computes.
    """
    step = max(1, len(examples) // LATENCY_SEGMENTS)
    chosen = examples[::step][:LATENCY_SEGMENTS]
    system.run([chosen[:1]])
    times = []
    for example in chosen:
        start = time.perf_counter()
        system.run([[example]])
        times.append(1000 * (time.perf_counter() - start))
    return {f"p{q}": float(np.percentile(times, q)) for q in (50, 90, 99)}


def summarise_speed(
    *, seconds: float, segments: int, words: int, latency: dict[str, float], peak_mb: float, load_seconds: float
) -> Speed:
    """Return the figures of a run that took ``seconds`` for what it computed itself."""
    return Speed(
        segments_per_second=segments / seconds if seconds else 0.0,
        words_per_second=words / seconds if seconds else 0.0,
        latency_ms=latency,
        peak_memory_mb=peak_mb,
        load_seconds=load_seconds,
        measured_segments=segments,
    )
