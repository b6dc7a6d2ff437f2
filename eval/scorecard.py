"""Write eval/SCORECARD.md from the results in eval/results: python eval/scorecard.py

The card is made from those files and nothing else; a test holds it against them. `--run` makes the results first (what
`make scorecard` does), `--check` says what is stale.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path

from mtfix.evaluation.report.staleness import find_changes
from mtfix.evaluation.report.tables import (
    LABELS,
    Table,
    legend,
    name_set,
    p_value,
    percent,
    signatures,
    signed,
    to_markdown,
)
from mtfix.evaluation.result import Entry, Run, read_run

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"
CARD = FOLDER / "SCORECARD.md"
PICTURE = FOLDER.parent / "docs" / "images" / "scorecard.png"
ORDER = ("ru-news-pe", "seeds", "ape", "ru-news")  # post-edits first, then the short ones
SYSTEMS = ("do-nothing", "rules", "model", "full")
MORE_SYSTEMS = {"ru-news-pe": ("full:large",)}  # one sentence takes it a hundred times as long
METRICS = ("bleu", "chrf", "ter")
WEAK = ("online-F.0", "JHU.5675")


def list_results() -> list[Path]:
    """Return the results in the order of the card: post-edits first."""
    return sorted(RESULTS.glob("*.json"), key=lambda p: (p.stem != ORDER[0], p.stem))


def render_card(runs: dict[str, Run]) -> str:
    """Return the scorecard; ``runs`` maps file names to results."""
    parts = [
        "# Scorecard",
        "",
        "Made by `python eval/scorecard.py` from the results in `eval/results`; do not edit. `make scorecard` makes both:",
        "it runs `mtfix eval run eval/suites/NAME.toml --system do-nothing --system rules --system model --system full",
        "--json eval/results/NAME.json`. What the columns mean is said below; how figures are taken, in",
        "[docs/evaluation.md](../docs/evaluation.md).",
    ]
    for name, run in runs.items():
        parts += ["", f"## {run.name}", "", _made_from(name, run), "", to_markdown(_scores(run)).rstrip()]
        for what, by, wanted in (
            ("By kind of system that made the translation:", "kind", None),
            ("The two weakest systems of newstest2018, closest to old machine translation:", "system", WEAK),
        ):
            table = _by(run, by, wanted)
            if table.rows:
                parts += ["", what, "", to_markdown(table).rstrip()]
        parts += [f"\nSkipped: {reason}" for reason in run.skipped.values()]
    lines = dict.fromkeys(line for run in runs.values() for line in legend(run))
    parts += ["", "## Legend", "", *(f"- {line}" for line in lines)]
    parts.append(
        "- speed: segments a second in batches, median time of one segment alone, and peak memory, of a process that runs "
        "this system and nothing else on segments from the whole suite; in brackets what Python and the harness held "
        "before the system was loaded. It is one figure for all test sets of a suite."
    )
    parts += [f"- {line}" for line in sorted({s for run in runs.values() for s in signatures(run)})]
    return "\n".join(parts) + "\n"


def _made_from(name: str, run: Run) -> str:
    versions = ", ".join(f"{k} {v}" for k, v in run.versions.items())
    models = sorted(
        {
            f"{e.system.model} (all its files: {(e.system.model_hash or '')[:12]}"
            f"{f'; on {e.system.machine}' if e.system.machine else ''})"
            for e in run.entries
            if e.system.model
        }
    )
    packs = sorted({e.system.packs_hash for e in run.entries if e.system.packs_hash})
    facts = [f"`results/{name}`", versions, f"seed {run.seed}"]
    facts += [f"model {m}" for m in models] + [f"packs {p[:12]}" for p in packs]
    return "; ".join(facts) + "."


def _scores(run: Run) -> Table:
    headers = ["test set", "system", "segments"]
    for metric in METRICS:
        headers += [LABELS[metric], "change"]
    headers += ["p (BLEU)", "touched %", "improved %", "worsened %", "perfect touched", "lost facts", "F0.5", "speed"]
    rows = [_row(e) for _, group in groupby(run.entries, key=lambda e: e.test_set.name) for e in group]
    return Table(tuple(headers), tuple(rows))


def _row(e: Entry) -> tuple[str, ...]:
    row = [name_set(e.test_set), e.system.name, f"{e.test_set.segments:,}"]
    for metric in METRICS:
        s = e.scores[metric]
        width = "" if s.after_half_width is None else f" ± {s.after_half_width:.2f}"
        row += [f"{s.after:.2f}{width}", signed(s.after - s.before)]
    size, harm = e.test_set.segments, e.harm
    row.append(p_value(e.scores["bleu"], harm.touched))
    row += [percent(n, size) for n in (harm.touched, harm.improved, harm.worsened)]
    row.append(f"{harm.perfect_touched:,} of {harm.perfect:,}")
    row.append(f"{sum(x.unlicensed for x in harm.losses.values()):,}")
    row.append("-" if e.edit_f_half is None or not harm.touched else f"{e.edit_f_half:.1f}")
    row.append(_speed(e))
    return tuple(row)


def _speed(e: Entry) -> str:
    if e.speed is None:
        return "-"
    median = e.speed.latency_ms.get("p50")
    alone = "" if median is None else f", {median:.1f} ms"
    return (
        f"{e.speed.segments_per_second:,.0f}/s{alone}, {e.speed.peak_memory_mb:,.0f} MB ({e.speed.base_memory_mb:,.0f})"
    )


def _by(run: Run, by: str, wanted: tuple[str, ...] | None) -> Table:
    rows = []
    for e in run.entries:
        if not e.harm.touched:
            continue
        for b in e.buckets:
            if b.by == by and (wanted is None or (b.value in wanted and "2018" in e.test_set.name)):
                change = signed(b.after["bleu"] - b.before["bleu"])
                shares = [percent(n, b.segments) for n in (b.touched, b.improved, b.worsened)]
                name = name_set(e.test_set)
                rows.append(
                    (name, e.system.name, b.value, f"{b.segments:,}", f"{b.after['bleu']:.2f}", change, *shares)
                )
    headers = ("test set", "system", by, "segments", "BLEU", "change", "touched %", "improved %", "worsened %")
    return Table(headers, tuple(rows), words=3)


def run_suites(names: list[str]) -> None:
    """Score all systems on the suites; the page of ``seeds`` becomes the picture of the documentation.

    An interrupted run goes on where it was: outputs are kept by content. Exits with the command's code when one fails.
    """
    from mtfix.cli.app import main as mtfix

    for name in names:
        systems = [word for s in (*SYSTEMS, *MORE_SYSTEMS.get(name, ())) for word in ("--system", s)]
        start = time.perf_counter()
        out = RESULTS / f"{name}.json"
        suite = FOLDER / "suites" / f"{name}.toml"
        sys.argv = ["mtfix", "eval", "run", str(suite), *systems, "--quiet", "--json", str(out)]
        try:
            mtfix()
        except SystemExit as end:
            if end.code:
                raise
        print(f"{name}: {time.perf_counter() - start:,.0f} s", flush=True)
        if name == "seeds":
            subprocess.run([sys.executable, FOLDER / "picture.py", out, PICTURE], check=False)


def find_stale(runs: dict[str, Run]) -> list[str]:
    """Return in words what is no longer true of the card."""
    found = [f"{name}: {change}" for name, run in runs.items() for change in find_changes(run).values()]
    if CARD.read_text(encoding="utf-8") != render_card(runs):
        found.append("SCORECARD.md is not what the results say")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", nargs="*", metavar="SUITE", help="score the suites first (without names: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the card is stale")
    args = parser.parse_args()
    if args.run is not None:
        run_suites(
            args.run
            or sorted(
                (p.stem for p in (FOLDER / "suites").glob("*.toml")),
                key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n),
            )
        )
    runs = {path.name: read_run(path) for path in list_results()}
    if args.check:
        stale = find_stale(runs)
        print("\n".join(stale) or "the card is up to date")
        sys.exit(bool(stale))
    CARD.write_text(render_card(runs), encoding="utf-8")
    print(f"{CARD}: {sum(len(r.entries) for r in runs.values())} entries of {len(runs)} results")


if __name__ == "__main__":
    main()
