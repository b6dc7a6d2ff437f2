"""The edit log: one JSON object a line for every edit and suggestion, in document order.

The schema is in `docs/cli.md`. Lines depend on the input, the rules and the configuration alone, so two runs of one
version write the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mtfix.findings import Finding, Status
from mtfix.sureness import rate_sureness


def describe_finding(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain JSON values.

    ``after`` is null for a flag (it offers no correction); ``reason`` is there for refusals only.
    """
    proposed = finding.status in (Status.APPLIED, Status.SUGGESTED)
    record: dict[str, Any] = {
        "document": finding.document,
        "segment": finding.segment,
        "start": finding.start,
        "end": finding.end,
        "line": finding.line,
        "column": finding.column,
        "original": finding.original,
        "before": finding.before,
        "after": None if finding.status is Status.FLAG else finding.after,
        "by": finding.edit.by,
        "why": finding.edit.why,
        "tier": finding.tier.value,
        "confidence": finding.edit.confidence,
        "sureness": rate_sureness(finding.edit.confidence, finding.tier).value if proposed else None,
        "stage": finding.stage,
        "applied": finding.status is Status.APPLIED,
    }
    if finding.status is Status.REFUSED:
        record["reason"] = finding.reason
    return record


def render_editlog(findings: Iterable[Finding]) -> str:
    """Return the log (JSON Lines, UTF-8 text, LF) of applied and suggested edits; refusals are not edits."""
    return "".join(
        json.dumps(describe_finding(f), ensure_ascii=False) + "\n" for f in findings if f.status is not Status.REFUSED
    )
