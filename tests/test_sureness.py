"""The word for how sure an edit is means the same everywhere, and stands for shares that were measured."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mtfix.findings import list_findings
from mtfix.report.editlog import describe_finding
from mtfix.report.sarif import render_sarif
from mtfix.sureness import BANDS, RULES, Sureness, find_least_sure, rate_sureness
from mtfix.types import Document, Edit, Segment, Step, Tier

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize(
    ("confidence", "word"),
    [(0.0, "unsure"), (0.4999, "unsure"), (0.5, "likely"), (0.69, "likely"), (0.7, "sure"), (1.0, "sure")],
)
def test_the_tier_says_nothing_of_an_edit_that_has_a_probability(confidence: float, word: str, tier: Tier) -> None:
    assert rate_sureness(confidence, tier).value == word


def test_every_tier_of_rules_has_a_word() -> None:
    assert set(RULES) == set(Tier)
    assert [word for _, word in BANDS] == list(Sureness)


def test_a_change_is_as_sure_as_its_least_sure_edit() -> None:
    rule, offer = Edit(0, 1, "", "rule:X", "w"), Edit(0, 1, "", "rule:X", "w", Tier.SUGGEST)
    assert find_least_sure([rule]) is Sureness.SURE
    assert find_least_sure([rule, offer]) is RULES[Tier.SUGGEST]
    assert find_least_sure([rule, Edit(0, 1, "", "model:m@1", "w", confidence=0.3)]) is Sureness.UNSURE


def test_reports_for_machines_keep_word_and_number_and_a_flag_has_neither() -> None:
    segment = Segment("One were two.", "One were two.")
    was = Edit(4, 8, "was", "model:m@1", "The subject is singular.", confidence=0.49)
    flag = Edit(0, 3, "One", "rule:F", "Who?", Tier.SUGGEST)
    document = Document("w.txt", (segment.add(Step("x", (was,), (flag,))),), ("", "\n"))
    found = list_findings(document)
    records = {r["by"]: (r["sureness"], r["confidence"]) for r in map(describe_finding, found)}
    assert records == {"model:m@1": ("unsure", 0.49), "rule:F": (None, None)}
    results = json.loads(render_sarif(found, version="1"))["runs"][0]["results"]
    assert {r["ruleId"]: (r.get("properties"), r["message"]["text"]) for r in results} == {
        "model:m@1": ({"sureness": "unsure"}, "The subject is singular. 'were' -> 'was' (unsure, 49%)"),
        "F": (None, "Who? ('One')"),
    }


def measure(suites: tuple[str, ...], system: str) -> dict[str, tuple[int, int]]:
    """Return, for each word and for rules that apply, edits and the share that helped in 100 of those that mattered."""
    files = [ROOT / "eval" / "results" / f"{suite}.json" for suite in suites]
    runs = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    found: dict[str, list[float]] = {}
    for entry in (e for run in runs for e in run["entries"]):
        if entry["system"]["name"] != system or entry["test_set"]["name"].startswith(("clean", "seeds-clean")):
            continue
        for cell in entry["calibration"]:
            if cell.get("helped") is not None:
                word = rate_sureness(round(cell["low"], 1), Tier.AUTO).value
                counts = found.setdefault(word, [0, 0.0])
                counts[0] += cell["edits"]
                counts[1] += cell["edits"] * cell["helped"]
        for author in entry["authors"]:
            if author["by"].startswith("rule:"):
                counts = found.setdefault("rules", [0, 0.0])
                counts[0] += author["helped"] + author["hurt"]
                counts[1] += author["helped"]
    return {word: (int(n), round(100 * helped / n)) for word, (n, helped) in found.items() if n}


def test_the_page_says_the_shares_that_were_measured() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8").split("## How sure")[1].split("\n## ")[0]
    rows = {
        cells[0]: cells[1:]
        for line in page.splitlines()
        if line.startswith("|") and len(cells := [c.strip() for c in line.strip("|").split("|")]) == 5
    }
    for label, suites, system in (
        ("all three", ("ru-news-pe", "ru-news", "seeds"), "full"),
        ("post-edits", ("ru-news-pe",), "full"),
        ("post-edits, large model", ("ru-news-pe",), "full:large"),
        ("references", ("ru-news",), "full"),
        ("seed wires", ("seeds",), "full"),
    ):
        measured = measure(suites, system)
        said = [
            tuple(map(int, re.findall(r"\d+", cell.replace(",", "")))) if cell != "-" else None for cell in rows[label]
        ]
        expected = [
            (measured[w][1], measured[w][0]) if w in measured else None for w in ("sure", "likely", "unsure", "rules")
        ]
        assert said == expected, f"{label}: docs/model.md says {said}, eval/results {expected}"
