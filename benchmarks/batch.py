"""Measure `mtfix batch` on a generated archive: rate, share of the model, memory over time, workers, Ray, kills.

    python benchmarks/batch.py [--documents N] [--workers 1 2] [--kills K] [--model-documents M] [--ray]
                               [--defects 0.5] [--repeats 0.0] [--names 0.0] [--keep FOLDER [--resume]]

The archive is made of our own seeds (`benchmarks/wires.py` says how); 200,000 documents are about 2.2 GB. Rules run on all of
it, the model on M documents. Prints Markdown, and writes the same as JSON to FOLDER/results.json: every run of one archive
must write the same bytes, or the script says so and exits 1.

A long measurement may be cut off: with --keep FOLDER it writes down what it knows every few seconds, and --resume goes on
there. Seconds and CPU seconds are those in which a batch ran; what a killed batch did after the last note (5 s) is lost. Absolute rates
are noisy on a busy machine: read the ratios.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from family import Clock, Series, die_with_parent, list_family, read_memory
from wires import Mixture, write_archive

_NOTE = 5.0  # seconds between two notes of the state
_LINE = 60.0  # seconds between two lines of progress


@dataclass
class Run:
    """A batch of a table: what is asked, and what was measured so far, over all its starts.

    ``seconds`` and ``cpu`` count while a batch runs, ``memory`` is of all its processes (MB, shared pages once).
    """

    name: str
    archive: str
    options: list[str]
    wanted_kills: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    kills: int = 0
    interruptions: int = 0  # of the measurement itself
    memory: Series = field(default_factory=Series)
    sentences: int = 0
    documents: int = 0
    digest: str = ""  # of the output; '' until the run is finished

    @property
    def rate(self) -> float:
        return self.sentences / self.seconds if self.seconds else 0.0


class Measurement:
    """The state of a whole measurement, in a folder: which archives and runs there are, and how far they are."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.settings = settings
        self.archives: dict[str, dict[str, float]] = {}
        self.runs: dict[str, Run] = {}
        self.shares: dict[str, Any] = {}

    @property
    def path(self) -> Path:
        return self.folder / "results.json"

    def load(self) -> None:
        """Take up what was written down. Exits when it belongs to another measurement."""
        saved = json.loads(self.path.read_text())
        if saved["settings"] != self.settings:
            raise SystemExit(f"{self.path}: was measured with other settings: {saved['settings']}")
        self.archives, self.shares = saved["archives"], saved["model"]
        for values in saved["runs"]:
            values.pop("rates", None)
            run = Run(**{**values, "memory": Series(**values["memory"])})
            run.interruptions += not run.digest and run.seconds > 0
            self.runs[run.archive + run.name] = run

    def save(self) -> None:
        """Write everything down, whole or not at all."""
        runs = [asdict(r) | {"rates": {"sentences_per_second": round(r.rate, 1)}} for r in self.runs.values()]
        saved = {"settings": self.settings, "archives": self.archives, "runs": runs, "model": self.shares}
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(saved, indent=1))
        part.replace(self.path)

    def make_archive(self, name: str, mixture: Mixture) -> Path:
        """Return the table of that name, written if it is not there."""
        path = self.folder / f"{name}.jsonl"
        if name not in self.archives or not path.exists():
            begun = time.monotonic()
            sentences, distinct = write_archive(path, mixture, workers=os.cpu_count() or 1)
            self.archives[name] = {
                "bytes": path.stat().st_size, "documents": mixture.documents, "sentences": sentences,
                "distinct": round(distinct, 4), "seconds": round(time.monotonic() - begun, 1),
            }  # fmt: skip
            self.save()
        made = self.archives[name]
        print(
            f"{name}: {made['documents']} documents, {made['bytes'] / 1e6:.1f} MB, {made['sentences']} sentences, "
            f"{made['distinct']:.1%} of them distinct; written in {made['seconds']} s; {os.cpu_count()} cores",
            flush=True,
        )
        return path

    def measure(self, name: str, archive: str, options: list[str], kills: int = 0, usual: float = 8) -> Run:
        """Return a run, finished: taken from the state, or gone on with, or done now."""
        run = self.runs.setdefault(archive + name, Run(name, archive, options, kills))
        out = self.folder / f"{archive}-{name.replace(' ', '-').replace(',', '')}"
        while not run.digest:
            life = float("inf")
            if run.kills < run.wanted_kills:
                # A start takes some seconds; what is left of the run is shared out among the kills.
                life = random.Random(run.kills).uniform(0.5, 3 + 1.5 * usual / run.wanted_kills)
            if self._start(run, out, life):
                summary = json.loads((out / ".mtfix-batch" / "summary.json").read_text())
                run.sentences, run.documents = summary["segments"], summary["documents"]
                run.digest = digest_tree(out)
                shutil.rmtree(out)
            self.save()
        return run

    def _start(self, run: Run, out: Path, life: float) -> bool:
        """Let a batch run to its end, or kill it after ``life`` seconds; return whether it ended."""
        program = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "batch"]
        command = [
            *program,
            str(self.folder / f"{run.archive}.jsonl"),
            "-o",
            str(out),
            "--field",
            "body.text",
            "--resume",
        ]
        log = self.folder / "batch.log"
        before = run.seconds, run.cpu
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        clock = Clock()
        begun = noted = said = time.monotonic()
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [*command, *run.options], stderr=errors, preexec_fn=die_with_parent,
                env={**os.environ, "RAY_worker_niceness": "0"},  # of itself Ray lets all others go first
            )  # fmt: skip
            while process.poll() is None:
                now = time.monotonic()
                family = list_family(process.pid)
                run.memory.add(read_memory(family))
                run.seconds, run.cpu = before[0] + now - begun, before[1] + clock.look(family)
                if now - begun > life:
                    process.send_signal(signal.SIGKILL)
                    run.kills += 1
                    break
                if now - noted > _NOTE:
                    noted = now
                    self.save()
                if now - said > _LINE:
                    said = now
                    print(f"{run.name}: {run.seconds:.0f} s, {read_last(log)}", file=sys.stderr, flush=True)
                try:  # looking costs some milliseconds a process: more seldom in a long run, but its end is noticed
                    process.wait(min(0.25 if life < float("inf") else 1.0 if now - begun < 60 else 5.0, 5.0))
                except subprocess.TimeoutExpired:
                    continue
            process.wait()
        run.seconds = before[0] + time.monotonic() - begun
        if process.returncode == -signal.SIGKILL:
            return False
        if process.returncode not in (0, 1):
            raise SystemExit(log.read_text())
        now_used = resource.getrusage(resource.RUSAGE_CHILDREN)
        waited = now_used.ru_utime + now_used.ru_stime - used.ru_utime - used.ru_stime
        run.cpu = max(run.cpu, before[1] + waited)
        return True


