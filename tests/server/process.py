"""The desk in a process of its own, as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.server.postgres import free_port

__all__ = ["free_port", "start_server"]
ROOT = Path(__file__).parents[2]


def start_server(port: int, db: Path | str, *options: str, wait: bool = True) -> subprocess.Popen[bytes]:
    """Start `mtfix serve --rules-only` on a port and return it when it is ready; ``db`` is a file of SQLite's or a URL.

    Other ``options`` than ``--rules-only`` go behind it; ``wait=False`` returns at once.
    """
    url = f"sqlite:///{db}" if isinstance(db, Path) else db
    command = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "serve"]
    words = list(options) if "--model" in options else ["--rules-only", *options]
    # Its log goes to a file: nobody reads a pipe, and a server whose pipe is full stands still.
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [*command, "--port", str(port), "--db", url, *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
        if wait:
            try:
                wait_until_ready(server, port)
            except AssertionError as error:
                log.seek(0)
                raise AssertionError(f"{error}: {log.read().decode(errors='replace')}") from None
    return server


def wait_until_ready(server: subprocess.Popen[bytes], port: int, seconds: float = 90) -> None:
    """Return when the server says that it is ready; AssertionError with its words when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError("the server ended")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    server.kill()
    raise AssertionError("the server was not ready in time")
