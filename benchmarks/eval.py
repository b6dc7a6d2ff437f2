"""Time and memory of the evaluation harness beside sacrebleu's own command, in one run.

    python benchmarks/eval.py score     # 10 systems x 3,000 segments, 1,000 bootstrap samples: time of both
    python benchmarks/eval.py equal     # 5 systems x 3 metrics on $MTFIX_DATA: every digit and p-value of both
    python benchmarks/eval.py stream    # 1,000,000 pairs: memory at 10, 50 and 100 %, with a progress bar on a terminal

Texts of `score` and `stream` are invented (words drawn by Zipf's law), so that anybody can run them.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

SYSTEMS, SEGMENTS, SAMPLES = 10, 3000, 1000
METRICS = ("bleu", "chrf", "ter")
_WORDS = ["the", "of", "in", "and", "to", "a"] + [
    f"w{c}{d}{e}" for c in "aeiou" for d in "klmnprst" for e in "adenorsty"
]


def invent(count: int, seed: int, shortest: int = 8, longest: int = 30) -> Iterator[str]:
    """Yield sentences of 8 to 30 words."""
    rng = random.Random(seed)
    weights = [1 / (i + 2) for i in range(len(_WORDS))]
    for _ in range(count):
        words = rng.choices(_WORDS, weights, k=rng.randint(shortest, longest))
        yield " ".join(words).capitalize() + "."


def damage(sentence: str, share: float, rng: random.Random) -> str:
    """Return the sentence with that share of its words replaced, and now and then two swapped."""
    words = [rng.choice(_WORDS) if rng.random() < share else w for w in sentence.split()]
    if rng.random() < share:
        i = rng.randrange(len(words) - 1)
        words[i], words[i + 1] = words[i + 1], words[i]
    return " ".join(words)


def write_systems(folder: Path, systems: int, segments: int) -> list[str]:
    """Write a reference and outputs; return the outputs' names."""
    references = list(invent(segments, 1))
    (folder / "ref").write_text("\n".join(references) + "\n", encoding="utf-8")
    names = []
    for number in range(systems):
        rng = random.Random(number + 10)
        names.append(f"system{number}")
        text = "\n".join(damage(r, 0.1 + 0.02 * number, rng) for r in references)
        (folder / names[-1]).write_text(text + "\n", encoding="utf-8")
    return names


def run_sacrebleu(folder: Path, names: list[str], metrics: Sequence[str], *options: str) -> tuple[float, str]:
    """Return the seconds that sacrebleu's command took, and its table."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SACREBLEU")}
    command = [sys.executable, "-m", "sacrebleu", "ref", "-i", *names, "-m", *metrics, "-f", "text", "-q", *options]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, done.stdout


def run_ours(
    folder: Path, names: list[str], metrics: Sequence[str], test: str, samples: int
) -> tuple[float, list[list[str]], list[str]]:
    """Return our seconds, and the cells of sacrebleu's table as we would print them."""
    from mtfix.evaluation.metrics.metrics import Extractor
    from mtfix.evaluation.metrics.resampling import paired_test

    start = time.perf_counter()
    read = {n: (folder / n).read_text(encoding="utf-8").splitlines() for n in [*names, "ref"]}
    references = [[r] for r in read.pop("ref")]
    tables = Extractor(tuple(metrics)).tables(read, references)
    found = paired_test(tables, test=test, samples=samples)  # type: ignore[arg-type]
    seconds = time.perf_counter() - start
    cells, p_values = [], []
    for i in range(len(names)):
        for metric in metrics:
            paired = found[metric][i]
            values = (paired.score.value, paired.score.mean, paired.score.half_width)
            cells.append([f"{v:.10f}" for v in values if v is not None])
            if paired.p_value is not None:
                p_values.append(f"{paired.p_value:.4f}")
    return seconds, cells, p_values


def read_table(text: str, *, with_means: bool) -> tuple[list[list[str]], list[str]]:
    """Return the scores (row by row) and p-values of sacrebleu's table."""
    if with_means:
        cells = [list(c) for c in re.findall(r"([\d.]+) \(([\d.]+) ± ([\d.]+)\)", text)]
    else:
        cells = [[c] for c in re.findall(r"│ +(\d+\.\d{10}) +(?=│)", text)]
    return cells, re.findall(r"\(p = ([\d.]+)\)", text)


