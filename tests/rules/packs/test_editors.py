"""The schemas for editors accept what ships and refuse what the reader refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from mtfix.rules.packs.editors import SCHEMAS
from mtfix.rules.packs.find import packaged_packs
from mtfix.rules.packs.profiles import list_profiles

jsonschema = pytest.importorskip("jsonschema")
RULE: dict[str, Any] = {
    "id": "DESK_A",
    "kind": "substitution",
    "match": "a",
    "replace": "b",
    "why": "Because.",
    "examples": [{"bad": "a", "good": "b"}, {"keep": "c"}],
}


def list_errors(what: str, value: object) -> list[str]:
    return [e.message for e in jsonschema.Draft202012Validator(SCHEMAS[what]()).iter_errors(value)]


def read(path: Path) -> object:
    # Editors read YAML 1.2, in which a date is a text.
    return json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))


@pytest.mark.parametrize("what", SCHEMAS)
def test_schemas_are_schemas(what: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[what]())


@pytest.mark.parametrize("name", packaged_packs())
def test_packs_that_ship_are_valid(name: str) -> None:
    assert list_errors("pack", read(packaged_packs()[name])) == []


@pytest.mark.parametrize("name", list_profiles())
def test_profiles_that_ship_are_valid(name: str) -> None:
    assert list_errors("profile", read(list_profiles()[name])) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"when": {"spelling": "british"}}, ""),
        ({"when": {"spelling": "scottish"}}, "scottish"),
        ({"replac": "b"}, "replac"),
        ({"kind": "substitutoin"}, "substitutoin"),
        ({"tier": "maybe"}, "maybe"),
        ({"id": "lower"}, "lower"),
    ],
)
def test_a_mistake_in_a_rule_is_seen(change: dict[str, Any], said: str) -> None:
    errors = list_errors("pack", {"pack": "desk", "rules": [{**RULE, **change}]})
    assert any(said in e for e in errors) if said else errors == []


@pytest.mark.parametrize(
    ("value", "fine"),
    [
        ({"profile": "ap", "fix": "all", "settings": {"spelling": "british"}}, True),
        ({"profil": "ap"}, False),
        ({"fix": "some"}, False),
        ({"settings": {"spelling": "scottish"}}, False),
    ],
)
def test_the_configuration(value: dict[str, Any], fine: bool) -> None:
    assert (list_errors("config", value) == []) is fine
