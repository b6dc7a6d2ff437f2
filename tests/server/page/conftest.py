"""A real browser, and a desk in a process of its own that can be killed; one of each for all tests of the page."""

from __future__ import annotations

import json
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


# Of the package and not of the session: Playwright keeps an event loop running, in which tests of other folders could
# start none of their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
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
        self.restart()

    def kill(self) -> None:
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def restart(self) -> None:
        self.server = start_server(self.port, self.db)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    running = Desk(tmp_path_factory.mktemp("desk"))
    yield running
    running.kill()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab that fails its test when a script does, or when the page's policy had to stop something."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = watch(context.new_page())
    yield page
    assert page.mistakes == []
    context.close()


def watch(page: Any) -> Any:
    page.mistakes = []
    page.set_default_timeout(60_000)  # of a busy machine
    page.on("pageerror", lambda error: page.mistakes.append(str(error)))
    page.on("console", lambda m: page.mistakes.append(m.text) if "Content Security Policy" in m.text else None)
    return page


def paste(page: Any, desk: Desk, text: str = WIRE) -> None:
    """Paste a text and wait until its proposals are there."""
    page.goto(desk.address)
    page.get_by_label("Paste a machine-translated text").fill(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#wire .sentence")


def put(page: Any, desk: Desk, text: str = WIRE, **values: str) -> str:
    """Put a text on the desk through its API, open it, and return its id."""
    answer = page.request.post(f"{desk.address}/api/v1/documents", multipart={"text": text, **values})
    id = str(answer.json()["id"])
    page.goto(f"{desk.address}/documents/{id}")
    page.wait_for_selector("#wire .sentence")
    return id


def change_first_proposal(page: Any, **values: Any) -> None:
    """Let the page believe something else of the first proposal of every document, such as that a model made it."""

    def answer(route: Any) -> None:
        body = route.fetch().json()
        if body.get("ready"):
            body["parts"][0]["proposals"][0].update(values)
        route.fulfill(json=body)

    page.route(
        "**/api/v1/documents/*", lambda route: answer(route) if route.request.method == "GET" else route.continue_()
    )


def saved(page: Any) -> None:
    page.wait_for_selector("#saved >> text=/^Saved$/")


def working_text(page: Any) -> str:
    """The text as decided: without what is deleted."""
    return str(
        page.evaluate(
            "(() => { const c = document.getElementById('wire').cloneNode(true);"
            " c.querySelectorAll('del, .other').forEach((d) => d.remove()); return c.textContent; })()"
        )
    )


def stored(page: Any, desk: Desk, id: str) -> Any:
    """What the server has of a document."""
    return json.loads(page.request.get(f"{desk.address}/api/v1/documents/{id}").text())
