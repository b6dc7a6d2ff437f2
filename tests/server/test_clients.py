"""Clients that were written for LanguageTool, against a desk that listens on a port."""

from __future__ import annotations

import signal
from collections.abc import Iterator

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
