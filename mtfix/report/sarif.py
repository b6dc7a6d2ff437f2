"""Findings as SARIF 2.1.0 (OASIS), the format that code review tools and editors read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from mtfix.findings import Finding, Status
from mtfix.sureness import describe_sureness, rate_sureness

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# An AUTO edit is a defect that mtfix would mend; the rest is for a person to decide.
_LEVELS = {Status.APPLIED: "warning", Status.SUGGESTED: "note", Status.FLAG: "note"}


def render_sarif(findings: Sequence[Finding], *, version: str, files: Mapping[str, str] | None = None) -> str:
    """Return a SARIF log with one run. Columns count code points; spans refer to the file as it was read.

    ``files`` maps documents that are records of a file (a line of JSON Lines, a row) to that file: their findings are
    placed in the file, with the record as a logical location, for their spans count the record's text.
    """
    shown = [f for f in findings if f.status in _LEVELS]
    whys = {f.edit.by: f.edit.why for f in reversed(shown)}
    authors = sorted(whys)
    rules = [
        {
            "id": by.removeprefix("rule:"),
            "shortDescription": {"text": whys[by]},
        }
        for by in authors
    ]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "mtfix", "version": version, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_describe(f, authors.index(f.edit.by), files or {}) for f in shown],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _describe(finding: Finding, rule_index: int, files: Mapping[str, str]) -> dict[str, Any]:
    if finding.document in files:
        return {
            **_describe_message(finding, rule_index),
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": _uri(files[finding.document])}},
                    "logicalLocations": [{"fullyQualifiedName": finding.place}],
                }
            ],
        }
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "charOffset": finding.start,
        "charLength": finding.end - finding.start,
        "snippet": {"text": finding.original},
    }
    location = {"artifactLocation": {"uri": _uri(finding.document)}}
    result = _describe_message(finding, rule_index)
    result["locations"] = [{"physicalLocation": {**location, "region": region}}]
    # A fix must fit the file as it is; an edit of words that an earlier edit wrote does not.
    if finding.status is not Status.FLAG and finding.before == finding.original:
        deleted = {k: v for k, v in region.items() if k != "snippet"}
        replacement = {"deletedRegion": deleted, "insertedContent": {"text": finding.after}}
        result["fixes"] = [{"artifactChanges": [{**location, "replacements": [replacement]}]}]
    return result


def _describe_message(finding: Finding, rule_index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.status],
        "message": {"text": _message(finding)},
    }
    if finding.status is not Status.FLAG:
        result["properties"] = {"sureness": rate_sureness(finding.edit.confidence, finding.tier).value}
    if finding.edit.confidence is not None:
        result["rank"] = round(100 * finding.edit.confidence, 2)
    return result


def _message(finding: Finding) -> str:
    if finding.status is Status.FLAG:
        return f"{finding.edit.why} ('{finding.before}')"
    return f"{finding.edit.why} '{finding.before}' -> '{finding.after}' ({describe_sureness(finding.edit)})"


def _uri(name: str) -> str:
    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
