"""How quick the desk's page is with a document of 5,000 words: ``python benchmarks/desk_page.py [--runs N]``.

First paint is the browser's own figure (first-contentful-paint) for the page of the document, ready is when its text
stands there, and a key is the time from the key's event to the frame that shows what it changed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.server.conftest import WIRE  # noqa: E402
from tests.server.test_clients import free_port, start_server  # noqa: E402

KEYS = {"j": "next", "a": "accept", "r": "reject", "u": "undo", "A": "accept all of a rule"}
PRESS = """(key) => new Promise((done) => {
  const begun = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => done(performance.now() - begun); channel.port2.postMessage(0); });
})"""


def measure(page: Any, address: str, runs: int) -> None:
    text = (WIRE + "\n") * 180
    id = page.request.post(f"{address}/api/v1/documents", multipart={"text": text}).json()["id"]
    page.goto(f"{address}/documents/{id}")
    page.wait_for_selector("#wire .sentence", timeout=120_000)
    paints, ready = [], []
    for _ in range(runs):
        page.reload()
        page.wait_for_selector("#wire .sentence")
        ready.append(page.evaluate("performance.now()"))
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    proposals = page.locator(".prop").count()
    print(f"{len(text.split())} words, {proposals} proposals; {runs} runs; milliseconds: median, worst")
    say("first paint", paints)
    say("text is there", ready)
    for key, name in KEYS.items():
        times = [page.evaluate(PRESS, key) for _ in range(runs if key != "A" else 1)]
        say(f"key {key}, {name}", times)


def say(name: str, times: list[float]) -> None:
    print(f"{name:<28}{statistics.median(times):8.1f}{max(times):8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no Chromium on this machine: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = free_port()
        server = start_server(port, Path(folder) / "desk.db")
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            measure(page, f"http://127.0.0.1:{port}", arguments.runs)
            browser.close()
        finally:
            server.kill()


if __name__ == "__main__":
    main()
