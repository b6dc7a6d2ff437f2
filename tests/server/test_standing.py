"""Always, never, never here: what an editor wants once for all is followed, listed, and taken back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from mtfix.errors import InputError
from mtfix.formats import read_document
from mtfix.pipeline import build_pipeline
from mtfix.server.store.wishes import FIRST_LINE, Wishes, check_phrase, write_pack
from tests.server.conftest import RULES, WIRE, add_wire, key, wait_for
from tests.server.test_library import export, find

SUGGESTED = "SAID_REPORTED_IN_OFFICE"


def wish(client: TestClient, path: str, **values: str) -> Any:
    answer = client.put(f"/api/v1/{path}", json=values)
    assert answer.status_code == 200, answer.text
    return answer.json()


def run_elsewhere(text: str) -> str:
    """What another run of mtfix writes, as `mtfix fix --rules-only`."""
    return build_pipeline(RULES)(read_document(text)).text


def rules_of(document: dict[str, Any]) -> set[str]:
    return {r for part in document["parts"] for p in part["proposals"] for r in p["rules"]}


def test_always_words_are_written_in_documents_to_come(start: Callable[..., TestClient]) -> None:
    client = start()
    words = {"before": "came to the square", "after": "gathered on the square"}
    assert wish(client, "phrases", **words, verdict="always") == [{**words, "verdict": "always"}]
    document = add_wire(client)
    assert find(document, "came to the square")["rules"] == ["DESK_1"]
    assert b"people gathered on the square" in export(client, document, "text")
    assert wish(client, "phrases", **words, verdict="") == []
    assert "DESK_1" not in rules_of(add_wire(client))


def test_never_words_are_not_proposed_again(start: Callable[..., TestClient]) -> None:
    client = start()
    change = {"before": "05.06.2020", "after": "June 5, 2020"}
    wish(client, "phrases", **change, verdict="never")
    document = add_wire(client, WIRE + "\nIt ended on 07.06.2020.")
    assert {p["before"] for p in document["parts"][0]["proposals"]} >= {"07.06.2020", "2,5 million"}
    text = export(client, document, "text").decode()
    assert "rubles on 05.06.2020." in text
    assert "June 7, 2020" in text


def test_of_two_wishes_about_the_same_words_the_later_holds(start: Callable[..., TestClient]) -> None:
    client = start()
    wish(client, "phrases", before="press service", after="press office", verdict="always")
    listed = wish(client, "phrases", before="press service", after="spokespeople", verdict="always")
    assert [w["after"] for w in listed] == ["spokespeople"]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("the", "a", "always"),
        ("ISIL", "IS", "always"),
        (" ", "a", "never"),
        ("same", "same", "never"),
        ("a\nb c", "d", "never"),
    ],
)
def test_words_that_say_too_little_are_not_remembered(
    client: TestClient, before: str, after: str, verdict: str
) -> None:
    answer = client.put("/api/v1/phrases", json={"before": before, "after": after, "verdict": verdict})
    assert answer.status_code == 422
    with pytest.raises(InputError):
        check_phrase(before, after, verdict)


def test_never_here_turns_a_rule_off_in_one_document(client: TestClient) -> None:
    document = add_wire(client)
    other = add_wire(client)
    path = f"/api/v1/documents/{document['id']}"
    said = {"key": key(9001), "proposal": "rule", "verdict": "never", "text": "RU_NUMERIC_DATE"}
    version = client.post(f"{path}/decisions", json={"version": document["version"], "decisions": [said]}).json()[
        "version"
    ]
    assert b"on 05.06.2020" in export(client, document, "text")
    assert b"on June 5, 2020" in export(client, other, "text")
    assert client.patch(path, json={"version": version, "profile": "bbc"}).status_code == 200
    again = wait_for(client, document["id"])
    assert find(again, "05.06.2020")["after"] == "5 June 2020"  # another proposal of the same rule
    assert b"on 05.06.2020" in export(client, again, "text")
    [kept] = again["decisions"]
    assert (kept["proposal"], kept["verdict"], kept["text"]) == ("rule", "never", "RU_NUMERIC_DATE")
    back = {**said, "key": key(9002), "verdict": "undo"}
    assert client.post(f"{path}/decisions", json={"version": again["version"], "decisions": [back]}).status_code == 200
    assert b"on 5 June 2020" in export(client, again, "text")


@pytest.mark.parametrize(
    "said",
    [
        {"proposal": "rule", "verdict": "never", "text": "NO_SUCH_RULE"},
        {"proposal": "rule", "verdict": "accept", "text": "RU_NUMERIC_DATE"},
        {"proposal": "sentence-0", "verdict": "never", "text": "RU_NUMERIC_DATE"},
    ],
)
def test_never_is_said_of_a_rule_of_the_document(client: TestClient, said: dict[str, str]) -> None:
    document = add_wire(client)
    body = {"version": document["version"], "decisions": [{"key": key(9100), **said}]}
    assert client.post(f"/api/v1/documents/{document['id']}/decisions", json=body).status_code == 422


def test_other_runs_follow_the_pack_of_the_desk(
    start: Callable[..., TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    pack = tmp_path / "mtfix" / "packs" / "desk-wishes.yaml"
    client = start(pack=pack)
    wish(client, "preferences", rule="RU_NUMERIC_DATE", verdict="never")
    wish(client, "preferences", rule=SUGGESTED, verdict="always")
    wish(client, "phrases", before="Nothing is wrong", after="All is well", verdict="always")
    assert run_elsewhere(WIRE) == (
        "MINSK, May 5. Up to 2,500 people came to the square, the ministry reported.\n\n"
        "The price rose to 2.5 million rubles on 05.06.2020. All is well here.\n"
    )
    command = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "rules", "test", str(pack)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"DESK_1", SUGGESTED} <= rules_of(add_wire(client))  # and the desk follows it once, not twice
    wish(client, "preferences", rule="RU_NUMERIC_DATE", verdict="")
    wish(client, "preferences", rule=SUGGESTED, verdict="")
    wish(client, "phrases", before="Nothing is wrong", after="All is well", verdict="")
    assert not pack.exists()
    assert "on June 5, 2020" in run_elsewhere(WIRE)
    assert "on June 5, 2020" in client.post("/api/v1/fix", json={"text": WIRE}).json()["text"]


def test_a_server_that_began_with_a_wish_can_take_it_back(
    start: Callable[..., TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    pack = tmp_path / "mtfix" / "packs" / "desk-wishes.yaml"
    wish(start(pack=pack), "preferences", rule="RU_NUMERIC_DATE", verdict="never")
    client = start(pack=pack)
    assert "RU_NUMERIC_DATE" not in rules_of(add_wire(client))
    wish(client, "preferences", rule="RU_NUMERIC_DATE", verdict="")
    assert "RU_NUMERIC_DATE" in rules_of(add_wire(client))


def test_a_pack_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "desk-wishes.yaml"
    wishes = Wishes({"RU_NUMERIC_DATE": "never"})
    write_pack(wishes, pack)
    assert pack.read_text().startswith(FIRST_LINE)
    pack.write_text("pack: mine\n")
    with pytest.raises(InputError, match="not a pack of the desk"):
        write_pack(wishes, pack)
    assert pack.read_text() == "pack: mine\n"


def test_desks_do_not_share_what_they_want(start: Callable[..., TestClient]) -> None:
    from mtfix.server.store.tokens import add_token

    client = start(host="desk.example")
    tokens = {name: add_token(client.app.state.database, name) for name in ("ann", "bob")}  # type: ignore[attr-defined]
    ann, bob = ({"Authorization": f"Bearer {tokens[name]}"} for name in ("ann", "bob"))
    body = {"before": "press service", "after": "press office", "verdict": "always"}
    assert client.put("/api/v1/phrases", json=body, headers=ann).status_code == 200
    assert client.get("/api/v1/phrases", headers=bob).json() == []
    texts = {"text": "The press service of the court said so."}
    assert "press office" in client.post("/api/v1/fix", json=texts, headers=ann).json()["text"]
    assert "press office" not in client.post("/api/v1/fix", json=texts, headers=bob).json()["text"]
