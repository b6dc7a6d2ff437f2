"""Clients that were written for LanguageTool, against a desk that listens on a port."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.process import free_port, start_server


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    server = start_server(port, tmp_path_factory.mktemp("desk") / "desk.db")
    yield f"http://127.0.0.1:{port}"
    server.send_signal(signal.SIGTERM)
    assert server.wait(40) in (0, -signal.SIGTERM)


def test_language_tool_python(address: str) -> None:
    library = pytest.importorskip("language_tool_python", reason="pip install language_tool_python")
    with library.LanguageTool("en-US", remote_server=address) as tool:
        text = "😀 The price rose to 2,5 million rubles on 05.06.2020."
        found = tool.check(text)
        assert [m.replacements[0] for m in found] == ["2.5 million", "June 5, 2020"]
        assert tool.correct(text) == "😀 The price rose to 2.5 million rubles on June 5, 2020."
        assert tool.check("The minister signed the decree on Monday.") == []
        tool.disabled_rules.add("RU_NUMERIC_DATE")
        assert len(tool.check(text)) == 1


def test_mkdocs_languagetool_plugin(address: str, tmp_path: Path) -> None:
    pytest.importorskip("mkdocs_languagetool_plugin", reason="pip install mkdocs-languagetool-plugin")
    pages = tmp_path / "docs"
    pages.mkdir()
    (pages / "index.md").write_text("# Prices\n\nThe price rose to 2,5 million rubles\non 05.06.2020.\n")
    (pages / "clean.md").write_text("# Decree\n\nThe minister signed the decree on Monday.\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Wires\nplugins:\n  - languagetool:\n      languagetool_host: 127.0.0.1\n"
        f"      languagetool_port: {address.rpartition(':')[2]}\n      print_summary: true\n"
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--config-file", str(tmp_path / "mkdocs.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr)
    assert "index.md:3 | RU_SCALE_DECIMAL_COMMA | # Prices  The price rose to 2,5 million rubles on" in said
    assert "index.md:4 | RU_NUMERIC_DATE | " in said
    assert "clean.md:" not in said
    assert "Exception" not in said
