"""Why a text was changed, in one line an edit, for formats that carry remarks of their own."""

from __future__ import annotations

from collections.abc import Iterable

from mtfix.formats.markup.runs import RunChange


def list_reasons(changes: Iterable[RunChange]) -> list[str]:
    """Return one line for each edit behind ``changes``, each once, in order: its author, and why."""
    lines: dict[str, None] = {}
    for change in changes:
        for edit in change.edits:
            lines[f"{edit.by.removeprefix('rule:')}: {' '.join(edit.why.split()).rstrip('.')}"] = None
    return list(lines)
