"""What is derived from decisions: pairs to train on, rows to calibrate by, rules to demote, phrases to add."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload, undefer

from mtfix.server.api.wire import SENTENCE, settle_part
from mtfix.server.statistics import count_by
from mtfix.server.store.documents import latest
from mtfix.server.store.models import StoredDocument
from mtfix.server.store.wishes import write_rule
from mtfix.types import Edit, apply_edits

Pair = tuple[str, str, str]  # document, mt, post-edit


def load(database: Engine) -> list[StoredDocument]:
    """Return the documents of all desks with their decisions, the oldest first."""
    query = select(StoredDocument).options(selectinload(StoredDocument.decisions), undefer(StoredDocument.parts))
    with Session(database, expire_on_commit=False) as session:
        return list(session.scalars(query.order_by(StoredDocument.created, StoredDocument.id)))


def list_pairs(documents: Iterable[StoredDocument]) -> list[Pair]:
    """Return the sentences of documents that are done, as they came and as they left; unchanged ones too."""
    pairs = []
    for document in documents:
        if document.state != "done":
            continue
        said = latest(document.decisions)
        for number, part in enumerate(document.parts or ()):
            decisions = settle_part(part, number, said)
            for segment in part["segments"]:
                start, mt = segment["start"], segment["mt"]
                own = [d for d in decisions if start <= d.start and d.end <= start + len(mt) and d.text != d.before]
                edits = [Edit(d.start - start, d.end - start, d.text, d.by, d.why) for d in own]
                pairs.append((document.id, mt, apply_edits(mt, edits)))
    return pairs


def list_calibration(documents: Iterable[StoredDocument]) -> list[dict[str, Any]]:
    """Return every decision on an edit of the model: its confidence, and whether it was taken as proposed."""
    return [
        {
            "document": document.id,
            "model": d.rule,
            "before": d.before,
            "after": d.after,
            "confidence": d.confidence,
            "accepted": d.verdict == "accept" and d.text in ("", d.after),
        }
        for document in documents
        for d in latest(document.decisions).values()
        if d.rule.startswith("model:")
    ]


def render_pairs(pairs: Sequence[Pair]) -> str:
    """Return pairs as TSV with the columns that `mtfix train` and `mtfix eval` read."""
    rows = ["doc\tmt\tpe", *("\t".join(" ".join(field.split()) for field in pair) for pair in pairs)]
    return "\n".join(rows) + "\n"


def render_rows(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def render_suite(pairs: Path) -> str:
    """Return an evaluation suite over a file of pairs."""
    return (
        'suite = "desk"\nabout = "What editors made of machine translations at the desk"\n\n[[test]]\nname = "desk"\n'
        f'about = "Sentences of documents that are done"\nfiles = [{json.dumps(str(pairs.absolute()))}]\n'
        'licence = "your own"\nsplit = "held out"\norigin = "the desk"\n'
        'columns = { mt = "mt", references = ["pe"], doc = "doc" }\n'
    )


def advise(documents: Sequence[StoredDocument], least: int = 5, rate: float = 0.5) -> str:
    """Return what a maintainer of rules should look at, as text with a ready rule pack at its end."""
    said = [d for document in documents for d in latest(document.decisions).values() if d.editor != "always"]
    counts = count_by([d for d in said if d.rule], [d.rule for d in said if d.rule])
    weak = sorted((c for c in counts if c.total >= least and c.rate < rate), key=lambda c: (c.rate, c.name))
    lines = ["# Rules that are rarely accepted: make them suggestions, or look at their examples", ""]
    lines += [f"{c.name}: {c.accepted} of {c.total} accepted ({c.rate:.0%})" for c in weak] or ["(none)"]
    changes = Counter((d.before, d.text) for d in said if d.verdict == "edit" and not d.proposal.startswith(SENTENCE))
    often = sorted((c for c in changes.items() if c[1] >= least and c[0][1]), key=lambda c: (-c[1], c[0]))
    lines += ["", "# Changes that editors made by hand, as a rule pack; check it with 'mtfix rules test'", ""]
    rules = [
        write_rule(n, before, after, f"Editors wrote this {count} times.", tier="suggest")
        for n, ((before, after), count) in enumerate(often, 1)
    ]
    pack = {"pack": "desk", "about": "Changes that editors made by hand", "rules": rules}
    lines.append(yaml.safe_dump(pack, sort_keys=False, allow_unicode=True).rstrip() if rules else "(none)")
    return "\n".join(lines) + "\n"
