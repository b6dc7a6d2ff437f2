"""Documents, decisions and what comes out of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text as sql

from mtfix.decisions import apply_decisions, read_decisions
from mtfix.formats import read_document
from tests.server.conftest import BOTH, RULES, WIRE, add_wire, key, wait_for

_numbers = iter(range(10_000))


@pytest.fixture(scope="module", params=BOTH)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def decide(client: TestClient, document: dict[str, Any], *said: tuple[str, str, str], version: int = 0) -> Any:
    """Send (proposal, verdict, text) for a document; the version is its own unless another is given."""
    body = {
        "version": version or document["version"],
        "decisions": [{"key": key(next(_numbers)), "proposal": p, "verdict": v, "text": t} for p, v, t in said],
    }
    return client.post(f"/api/v1/documents/{document['id']}/decisions", json=body)


def find(document: dict[str, Any], before: str) -> dict[str, Any]:
    [found] = [p for part in document["parts"] for p in part["proposals"] if p["before"] == before]
    return dict(found)


def export(client: TestClient, document: dict[str, Any], to: str) -> bytes:
    answer = client.get(f"/api/v1/documents/{document['id']}/export", params={"to": to})
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_wire_comes_back_with_its_proposals(client: TestClient) -> None:
    document = add_wire(client)
    [part] = document["parts"]
    assert part["segments"][0]["mt"] == "MINSK, May 5."
    for p in part["proposals"]:
        assert WIRE[p["start"] : p["end"]] == p["before"]
        assert p["why"]
    assert find(document, "2,5 thousand")["applied"]
    assert not find(document, "reported in the ministry")["applied"]


def test_undecided_edits_stand_and_suggestions_do_not(client: TestClient) -> None:
    document = add_wire(client)
    assert export(client, document, "original").decode() == (
        "MINSK, May 5. Up to 2,500 people came to the square, reported in the ministry.\n\n"
        "The price rose to 2.5 million rubles on June 5, 2020. Nothing is wrong here.\n"
    )


def test_decisions_change_the_text(client: TestClient) -> None:
    document = add_wire(client)
    answer = decide(
        client,
        document,
        (find(document, "reported in the ministry")["id"], "accept", ""),
        (find(document, "2,5 million")["id"], "reject", ""),
        (find(document, "05.06.2020")["id"], "edit", "Friday"),
        ("sentence-3", "edit", "All is well."),
    )
    assert answer.status_code == 200, answer.text
    assert export(client, document, "text").decode() == (
        "MINSK, May 5. Up to 2,500 people came to the square, the ministry reported.\n\n"
        "The price rose to 2,5 million rubles on Friday. All is well.\n"
    )


def test_an_undone_decision_is_open_again(client: TestClient) -> None:
    document = add_wire(client)
    id = find(document, "2,5 million")["id"]
    version = decide(client, document, (id, "reject", "")).json()["version"]
    assert decide(client, document, (id, "undo", ""), version=version).status_code == 200
    again = client.get(f"/api/v1/documents/{document['id']}").json()
    assert again["decisions"] == []
    assert again["state"] == "work"


def test_the_second_editor_is_told(client: TestClient) -> None:
    document = add_wire(client)
    id = find(document, "2,5 million")["id"]
    assert decide(client, document, (id, "reject", "")).status_code == 200
    late = decide(client, document, (id, "accept", ""))
    assert late.status_code == 409
    assert late.json()["version"] > document["version"]
    again = client.get(f"/api/v1/documents/{document['id']}").json()
    assert [d["verdict"] for d in again["decisions"]] == ["reject"]


def test_saying_it_twice_is_saying_it_once(client: TestClient) -> None:
    document = add_wire(client)
    said = {"key": key(next(_numbers)), "proposal": find(document, "2,5 million")["id"], "verdict": "reject"}
    body = {"version": document["version"], "decisions": [said]}
    first = client.post(f"/api/v1/documents/{document['id']}/decisions", json=body)
    second = client.post(f"/api/v1/documents/{document['id']}/decisions", json=body)
    assert first.json() == second.json()
    assert second.status_code == 200


def test_deleting_leaves_no_trace(start: Callable[..., TestClient]) -> None:
    client = start()
    document = add_wire(client, text="A secret word: 2,5 million rubles.", source="тайна")
    decide(client, document, (find(document, "2,5 million")["id"], "edit", "secret"))
    assert client.delete(f"/api/v1/documents/{document['id']}").status_code == 204
    assert client.get(f"/api/v1/documents/{document['id']}").status_code == 404
    with client.app.state.database.connect() as connection:  # type: ignore[attr-defined]
        for table in ("documents", "decisions"):
            assert connection.execute(sql(f"select count(*) from {table}")).scalar() == 0


def test_the_library_is_searched(start: Callable[..., TestClient]) -> None:
    client = start()
    first = add_wire(client, name="budget.txt")
    add_wire(client, text="Another text entirely.", name="other.txt")
    listed = client.get("/api/v1/documents", params={"search": "SQUARE"}).json()
    assert [d["id"] for d in listed] == [first["id"]]
    assert [d["name"] for d in client.get("/api/v1/documents", params={"search": "other"}).json()] == ["other.txt"]
    assert client.get("/api/v1/documents", params={"state": "done"}).json() == []


def test_done_counts_the_words_changed(start: Callable[..., TestClient]) -> None:
    client = start()
    document = add_wire(client)
    body = {"version": document["version"], "state": "done"}
    assert client.patch(f"/api/v1/documents/{document['id']}", json=body).json()["state"] == "done"
    page = client.get("/statistics").text
    assert "1, 1 done" in page


def test_another_profile_proposes_anew(client: TestClient) -> None:
    document = add_wire(client, text="The talks took place on 05.06.2020 in Minsk. The organisation agreed.")
    body = {"version": document["version"], "profile": "bbc"}
    assert client.patch(f"/api/v1/documents/{document['id']}", json=body).status_code == 200
    again = wait_for(client, document["id"])
    assert again["profile"] == "bbc"
    assert find(again, "05.06.2020")["after"] != find(document, "05.06.2020")["after"]


def test_never_turns_a_rule_off_for_the_desk(start: Callable[..., TestClient]) -> None:
    client = start()
    wish = {"rule": "RU_SCALE_DECIMAL_COMMA", "verdict": "never"}
    assert client.put("/api/v1/preferences", json=wish).json() == {"RU_SCALE_DECIMAL_COMMA": "never"}
    rules = {r for p in add_wire(client)["parts"][0]["proposals"] for r in p["rules"]}
    assert "RU_SCALE_DECIMAL_COMMA" not in rules
    assert "RU_NUMERIC_DATE" in rules
    assert client.put("/api/v1/preferences", json={**wish, "verdict": ""}).json() == {}
    assert client.put("/api/v1/preferences", json={"rule": "NO_SUCH", "verdict": "never"}).status_code == 422


def test_always_accepts_in_documents_to_come(start: Callable[..., TestClient]) -> None:
    client = start()
    client.put("/api/v1/preferences", json={"rule": "SAID_REPORTED_IN_OFFICE", "verdict": "always"})
    document = add_wire(client)
    assert b"the ministry reported" in export(client, document, "text")
    assert [d["editor"] for d in document["decisions"]] == ["always"]


def test_exports(client: TestClient) -> None:
    document = add_wire(client, text=WIRE + "\nA < B & “quotes”, 😀 and Привет.")
    assert b"<p>" in export(client, document, "html")
    assert b"&lt; B &amp;" in export(client, document, "html")
    assert b"Content-Security-Policy" in export(client, document, "report")
    [record] = json.loads(export(client, document, "json"))
    assert {e["before"] for e in record["edits"]} == {"2,5 thousand", "2,5 million", "05.06.2020"}
    decisions = read_decisions(export(client, document, "decisions"), "d.json")
    assert apply_decisions(read_document(record["original"]), decisions[0][1]).text == record["text"]
    for to, mark in (("docx", False), ("tracked", True)):
        with zipfile.ZipFile(io.BytesIO(export(client, document, to))) as archive:
            body = archive.read("word/document.xml").decode()
        assert ("<w:ins " in body) is mark
        assert "😀 and Привет." in body


def test_word_reads_its_own_export(client: TestClient) -> None:
    docx = pytest.importorskip("docx", reason="python-docx reads the export")
    data = export(client, add_wire(client), "docx")
    paragraphs = [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]
    assert paragraphs[1] == "The price rose to 2.5 million rubles on June 5, 2020. Nothing is wrong here."
    sent = client.post("/api/v1/documents", files={"file": ("wire.docx", data)})
    again = wait_for(client, sent.json()["id"])
    assert again["format"] == "docx"
    assert export(client, again, "original")[:2] == b"PK"


def test_a_table_has_a_part_for_each_record(client: TestClient) -> None:
    rows = "id\ttext\n1\tIt rose to 2,5 million.\n2\tNothing to do.\n"
    sent = client.post("/api/v1/documents", files={"file": ("rows.tsv", rows.encode())})
    document = wait_for(client, sent.json()["id"])
    assert len(document["parts"]) == 2
    assert export(client, document, "original").decode() == rows.replace("2,5", "2.5")


def test_what_was_not_read_is_read_after_a_restart(start: Callable[..., TestClient]) -> None:
    client = start()
    id = client.app.state.desk.store.add("local", "wire.txt", "text", WIRE.encode(), "plain")  # type: ignore[attr-defined]
    assert wait_for(client, id)["ready"]


def test_desks_do_not_see_each_other(start: Callable[..., TestClient]) -> None:
    from mtfix.server.store.tokens import add_token, revoke_token

    client = start(host="desk.example")
    tokens = {name: add_token(client.app.state.database, name) for name in ("ann", "bob")}  # type: ignore[attr-defined]
    ann, bob = ({"Authorization": f"Bearer {tokens[name]}"} for name in ("ann", "bob"))
    id = client.post("/api/v1/documents", data={"text": WIRE}, headers=ann).json()["id"]
    assert client.get(f"/api/v1/documents/{id}", headers=ann).status_code == 200
    assert client.get(f"/api/v1/documents/{id}", headers=bob).status_code == 404
    assert client.get("/api/v1/documents", headers=bob).json() == []
    assert client.delete(f"/api/v1/documents/{id}", headers=bob).status_code == 404
    revoke_token(client.app.state.database, "ann")  # type: ignore[attr-defined]
    assert client.get(f"/api/v1/documents/{id}", headers=ann).status_code == 401


def test_a_token_opens_the_page(start: Callable[..., TestClient]) -> None:
    from mtfix.server.store.tokens import add_token

    client = start(host="desk.example")
    token = add_token(client.app.state.database, "ann")  # type: ignore[attr-defined]
    page = client.get("/", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    assert client.post("/login", data={"token": "mtfix_wrong"}).status_code == 401
    entered = client.post("/login", data={"token": token}, follow_redirects=False)
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert "samesite=strict" in entered.headers["set-cookie"].lower()
    assert client.get("/").status_code == 200


def test_fix_answers_at_once_and_as_a_stream(client: TestClient) -> None:
    answer = client.post("/api/v1/fix", json={"text": WIRE}).json()
    assert "2.5 million" in answer["text"]
    with client.stream("POST", "/api/v1/fix/stream", json={"text": WIRE}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = [line for line in stream.iter_lines() if line]
    kinds = [e.removeprefix("event: ") for e in events if e.startswith("event:")]
    assert kinds == ["sentence"] * 4 + ["done"]
    assert json.loads(events[-1].removeprefix("data: ")) == answer


def test_what_there_is_to_choose_from(client: TestClient) -> None:
    assert "bbc" in [p["name"] for p in client.get("/api/v1/profiles").json()]
    assert "docx" in [f["name"] for f in client.get("/api/v1/formats").json()]
    [rule] = [r for r in client.get("/api/v1/rules").json() if r["id"] == "RU_NUMERIC_DATE"]
    assert (rule["pack"], rule["tier"]) == ("numbers-dates", "auto")


def test_probes_and_counters(client: TestClient) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/ready").status_code in (200, 503)
    client.post("/v2/check", data={"language": "en-US", "text": "It rained."})
    counters = client.get("/metrics").text
    assert 'mtfix_requests_total{method="POST",route="/v2/check",status="200"}' in counters
    assert "rained" not in counters


def test_openapi_is_published(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert "/api/v1/documents/{id}/decisions" in paths
    assert RULES.rules_only


def test_statistics_follow_rules_and_confidence_over_time(start: Callable[..., TestClient]) -> None:
    from datetime import datetime, timezone

    from sqlalchemy.orm import Session

    from mtfix.server.statistics import measure
    from mtfix.server.store.models import StoredDecision, StoredDocument

    client = start()
    assert "Nothing was decided yet" in client.get("/statistics").text
    document = add_wire(client)
    version = decide(client, document, *((p["id"], "accept", "") for p in document["parts"][0]["proposals"])).json()[
        "version"
    ]
    database = client.app.state.database  # type: ignore[attr-defined]
    with Session(database) as session, session.begin():
        [stored] = session.query(StoredDocument).all()
        stored.decisions[0].created = datetime(2026, 1, 5, tzinfo=timezone.utc)
        for n, (confidence, verdict) in enumerate(((0.97, "accept"), (0.97, "reject"), (0.5, "edit"))):
            stored.decisions.append(
                StoredDecision(
                    key=key(8000 + n), part=0, proposal=f"{n:016x}", verdict=verdict, rule="model:m@1",
                    confidence=confidence, created=datetime(2026, 1, 6 + n, tzinfo=timezone.utc),
                )
            )  # fmt: skip
    figures = measure(database, "local")
    assert figures.unit in ("day", "week", "month")
    assert [(c.whole.name, c.whole.accepted, c.whole.rejected, c.whole.edited) for c in figures.bands] == [
        ("sure", 1, 1, 0),
        ("likely", 0, 0, 1),
    ]
    assert sum(c.total for c in figures.whole.periods) == figures.decisions == 7
    assert all(len(c.periods) == len(figures.periods) for c in (*figures.rules, *figures.bands))
    client.patch(f"/api/v1/documents/{document['id']}", json={"version": version, "state": "done"})
    page = client.get("/statistics").text
    assert page.count("<svg") >= 3 + 2 * len(figures.rules)
    assert "likely" in page
    assert "Words changed (HTER), at most" in page
