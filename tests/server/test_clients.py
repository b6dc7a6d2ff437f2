"""Clients that were written for LanguageTool, against a desk that listens on a port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(port: int, db: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start `mtfix serve` in a process of its own and return it when it is ready."""
    command = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "serve", "--rules-only"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [*command, "--port", str(port), "--db", f"sqlite:///{db}", *options],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(server.stderr.read().decode() if server.stderr else "the server ended")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
                if answer.status == 200:
                    return server
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    server.kill()
    raise AssertionError("the server was not ready in time")


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
