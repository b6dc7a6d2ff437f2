"""A server that listens: slow clients, starting, stopping; and the model, which is there once."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import mtfix.model.load
from mtfix.config import Config
from mtfix.errors import ConfigError
from mtfix.formats import read_document
from mtfix.model.load import find_model
from mtfix.server.app import listen as listen_on
from mtfix.server.app import make_server
from mtfix.server.engine import BusyError, Engine
from mtfix.server.settings import Limits, Settings
from tests.server.conftest import RULES
from tests.server.postgres import free_port

Listen = Callable[..., tuple[Any, int]]


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that is in a hurry."""
    for begin in _listen(tmp_path_factory.mktemp("desk")):
        yield begin(head_seconds=0.6, body_seconds=0.6)[1]


@pytest.fixture
def listen(tmp_path: Path) -> Iterator[Listen]:
    """Return a function that starts a server with the given limits in a thread, and returns it with its port."""
    yield from _listen(tmp_path)


def _listen(folder: Path) -> Iterator[Listen]:
    running: list[tuple[Any, threading.Thread]] = []

    def begin(**limits: Any) -> tuple[Any, int]:
        port = free_port()
        settings = Settings(port=port, db=f"sqlite:///{folder / 'desk.db'}", config=RULES, limits=Limits(**limits))
        server = make_server(settings)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        return server, port

    yield begin
    for server, thread in running:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


def send_slowly(port: int, *pieces: bytes, pause: float = 0.02) -> bytes:
    """Send pieces with pauses, say nothing more, and return what comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        found = b""
        while data := connection.recv(65_536):
            found += data
        return found


HEAD = b"POST /v2/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("pieces", [(), (b"GET ",), (HEAD, b"X-A: 1\r\n", b"X-B: 2\r\n")])
def test_a_head_that_does_not_end_is_not_waited_for(hasty: int, pieces: tuple[bytes, ...]) -> None:
    assert send_slowly(hasty, *pieces) == b""


def test_a_second_head_that_does_not_end(hasty: int) -> None:
    first = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    found = send_slowly(hasty, first, b"GET /health HTTP/1.1\r\n", pause=0.3)
    assert found.count(b"HTTP/1.1 200") == 1


def test_a_body_that_does_not_end_is_not_waited_for(hasty: int) -> None:
    found = send_slowly(hasty, HEAD + b"Content-Length: 100\r\n\r\n", b"{", b'"te')
    assert found.startswith(b"HTTP/1.1 408 ")
    found = send_slowly(hasty, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n", b"1\r\n \r\n")
    assert found.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 70_000,
        b"GET /\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{}",
    ],
    ids=["a head without end", "a zero byte", "no host", "nonsense", "two lengths"],
)
def test_what_is_no_request(hasty: int, sent: bytes) -> None:
    found = send_slowly(hasty, sent)
    assert found.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in found


def test_slow_clients_do_not_keep_others_waiting(hasty: int) -> None:
    idle = [socket.create_connection(("127.0.0.1", hasty)) for _ in range(100)]
    for connection in idle:
        connection.sendall(HEAD)
    client = http.client.HTTPConnection("127.0.0.1", hasty, timeout=60)
    client.request("GET", "/health")
    assert client.getresponse().status == 200
    for connection in [*idle, client]:
        connection.close()


def test_stopping_answers_what_is_under_way(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    run = Engine._run

    def wait_and_run(engine: Engine, job: Any) -> None:
        begun.set()
        go_on.wait(60)
        run(engine, job)

    monkeypatch.setattr(Engine, "_run", wait_and_run)
    server, port = listen()
    assert server.config.app.state.engine.ready.wait(300)
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    body = '{"language": "en-US", "text": "It cost 2,5 million."}'
    client.request("POST", "/v2/check", body, {"Content-Type": "application/json"})
    assert begun.wait(120)
    server.should_exit = True
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:  # nobody new is let in
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            time.sleep(0.02)
        except ConnectionRefusedError:
            break
    else:
        raise AssertionError("the server still takes connections")
    go_on.set()
    answer = client.getresponse()
    assert answer.status == 200
    assert b"2.5 million" in answer.read()


def test_not_ready_until_the_model_is_there(start: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    warm_up = Engine._warm_up

    def wait_and_warm_up(engine: Engine) -> None:
        assert loaded.wait(60)
        warm_up(engine)

    monkeypatch.setattr(Engine, "_warm_up", wait_and_warm_up)
    client = start()
    assert client.get("/ready").json() == {"status": "loading"}
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200
    loaded.set()
    deadline = time.monotonic() + 60
    while client.get("/ready").status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert client.get("/ready").json() == {"status": "ready", "model": ""}


def test_a_model_that_cannot_be_loaded_is_never_ready(start: Callable[..., TestClient], tmp_path: Path) -> None:
    client = start(config=Config(model=str(tmp_path)))
    deadline = time.monotonic() + 60
    while client.get("/ready").json()["status"] == "loading" and time.monotonic() < deadline:
        time.sleep(0.01)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "failed")
    assert "Traceback" not in answer.text


@pytest.mark.skipif(find_model("") is None, reason="no model is installed")
def test_the_model_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Any] = []
    load = mtfix.model.load._load

    def count_and_load(*values: Any) -> Any:
        loads.append(values)
        return load(*values)

    monkeypatch.setattr(mtfix.model.load, "_load", count_and_load)
    monkeypatch.setattr(mtfix.model.load, "_LOADED", {})
    engine = Engine(Config(model="default"), Limits())
    document = read_document("It rained in the town.")
    jobs = [engine.submit((document,), Config(model="default", profile=p)) for p in ("plain", "bbc", "plain", "bbc")]
    assert all(job.result(120) for job in jobs)
    assert len(loads) == 1
    assert engine.model_name.startswith("default@")
    engine.close()
    with pytest.raises(BusyError, match="stopping"):
        engine.submit((document,))


def test_a_port_that_is_taken_is_named() -> None:
    with listen_on("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} of 127.0.0.1 is taken .* choose one with --port"):
            listen_on("127.0.0.1", port)


def test_an_address_that_is_not_here_is_named() -> None:
    with pytest.raises(ConfigError, match=r"cannot listen on 192\.0\.2\.1, port 8765: "):
        listen_on("192.0.2.1", 8765)
