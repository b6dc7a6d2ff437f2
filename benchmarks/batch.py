"""Measure `mtfix batch` on a generated archive: rate, share of the model, memory over time, workers, Ray, kills.

    python benchmarks/batch.py [--documents N] [--workers 1 2] [--kills K] [--model-documents M] [--ray] [--keep FOLDER]

The archive is made from our own seeds (`seeds/`), with other numbers, names and days in every wire and clean sentences
between: 200,000 documents are about 2 GB. Rules run on all of it, the model on the first M documents. Prints Markdown;
every run of one archive must write the same bytes, or the script says so and exits 1. Absolute rates are noisy on a busy
machine: read the ratios.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = "Moscow Kazan Omsk Samara Tver Perm Tula Ufa Minsk Astana Makhachkala Grozny Nalchik Volgograd Saratov".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
CLEAN = (
    "Residents of {place} waited for the train for {n} minutes.",
    "The investigation continues.",  # agency copy repeats
    "The court in {place} postponed the hearing to {day}.",
    "It rained in {place} on {day}, and {n} flights were delayed.",
    "The company employs {n},500 people in {place} and plans to open a second plant.",
    "Officials in {place} said on {day} that the road would be closed for {n} days.",
    "“We are waiting for a decision,” the mayor of {place} said on {day}.",
    "The team from {place} won the match on {day}, its {n}th victory this season.",
)
SENTENCES_A_DOCUMENT = 130  # so that 200,000 documents are about 2 GB


def read_seeds() -> list[list[str]]:
    """Return the segments of each seed wire."""
    wires = []
    for path in sorted((ROOT / "seeds").glob("ru-*.tsv")):
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        wires.append([row[1] for row in rows if len(row) > 1])
    return wires


def vary(text: str, r: random.Random) -> str:
    """Return a seed sentence with other digits, places and days: no two wires are quite the same."""
    text = re.sub(r"[1-9]", lambda m: str(r.randint(1, 9)), text)
    text = re.sub("|".join(PLACES), lambda m: r.choice(PLACES), text)
    return re.sub("|".join(DAYS), lambda m: r.choice(DAYS), text)


def write_text(r: random.Random, wires: Sequence[Sequence[str]], sentences: int) -> str:
    """Return a wire of about ``sentences`` segments: parts of seeds, and clean sentences between, in paragraphs."""
    parts: list[str] = []
    while len(parts) < sentences:
        wire = r.choice(wires)
        first = r.randrange(len(wire))
        parts += (vary(s, r) for s in wire[first : first + r.randint(1, 6)])
        parts += (
            r.choice(CLEAN).format(place=r.choice(PLACES), day=r.choice(DAYS), n=r.randint(2, 90))
            for _ in range(r.randint(1, 6))
        )
    lines = [" ".join(parts[i : i + 3]) for i in range(0, len(parts), 3)]
    return "\n\n".join(lines)


def write_archive(path: Path, documents: int, sentences: int, seed: int = 1) -> int:
    """Write a JSONL table of ``documents`` wires and return how many sentences they have, about."""
    r = random.Random(seed)
    wires = read_seeds()
    total = 0
    with path.open("w", encoding="utf-8") as file:
        for i in range(documents):
            wanted = r.randint(sentences // 2, sentences * 3 // 2)
            total += wanted
            text = write_text(r, wires, wanted)
            file.write(json.dumps({"id": i, "title": f"Wire {i}", "body": {"text": text}}) + "\n")
    return total


@dataclass(frozen=True)
class Measured:
    """A run: seconds, CPU seconds, memory (MB, all processes) over time, kills, sentences done, digest of the output.

    CPU seconds leave out what killed runs used, and what Ray's own processes use.
    """

    seconds: float
    cpu: float
    memory: tuple[float, ...]
    kills: int
    segments: int
    digest: str

    def quarters(self) -> str:
        """Return the peak of memory in each quarter of the run: flat, or growing."""
        step = max(1, -(-len(self.memory) // 4))
        return " ".join(f"{max(self.memory[i : i + step]):.0f}" for i in range(0, len(self.memory), step))


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


def run(archive: Path, out: Path, options: list[str], kills: int = 0, usual: float = 8, seed: int = 5) -> Measured:
    """Run a batch to its end, killing it ``kills`` times at random moments and resuming it.

    ``usual`` is how long an undisturbed run takes: the kills are spread over it.
    """
    program = [sys.executable, "-c", "from mtfix.cli.app import main; main()"]
    command = [*program, "batch", str(archive), "-o", str(out), "--field", "body.text", "--resume", *options]
    r = random.Random(seed)
    begun = time.monotonic()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    samples: list[float] = []
    killed = 0
    while True:
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        # A start takes some seconds; what is left of the run is shared out among the kills.
        life = r.uniform(0.5, 3 + 2 * usual / kills) if killed < kills else float("inf")
        started = time.monotonic()
        while process.poll() is None:
            time.sleep(0.2 if killed < kills else 0.5)
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
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    found = re.search(r"(\d+) segments", errors)
    return Measured(seconds, cpu, tuple(samples), killed, int(found[1]) if found else 0, digest_tree(out))


def digest_tree(out: Path) -> str:
    """Return a digest of the repaired lines; of parts of a file (Ray) in their order."""
    digest = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*.jsonl") if p.is_file() and ".mtfix-batch" not in p.parts):
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()[:12]


def measure_share(archive: Path, documents: int) -> str:
    """Return how a worker's time divides between the model and the rest, on the first documents of an archive."""
    code = """
import itertools, json, sys, time
from mtfix.batch.loading import load_pipeline
from mtfix.batch.sentences import Ahead, find_warm_stage
from mtfix.config import Config
from mtfix.formats import read_document
pipeline = load_pipeline(Config())
if find_warm_stage(pipeline) is None:
    sys.exit("no model is installed")
ahead = Ahead(pipeline)
inside = 0.0
def timed(work):
    def call(*given):
        global inside
        begun = time.process_time()
        try:
            return work(*given)
        finally:
            inside += time.process_time() - begun
    return call
editor = ahead._stage.model.inner
editor.post_edit, editor.score = timed(editor.post_edit), timed(editor.score)
with open(sys.argv[1], encoding="utf-8") as file:
    texts = [json.loads(line)["body"]["text"] for line in itertools.islice(file, int(sys.argv[2]))]
begun = time.process_time()
segments = 0
for first in range(0, len(texts), 12):
    ahead.begin()
    for text in texts[first : first + 12]:
        ahead.gather(read_document(text))
    ahead.flush()
    for text in texts[first : first + 12]:
        segments += len(ahead.pipeline(read_document(text)).segments)
whole = time.process_time() - begun
print(f"{segments / whole:.0f} sentences a CPU second in one process; {inside / whole:.0%} of the time is the model's, "
      f"{(whole - inside) / whole:.0%} is not")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(archive), str(documents)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


HEADER = (
    "| run | kills | seconds | sentences/s | sentences/CPU s | MB/s | speed-up | memory in each quarter, MB | output |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def compare(archive: Path, folder: Path, runs: Sequence[tuple[str, list[str], int]], options: list[str]) -> bool:
    """Run a table's batches and print a row each; return whether all wrote the same bytes."""
    size = archive.stat().st_size / 1e6
    print(HEADER, flush=True)
    digests: set[str] = set()
    first = usual = 0.0
    for number, (name, more, kills) in enumerate(runs):
        out = folder / f"{archive.stem}-out{number}"
        done = run(archive, out, [*options, *more], kills, usual or 8)
        first, usual = first or done.seconds, done.seconds if not kills else usual
        digests.add(done.digest)
        print(
            f"| {name} | {done.kills} | {done.seconds:.1f} | {done.segments / done.seconds:.0f} "
            f"| {done.segments / done.cpu:.0f} | {size / done.seconds:.2f} | {first / done.seconds:.2f} "
            f"| {done.quarters()} | {done.digest} |",
            flush=True,
        )
        shutil.rmtree(out)
    return len(digests) == 1


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--sentences", type=int, default=SENTENCES_A_DOCUMENT, help="mean sentences of a document")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kills", type=int, default=0, help="one more run, killed so often")
    parser.add_argument("--ray", action="store_true", help="one more run on Ray")
    parser.add_argument("--model-documents", type=int, default=0, metavar="M", help="run the model on the first M")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave the archive there")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="mtfix-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "wires.jsonl"
    sentences = write_archive(archive, given.documents, given.sentences)
    print(
        f"{given.documents} documents, {archive.stat().st_size / 1e6:.1f} MB, {sentences} sentences; {os.cpu_count()} cores"
    )
    most = ["--workers", str(max(given.workers))]
    runs: list[tuple[str, list[str], int]] = [(f"local, {n} workers", ["--workers", str(n)], 0) for n in given.workers]
    if given.kills:
        runs.append((f"local, {most[1]} workers, killed", most, given.kills))
    if given.ray:
        if find_spec("ray") is None:
            print("Ray is not installed: its run is left out")
        else:
            runs.append((f"ray, {most[1]} workers", [*most, "--engine", "ray"], 0))
    print("\nRules only:\n")
    same = compare(archive, folder, runs, ["--rules-only"])
    if given.model_documents:
        small = folder / "first.jsonl"
        with archive.open("rb") as source, small.open("wb") as target:
            target.writelines(itertools.islice(source, given.model_documents))
        print(f"\nRules and model, on the first {given.model_documents} documents:\n")
        same &= compare(small, folder, [r for r in runs if not r[2] and "ray" not in r[0]], [])
        print("\n" + measure_share(small, min(given.model_documents, 48)))
    if not given.keep:
        shutil.rmtree(folder)
    if not same:
        raise SystemExit("the outputs differ")


if __name__ == "__main__":
    main()
