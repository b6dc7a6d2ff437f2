"""The scores of a model card: a table made of the results in ``eval/results``, written between two marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from mtfix.errors import InputError
from mtfix.evaluation.report.tables import Table, name_set, p_value, signatures, signed, to_markdown
from mtfix.evaluation.result import Entry, MetricScore, Run
from mtfix.files.atomic import open_whole

BEGIN, END = "<!-- scores: begin -->", "<!-- scores: end -->"
SYSTEMS = ("do-nothing", "rules", "model", "full")


def _score(name: str, entry: Entry) -> str:
    score: MetricScore = entry.scores[name]
    if entry.system.name == "do-nothing":
        return f"{score.after:.2f}"
    return f"{score.after:.2f} ({signed(score.after - score.before)}, p {p_value(score, entry.harm.touched)})"


def tabulate(runs: Iterable[Run], sets: Sequence[str] = ()) -> Table:
    """Return one row a test set and system; ``sets`` names the wanted ones, in order (none: all)."""
    entries = [e for run in runs for e in run.entries if e.system.name in SYSTEMS]
    names = list(sets) or list(dict.fromkeys(e.test_set.name for e in entries))
    rows = []
    for name in names:
        for e in (e for e in entries if e.test_set.name == name):
            lost = sum(loss.segments for loss in e.harm.losses.values())
            rows.append(
                (
                    name_set(e.test_set),
                    e.system.name,
                    f"{e.test_set.segments:,}",
                    *(_score(metric, e) for metric in ("bleu", "chrf", "ter")),
                    str(e.harm.touched),
                    f"{e.harm.improved} / {e.harm.worsened}",
                    f"{e.harm.perfect_touched} of {e.harm.perfect:,}",
                    str(lost),
                )
            )
    headers = (
        "test set", "system", "segments", "BLEU", "chrF", "TER", "touched", "nearer / farther",
        "of the perfect, touched", "numbers, names, negations lost",
    )  # fmt: skip
    return Table(headers, tuple(rows))


def render_scores(runs: Sequence[Run], sets: Sequence[str] = ()) -> str:
    """Return the table with what it was measured on and with. Raises InputError when there is nothing to show."""
    table = tabulate(runs, sets)
    if not table.rows:
        raise InputError("no scores: make them with `mtfix eval run ... --json FILE`, and give the folder of FILE")
    models = sorted({e.system.model for run in runs for e in run.entries if e.system.model})
    lines = sorted({s for run in runs for s in signatures(run)})
    return "\n".join(
        [
            f"Model {', '.join(models)}; p by approximate randomisation against doing nothing, * below 0.05. Made by `mtfix train card`.",
            "",
            to_markdown(table).rstrip(),
            "",
            *(f"- {line}" for line in lines),
        ]
    )


def write_scores(card: Path, text: str) -> None:
    """Put ``text`` between the marks of a model card. Raises InputError when the card has no marks."""
    try:
        old = card.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{card}: cannot be read: {error.strerror}") from None
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"{card}: has no lines {BEGIN} and {END} to write the scores between")
    with open_whole(card, card.parent) as file:
        file.write(f"{before}{BEGIN}\n{text}\n{END}{after}".encode())
