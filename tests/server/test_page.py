"""The page in a real browser, by keyboard alone; the desk runs in a process of its own and is killed on the way."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import WIRE
from tests.server.process import free_port, start_server

sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Desk:
    """A server that can be killed and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.db = folder / "desk.db"
        self.address = f"http://127.0.0.1:{self.port}"
        self.server = start_server(self.port, self.db)

    def kill(self) -> None:
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def restart(self) -> None:
        self.server = start_server(self.port, self.db)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    running = Desk(tmp_path_factory.mktemp("desk"))
    yield running
    running.kill()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.mistakes = []
    page.on("pageerror", lambda error: page.mistakes.append(str(error)))
    page.on("console", lambda m: page.mistakes.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    assert page.mistakes == []
    context.close()


def paste(page: Any, desk: Desk, text: str = WIRE) -> None:
    """Paste a text and wait until its proposals are there."""
    page.goto(desk.address)
    page.keyboard.press("Tab")
    page.get_by_label("Paste a machine-translated text").fill(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#wire .sentence")


def saved(page: Any) -> None:
    page.wait_for_selector("#saved >> text=/^Saved$/")


def working_text(page: Any) -> str:
    """The text as decided: without what is deleted."""
    return str(
        page.evaluate(
            "(() => { const c = document.getElementById('wire').cloneNode(true); c.querySelectorAll('del').forEach((d) => d.remove()); return c.textContent; })()"
        )
    )


def test_review_by_keyboard_undo_and_export(page: Any, desk: Desk, tmp_path: Path) -> None:
    paste(page, desk)
    assert page.locator(".prop").count() == 4
    page.keyboard.press("a")
    page.keyboard.press("a")
    assert "the ministry reported" in working_text(page)
    page.keyboard.press("r")
    assert "2,5 million" in working_text(page)
    page.keyboard.press("u")
    assert "2.5 million" in working_text(page)
    page.keyboard.press("e")
    page.keyboard.type("2.4 million")
    page.keyboard.press("Enter")
    assert "2.4 million" in working_text(page)
    page.keyboard.press("a")
    saved(page)
    assert "Everything is decided" in page.locator("#card").inner_text()
    with page.expect_download() as download:
        page.locator("#export").select_option("text")
    target = tmp_path / "out.txt"
    download.value.save_as(target)
    assert "the ministry reported" in target.read_text()
    assert "2.4 million rubles on June 5, 2020" in target.read_text()
    with page.expect_download() as download:
        page.locator("#export").select_option("tracked")
    assert download.value.suggested_filename.endswith(".tracked.docx")


def test_help_rule_and_sentence(page: Any, desk: Desk) -> None:
    paste(page, desk)
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.keyboard.press("Shift+R")
    assert "2,5 thousand" in working_text(page)
    page.keyboard.press("s")
    page.keyboard.type("It cost 3,5 million rubles")
    page.wait_for_selector("#card >> text=3.5 million")
    page.keyboard.press("Enter")
    assert "It cost 3,5 million rubles" in working_text(page)
    page.keyboard.press("Control+z")
    assert "It cost 3,5 million" not in working_text(page)
    saved(page)


def test_a_killed_server_loses_nothing(page: Any, desk: Desk) -> None:
    paste(page, desk)
    page.keyboard.press("r")
    saved(page)
    desk.kill()
    page.keyboard.press("a")
    page.wait_for_selector("#saved >> text=Not saved yet")
    page.close(run_before_unload=True)
    desk.restart()
    again = page.context.new_page()
    again.goto(desk.address)
    again.locator("#documents a").first.click()
    again.wait_for_selector(".prop.accepted")
    saved(again)
    again.evaluate("localStorage.clear()")
    again.reload()
    again.wait_for_selector("#wire .sentence")
    assert "the ministry reported" in working_text(again)
    assert "2,5 thousand" in working_text(again)


def test_two_tabs_in_conflict(page: Any, desk: Desk, browser: Any) -> None:
    paste(page, desk)
    other = browser.new_context().new_page()
    other.goto(page.url)
    other.wait_for_selector("#wire .sentence")
    page.keyboard.press("r")
    saved(page)
    other.keyboard.press("a")
    other.wait_for_selector("#conflict:not([hidden])")
    other.click("#take-theirs")
    other.wait_for_selector(".prop.rejected")
    assert other.locator(".prop.accepted").count() == 0
    other.context.close()


def test_scripts_of_the_world_and_script_in_the_text(page: Any, desk: Desk) -> None:
    text = "😀 <script>window.bad = 1</script><img src=x onerror='window.bad = 1'> Привет שלום: 2,5 million rubles 😀 on 05.06.2020.\n"
    paste(page, desk, text)
    assert page.evaluate("window.bad") is None
    assert "<script>window.bad = 1</script>" in page.locator("#wire").inner_text()
    page.keyboard.press("a")
    assert "Привет שלום: 2.5 million rubles 😀" in working_text(page)


def test_five_thousand_words(page: Any, desk: Desk) -> None:
    paste(page, desk, (WIRE + "\n") * 180)
    assert page.locator(".prop").count() > 400
    milliseconds = page.evaluate(
        "(() => { const begun = performance.now(); document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));"
        " document.body.offsetHeight; return performance.now() - begun; })()"
    )
    assert page.locator(".prop.accepted").count() == 1
    assert milliseconds < 500
    saved(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_sticks_out(browser: Any, desk: Desk, width: int, height: int, scheme: str, tmp_path: Path) -> None:
    """Pictures go to the folder that MTFIX_SCREENSHOTS names."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    folder = Path(os.environ.get("MTFIX_SCREENSHOTS") or tmp_path)
    paste(page, desk)
    page.keyboard.press("j")
    for path, name in (("", "library"), (page.url.removeprefix(desk.address), "desk"), ("/statistics", "statistics")):
        if name != "desk":
            page.goto(desk.address + path)
        else:
            page.goto(desk.address + path)
            page.wait_for_selector("#wire .sentence")
            page.keyboard.press("a")
            page.keyboard.press("r")
            page.keyboard.press("j")
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