def compare(folder: Path, names: list[str], metrics: Sequence[str], test: str, samples: int) -> None:
    """Run both, print times and whether every digit agrees."""
    ours, cells, p_values = run_ours(folder, names, metrics, test, samples)
    option = ["--paired-bs", "--paired-bs-n"] if test == "bs" else ["--paired-ar", "--paired-ar-n"]
    theirs, text = run_sacrebleu(folder, names, metrics, *option, str(samples), "-w", "10")
    said, said_p = read_table(text, with_means=test == "bs")
    same = sum(a == b for a, b in zip(cells, said, strict=True))
    same_p = sum(a == b for a, b in zip(p_values, said_p, strict=True))
    print(
        f"{test}: {len(names)} systems x {len(metrics)} metrics, {samples:,} samples: {same} of {len(said)} cells and "
        f"{same_p} of {len(said_p)} p-values equal to the last printed digit; sacrebleu takes {theirs / ours:.2f} times "
        f"as long ({theirs:.1f} s, we {ours:.1f} s)"
    )


def bench_score(metrics: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        names = write_systems(Path(name), SYSTEMS, SEGMENTS)
        compare(Path(name), names, metrics, "bs", SAMPLES)


def bench_equal() -> None:
    from mtfix.evaluation.data.reading import open_records

    data = os.environ.get("MTFIX_DATA")
    if not data:
        sys.exit("equal: MTFIX_DATA is not set")
    records = list(open_records(Path(data) / "wmt" / "newstest2018.ru-en.test.tsv.xz"))[:1000]
    columns = [c for c in records[0] if c.startswith("hyp.")][:5]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for column in ["ref", *columns]:
            (folder / column).write_text("".join(r[column].rstrip() + "\n" for r in records), encoding="utf-8")
        compare(folder, columns, METRICS, "bs", 1000)
        compare(folder, columns, METRICS, "ar", 10000)


class MemoryWatch:
    """Passes pairs on to the command's own progress bar; notes the resident memory at some shares of them."""

    def __init__(self, pairs: int) -> None:
        self._marks = {max(1, int(pairs * share)): share for share in (0.1, 0.5, 1.0)}
        self.found: dict[float, float] = {}

    def track(self, items: Iterable[Any], total: int | None, what: str) -> Iterator[Any]:
        from mtfix.cli.eval import _track
        from mtfix.evaluation.systems.speed import resident_mb

        for number, item in enumerate(_track(items, total, what), 1):
            yield item
            if number in self._marks:
                share = self._marks[number]
                self.found[share] = resident_mb()
                print(f"  {share:4.0%}, {number:,} pairs: {self.found[share]:,.0f} MB", flush=True)


def bench_stream(pairs: int, metrics: str) -> None:
    from mtfix.evaluation.files import score_files
    from mtfix.evaluation.scoring import ScoreSettings
    from mtfix.evaluation.systems.speed import resident_mb

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rng = random.Random(3)
        with (folder / "ref").open("w") as ref, (folder / "mt").open("w") as mt, (folder / "hyp").open("w") as hyp:
            # Short sentences, as in headlines and subtitles, so that a million of them take minutes.
            for sentence in invent(pairs, 2, 4, 16):
                raw = damage(sentence, 0.2, rng)
                ref.write(sentence + "\n")
                mt.write(raw + "\n")
                # A post-editor that touches one segment in ten.
                hyp.write((damage(raw, 0.05, rng) if rng.random() < 0.1 else raw) + "\n")
        settings = ScoreSettings(metrics=tuple(metrics.split(",")))
        before = resident_mb()
        start = time.perf_counter()
        watch = MemoryWatch(pairs)
        run = score_files(
            mt=str(folder / "mt"),
            hypotheses=[str(folder / "hyp")],
            references=[str(folder / "ref")],
            settings=settings,
            track=watch.track,
        )
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        size = sum((folder / n).stat().st_size for n in ("ref", "mt", "hyp")) / 1e6
    scores = ", ".join(f"{n} {s.before:.2f} -> {s.after:.2f}" for n, s in run.entries[0].scores.items())
    memory = ", ".join(f"{mb:,.0f} MB at {share:.0%}" for share, mb in watch.found.items())
    print(
        f"stream: {pairs:,} pairs ({size:,.0f} MB of text): {scores}; resident {before:,.0f} MB before the first pair, "
        f"{memory}, peak {peak:,.0f} MB; {pairs / seconds:,.0f} pairs a second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("score", "equal", "stream"))
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--metrics", help="with commas; default: bleu,chrf for stream, with ter for score")
    args = parser.parse_args()
    if args.what == "score":
        bench_score(args.metrics.split(",") if args.metrics else METRICS)
    elif args.what == "equal":
        bench_equal()
    else:
        bench_stream(args.pairs, args.metrics or "bleu,chrf")


if __name__ == "__main__":
    main()
