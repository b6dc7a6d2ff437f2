"""JSON Schema of packs, profiles and the configuration, for editors that complete and check YAML and TOML.

Made from the models that validate the files, so an editor knows the same keys. What takes more than a shape (patterns that
compile, examples that hold) is said by `mtfix rules test`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mtfix.config import Config
from mtfix.profile import SETTINGS
from mtfix.rules.kinds.evidence import shared_evidence
from mtfix.rules.kinds.registry import KINDS
from mtfix.rules.packs.profiles import ProfileModel
from mtfix.rules.packs.read import PackModel

# Keys whose lists may hold a plain text in place of a map (see `read_variants`).
_SHORT = frozenset({"variants", "also", "also_short"})
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def pack_schema() -> dict[str, Any]:
    """Return the schema of a rule pack: each rule by its kind."""
    schema = PackModel.model_json_schema()
    definitions: dict[str, Any] = {}
    choices = []
    for kind, model in KINDS.items():
        rule = model.model_json_schema()
        definitions |= rule.pop("$defs", {})
        rule["properties"]["kind"] = {"const": kind}
        for name in _SHORT & set(rule["properties"]):
            rule["properties"][name] = _allow_text(rule["properties"][name])
        if "evidence" in rule["properties"]:  # or the name of a shared set
            rule["properties"]["evidence"] = {
                "anyOf": [{"enum": sorted(shared_evidence())}, rule["properties"]["evidence"]]
            }
        rule["properties"]["when"] = _settings(lists=True)
        definitions[f"rule-{kind}"] = rule
        choices.append({"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/rule-{kind}"}})
    # By `if` and not by `oneOf`: a mistake is then reported for the kind that was meant.
    schema["properties"]["rules"]["items"] = {
        "type": "object",
        "required": ["id", "kind", "why", "examples"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": choices,
    }
    return {"$schema": _DIALECT, **schema, "title": "mtfix rule pack", "$defs": definitions}


def profile_schema() -> dict[str, Any]:
    """Return the schema of a house profile."""
    schema = ProfileModel.model_json_schema()
    schema["properties"]["settings"] = _settings()
    return {"$schema": _DIALECT, **schema, "title": "mtfix profile"}


def config_schema() -> dict[str, Any]:
    """Return the schema of ``mtfix.toml``."""
    schema = Config.model_json_schema()
    schema["properties"]["settings"] = _settings()
    return {"$schema": _DIALECT, **schema, "title": "mtfix.toml"}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "pack": pack_schema,
    "profile": profile_schema,
    "config": config_schema,
}


def _allow_text(items: dict[str, Any]) -> dict[str, Any]:
    return {**items, "items": {"anyOf": [{"type": "string"}, items["items"]]}}


def _settings(*, lists: bool = False) -> dict[str, Any]:
    def of(values: tuple[str, ...]) -> dict[str, Any]:
        one: dict[str, Any] = {"enum": list(values)}
        return {"anyOf": [one, {"type": "array", "items": one}]} if lists else one

    return {
        "type": "object",
        "properties": {key: of(values) for key, values in SETTINGS.items()},
        "additionalProperties": False,
    }
