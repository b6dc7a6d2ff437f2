"""A table of hostile requests and the answers they get."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from mtfix.server.settings import Limits
from mtfix.server.store.tokens import add_token, revoke_token
from tests.server.conftest import add_wire, key, wait_for

DOCUMENT = "0" * 32


def bomb() -> bytes:
    """A Word document whose body inflates to hundreds of megabytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _ in range(300):
                part.write(b" " * 1_000_000)
    return buffer.getvalue()


HOSTILE: list[tuple[str, str, str, dict[str, Any], int]] = [
    ("too large", "POST", "/v2/check", {"content": b"x" * 8_000_001}, 413),
    ("length that is no number", "POST", "/v2/check", {"headers": {"Content-Length": "-1"}}, 413),
    ("a text too long", "POST", "/v2/check", {"data": {"language": "en", "text": "x" * 100_001}}, 413),
    ("a text too long, for the desk", "POST", "/api/v1/fix", {"json": {"text": "x" * 100_001}}, 422),
    ("a source too long", "POST", "/api/v1/documents", {"data": {"text": "a", "source": "x" * 100_001}}, 422),
    ("JSON that is none", "POST", "/api/v1/fix", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
    ("JSON without end", "POST", "/v2/check", {"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}}, 400),
    ("a form without end", "POST", "/v2/check", {"content": b"&".join(b"a=b" for _ in range(5000)), "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400),
    ("bytes that are no text", "POST", "/api/v1/fix", {"content": b'{"text": "\xff"}', "headers": {"Content-Type": "application/json"}}, 400),
    ("a number that is no number", "POST", "/api/v1/fix", {"content": b'{"text": NaN}', "headers": {"Content-Type": "application/json"}}, 422),
    ("the wrong type of content", "POST", "/api/v1/fix", {"content": b"It rained.", "headers": {"Content-Type": "text/plain"}}, 422),
    ("the wrong type of content, for a form", "POST", "/api/v1/documents", {"json": {"text": "a"}}, 422),
    ("the wrong type of content, for a check", "POST", "/v2/check", {"content": b"It rained.", "headers": {"Content-Type": "text/xml"}}, 400),
    ("a form in parts without a border", "POST", "/api/v1/documents", {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ("a form in parts that does not end", "POST", "/v2/check", {"content": b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na', "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400),
    ("half of a pair", "POST", "/api/v1/fix", {"content": b'{"text": "\\ud83d 2,5 million"}', "headers": {"Content-Type": "application/json"}}, 200),
    ("an unknown field", "POST", "/api/v1/fix", {"json": {"text": "a", "packs": ["/etc/passwd"]}}, 422),
    ("a path as a profile", "POST", "/api/v1/fix", {"json": {"text": "a", "profile": "/etc/passwd.yaml"}}, 422),
    ("a path as a static file", "GET", "/static/..%2f..%2fapp.py", {}, 404),
    ("a path as a document", "GET", "/api/v1/documents/..%2f..%2fetc", {}, 404),
    ("a path as a rule", "PUT", "/api/v1/preferences", {"json": {"rule": "../../x", "verdict": "never"}}, 422),
    ("a path as a format", "POST", "/api/v1/documents", {"data": {"text": "a", "format": "../text"}}, 422),
    ("SQL as a document", "GET", "/api/v1/documents/'%20or%201=1--", {}, 422),
    ("an unknown document", "GET", f"/api/v1/documents/{DOCUMENT}", {}, 404),
    ("an unknown export", "GET", f"/api/v1/documents/{DOCUMENT}/export?to=exe", {}, 422),
    ("nothing", "POST", "/api/v1/documents", {"data": {"text": " "}}, 422),
    ("an unknown format", "POST", "/api/v1/documents", {"data": {"text": "a", "format": "exe"}}, 422),
    ("a program as a text", "POST", "/api/v1/documents", {"files": {"file": ("a.txt", b"\x7fELF" + bytes(2000))}}, 422),
    ("a broken archive", "POST", "/api/v1/documents", {"files": {"file": ("a.docx", b"PK\x03\x04broken")}}, 422),
    ("a zip bomb", "POST", "/api/v1/documents", {"files": {"file": ("a.docx", bomb())}}, 422),
    ("entities without end", "POST", "/api/v1/documents", {"files": {"file": ("a.xml", b'<!DOCTYPE x [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><nitf>&b;</nitf>')}}, 422),
    ("another site", "POST", "/api/v1/documents", {"data": {"text": "a"}, "headers": {"Origin": "https://evil.example"}}, 403),
    ("another site, of no name", "POST", "/api/v1/documents", {"data": {"text": "a"}, "headers": {"Origin": "null"}}, 403),
    ("another site, by its fetch", "PUT", "/api/v1/preferences", {"json": {}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
    ("another name for this machine", "GET", "/", {"headers": {"Host": "evil.example"}}, 421),
    ("another site, by its fetch, from its own subdomain", "POST", "/api/v1/documents", {"data": {"text": "a"}, "headers": {"Sec-Fetch-Site": "same-site"}}, 403),
    ("another port of this machine", "DELETE", f"/api/v1/documents/{DOCUMENT}", {"headers": {"Origin": "http://127.0.0.1:9999"}}, 403),
    ("another site asks what it may", "OPTIONS", "/api/v1/documents", {"headers": {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}}, 405),
    ("no such method", "TRACE", "/api/v1/rules", {}, 405),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "request_", "status"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE]
)
def test_hostile_requests(client: TestClient, method: str, path: str, request_: dict[str, Any], status: int) -> None:
    answer = client.request(method, path, **request_)
    assert answer.status_code == status, answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"proposal": "0" * 16, "verdict": "accept"}, 422),
        ({"proposal": "sentence-999999", "verdict": "edit", "text": "x"}, 422),
        ({"proposal": "sentence-0", "verdict": "accept"}, 422),
        ({"proposal": "sentence-0", "verdict": "edit", "text": "x", "part": 7}, 422),
        ({"proposal": "../../x", "verdict": "accept"}, 422),
        ({"proposal": "sentence-0", "verdict": "edit", "text": "x" * 20_001}, 422),
        ({"proposal": "sentence-0", "verdict": "edit", "text": "x", "start": -4}, 422),
    ],
)
def test_forged_decisions(client: TestClient, said: dict[str, Any], status: int) -> None:
    document = add_wire(client)
    body = {"version": document["version"], "decisions": [{"key": key(9_999), **said}]}
    assert client.post(f"/api/v1/documents/{document['id']}/decisions", json=body).status_code == status
    assert client.get(f"/api/v1/documents/{document['id']}").json()["decisions"] == []


@pytest.mark.parametrize("version", [0, -1, 1, 2**31 - 1, 2**31, "x", 1.5, None])
def test_forged_and_stale_versions(client: TestClient, version: Any) -> None:
    """What is no version is turned down; what is not the newest one is a conflict, whoever made it up."""
    document = add_wire(client)
    said = {"key": key(9_997), "proposal": "sentence-0", "verdict": "edit", "text": "x"}
    status = 409 if version in (1, 2**31 - 1) else 422
    path = f"/api/v1/documents/{document['id']}"
    assert document["version"] not in (1, 2**31 - 1)
    decided = client.post(f"{path}/decisions", json={"version": version, "decisions": [said]})
    changed = client.patch(path, json={"version": version, "state": "done"})
    assert (decided.status_code, changed.status_code) == (status, status)
    again = client.get(path).json()
    assert (again["decisions"], again["state"], again["version"]) == ([], "new", document["version"])


@pytest.mark.parametrize("offset", ["start", "end", "segment", "offset"])
def test_forged_offsets(client: TestClient, offset: str) -> None:
    """Places are the server's own: a client names a proposal, and no offset of its own is read."""
    document = add_wire(client)
    id = document["parts"][0]["proposals"][0]["id"]
    said = {"key": key(9_996), "proposal": id, "verdict": "accept", offset: 10**9}
    path = f"/api/v1/documents/{document['id']}/decisions"
    assert client.post(path, json={"version": document["version"], "decisions": [said]}).status_code == 422


def test_a_text_of_an_option_that_was_not_offered(client: TestClient) -> None:
    document = add_wire(client)
    id = document["parts"][0]["proposals"][0]["id"]
    body = {
        "version": document["version"],
        "decisions": [{"key": key(9_998), "proposal": id, "verdict": "accept", "text": "forged"}],
    }
    assert client.post(f"/api/v1/documents/{document['id']}/decisions", json=body).status_code == 422


def test_script_in_a_text_and_a_name_stays_text(client: TestClient) -> None:
    script = "<script>alert(1)</script>"
    sent = client.post(
        "/api/v1/documents", files={"file": (f"../{script}.txt", f"{script} cost 2,5 million.".encode())}
    )
    document = wait_for(client, sent.json()["id"])
    for page in (
        client.get(f"/documents/{document['id']}"),
        client.get(f"/api/v1/documents/{document['id']}/export?to=html"),
    ):
        assert page.status_code == 200
        assert script not in page.text
    assert "/" not in document["name"]


@pytest.mark.parametrize(
    "path", ["/", "/v2/check", "/api/v1/rules", "/metrics", "/openapi.json", f"/documents/{DOCUMENT}"]
)
@pytest.mark.parametrize("token", ["", "Bearer wrong", "Bearer mtfix_wrong", "Basic bXRmaXg6"])
def test_without_a_token_nothing_is_told(start: Callable[..., TestClient], path: str, token: str) -> None:
    client = start(host="desk.example")
    answer = client.get(path, headers={"Authorization": token} if token else {})
    assert answer.status_code == 401
    assert client.get("/health").status_code == 200


def test_a_revoked_token_opens_nothing(start: Callable[..., TestClient]) -> None:
    client = start(host="desk.example")
    database = client.app.state.database  # type: ignore[attr-defined]
    token = add_token(database, "ann")
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/rules", headers=bearer).status_code == 200
    entered = client.post("/login", data={"token": token}, follow_redirects=False)
    assert entered.status_code == 303
    assert client.get("/api/v1/documents").status_code == 200
    revoke_token(database, "ann")
    assert client.get("/api/v1/rules", headers=bearer).status_code == 401
    assert client.get("/api/v1/documents").status_code == 401  # the cookie of the page
    assert client.post("/login", data={"token": token}).status_code == 401


def test_too_many_requests(start: Callable[..., TestClient]) -> None:
    client = start(limits=Limits(requests=3))
    assert [client.get("/health").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_too_many_texts(start: Callable[..., TestClient]) -> None:
    client = start(limits=Limits(seconds=0.0))
    answer = client.post("/v2/check", data={"language": "en", "text": "It rained."})
    assert (answer.status_code, answer.text.startswith("Error: ")) == (500, True)
    assert client.post("/api/v1/fix", json={"text": "It rained."}).status_code == 504


def test_a_slow_body_is_not_waited_for(start: Callable[..., TestClient]) -> None:
    client = start(limits=Limits(body_seconds=0.05))
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/v2/check", "raw_path": b"/v2/check", "query_string": b"", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1:8765"), (b"content-type", b"application/json")], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8765), "http_version": "1.1", "root_path": "", "app": client.app,
    }  # fmt: skip
    # In a thread of its own: where a browser was started before, an event loop is running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, client.app(scope, receive, send)).result(60)  # type: ignore[arg-type]
    assert sent[0]["status"] == 408


def test_no_text_in_the_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="mtfix"):
        client.post("/v2/check", data={"language": "en", "text": "A secret cost 2,5 million."})
        client.get("/v2/check", params={"language": "en", "text": "A secret cost 2,5 million."})
        client.get("/api/v1/documents", params={"search": "secret"})
    assert "secret" not in caplog.text
    lines = [json.loads(r.getMessage()) for r in caplog.records if r.name == "mtfix.server"]
    assert [(x["route"], x["status"]) for x in lines][:2] == [("/v2/check", 200)] * 2
