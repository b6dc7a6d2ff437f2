"""Print a seed wire as text: ``python seeds/render.py ru-01 [--pe] > wire.txt``. The format is in seeds/README.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def render(path: str | Path, column: str = "mt") -> str:
    """Return a wire as text: ``column`` is "mt" or "pe"."""
    header, *lines = Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n")
    index = header.split("\t").index(column)
    paragraphs: dict[str, list[str]] = {}
    for line in lines:
        cells = line.split("\t")
        paragraphs.setdefault(cells[0], []).append(cells[index])
    return "\n\n".join(" ".join(segments) for segments in paragraphs.values()) + "\n"


def main() -> int:
    """Return 0, or 2 for a name that is not one wire's."""
    parser = argparse.ArgumentParser(description="Print a seed wire as text.")
    parser.add_argument("name", help="a wire, or the start of its name: ru-01")
    parser.add_argument("--pe", action="store_true", help="print the gold post-edit, not the machine translation")
    options = parser.parse_args()
    found = sorted(p for p in FOLDER.glob("*.tsv") if p.stem.startswith(options.name))
    if len(found) != 1:
        known = ", ".join(p.stem for p in found or sorted(FOLDER.glob("*.tsv")))
        print(f"render: '{options.name}' names {len(found)} wires, not one. Known: {known}", file=sys.stderr)
        return 2
    sys.stdout.buffer.write(render(found[0], "pe" if options.pe else "mt").encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
