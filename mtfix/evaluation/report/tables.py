"""Results as tables: plain text for the terminal, Markdown, LaTeX and CSV for papers and CI."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from mtfix.evaluation.metrics.metrics import LOWER_IS_BETTER
from mtfix.evaluation.result import Entry, MetricScore, Run, TestSetInfo

LABELS = {"bleu": "BLEU", "chrf": "chrF", "chrf++": "chrF++", "ter": "TER", "comet": "COMET", "bertscore": "BERTScore"}
ALPHA = 0.05
FEW = 20  # touched segments below which a paired test says nothing


@dataclass(frozen=True, slots=True)
class Table:
    """Headers and rows of text; the first ``words`` columns are words, the others numbers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 2


def signed(value: float, digits: int = 2) -> str:
    """Return a difference with its sign, and none for zero.

    >>> signed(0.2), signed(-0.001)
    ('+0.20', '0.00')
    """
    text = f"{value:+.{digits}f}"
    return text[1:] if not text.strip("+-0.") else text


def percent(count: int, total: int) -> str:
    """Return a share in percent with one digit, and a dash where there is nothing to share."""
    return f"{100 * count / total:.1f}" if total else "-"


def is_better(metric: str, score: MetricScore) -> bool | None:
    """Return whether the output beats the machine translation by that metric; None for a draw."""
    if score.after == score.before:
        return None
    return (score.after < score.before) == (metric in LOWER_IS_BETTER)


SEEN = "†"
SEEN_MEANS = f"{SEEN}: seen in training (its split is `train`): what the model does there is no forecast."


def name_set(info: TestSetInfo) -> str:
    """Return the name of a test set, marked when the model was trained on it."""
    return f"{info.name} {SEEN}" if info.seen else info.name


def headline(run: Run) -> Table:
    """Return the main table: scores after with their change, and what the edits did."""
    metrics = list(dict.fromkeys(name for entry in run.entries for name in entry.scores))
    headers = ["test set", "system", "segments"]
    for metric in metrics:
        headers += [LABELS.get(metric, metric), "change", "p"]
    headers += ["touched %", "improved %", "worsened %", "perfect touched %", "lost facts"]
    rows = []
    for entry in run.entries:
        row = [name_set(entry.test_set), entry.system.name, f"{entry.test_set.segments:,}"]
        for metric in metrics:
            score = entry.scores.get(metric)
            if score is None:
                row += ["-", "-", "-"]
                continue
            width = f" ± {score.after_half_width:.2f}" if score.after_half_width is not None else ""
            row += [f"{score.after:.2f}{width}", signed(score.after - score.before), p_value(score, entry.harm.touched)]
        harm, size = entry.harm, entry.test_set.segments
        row += [percent(n, size) for n in (harm.touched, harm.improved, harm.worsened)]
        row += [percent(harm.perfect_touched, harm.perfect), str(sum(x.unlicensed for x in harm.losses.values()))]
        rows.append(tuple(row))
    return Table(tuple(headers), tuple(rows))


def p_value(score: MetricScore, touched: int) -> str:
    """Return the p-value of approximate randomisation, or of the paired bootstrap where that was left out.

    With few touched segments it is no statement: one that was swapped back and forth is always as far from the mean
    as it was, and the test calls that certain.
    """
    value = score.p_randomisation if score.p_randomisation is not None else score.p_bootstrap
    if value is None or score.before == score.after:
        return "-"
    if touched < FEW:
        return "few"
    return f"{value:.4f}" + ("*" if value < ALPHA else "")


def signatures(run: Run) -> list[str]:
    """Return one line a metric and signature; scores are never shown without them."""
    lines = {
        f"{LABELS.get(metric, metric)}: {score.signature}"
        for entry in run.entries
        for metric, score in entry.scores.items()
    }
    return sorted(lines)


def legend(run: Run) -> list[str]:
    """Return what a reader needs to understand the headline table."""
    judged = sorted({e.test_set.judged_against for e in run.entries})
    band = run.entries[0].harm if run.entries else None
    lines = [
        f"change: against the machine translation itself. p: "
        f"{f'approximate randomisation, {run.trials:,} trials' if run.trials else 'paired bootstrap'}; * p < {ALPHA}. "
        f"few: under {FEW} touched segments, a test would say nothing. ±: 95 % bootstrap interval.",
    ]
    if band:
        lines.append(
            f"improved / worsened: by sentence TER and chrF against the {' or '.join(judged)}, dead band "
            f"{band.band_ter:g} TER and {band.band_chrf:g} chrF points. perfect touched: share of the segments that "
            "already equalled it. lost facts: segments with a number, name, negation, placeholder, tag or address "
            "lost or invented that it keeps."
        )
    if any(e.test_set.seen for e in run.entries):
        lines.append(SEEN_MEANS)
    return lines


