"""Throughput, latency and memory of a system under test, each in a process of its own that does nothing else.

The parent starts ``python -m mtfix.evaluation.systems.speed``, sends the system and some segments as JSON, and reads the
figures. So the peak is the system's: neither scores nor other systems are in it, and what Python and the harness take
before the system is loaded is said beside it. Nothing is remembered from the run that made the scores.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from mtfix.errors import MtfixError
from mtfix.evaluation.data.examples import Example
from mtfix.evaluation.result import Speed
from mtfix.evaluation.systems.documents import batch_documents, group_documents
from mtfix.evaluation.systems.hypotheses import HypothesisSystem
from mtfix.evaluation.systems.systems import PipelineSystem, System
from mtfix.extras import Hide

SEGMENTS = 128  # for the throughput of a model, in batches
RULE_SEGMENTS = 1500  # for that of rules alone, which wake at their first match
LATENCY_SEGMENTS = 40  # each alone, as an editor's click would send it
_STATUS = Path("/proc/self/status")
# A library of ours imports these where they are; the core install has them not, and they would count as the system's.
_NOT_CORE = ("spacy", "torch")


def read_memory() -> tuple[float, float]:
    """Return what is resident now and the peak so far, of this process, in MB; the peak twice where that is all."""
    with suppress(OSError, ValueError, KeyError):
        values = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines() if ":" in line)
        now, peak = (int(values[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
        return now, peak
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return peak, peak


def resident_mb() -> float:
    """Return the memory of this process in MB that is resident now."""
    return read_memory()[0]


def spread(documents: Sequence[list[Example]], segments: int) -> list[list[Example]]:
    """Return documents from all over the list, as evenly as they come, until they hold about so many segments."""
    total = sum(map(len, documents))
    if total <= segments:
        return list(documents)
    chosen: list[list[Example]] = []
    seen = held = 0
    for document in documents:
        # In step with the list: what is held never exceeds its share of what was seen.
        if held * total <= seen * segments:
            chosen.append(document)
            held += len(document)
        seen += len(document)
    return chosen


def measure_system(system: System, examples: Sequence[Example]) -> Speed | None:
    """Return how fast a system is on segments from all over ``examples``, and the memory it takes.

    None for a system that computes nothing. Raises MtfixError when the process fails.
    """
    fresh = system.fresh()
    if not isinstance(fresh, (PipelineSystem, HypothesisSystem)):
        return None
    chosen = spread(group_documents(examples), SEGMENTS if fresh.spec.get("model", True) else RULE_SEGMENTS)
    seen = {e.mt for d in chosen for e in d}
    others = [[e] for e in examples if e.mt not in seen] or [[e] for e in examples]
    alone = [e for d in spread(others, LATENCY_SEGMENTS) for e in d][:LATENCY_SEGMENTS]
    order = {
        "system": fresh.spec,
        "documents": [[asdict(e) for e in d] for d in chosen],
        "alone": [asdict(e) for e in alone],
    }
    command = [sys.executable, "-m", "mtfix.evaluation.systems.speed"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, env=environment)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise MtfixError(f"{system.info.name}: its speed could not be measured: {last}; --no-speed leaves this out")
    return Speed.model_validate_json(done.stdout)


def measure_here(spec: dict[str, Any], documents: Sequence[list[Example]], alone: Sequence[Example]) -> Speed:
    """Load the system and take its figures in this process: first in batches, then each of ``alone`` by itself."""
    base, _ = read_memory()
    start = time.perf_counter()
    system = HypothesisSystem(**spec) if "kind" in spec else PipelineSystem(**spec)
    system.load()
    system.run([documents[0][:1]])  # what is loaded at the first use belongs to loading
    load_seconds = time.perf_counter() - start
    start = time.perf_counter()
    for batch in batch_documents(documents):
        system.run(batch)
    seconds = time.perf_counter() - start
    times = []
    for example in alone:
        start = time.perf_counter()
        system.run([[example]])
        times.append(1000 * (time.perf_counter() - start))
    examples = [e for d in documents for e in d]
    words = sum(len(e.mt.split()) for e in examples)
    return Speed(
        segments_per_second=len(examples) / seconds,
        words_per_second=words / seconds,
        latency_ms={f"p{q}": float(np.percentile(times, q)) for q in (50, 90, 99)} if times else {},
        peak_memory_mb=read_memory()[1],
        base_memory_mb=base,
        load_seconds=load_seconds,
        measured_segments=len(examples),
    )


def main() -> None:
    """Read an order from standard input, write the figures to standard output."""
    order = json.load(sys.stdin)
    if order["system"]["config"].get("backend") != "hf":
        sys.meta_path.insert(0, Hide(*_NOT_CORE))
    documents = [[_read_example(e) for e in d] for d in order["documents"]]
    alone = [_read_example(e) for e in order["alone"]]
    sys.stdout.write(measure_here(order["system"], documents, alone).model_dump_json())


def _read_example(value: dict[str, Any]) -> Example:
    return Example(**{**value, "references": tuple(value["references"])})


if __name__ == "__main__":
    main()
