"""The summary of a batch as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mtfix.batch.results.summary import Summary

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}"
    "table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;border-bottom:1px solid #ccc;text-align:left}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
)


def render_page(summary: Summary) -> str:
    """Return the page: totals, what each author did, the first failures."""
    tally = summary.tally
    totals = [
        ("documents", tally.documents),
        ("changed", tally.changed),
        ("failed", tally.failed),
        ("copied: no format known, or not text", tally.skipped),
        ("segments", tally.segments),
        ("edits", sum(tally.edits.values())),
        ("suggestions", sum(tally.suggested.values())),
        ("refused", sum(tally.refused.values())),
        ("documents a second", f"{summary.rate:.1f}"),
    ]
    authors = sorted({*tally.edits, *tally.suggested, *tally.refused}, key=lambda by: (-tally.edits[by], by))
    counts = [(by, tally.edits[by], tally.suggested[by], tally.refused[by]) for by in authors]
    body = "<h1>Batch</h1>" + _table(("", ""), totals)
    if counts:
        body += "<h2>Edits by author</h2>" + _table(("author", "applied", "suggested", "refused"), counts)
    if summary.reasons:
        body += "<h2>Failed documents</h2>" + _table(("document", "reason"), summary.reasons)
        body += f"<p>All are listed in {escape(str(summary.failures))}.</p>"
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Batch</title><style>{_STYLE}</style>{body}</html>\n'


def _table(heads: tuple[str, ...], rows: Sequence[Sequence[object]]) -> str:
    lines = ["".join(f"<th>{escape(h)}</th>" for h in heads)] if any(heads) else []
    lines += ["".join(_cell(value) for value in row) for row in rows]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _cell(value: object) -> str:
    kind = ' class="n"' if isinstance(value, int) else ""
    return f"<td{kind}>{escape(str(value))}</td>"