def to_text(table: Table, width: int = 0) -> str:
    """Return the table with aligned columns for a terminal; one wider than ``width`` columns in pieces below each other.

    Each piece begins with the columns of words.
    """
    widths = [max(len(r[i]) for r in (table.headers, *table.rows)) for i in range(len(table.headers))]
    words = list(range(table.words))
    pieces = [list(words)]
    for i in range(table.words, len(widths)):
        if width and len(pieces[-1]) > table.words and sum(widths[j] + 2 for j in (*pieces[-1], i)) - 2 > width:
            pieces.append(list(words))
        pieces[-1].append(i)
    blocks = []
    for piece in pieces:
        lines = []
        for row in (table.headers, *table.rows):
            cells = [row[i].ljust(widths[i]) if i < table.words else row[i].rjust(widths[i]) for i in piece]
            lines.append("  ".join(cells).rstrip())
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def to_markdown(table: Table) -> str:
    """Return the table in GitHub's Markdown."""
    rule = ["---" if i < table.words else "---:" for i in range(len(table.headers))]
    escaped = [[c.replace("|", "\\|") for c in row] for row in (table.headers, rule, *table.rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in escaped) + "\n"


_LATEX = str.maketrans(
    {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "±": r"$\pm$",
     "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}", "*": r"$^{*}$"}
)  # fmt: skip


def to_latex(table: Table, caption: str = "") -> str:
    """Return the table as a LaTeX tabular with booktabs rules."""
    columns = "l" * table.words + "r" * (len(table.headers) - table.words)
    lines = [r"\begin{tabular}{" + columns + "}", r"\toprule"]
    for i, row in enumerate((table.headers, *table.rows)):
        lines.append(" & ".join(cell.translate(_LATEX) for cell in row) + r" \\")
        if not i:
            lines.append(r"\midrule")
    lines += [r"\bottomrule", r"\end{tabular}"]
    if caption:
        lines.append(f"% {caption}")
    return "\n".join(lines) + "\n"


def to_csv(run: Run) -> str:
    """Return every figure of the run in long form: test set, system, figure, value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("test_set", "system", "figure", "value"))
    for entry in run.entries:
        for figure, value in sorted(figures(entry).items()):
            writer.writerow((entry.test_set.name, entry.system.name, figure, f"{value:.6g}"))
    return out.getvalue()


def figures(entry: Entry) -> dict[str, float]:
    """Return the figures of an entry by name: what `mtfix eval gate` and `compare` speak of.

    ``bleu`` is the score after, ``bleu.before`` and ``bleu.change`` go with it; ``touched``, ``improved`` ... are in
    percent of segments, ``perfect_touched`` in percent of the perfect ones, ``lost.KIND`` in percent of segments.
    """
    found: dict[str, float] = {}
    for metric, score in entry.scores.items():
        found |= {metric: score.after, f"{metric}.before": score.before, f"{metric}.change": score.after - score.before}
        if score.p_randomisation is not None:
            found[f"{metric}.p"] = score.p_randomisation
    size, harm = entry.test_set.segments, entry.harm
    for name in ("touched", "improved", "worsened", "neutral", "mixed"):
        found[name] = 100 * getattr(harm, name) / size
    found["net"] = found["improved"] - found["worsened"]
    found["perfect_touched"] = 100 * harm.perfect_touched / harm.perfect if harm.perfect else 0.0
    for kind, loss in harm.losses.items():
        found[f"lost.{kind}"] = 100 * loss.unlicensed / size
    found["lost"] = sum(v for k, v in found.items() if k.startswith("lost."))
    if harm.bleu_per_100_edits is not None:
        found["bleu_per_100_edits"] = harm.bleu_per_100_edits
    if entry.hter:
        found |= {"hter": entry.hter.after, "hter.before": entry.hter.before}
        found["hter.change"] = entry.hter.after - entry.hter.before
    for name in ("edit_precision", "edit_recall", "edit_f_half"):
        value = getattr(entry, name)
        if value is not None:
            found[name] = value
    if entry.speed:
        found["segments_per_second"] = entry.speed.segments_per_second
        found["peak_memory_mb"] = entry.speed.peak_memory_mb
    return found


def edit_table(entry: Entry, limit: int = 30) -> Table:
    """Return the edits of an entry by type."""
    headers = ["type", "made", "helped", "hurt", "neutral"]
    human = any(r.human is not None for r in entry.edit_types)
    if human:
        headers += ["human's", "same", "P", "R", "F0.5"]
    rows: list[tuple[str, ...]] = []
    for r in entry.edit_types[:limit]:
        row = [r.type, str(r.made), str(r.helped), str(r.hurt), str(r.neutral)]
        if human:
            row += [str(r.human), str(r.hits), *(_one(x) for x in (r.precision, r.recall, r.f_half))]
        rows.append(tuple(row))
    return Table(tuple(headers), tuple(rows), words=1)


def author_table(entry: Entry, limit: int = 50) -> Table:
    """Return the rules and models that edited, with how often that helped."""
    rows = [
        (r.by, r.pack or "-", str(r.firings), str(r.helped), str(r.hurt), str(r.neutral), _one(r.precision))
        for r in entry.authors[:limit]
    ]
    return Table(("rule or model", "pack", "edits", "helped", "hurt", "neutral", "precision"), tuple(rows))


def pack_table(entry: Entry) -> Table:
    """Return the rule packs that edited, with how often that helped."""
    rows = [
        (r.by.removeprefix("pack:"), str(r.firings), str(r.helped), str(r.hurt), str(r.neutral), _one(r.precision))
        for r in entry.packs
    ]
    return Table(("rule pack", "edits", "helped", "hurt", "neutral", "precision"), tuple(rows), words=1)


def bucket_table(entry: Entry) -> Table:
    """Return the buckets of an entry."""
    names = list(entry.buckets[0].before) if entry.buckets else []
    rows: list[Sequence[str]] = []
    for b in entry.buckets:
        row = [b.by, b.value, f"{b.segments:,}"]
        for n in names:
            row += [f"{b.after[n]:.2f}", signed(b.after[n] - b.before[n])]
        rows.append([*row, *(percent(n, b.segments) for n in (b.touched, b.improved, b.worsened))])
    headers = ["by", "bucket", "segments"]
    for n in names:
        headers += [LABELS.get(n, n), "change"]
    return Table((*headers, "touched %", "improved %", "worsened %"), tuple(tuple(r) for r in rows))


def _one(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
