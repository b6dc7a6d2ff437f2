"""Which packs and rules a run uses, and their compilation for a profile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mtfix.config import Config
from mtfix.english.inflection import keep_inflections
from mtfix.errors import PackError, unknown_name
from mtfix.files.cache import digest_parts, read_cached, write_cached
from mtfix.profile import Profile
from mtfix.rules.dormant import DormantRule
from mtfix.rules.literals import find_literals
from mtfix.rules.packs.find import packaged_packs, user_packs
from mtfix.rules.packs.packed import PackedRule, RulePack, applies_under, compile_rule, make_info
from mtfix.rules.packs.read import load_pack
from mtfix.rules.reading import DocumentRule
from mtfix.rules.rule import Rule
from mtfix.sources.registry import choose_sources, digest_sources, list_sources


def gather_packs(
    names: Iterable[str | Path] = (), *, defaults: bool = True, sources: Iterable[str] = ()
) -> list[RulePack]:
    """Load packs in order: those that ship (with ``defaults``), the user's folder, then ``names`` (paths or pack names).

    Of the packs that source languages bring only those of ``sources`` (codes; default: all) are loaded without being named.
    What a pack extends is loaded before it, once. Raises PackError for unknown packs and circles, ConfigError for an
    unknown language.
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

    chosen = {**packaged_packs(sources), **user_packs()} if defaults else {}
    for name in (*(n for n in known if n in chosen), *names):
        load(name, ())
    return list(loaded.values())


def select_rules(
    packs: Sequence[RulePack],
    *,
    enable: Iterable[str] = (),
    disable: Iterable[str] = (),
    sources: Iterable[str] = (),
) -> list[PackedRule]:
    """Return the rules of ``packs`` in file order, without those disabled by id, tag or pack name.

    ``enable`` brings back what ``disable`` or a pack left out. With ``sources`` (codes), rules that repair only translations
    from another language are left out, too. What a pack wants ``always`` and ``never`` holds for the rules that there are.
    Raises PackError for another name that no rule answers to, and for two rules of one id.
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
    tags = {source.rule_tag for source in list_sources()}
    foreign = tags - {source.rule_tag for source in choose_sources(sources)}
    for rule in rules.values() if foreign else ():
        if (of := rule.tags & tags) and of <= foreign:
            off.add(rule.id)
    off |= {name for pack in packs for name in pack.never if name in rules}
    wanted = {name for pack in packs for name in pack.always}
    chosen = (rule for rule in rules.values() if not rule.tags & off or rule.tags & on)
    return [rule.promote() if rule.id in wanted and rule.head["tier"] != "auto" else rule for rule in chosen]


def configured_packs(config: Config) -> list[RulePack]:
    """Load the packs of a configuration. Raises PackError, ConfigError."""
    return gather_packs(config.packs, defaults=config.default_packs, sources=config.source)


def configured_rules(config: Config) -> list[PackedRule]:
    """Return the rules of a configuration in file order. Raises PackError, ConfigError."""
    return select_rules(configured_packs(config), enable=config.enable, disable=config.disable, sources=config.source)


def compile_rules(rules: Sequence[PackedRule], profile: Profile) -> list[Rule | DocumentRule]:
    """Compile the rules that exist under ``profile``; cached ones are compiled when a text may match them.

    Raises PackError.
    """
    wanted = [(order, rule) for order, rule in enumerate(rules) if applies_under(rule, profile)]
    settings = json.dumps([digest_sources(), profile.name, profile.since, sorted(profile.settings.items())])
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
