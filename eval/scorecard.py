"""Write eval/SCORECARD.md from the results in eval/results: python eval/scorecard.py

The card is made from those files and nothing else; a test holds it against them.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from mtfix.evaluation.result import Entry, Run, read_run
from mtfix.evaluation.tables import (
    LABELS,
    Table,
    legend,
    p_value,
    percent,
    signatures,
    signed,
    to_markdown,
)

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"
CARD = FOLDER / "SCORECARD.md"
METRICS = ("bleu", "chrf", "ter")


def render_card(runs: dict[str, Run]) -> str:
    """Return the scorecard; ``runs`` maps file names to results."""
    parts = [
        "# Scorecard",
        "",
        "Made by `python eval/scorecard.py` from the results in `eval/results`; do not edit. Each result is made by",
        "`mtfix eval run eval/suites/NAME.toml --system do-nothing --system rules --system model --system full --json",
        "eval/results/NAME.json`; where a table has fewer segments than its suite declares, `--sample` was given, and",
        "differences of single segments weigh much there.",
        "What the columns mean is said below; how figures are taken, in [docs/evaluation.md](../docs/evaluation.md).",
    ]
    for name, run in runs.items():
        parts += ["", f"## {run.name}", "", _made_from(name, run), "", to_markdown(_scores(run)).rstrip()]
        kinds = _by_kind(run)
        if kinds.rows:
            parts += ["", "By kind of system that made the translation:", "", to_markdown(kinds).rstrip()]
        parts += [f"\nSkipped: {reason}" for reason in run.skipped.values()]
    first = next(iter(runs.values()))
    parts += ["", "## Legend", "", *(f"- {line}" for line in legend(first))]
    parts.append("- speed: segments a second in batches, median time of one segment alone, peak memory of the process.")
    parts += [f"- {line}" for line in sorted({s for run in runs.values() for s in signatures(run)})]
    return "\n".join(parts) + "\n"


def _made_from(name: str, run: Run) -> str:
    versions = ", ".join(f"{k} {v}" for k, v in run.versions.items())
    models = sorted({e.system.model for e in run.entries if e.system.model})
    packs = sorted({e.system.packs_hash for e in run.entries if e.system.packs_hash})
    facts = [f"`results/{name}`", versions, f"seed {run.seed}"]
    facts += [f"model {m}" for m in models] + [f"packs {p}" for p in packs]
    return "; ".join(facts) + "."


def _scores(run: Run) -> Table:
    headers = ["test set", "system", "segments"]
    for metric in METRICS:
        headers += [LABELS[metric], "change"]
    headers += ["p (BLEU)", "touched %", "improved %", "worsened %", "perfect touched", "lost facts", "F0.5", "speed"]
    rows = [_row(e) for _, group in groupby(run.entries, key=lambda e: e.test_set.name) for e in group]
    return Table(tuple(headers), tuple(rows))


def _row(e: Entry) -> tuple[str, ...]:
    row = [e.test_set.name, e.system.name, f"{e.test_set.segments:,}"]
    for metric in METRICS:
        s = e.scores[metric]
        row += [f"{s.after:.2f}", signed(s.after - s.before)]
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
    return f"{e.speed.segments_per_second:,.0f}/s{alone}, {e.speed.peak_memory_mb:,.0f} MB"


def _by_kind(run: Run) -> Table:
    rows = []
    for e in run.entries:
        if not e.harm.touched:
            continue
        for b in e.buckets:
            if b.by == "kind":
                change = signed(b.after["bleu"] - b.before["bleu"])
                shares = [percent(n, b.segments) for n in (b.touched, b.improved, b.worsened)]
                rows.append(
                    (
                        e.test_set.name,
                        e.system.name,
                        b.value,
                        f"{b.segments:,}",
                        f"{b.after['bleu']:.2f}",
                        change,
                        *shares,
                    )
                )
    headers = ("test set", "system", "kind", "segments", "BLEU", "change", "touched %", "improved %", "worsened %")
    return Table(headers, tuple(rows), words=3)


def main() -> None:
    runs = {path.name: read_run(path) for path in sorted(RESULTS.glob("*.json"))}
    CARD.write_text(render_card(runs), encoding="utf-8")
    print(f"{CARD}: {sum(len(r.entries) for r in runs.values())} entries of {len(runs)} results")


if __name__ == "__main__":
    main()
