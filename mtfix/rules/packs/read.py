"""Rule packs: YAML in, validated rules out. Every mistake is reported with its place and the known names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mtfix.errors import PackError, read_mistake, unknown_name
from mtfix.files.cache import cache_folder, digest_parts, format_source, read_cached, write_cached
from mtfix.profile import SETTINGS, Profile
from mtfix.rules.kinds.registry import KINDS
from mtfix.rules.packs.find import packaged_packs, user_packs
from mtfix.rules.packs.packed import PackedRule, RulePack, compile_rule
from mtfix.rules.packs.yamlmarks import Marked, load_marked
from mtfix.rules.pattern import compiling_at_once
from mtfix.rules.schema import RuleModel

_HEAD = {"id", "kind", "stage", "tier", "why", "tags", "quotes", "in_", "when"}
# Kinds that change words; the others mend names and numbers, or only report.
_OF_WORDS = frozenset(("substitution", "phrase"))


class PackModel(BaseModel):
    """The head of a pack; its rules are validated one by one, by kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    pack: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    about: str = ""
    quotes: Literal["", "fix", "words", "leave"] = ""  # of its rules that do not say themselves
    extends: tuple[str, ...] = Field(default=(), strict=False)
    disable: tuple[str, ...] = Field(default=(), strict=False)
    always: tuple[str, ...] = Field(default=(), strict=False)
    never: tuple[str, ...] = Field(default=(), strict=False)
    rules: list[Any] = Field(default_factory=list)


def load_pack(path: Path) -> RulePack:
    """Read and validate one pack file.

    Raises:
        PackError: the file cannot be read, or ``file:line:column: [rule ID:] what is wrong``.
    """
    try:
        stat = path.stat()
        return _load_pack(str(path), stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        known = ", ".join((*packaged_packs(), *user_packs()))
        raise PackError(f"{path}: no such rule pack. Give a path, or one of: {known}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}:1:1: cannot read the rule pack: {error}") from None


@lru_cache(maxsize=64)
def _load_pack(path: str, mtime: int, size: int) -> RulePack:
    text = Path(path).read_text(encoding="utf-8")
    if cache_folder() is None:
        return parse_pack(text, _short(path), check=not _ships(path))
    digest = digest_parts(text)
    kept = read_cached(f"pack-{digest}.json")
    if kept is not None:
        return _unpack(kept, _short(path), digest)
    marked = load_marked(text, _short(path))
    pack = read_pack(marked, check=not _ships(path), digest=digest)
    write_cached(f"pack-{digest}.json", _pack_up(pack, marked.value.get("rules", ())))
    return pack


def _ships(path: str) -> bool:
    """Whether the test suite compiles every rule of a pack; at run time only those that a text wakes are compiled."""
    return Path(path) in packaged_packs().values()


def _pack_up(pack: RulePack, items: Iterable[Any]) -> list[Any]:
    rules = [[_drop_name(r.place), r.head, format_source(item)] for r, item in zip(pack.rules, items, strict=True)]
    return [pack.name, pack.about, _drop_name(pack.place), pack.extends, pack.disable, pack.always, pack.never, rules]


def _unpack(kept: list[Any], name: str, digest: str) -> RulePack:
    title, about, place, extends, disable, always, never, rules = kept
    packed = [PackedRule(head, title, f"{name}:{at}", source=source, digest=digest) for at, head, source in rules]
    lists = (tuple(names) for names in (extends, disable, always, never))
    return RulePack(title, about, f"{name}:{place}", tuple(packed), *lists)


def _drop_name(place: str) -> str:
    return ":".join(place.rsplit(":", 2)[1:])


def _short(path: str) -> str:
    try:
        return os.path.relpath(path) if not os.path.relpath(path).startswith("..") else path
    except ValueError:  # another drive
        return path


def parse_pack(text: str, name: str, *, check: bool = True) -> RulePack:
    """Validate the text of a pack; ``name`` stands in error messages. Raises PackError."""
    return read_pack(load_marked(text, name), check=check)


def read_pack(marked: Marked, *, check: bool = True, digest: str = "") -> RulePack:
    """Validate a pack. Raises PackError.

    Without ``check`` patterns are not compiled, and a bad one is found only when the rule is used.
    """
    if not isinstance(marked.value, dict):
        raise PackError(f"{marked.name}:1:1: a rule pack is a map with the keys {', '.join(PackModel.model_fields)}")
    head = _validate(PackModel, marked.value, marked, ())
    rules: list[PackedRule] = []
    seen: dict[str, str] = {}
    for i, item in enumerate(head.rules):
        rule = _parse_rule(item, marked, ("rules", i), head.pack, head.quotes, check, digest)
        if rule.id in seen:
            raise PackError(f"{rule.place}: rule {rule.id}: this id stands already at {seen[rule.id]}")
        seen[rule.id] = rule.place
        rules.append(rule)
    lists = (head.extends, head.disable, head.always, head.never)
    return RulePack(head.pack, head.about, marked.place(()), tuple(rules), *lists)


def _parse_rule(
    item: Any, marked: Marked, path: tuple[str | int, ...], pack: str, quotes: str, check: bool, digest: str
) -> PackedRule:
    place = marked.place(path)
    if not isinstance(item, dict):
        raise PackError(f"{place}: a rule is a map with the keys id, kind, why, examples ...")
    kind = str(item.get("kind", ""))
    label = f"rule {item.get('id', '?')}: "
    if kind not in KINDS:
        where = marked.place((*path, "kind"))
        raise PackError(f"{where}: {label}" + unknown_name("kind", kind, KINDS))
    model = _validate(KINDS[kind], item, marked, path, label)
    for setting, value in model.when.items():
        where = marked.place((*path, "when", setting))
        if setting not in SETTINGS:
            raise PackError(f"{where}: {label}" + unknown_name("profile setting", setting, SETTINGS))
        for one in value if isinstance(value, list) else [value]:
            if one not in SETTINGS[setting]:
                raise PackError(f"{where}: {label}" + unknown_name(f"value of {setting}", str(one), SETTINGS[setting]))
    packed = PackedRule(_read_head(model, quotes), pack, place, model=model, digest=digest)
    if check:
        with compiling_at_once():  # a pattern that cannot be compiled is the pack's mistake: say it now
            compile_rule(packed, Profile(), 0)
    return packed


def _validate(model: Any, value: Any, marked: Marked, path: tuple[str | int, ...], label: str = "") -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        mistake = read_mistake(error)
        place = marked.place((*path, *mistake.place))
        if mistake.is_unknown_key:
            known = [f.alias or n for n, f in model.model_fields.items()] if len(mistake.place) == 1 else []
            message = unknown_name("key", mistake.key, known) if known else f"unknown key '{mistake.key}'"
        elif mistake.is_missing:
            message = f"the key '{mistake.key}' is missing"
        else:
            message = f"'{mistake.key}': {mistake.message}" if mistake.place else mistake.message
        raise PackError(f"{place}: {label}{message}") from None


def _read_head(model: RuleModel, quotes: str) -> dict[str, Any]:
    head = model.model_dump(include=_HEAD, mode="json")
    head["quotes"] = model.quotes or quotes or ("words" if model.kind in _OF_WORDS else "fix")
    return {("in" if key == "in_" else key): value for key, value in head.items()}
