"""Rule packs: YAML in, validated rules out. Every mistake is reported with its place and the known names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mtfix.errors import PackError, unknown_name
from mtfix.profile import SETTINGS, Profile
from mtfix.rules.cache import cache_folder, digest_parts, format_source, parse_source, read_cached, write_cached
from mtfix.rules.dormant import DormantRule
from mtfix.rules.inflection import keep_inflections
from mtfix.rules.kinds import KINDS
from mtfix.rules.literals import find_literals
from mtfix.rules.match import compiling_at_once
from mtfix.rules.rule import DocumentRule, Rule, RuleInfo, RuleModel
from mtfix.rules.yamlmarks import Marked, load_marked
from mtfix.types import Kind, Tier

_HEAD = {"id", "kind", "stage", "tier", "why", "tags", "quotes", "in_", "when"}
_ALL_KINDS = frozenset(Kind)


class PackModel(BaseModel):
    """The head of a pack; its rules are validated one by one, by kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    pack: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    about: str = ""
    extends: tuple[str, ...] = Field(default=(), strict=False)
    disable: tuple[str, ...] = Field(default=(), strict=False)
    rules: list[Any] = Field(default_factory=list)


class PackedRule:
    """A validated rule before it is compiled for a profile; ``place`` is ``file:line:column``.

    ``head`` is what the file says of the keys that the engine asks for. A rule from the cache (its ``source``) was
    validated when it was kept, and becomes a model again when somebody asks for it: of a thousand rules a wire wakes a
    few dozen. ``digest`` names the pack in the cache.
    """

    __slots__ = ("_model", "_source", "digest", "head", "pack", "place", "tags")

    def __init__(
        self,
        head: Mapping[str, Any],
        pack: str,
        place: str,
        *,
        model: RuleModel | None = None,
        source: str = "",
        digest: str = "",
    ) -> None:
        self.head = head
        self.pack = pack
        self.place = place
        self.digest = digest
        # What the rule answers to in enable and disable lists: its id, its pack, its own tags.
        self.tags: frozenset[str] = frozenset((head["id"], pack, *head["tags"]))
        self._model = model
        self._source = source

    @property
    def id(self) -> str:
        return str(self.head["id"])

    @property
    def model(self) -> RuleModel:
        if self._model is None:
            self._model = KINDS[self.head["kind"]].model_validate(parse_source(self._source))
        return self._model


@dataclass(frozen=True, slots=True)
class RulePack:
    """One file: its name, its own rules, the packs that it extends, and what it leaves out of them."""

    name: str
    about: str
    place: str
    rules: tuple[PackedRule, ...]
    extends: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()


def user_pack_folder() -> Path:
    """Return the folder of the user's own packs (``$XDG_CONFIG_HOME/mtfix/packs`` or ``~/.config/mtfix/packs``)."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "mtfix" / "packs"


def packaged_packs() -> dict[str, Path]:
    """Return name -> file of the packs that ship with mtfix."""
    return {p.stem: p for p in sorted(_package_folder().glob("*.yaml"))}


def _package_folder() -> Path:
    return Path(str(resources.files("mtfix") / "packs"))


def user_packs() -> dict[str, Path]:
    """Return name -> file of the packs in the user's folder; empty when there is none."""
    folder = user_pack_folder()
    return {p.stem: p for p in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))} if folder.is_dir() else {}


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
    # The test suite compiles every rule that ships; at run time only those that a text wakes are compiled.
    ours = Path(path).parent == _package_folder()
    text = Path(path).read_text(encoding="utf-8")
    if cache_folder() is None:
        return parse_pack(text, _short(path), check=not ours)
    digest = digest_parts(text)
    kept = read_cached(f"pack-{digest}.json")
    if kept is not None:
        return _unpack(kept, _short(path), digest)
    marked = load_marked(text, _short(path))
    pack = read_pack(marked, check=not ours, digest=digest)
    write_cached(f"pack-{digest}.json", _pack_up(pack, marked.value.get("rules", ())))
    return pack


