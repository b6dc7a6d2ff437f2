"""A run as Markdown: the headline table, then what each system's edits did."""

from __future__ import annotations

from mtfix.evaluation.report.tables import (
    author_table,
    bucket_table,
    edit_table,
    headline,
    legend,
    pack_table,
    signatures,
    to_markdown,
)
from mtfix.evaluation.result import Run


def render_markdown(run: Run) -> str:
    """Return the run as one Markdown document; no sentences of test sets are in it."""
    parts = [f"# {run.name}", "", to_markdown(headline(run)), *(f"- {line}" for line in legend(run))]
    parts += [f"- {line}" for line in signatures(run)]
    parts += [f"- {name}: {version}" for name, version in run.versions.items()]
    parts += [f"- skipped: {reason}" for reason in run.skipped.values()]
    for entry in run.entries:
        if not entry.harm.touched:
            continue
        parts += ["", f"## {entry.test_set.name}: {entry.system.name}", ""]
        parts += [f"- {note}" for note in entry.notes]
        if entry.hter:
            parts.append(f"- HTER {entry.hter.before:.2f} before, {entry.hter.after:.2f} after")
        if entry.packs:
            parts += ["", to_markdown(pack_table(entry))]
        if entry.authors:
            parts += ["", to_markdown(author_table(entry))]
        if entry.edit_types:
            parts += ["", to_markdown(edit_table(entry))]
        if entry.buckets:
            parts += ["", to_markdown(bucket_table(entry))]
    return "\n".join(parts).rstrip() + "\n"