def read_last(log: Path) -> str:
    """Return the last line of a batch's messages."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no word yet"


def digest_tree(out: Path) -> str:
    """Return a digest of the repaired lines; of parts of a file (Ray) in their order."""
    digest = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*.jsonl") if p.is_file() and ".mtfix-batch" not in p.parts):
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()[:12]


HEADER = (
    "\n| run | kills | seconds | sentences/s | sentences/CPU s | MB/s | speed-up | memory in each quarter, MB | output |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def compare(measurement: Measurement, archive: str, plans: list[tuple[str, list[str], int]]) -> bool:
    """Run a table's batches and print a row each, and ratios; return whether all wrote the same bytes."""
    size = measurement.archives[archive]["bytes"] / 1e6
    print(HEADER, flush=True)
    runs: list[Run] = []
    usual = 8.0
    for name, options, kills in plans:
        run = measurement.measure(name, archive, options, kills, usual)
        runs.append(run)
        usual = usual if kills else run.seconds
        memory = " ".join(f"{peak:,.0f}" for peak in run.memory.quarters())
        print(
            f"| {name} | {run.kills} | {run.seconds:.1f} | {run.rate:,.0f} | {run.sentences / run.cpu:,.0f} "
            f"| {size / run.seconds:.2f} | {runs[0].seconds / run.seconds:.2f} | {memory} | {run.digest} |",
            flush=True,
        )
    local = {r.options[r.options.index("--workers") + 1]: r for r in runs if "ray" not in r.options and not r.kills}
    for run in runs:
        if "ray" in run.options:
            beside = local[run.options[run.options.index("--workers") + 1]]
            print(
                f"\nRay against local with as many workers: {run.rate / beside.rate:.2f} of the rate, "
                f"{run.cpu / beside.cpu:.2f} of the CPU seconds"
            )
    if any(run.interruptions for run in runs):
        print(f"\nTimes that the measurement was cut off and resumed: {sum(r.interruptions for r in runs)}.")
    return len({run.digest for run in runs}) == 1