def _pack_up(pack: RulePack, items: Iterable[Any]) -> list[Any]:
    rules = [[_drop_name(r.place), r.head, format_source(item)] for r, item in zip(pack.rules, items, strict=True)]
    return [pack.name, pack.about, _drop_name(pack.place), pack.extends, pack.disable, rules]


def _unpack(kept: list[Any], name: str, digest: str) -> RulePack:
    title, about, place, extends, disable, rules = kept
    packed = [PackedRule(head, title, f"{name}:{at}", source=source, digest=digest) for at, head, source in rules]
    return RulePack(title, about, f"{name}:{place}", tuple(packed), tuple(extends), tuple(disable))


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

    Without ``check`` patterns are not compiled, and a bad one is found only when a text wakes its rule.
    """
    if not isinstance(marked.value, dict):
        raise PackError(f"{marked.name}:1:1: a rule pack is a map with the keys {', '.join(PackModel.model_fields)}")
    head = _validate(PackModel, marked.value, marked, ())
    rules: list[PackedRule] = []
    seen: dict[str, str] = {}
    for i, item in enumerate(head.rules):
        rule = _parse_rule(item, marked, ("rules", i), head.pack, check, digest)
        if rule.id in seen:
            raise PackError(f"{rule.place}: rule {rule.id}: this id stands already at {seen[rule.id]}")
        seen[rule.id] = rule.place
        rules.append(rule)
    return RulePack(head.pack, head.about, marked.place(()), tuple(rules), head.extends, head.disable)


def _parse_rule(
    item: Any, marked: Marked, path: tuple[str | int, ...], pack: str, check: bool, digest: str
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
    packed = PackedRule(_read_head(model), pack, place, model=model, digest=digest)
    if check:
        with compiling_at_once():  # a pattern that cannot be compiled is the pack's mistake: say it now
            compile_rule(packed, Profile(), 0)
    return packed


def _validate(model: Any, value: Any, marked: Marked, path: tuple[str | int, ...], label: str = "") -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        # A misspelt key also makes one missing: the misspelling is what the writer wants to hear of.
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        loc = tuple(part for part in first["loc"] if isinstance(part, int | str))
        place = marked.place((*path, *loc))
        if first["type"] == "extra_forbidden":
            known = [f.alias or n for n, f in model.model_fields.items()] if len(loc) == 1 else []
            message = unknown_name("key", str(loc[-1]), known) if known else f"unknown key '{loc[-1]}'"
        elif first["type"] == "missing":
            message = f"the key '{loc[-1]}' is missing"
        else:
            what = f"'{loc[-1]}': " if loc else ""
            message = what + first["msg"].removeprefix("Value error, ")
        raise PackError(f"{place}: {label}{message}") from None


def _read_head(model: RuleModel) -> dict[str, Any]:
    head = model.model_dump(include=_HEAD, mode="json")
    return {("in" if key == "in_" else key): value for key, value in head.items()}


def make_info(packed: PackedRule, order: int) -> RuleInfo:
    """Return what the engine knows of a rule; ``order`` is its rank in file order."""
    head = packed.head
    return RuleInfo(
        id=head["id"],
        kind=head["kind"],
        pack=packed.pack,
        stage=head["stage"],
        tier=Tier(head["tier"]),
        why=head["why"],
        tags=packed.tags,
        quotes=head["quotes"],
        kinds=frozenset(map(Kind, head["in"])) or _ALL_KINDS,
        place=packed.place,
        order=order,
        whole=KINDS[head["kind"]].whole,
    )


def compile_rule(packed: PackedRule, profile: Profile, order: int) -> Rule | DocumentRule:
    """Compile a rule for a profile. Raises PackError with the rule's place."""
    try:
        return packed.model.compile(make_info(packed, order), profile)
    except ValueError as error:
        raise PackError(f"{packed.place}: rule {packed.id}: {error}") from None


def applies_under(packed: PackedRule, profile: Profile) -> bool:
    """Whether the rule exists under the profile (its ``when``)."""
    return all(
        profile[setting] in (value if isinstance(value, list) else [value])
        for setting, value in packed.head["when"].items()
    )


