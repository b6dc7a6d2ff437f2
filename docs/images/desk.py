"""Make docs/images/desk-*.png: the desk with a seed wire on it, wide and narrow, light and dark.

``python docs/images/desk.py [WIRE]`` needs mtfix[serve], Playwright, Chromium and Pillow. The desk runs with rules alone.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from seeds.render import FOLDER, render  # noqa: E402
from tests.server.test_clients import free_port, start_server  # noqa: E402

SIZES = {1440: 900, 390: 844}
COLOURS = 128  # of a picture: text on plain ground needs no more, and files stay small
KEYS = ("a", "a", "r", "a", "j", "j", "a")


def keep(page: Any, name: str) -> None:
    """Photograph a page."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    target = HERE / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target.name}: {target.stat().st_size // 1000} kB")


def main() -> None:
    wire = sys.argv[1] if len(sys.argv) > 1 else "ru-01"
    text = render(next(FOLDER.glob(f"{wire}*.tsv")))
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no Chromium on this machine: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        server = start_server(port, Path(folder) / "desk.db")
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            form = {"text": text, "name": f"{wire}.txt"}
            id = browser.new_context().request.post(f"{address}/api/v1/documents", multipart=form).json()["id"]
            for scheme in ("light", "dark"):
                for width, height in SIZES.items():
                    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                    page.goto(f"{address}/documents/{id}")
                    page.wait_for_selector("#wire .sentence", timeout=120_000)
                    if not page.locator(".prop.accepted").count():
                        for key in KEYS:
                            page.keyboard.press(key)
                        page.wait_for_selector("#saved >> text=/^Saved$/")
                    page.locator(".prop.open").nth(1 if width > 1000 else 4).click()
                    if width > 1000:
                        page.evaluate("window.scrollTo(0, 0)")
                    keep(page, f"desk-{width}-{scheme}")
                    page.close()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address + "/statistics")
            keep(page, "desk-statistics")
            browser.close()
        finally:
            server.kill()


if __name__ == "__main__":
    main()
