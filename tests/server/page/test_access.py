"""axe-core finds nothing serious on any page, light and dark, wide and narrow; the report included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import WIRE
from tests.server.page.conftest import Desk, put
from tests.server.page.test_report import write_report

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")


def check(page: Any, name: str, found: list[str]) -> None:
    for violation in axe.Axe().run(page).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            nodes = [n["html"][:200] for n in violation["nodes"][:3]]
            found.append(f"{name}: {violation['id']}: {nodes}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_serious(browser: Any, desk: Desk, width: int, scheme: str, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    found: list[str] = []
    wishes = f"{desk.address}/api/v1/phrases"
    words = {"before": "press service", "after": "press office"}
    page.request.put(wishes, data={**words, "verdict": "always"})
    put(page, desk, WIRE, source="МИНСК, 5 мая.\n\nЦена выросла.")
    page.keyboard.press("a")
    page.keyboard.press("r")
    check(page, "desk", found)
    page.keyboard.press("Shift+H")
    page.keyboard.press("k")
    page.locator("#beside").select_option("source")
    page.locator("#f-tier").select_option("suggest")
    check(page, "desk, filtered", found)
    page.locator("#f-tier").evaluate("(box) => box.blur()")
    page.keyboard.press("s")
    check(page, "desk, writing", found)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check(page, "help", found)
    for path, ready in (
        ("/", "#documents li"),
        ("/standing", "#wishes li"),
        ("/statistics", "svg"),
        ("/login", "#token"),
    ):
        page.goto(desk.address + path)
        page.wait_for_selector(ready)
        check(page, path, found)
    page.goto(write_report(tmp_path).as_uri())
    check(page, "report", found)
    for key in ("j", "a", "r"):
        page.keyboard.press(key)
    page.locator("button[data-rule]").first.click()
    check(page, "report, decided", found)
    page.request.put(wishes, data={**words, "verdict": ""})
    context.close()
    assert found == []