def measure_share(measurement: Measurement, archive: Path, documents: int) -> str:
    """Return how a worker's time divides between the model and the rest, on the first documents of an archive."""
    if not measurement.shares:
        command = [sys.executable, str(Path(__file__).with_name("model_share.py")), str(archive), str(documents)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
        measurement.shares = json.loads(done.stdout)
        measurement.save()
    share = measurement.shares
    return (
        f"The first {documents} documents in one process: {share['distinct']:.0%} of {share['sentences']} sentences are "
        f"distinct; {share['sentences_per_cpu_second']} sentences a CPU second; {share['model_share']:.0%} of the time is "
        f"the model's, {1 - share['model_share']:.0%} is not"
    )


def parse_options() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--sentences", type=int, default=Mixture.sentences, help="mean sentences of a document (130)")
    parser.add_argument("--defects", type=float, default=Mixture.defects, help="share of defect runs (0.5)")
    parser.add_argument("--repeats", type=float, default=Mixture.repeats, help="share of sentences from a pool (0)")
    parser.add_argument("--names", type=float, default=Mixture.names, help="share that ends in a made-up name (0)")
    parser.add_argument("--pool", type=int, default=Mixture.pool, help="sentences of the pool (5000)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kills", type=int, default=0, help="one more run, killed so often")
    parser.add_argument("--ray", action="store_true", help="one more run on Ray")
    parser.add_argument("--model-documents", type=int, default=0, metavar="M", help="run the model on M documents")
    parser.add_argument(
        "--model-repeats", type=float, metavar="SHARE", help="of an archive of its own with this share of repeats"
    )
    parser.add_argument("--keep", type=Path, help="work in this folder and leave archive and results.json there")
    parser.add_argument("--resume", action="store_true", help="go on with a measurement in --keep")
    given = parser.parse_args()
    if given.resume and not given.keep:
        parser.error("--resume goes on in a folder: name it with --keep")
    return given


def main() -> None:
    """Measure and print."""
    given = parse_options()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="mtfix-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    settings = {k: v for k, v in vars(given).items() if k not in ("keep", "resume")}
    measurement = Measurement(folder, settings)
    if measurement.path.exists():
        if not given.resume:
            raise SystemExit(
                f"{folder}: holds a measurement already: go on with it by --resume, or give another folder"
            )
        measurement.load()
    mixture = Mixture(given.documents, given.sentences, given.defects, given.repeats, given.names, given.pool)
    measurement.make_archive("wires", mixture)
    most = str(max(given.workers))
    plans = [(f"local, {n} workers", ["--workers", str(n)], 0) for n in given.workers]
    rules = list(plans)
    if given.kills:
        rules.append((f"local, {most} workers, killed", ["--workers", most], given.kills))
    if given.ray:
        if find_spec("ray") is None:
            print("Ray is not installed: its run is left out")
        else:
            rules.append((f"ray, {most} workers", ["--workers", most, "--engine", "ray"], 0))
    print("\nRules only:")
    same = compare(measurement, "wires", [(name, [*options, "--rules-only"], k) for name, options, k in rules])
    if given.model_documents:
        repeats = given.repeats if given.model_repeats is None else given.model_repeats
        small = Mixture(given.model_documents, given.sentences, given.defects, repeats, given.names, given.pool)
        print("\nRules and model:")
        table = measurement.make_archive("model", small)
        same &= compare(measurement, "model", plans)
        print("\n" + measure_share(measurement, table, min(given.model_documents, 48)))
    if not given.keep:
        shutil.rmtree(folder)
    if not same:
        raise SystemExit("the outputs differ")


if __name__ == "__main__":
    main()
