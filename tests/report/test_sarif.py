from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from mtfix.findings import Status, list_findings
from mtfix.report.sarif import render_sarif
from mtfix.types import Document, Edit, Segment, Step, Tier
from tests.report.documents import documents


def render(document: Document) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render_sarif(list_findings(document), version="1.2.3"))
    return log


@given(documents())
def test_results_point_into_the_file_and_at_their_rule(document: Document) -> None:
    (run,) = render(document)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules)
    assert len(run["results"]) == sum(f.status is not Status.REFUSED for f in list_findings(document))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        start, length = region["charOffset"], region["charLength"]
        assert document.mt[start : start + length] == region["snippet"]["text"]
        assert region["startLine"] >= 1 and region["startColumn"] >= 1
        assert (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"])
        for fix in result.get("fixes", []):
            (change,) = fix["artifactChanges"]
            (replacement,) = change["replacements"]
            assert replacement["deletedRegion"]["charOffset"] == start


def test_levels_fixes_and_paths() -> None:
    edits = (Edit(0, 1, "A", "rule:X", "x", Tier.AUTO), Edit(4, 5, "C", "model:m@1", "m", Tier.AUTO, 0.875))
    flag, offer = Edit(6, 7, "d", "rule:F", "f"), Edit(2, 3, "B", "rule:S", "s", Tier.SUGGEST)
    segment = Segment("a b c d", "a b c d").add(Step("pre", edits, (offer, flag)))
    (run,) = render(Document("a wire.txt", (segment,), ("", "")))["runs"]
    assert [(r["ruleId"], r["level"], "fixes" in r) for r in run["results"]] == [
        ("X", "warning", True),
        ("S", "note", True),
        ("model:m@1", "warning", True),
        ("F", "note", False),
    ]
    assert run["results"][2]["rank"] == 87.5
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "a%20wire.txt"}
    assert run["tool"]["driver"]["version"] == "1.2.3"


def test_edit_of_an_edit_offers_no_fix_of_the_file() -> None:
    segment = Segment("ab", "ab").add(Step("pre", (Edit(0, 2, "xyz", "rule:A", "a"),)))
    segment = segment.add(Step("post", (Edit(1, 2, "-", "rule:B", "b"),)))
    (run,) = render(Document("w", (segment,), ("", "")))["runs"]
    assert ["fixes" in r for r in run["results"]] == [True, False]