def gather_packs(names: Iterable[str | Path] = (), *, defaults: bool = True) -> list[RulePack]:
    """Load packs in order: those that ship (with ``defaults``), the user's folder, then ``names`` (paths or pack names).

    What a pack extends is loaded before it, once. Raises PackError for unknown packs and circles.
    """
    known = {**packaged_packs(), **(user_packs() if defaults else {})}
    loaded: dict[str, RulePack] = {}

    def load(name: str | Path, asked_by: tuple[str, ...]) -> None:
        text = str(name)
        path = known.get(text)
        if path is None:
            candidate = Path(text)
            if candidate.suffix not in (".yaml", ".yml") and not candidate.exists():
                place = f"{asked_by[-1]}: " if asked_by else ""
                raise PackError(place + unknown_name("rule pack", text, known))
            path = candidate
        pack = load_pack(path)
        if pack.place in asked_by:
            raise PackError(f"{pack.place}: pack {pack.name} extends itself, by way of {asked_by[-1]}")
        if pack.name in loaded:
            if loaded[pack.name].place == pack.place:
                return
            if not asked_by and str(name) not in packaged_packs():
                loaded.pop(pack.name)  # the user's pack of the same name takes the place of ours
        for parent in pack.extends:
            load(parent, (*asked_by, pack.place))
        loaded[pack.name] = pack

    for name in (*(known if defaults else ()), *names):
        load(name, ())
    return list(loaded.values())


def select_rules(
    packs: Sequence[RulePack], *, enable: Iterable[str] = (), disable: Iterable[str] = ()
) -> list[PackedRule]:
    """Return the rules of ``packs`` in file order, without those disabled by id, tag or pack name.

    ``enable`` brings back what ``disable`` or a pack left out. Raises PackError for a name that no rule answers to,
    and for two rules of one id.
    """
    rules: dict[str, PackedRule] = {}
    for pack in packs:
        for rule in pack.rules:
            if rule.id in rules:
                raise PackError(f"{rule.place}: rule {rule.id}: this id stands already at {rules[rule.id].place}")
            rules[rule.id] = rule
    known = {name for rule in rules.values() for name in rule.tags} | {pack.name for pack in packs}
    off, on = set(disable), set(enable)
    for pack in packs:
        for tag in pack.disable:
            if tag not in known:
                raise PackError(f"{pack.place}: disable: " + unknown_name("rule or tag", tag, known))
        off |= set(pack.disable)
    for tag in sorted((off | on) - known):
        raise PackError(unknown_name("rule or tag", tag, known))
    return [rule for rule in rules.values() if not rule.tags & off or rule.tags & on]


def compile_rules(rules: Sequence[PackedRule], profile: Profile) -> list[Rule | DocumentRule]:
    """Compile the rules that exist under ``profile``; those that the cache knows compile when a text wakes them.

    Raises PackError.
    """
    wanted = [(order, rule) for order, rule in enumerate(rules) if applies_under(rule, profile)]
    settings = json.dumps([profile.name, profile.since, sorted(profile.settings.items())])
    names = {
        digest: f"wake-{digest_parts(digest, settings)}.json" for digest in {r.digest for _, r in wanted} if digest
    }
    kept: dict[str, dict[str, Any]] = {digest: read_cached(name) or {} for digest, name in names.items()}
    stale: set[str] = set()
    compiled: list[Rule | DocumentRule] = []
    for order, rule in wanted:
        known = kept.get(rule.digest, {}).get(rule.id)
        if known is not None:
            kind, patterns, literals = known
            info = replace(make_info(rule, order), kind=kind)  # under some profiles a rule only flags
            compiled.append(DormantRule(info, patterns, literals, partial(compile_rule, rule, profile, order)))
            continue
        now = compile_rule(rule, profile, order)
        if rule.digest:
            literals = find_literals(now.patterns)
            kept[rule.digest][rule.id] = [now.info.kind, now.patterns, literals]
            stale.add(rule.digest)
            now = DormantRule(now.info, now.patterns, literals, partial(_itself, now))
        compiled.append(now)
    for digest in stale:
        write_cached(names[digest], kept[digest])
    if stale:
        keep_inflections()
    return compiled


def _itself(rule: Rule | DocumentRule) -> Rule | DocumentRule:
    return rule
