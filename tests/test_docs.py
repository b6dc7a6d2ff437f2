"""The docs tell the truth: their Python runs, their packs load, their links lead somewhere, their lists are whole."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from mtfix.rules.kinds.registry import KINDS
from mtfix.rules.packs.examples import ExampleRunner
from mtfix.rules.packs.read import parse_pack

ROOT = Path(__file__).parent.parent
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("seeds/*.md"), *ROOT.glob("models/**/*.md")))
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in _BLOCK.findall(page.read_text(encoding="utf-8")) if name == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [t for t in targets if "://" not in t and not t.startswith("mailto:") and not (page.parent / t).exists()]
    assert missing == []


def test_the_python_of_the_readme_prints_what_it_says() -> None:
    (code,) = blocks(ROOT / "README.md", "python")
    expected = re.findall(r"^print\(.*?\)\s+# (.+)$", code, re.MULTILINE)
    printed = io.StringIO()
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    assert expected
    assert printed.getvalue().splitlines()[: len(expected)] == expected
    assert names["original"] == "Up to 2,5 thousand people came."


PYTHON = [
    pytest.param(code, id=f"{page.name}-{number}")
    for page in PAGES
    if page.name != "README.md"
    and page.name != "languages.md"  # its block is a folder's file: tests/sources adds a language
    for number, code in enumerate(blocks(page, "python"))
]


@pytest.mark.parametrize("code", PYTHON)
def test_the_python_of_the_docs_runs(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, {})


def test_the_first_pack_of_the_rules_page_works() -> None:
    pack_text = blocks(ROOT / "docs" / "rules.md", "yaml")[0]
    kept = "".join(line for line in pack_text.splitlines(True) if not line.startswith(("extends:", "disable:")))
    pack = parse_pack(kept, "docs/rules.md")
    assert [str(f) for f in ExampleRunner(pack.rules).run()] == []


def test_every_kind_has_its_section() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"\n## {kind}" not in text] == []


def read_figures() -> dict[tuple[str, str], dict[str, float]]:
    """What the README quotes of each (year, system): words that change before and after, sentences nearer and farther."""
    result = json.loads((ROOT / "eval/results/ru-news-pe.json").read_text(encoding="utf-8"))
    return {
        (e["test_set"]["name"][8:12], e["system"]["name"]): {
            "before": e["hter"]["before"],
            "after": e["hter"]["after"],
            "segments": e["test_set"]["segments"],
            "nearer": e["harm"]["improved"],
            "farther": e["harm"]["worsened"],
        }
        for e in result["entries"]
    }


@pytest.mark.parametrize(
    ("row", "system"),
    [
        ("as translated", "do-nothing"),
        ("rules", "rules"),
        ("rules and default model", "full"),
        ("rules and large model", "full:large"),
    ],
)
def test_the_readme_quotes_measured_figures(row: str, system: str) -> None:
    figures = read_figures()
    first, second = figures["2015", system], figures["2016", system]
    cells = [f"{first['after']:.2f}", f"{second['after']:.2f}"]
    moved = [f"{first[key] + second[key]}" for key in ("nearer", "farther")]
    cells.append("" if system == "do-nothing" else " / ".join(moved))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.sub(r" +", " ", f"| {row} | {' | '.join(cells)} |") in text
    if system == "full":
        assert f"{moved[0]} come nearer to\nthe editor's version and {moved[1]} move away" in text


def test_the_shares_that_the_readme_gives_are_measured() -> None:
    figures = read_figures()
    share = {k: 100 * (f["before"] - f["after"]) / f["before"] for k, f in figures.items()}
    assert round(max(share[year, "full"] for year in ("2015", "2016"))) == 2
    assert [int(share[year, "full:large"]) for year in ("2015", "2016")] == [2, 2]
    sizes = [figures[year, "full"]["segments"] for year in ("2015", "2016")]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "default model save up to 2 in 100" in text
    assert "large model more than 2 in 100" in text
    assert f"{sizes[0]} and {sizes[1]} sentences" in text
