from __future__ import annotations

import json

from hypothesis import given

from mtfix.findings import Status, list_findings
from mtfix.report.editlog import describe_finding, render_editlog
from mtfix.types import Document
from tests.report.documents import documents

KEYS = "document segment start end line column original before after by why tier confidence sureness stage applied"


@given(documents())
def test_one_object_a_line_for_edits_and_suggestions(document: Document) -> None:
    findings = list_findings(document)
    lines = render_editlog(findings).split("\n")
    assert lines.pop() == ""
    records = [json.loads(line) for line in lines]
    assert all(list(r) == KEYS.split() for r in records)
    assert len(records) == sum(f.status is not Status.REFUSED for f in findings)
    for record in records:
        assert document.mt[record["start"] : record["end"]] == record["original"]
        assert (record["after"] is None) <= (record["applied"] is False)


@given(documents())
def test_applied_edits_of_one_step_rebuild_the_text(document: Document) -> None:
    """Whoever has the log and the original has the result, where no edit touches the words of another."""
    if any(len([s for s in seg.trail if s.edits]) > 1 for seg in document.segments):
        return
    text, shift = document.mt, 0
    for line in render_editlog(list_findings(document)).splitlines():
        r = json.loads(line)
        if r["applied"]:
            text = text[: r["start"] + shift] + r["after"] + text[r["end"] + shift :]
            shift += len(r["after"]) - (r["end"] - r["start"])
    assert text == document.text


@given(documents())
def test_refusals_carry_their_reason(document: Document) -> None:
    for finding in list_findings(document):
        assert ("reason" in describe_finding(finding)) is (finding.status is Status.REFUSED)
