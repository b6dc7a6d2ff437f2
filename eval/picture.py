"""Make a picture of a result's page: python eval/picture.py eval/results/seeds.json docs/images/scorecard.png

That is the picture in the documentation: the first screens of the page at 1280 pixels. A page of HTML may be given as
well. Needs Chromium or Chrome; where there is none, it says so and the old picture stays.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from mtfix.evaluation.report.page import render_page
from mtfix.evaluation.result import read_run

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip


def take_picture(page: Path, picture: Path, size: str) -> bool:
    """Write the picture of a page or a result; return False, and say so, when no browser is there."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print(f"{picture}: not made, no browser is here; looked for {', '.join(BROWSERS)}", file=sys.stderr)
        return False
    picture.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        if page.suffix == ".json":
            page, result = Path(folder) / "page.html", page
            page.write_text(render_page(read_run(result)), encoding="utf-8")
        subprocess.run(
            [browser, *FLAGS, f"--user-data-dir={folder}", f"--window-size={size}", "--virtual-time-budget=3000",
             f"--screenshot={picture.resolve()}", page.resolve().as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="a result as JSON, or a page as HTML")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--size", default="1280,1500", help="width,height of the window")
    args = parser.parse_args()
    if take_picture(args.page, args.picture, args.size):
        print(args.picture)


if __name__ == "__main__":
    main()
