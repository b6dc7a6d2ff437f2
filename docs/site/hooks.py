"""Hooks of the site: the README is its first page, decisions get a list, and links to files outside docs/ lead to the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/mtfix/mtfix/blob/main/"
_LINK = re.compile(r"(?P<before>\]\()(?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?(?P<after>\))")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that stand elsewhere: the README, and a list of decisions."""
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    titles = [(p.name, p.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")) for p in decisions]
    listed = "# Decisions\n\n" + "".join(f"- [{title}]({name})\n" for name, title in titles)
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    for name, content in (("index.md", readme), ("decisions/index.md", listed)):
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Let links to files that are no page lead to the repository."""
    here = ROOT if page.file.src_uri == "index.md" else (ROOT / "docs" / page.file.src_uri).parent

    def lead(found: re.Match[str]) -> str:
        target = found["target"]
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        place = (here / target).resolve()
        inside = place.is_relative_to(ROOT / "docs") and place.suffix != ".py"
        if page.file.src_uri == "index.md" and (ROOT / "docs" / target).exists():
            return found[0]
        if inside or not place.exists():
            return found[0]
        return f"{found['before']}{REPOSITORY}{place.relative_to(ROOT)}{found['anchor'] or ''}{found['after']}"

    parts = re.split(r"(```.*?```|`[^`\n]*`)", markdown, flags=re.DOTALL)
    return "".join(part if part.startswith("`") else _LINK.sub(lead, part) for part in parts)
