"""Reviewing in a real browser: by keyboard alone, undone, interrupted, in two tabs, long, and in any script."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import WIRE
from tests.server.page.conftest import Desk, paste, put, saved, stored, watch, working_text


def test_review_by_keyboard_undo_and_export(page: Any, desk: Desk, tmp_path: Path) -> None:
    page.goto(desk.address)
    while page.evaluate("document.activeElement.id") != "text":
        page.keyboard.press("Tab")
    page.keyboard.insert_text(WIRE)  # as pasting does
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#wire .sentence")
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
    page.locator("#state").select_option("done")
    page.goto(desk.address)
    page.wait_for_selector("#documents li >> text=done")


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
    page.locator("#export").select_option("text")
    page.wait_for_selector("#told >> text=Not exported")
    page.close(run_before_unload=True)
    desk.restart()
    again = watch(page.context.new_page())
    again.goto(desk.address)
    again.locator("#documents a").first.click()
    again.wait_for_selector(".prop.accepted")
    saved(again)
    again.evaluate("localStorage.clear()")
    again.reload()
    again.wait_for_selector("#wire .sentence")
    assert "the ministry reported" in working_text(again)
    assert "2,5 thousand" in working_text(again)
    again.keyboard.press("u")  # the last step, also of another day
    assert "reported in the ministry" in working_text(again)
    saved(again)
    assert again.mistakes == []


def test_a_closed_tab_keeps_what_was_half_written(page: Any, desk: Desk) -> None:
    page.goto(desk.address)
    page.get_by_label("Paste a machine-translated text").fill("It rose to 2,5 million")
    page.close()
    again = watch(page.context.new_page())
    again.goto(desk.address)
    assert again.get_by_label("Paste a machine-translated text").input_value() == "It rose to 2,5 million"
    id = put(again, desk)
    again.keyboard.press("j")
    again.keyboard.press("s")
    again.keyboard.type("Half a sen")
    again.close()
    third = watch(page.context.new_page())
    third.goto(f"{desk.address}/documents/{id}")
    third.wait_for_selector("#writing")
    assert third.locator("#writing").input_value() == "Half a sen"
    third.keyboard.press("Escape")
    third.reload()
    third.wait_for_selector("#wire .sentence")
    assert third.locator("#writing").count() == 0
    assert again.mistakes == third.mistakes == []


@pytest.mark.parametrize("choice", ["take-theirs", "keep-mine"])
def test_two_tabs_in_conflict(page: Any, desk: Desk, browser: Any, choice: str) -> None:
    id = put(page, desk)
    other = watch(browser.new_context().new_page())
    other.goto(page.url)
    other.wait_for_selector("#wire .sentence")
    page.keyboard.press("r")
    saved(page)
    other.keyboard.press("a")
    other.wait_for_selector("#conflict:not([hidden])")
    assert "Nothing of yours was written over it" in other.locator("[role=alert]").first.inner_text()
    assert [d["verdict"] for d in stored(page, desk, id)["decisions"]] == ["reject"]
    other.keyboard.press("a")  # does nothing until one is chosen, but to press the button that has the focus
    other.click(f"#{choice}")
    saved(other)
    want = {"take-theirs": "reject", "keep-mine": "accept"}[choice]
    other.wait_for_selector(f".prop.{want}ed")
    assert [d["verdict"] for d in stored(page, desk, id)["decisions"]] == [want]
    assert other.mistakes == []
    other.context.close()


def test_scripts_of_the_world_and_script_in_the_text(page: Any, desk: Desk) -> None:
    text = "😀 <script>window.bad = 1</script><img src=x onerror='window.bad = 1'> Привет שלום: 2,5 million rubles 😀 on 05.06.2020.\n"
    id = put(page, desk, text, source="<b onclick='window.bad = 1'>Цена выросла</b> до ‏שלום‏", name="<i>имя</i>.txt")
    assert page.evaluate("window.bad") is None
    assert "<script>window.bad = 1</script>" in page.locator("#wire").inner_text()
    assert page.locator(".name").inner_text().endswith("имя i .txt") or "<i>" not in page.locator(".name").inner_html()
    page.locator("#beside").select_option("source")
    assert "<b onclick='window.bad = 1'>Цена выросла</b>" in page.locator(".other").inner_text()
    page.keyboard.press("Escape")
    page.locator("#wire .prop").first.click()
    page.keyboard.press("a")
    assert "Привет שלום: 2.5 million rubles 😀" in working_text(page)
    page.keyboard.press("e")
    page.keyboard.insert_text("חמישה 😀 пять <img src=x onerror='window.bad = 1'>")
    page.keyboard.press("Enter")
    saved(page)
    assert "on חמישה 😀 пять <img" in working_text(page)
    page.reload()
    page.wait_for_selector("#wire .sentence")
    exported = page.request.get(f"{desk.address}/api/v1/documents/{id}/export?to=text").text()
    assert "😀 <script>" in exported
    assert "on חמישה 😀 пять <img" in exported
    assert page.evaluate("window.bad") is None


def test_five_thousand_words(page: Any, desk: Desk) -> None:
    text = (WIRE + "\n") * 180
    assert len(text.split()) > 5000
    put(page, desk, text)
    assert page.locator(".prop").count() > 400
    milliseconds = page.evaluate(
        "(() => { const begun = performance.now(); document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));"
        " document.body.offsetHeight; return performance.now() - begun; })()"
    )
    assert page.locator(".prop.accepted").count() == 1
    assert milliseconds < 500  # on a busy machine; benchmarks/desk_page.py measures
    page.keyboard.press("Shift+A")
    saved(page)
    assert page.locator(".prop.accepted").count() > 100


def test_a_long_document_shows_its_progress(page: Any, desk: Desk) -> None:
    said = {"ready": False, "progress": 0.4}  # as the server says it while it reads

    def answer(route: Any) -> None:
        route.fulfill(json={**route.fetch().json(), **said})

    page.route("**/api/v1/documents/*", answer)
    page.goto(desk.address)
    page.get_by_label("Paste a machine-translated text").fill(WIRE)
    page.keyboard.press("Control+Enter")
    for progress, percent in ((0.4, "40%"), (0.8, "80%")):
        said["progress"] = progress
        page.wait_for_selector(f"#reading-say >> text={percent}")
        assert page.locator("#progress").evaluate("(bar) => bar.value") == progress
    said.clear()
    page.wait_for_selector("#wire .sentence")
    assert not page.locator("#reading").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (3840, 2160)])
def test_nothing_sticks_out(browser: Any, desk: Desk, width: int, height: int, scheme: str, tmp_path: Path) -> None:
    """Pictures go to the folder that MTFIX_SCREENSHOTS names."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    folder = Path(os.environ.get("MTFIX_SCREENSHOTS") or tmp_path)
    put(page, desk)
    for key in ("a", "r", "j"):
        page.keyboard.press(key)
    for path, name in (
        ("", "library"),
        (page.url.removeprefix(desk.address), "desk"),
        ("/statistics", "statistics"),
        ("/standing", "standing"),
    ):
        page.goto(desk.address + path)
        if name == "desk":
            page.wait_for_selector("#wire .sentence")
            page.keyboard.press("j")
            box = page.locator("#card button.main").bounding_box()
            assert box["y"] + box["height"] <= height
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
