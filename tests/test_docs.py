"""The docs tell the truth: their Python runs, their packs load, their links lead somewhere, their lists are whole."""

from __future__ import annotations

import contextlib
import io
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


def test_the_first_pack_of_the_rules_page_works() -> None:
    pack_text = blocks(ROOT / "docs" / "rules.md", "yaml")[0]
    kept = "".join(line for line in pack_text.splitlines(True) if not line.startswith(("extends:", "disable:")))
    pack = parse_pack(kept, "docs/rules.md")
    assert [str(f) for f in ExampleRunner(pack.rules).run()] == []


def test_every_kind_has_its_section() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"\n## {kind}" not in text] == []
