"""Man pages: one a command, with every option, and roff reads them without a warning."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from mtfix.cli.app import app

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def manual() -> Any:
    spec = importlib.util.spec_from_file_location("manual", ROOT / "docs/site/manual.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_has_a_page_with_its_options(manual: Any, tmp_path: Path) -> None:
    pages = {p.stem: p.read_text(encoding="utf-8") for p in manual.write_manual(tmp_path)}
    assert {
        "mtfix",
        "mtfix-fix",
        "mtfix-rules-test",
        "mtfix-serve-token-add",
        "mtfix-eval-data-make",
        "mtfix-batch",
    } <= set(pages)
    for name, command in manual.list_commands(typer.main.get_command(app), "mtfix"):
        page = pages[name.replace(" ", "-")].replace("\\-", "-")
        assert [
            o
            for p in command.params
            for o in p.opts
            if o.startswith("--") and not getattr(p, "hidden", False) and o not in page
        ] == []
    assert ".BR mtfix\\-eval (1)" in pages["mtfix"]


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff: apt-get install groff-base")
def test_roff_reads_the_pages(manual: Any, tmp_path: Path) -> None:
    for path in manual.write_manual(tmp_path):
        done = subprocess.run(["groff", "-man", "-ww", "-z", str(path)], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), path.name


@pytest.mark.parametrize(
    ("text", "roff"), [(".dot", "\\&.dot"), ("--a 'b'", "\\-\\-a \\(aqb\\(aq"), ("a\n  b", "a b"), ("\\", "\\e")]
)
def test_texts_are_no_commands(manual: Any, text: str, roff: str) -> None:
    assert manual.escape(text) == roff
