"""Generate an archive and measure `mtfix batch` on it: rate, memory over time, workers, kills.

    python benchmarks/batch.py [--documents N] [--workers 1 2] [--kills K] [--rules-only | --model M] [--ray] [--keep FOLDER]

Prints a table in Markdown. Every run works on the same archive, in its own output folder; all outputs must be the same
bytes or the script says so and exits 1. Absolute rates are noisy on a busy machine: read the ratios.
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
from dataclasses import dataclass
from pathlib import Path

PLACES = "Moscow Kazan Omsk Samara Tver Perm Tula Ufa Minsk Astana Makhachkala Grozny Nalchik Volgograd Saratov".split()
WHO = (
    "the press service of the ministry",
    "a source in law enforcement",
    "the regional police",
    "the court",
    "the governor",
)
SHAPES = (
    "About it on {day} reported {who}.",
    "Up to {a},{b} thousand people came to the square in {place}.",
    "In {place} detained {n} members of an armed group.",
    "The damage is estimated at {a},{b} million rubles.",
    "{Who} said that {n} persons took part in the meeting in {place}.",
    "Residents of {place} waited for the train for {n} minutes.",
    "The investigation continues.",  # agency copy repeats
    "Earlier it was reported that the court in {place} had postponed the hearing to {month} {n}.",
)


def write_text(r: random.Random, sentences: int) -> str:
    """Return a wire of paragraphs of one to three sentences."""
    parts: list[str] = []
    for i in range(sentences):
        who = r.choice(WHO)
        sentence = r.choice(SHAPES).format(
            day=r.choice(("Monday", "Tuesday", "Friday")),
            month=r.choice(("October", "May", "March")),
            who=who,
            Who=who[0].upper() + who[1:],
            place=r.choice(PLACES),
            a=r.randint(2, 9),
            b=r.randint(1, 9),
            n=r.randint(2, 30),
        )
        parts.append(sentence)
        parts.append("\n\n" if i % 3 == 2 else " ")
    return "".join(parts).strip()


def write_archive(path: Path, documents: int, sentences: int, seed: int = 1) -> None:
    """Write a JSONL table of ``documents`` wires."""
    r = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for i in range(documents):
            text = write_text(r, r.randint(sentences // 2, sentences * 3 // 2))
            file.write(json.dumps({"id": i, "title": f"Wire {i}", "body": {"text": text}}) + "\n")


@dataclass(frozen=True)
class Measured:
    """A run: seconds, CPU seconds, peak and first-quarter peak of memory (MB, all processes), kills, digest of the output.

    CPU seconds leave out what killed runs used, and what Ray's own processes use.
    """

    seconds: float
    cpu: float
    early: float
    peak: float
    kills: int
    digest: str


def list_family(root: int) -> list[int]:
    """Return a process and all its descendants (Linux)."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    family = [root]
    for pid in family:
        family += children.get(pid, [])
    return family


def read_memory(root: int) -> float:
    """Return the resident memory of a process and its descendants in MB, shared pages counted once (Linux)."""
    total = 0
    for pid in list_family(root):
        try:
            lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def run(archive: Path, out: Path, options: list[str], kills: int, seed: int = 5) -> Measured:
    """Run a batch to its end, killing it ``kills`` times at random moments and resuming it."""
    program = [sys.executable, "-c", "from mtfix.cli.app import main; main()"]
    command = [*program, "batch", str(archive), "-o", str(out), "--field", "body.text", "--resume", *options]
    r = random.Random(seed)
    begun = time.monotonic()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    samples: list[float] = []
    killed = 0
    while True:
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        life = r.uniform(2, 6) if killed < kills else float("inf")
        started = time.monotonic()
        while process.poll() is None:
            time.sleep(0.2)
            samples.append(read_memory(process.pid))
            if time.monotonic() - started > life:
                process.send_signal(signal.SIGKILL)
                killed += 1
                break
        errors = process.communicate()[1].decode()
        if process.returncode not in (0, 1, -signal.SIGKILL):
            raise SystemExit(errors)
        if process.returncode >= 0:
            break
    seconds = time.monotonic() - begun
    quarter = samples[: max(1, len(samples) // 4)]
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return Measured(seconds, cpu, max(quarter), max(samples), killed, digest_tree(out))


def digest_tree(out: Path) -> str:
    """Return a digest of the repaired lines; of parts of a file (Ray) in their order."""
    digest = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*.jsonl") if p.is_file() and ".mtfix-batch" not in p.parts):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--sentences", type=int, default=20, help="mean sentences of a document")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kills", type=int, default=0, help="one more run, killed so often")
    parser.add_argument("--ray", action="store_true", help="one more run on Ray")
    parser.add_argument("--model", help="a model folder; without it rules only")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave everything there")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="mtfix-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "wires.jsonl"
    write_archive(archive, given.documents, given.sentences)
    options = ["--model", given.model] if given.model else ["--rules-only"]
    runs = [(f"local, {n} workers", ["--workers", str(n)], 0) for n in given.workers]
    if given.kills:
        runs.append(
            (f"local, {max(given.workers)} workers, killed", ["--workers", str(max(given.workers))], given.kills)
        )
    if given.ray:
        runs.append(
            (f"ray, {max(given.workers)} workers", ["--workers", str(max(given.workers)), "--engine", "ray"], 0)
        )
    size = archive.stat().st_size
    print(f"{given.documents} documents, {size / 1e6:.1f} MB, {os.cpu_count()} cores\n")
    print(
        "| run | kills | seconds | CPU seconds | documents/s | MB/s | speed-up | memory in the first quarter, MB | peak, MB | output |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    digests: set[str] = set()
    first = 0.0
    for number, (name, more, kills) in enumerate(runs):
        done = run(archive, folder / f"out{number}", [*options, *more], kills)
        first = first or done.seconds
        digests.add(done.digest)
        print(
            f"| {name} | {done.kills} | {done.seconds:.1f} | {done.cpu:.1f} | {given.documents / done.seconds:.0f} "
            f"| {size / 1e6 / done.seconds:.2f} | {first / done.seconds:.2f} | {done.early:.0f} | {done.peak:.0f} "
            f"| {done.digest} |",
            flush=True,
        )
    if not given.keep:
        shutil.rmtree(folder)
    if len(digests) > 1:
        raise SystemExit("the outputs differ")


if __name__ == "__main__":
    main()
