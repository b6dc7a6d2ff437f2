"""The HTML report in a browser: accept and reject by key, save the decisions, apply them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from mtfix.cli.app import app
from mtfix.decisions import apply_decisions, read_decisions
from mtfix.formats import read_document
from tests.server.conftest import WIRE


def run(*arguments: str | Path) -> None:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    assert done.exit_code in (0, 1), done.output


def apply(folder: Path, decisions: Path) -> str:
    """What `mtfix apply` makes of the wire in a folder."""
    run("apply", folder / "wire.txt", "--decisions", decisions, "-o", folder / "final.txt")
    return (folder / "final.txt").read_text()


def write_report(folder: Path, text: str = WIRE) -> Path:
    """Have the command line write a report, and return it."""
    wire, report = folder / "wire.txt", folder / "report.html"
    wire.write_text(text)
    run("fix", "--rules-only", "--report", report, "-o", folder / "out.txt", wire)
    return report


def save(page: Any, target: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save decisions").click()
    download.value.save_as(target)
    return target


def test_keys_decide_and_apply_writes_it(page: Any, tmp_path: Path) -> None:
    page.goto(write_report(tmp_path).as_uri())
    assert "0 of 4 decided" in page.locator("#decided").inner_text()
    page.keyboard.press("j")  # to the first,
    page.keyboard.press("r")  # rejected; the suggestion:
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.keyboard.press("u")
    page.keyboard.press("a")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("r")
    assert "4 of 4 decided" in page.locator("#decided").inner_text()
    assert page.locator("[tabindex].taken").count() == 2
    decisions = save(page, tmp_path / "decisions.json")
    assert apply(tmp_path, decisions) == (
        "MINSK, May 5. Up to 2,5 thousand people came to the square, the ministry reported.\n\n"
        "The price rose to 2.5 million rubles on 05.06.2020. Nothing is wrong here.\n"
    )


def test_undecided_edits_stay_as_the_run_left_them(page: Any, tmp_path: Path) -> None:
    page.goto(write_report(tmp_path).as_uri())
    decisions = save(page, tmp_path / "decisions.json")
    [entry] = json.loads(decisions.read_text())["documents"]
    assert not any(d["decided"] for d in entry["decisions"])
    [(_, said)] = read_decisions(decisions.read_bytes(), "decisions.json")
    assert apply_decisions(read_document(WIRE), said).text == (tmp_path / "out.txt").read_text()


def test_script_in_the_text_stays_text(page: Any, tmp_path: Path) -> None:
    text = "</script><script>window.bad = 1</script> 😀 Привет שלום: 2,5 million rubles on 05.06.2020.\n"
    page.goto(write_report(tmp_path, text).as_uri())
    for key in ("j", "r", "a"):
        page.keyboard.press(key)
    assert page.evaluate("window.bad") is None
    decisions = save(page, tmp_path / "decisions.json")
    assert apply(tmp_path, decisions) == text.replace("05.06.2020", "June 5, 2020")
