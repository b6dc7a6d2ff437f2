"""What a server's log looks like in each voice."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from mtfix.cli.console import Voice, begin_logging, use_voice

REQUEST = '{"event": "request"}'


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Leave logging and the voice as they were."""
    root, server = logging.getLogger(), logging.getLogger("mtfix.server")
    kept = root.handlers[:], root.level, server.level
    yield
    root.handlers, _, _ = kept
    root.setLevel(kept[1])
    server.setLevel(kept[2])
    use_voice(Voice())


def log(voice: Voice, capsys: pytest.CaptureFixture[str]) -> list[str]:
    use_voice(voice)
    begin_logging()
    logging.getLogger("mtfix.server").info(REQUEST)
    logging.getLogger("alembic").info("Running upgrade")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request\nreceived.")
    try:
        raise ValueError("a text of an editor")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    return capsys.readouterr().err.splitlines()


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    warning, error = "mtfix: Invalid HTTP request received.", "mtfix: Exception in ASGI application: ValueError"
    assert log(Voice(), capsys) == [REQUEST, warning, error]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in log(Voice(as_json=True), capsys)]
    assert lines[0] == {"event": "request"}
    assert lines[1:] == [
        {"level": "warning", "message": "Invalid HTTP request received."},
        {"level": "error", "message": "Exception in ASGI application: ValueError"},
    ]


def test_quiet_says_errors_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert log(Voice(quiet=True), capsys) == ["mtfix: Exception in ASGI application: ValueError"]


def test_verbose_says_what_libraries_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert "mtfix: Running upgrade" in log(Voice(verbose=True), capsys)
