"""Which source languages there are: every folder beside this file with a module `source` that holds a `SOURCE`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

import mtfix.sources
from mtfix.errors import ConfigError, unknown_name
from mtfix.sources.source import Source


@lru_cache(maxsize=1)
def list_sources() -> tuple[Source, ...]:
    """Return the sources by code."""
    names = {folder.parent.name for place in mtfix.sources.__path__ for folder in Path(place).glob("*/source.py")}
    found: list[Source] = [import_module(f"mtfix.sources.{name}.source").SOURCE for name in sorted(names)]
    return tuple(sorted(found, key=lambda source: source.code))


def choose_sources(codes: Iterable[str] = ()) -> tuple[Source, ...]:
    """Return the sources of ``codes``, all for none. Raises ConfigError for an unknown code."""
    known = {source.code: source for source in list_sources()}
    wanted = tuple(codes)
    for code in wanted:
        if code not in known:
            raise ConfigError("source: " + unknown_name("source language", code, known))
    return tuple(source for code, source in known.items() if not wanted or code in wanted)


def check_code(code: str) -> str:
    """Return the code of a source that there is. Raises ValueError for another."""
    known = {source.code: source for source in list_sources()}
    if code not in known:
        raise ValueError(unknown_name("source language", code, known))
    return code


@lru_cache(maxsize=1)
def digest_sources() -> str:
    """Return the digest of what the sources bring, wherever their folders stand; their packs count by themselves."""
    digest = blake2b(digest_size=16)
    for s in list_sources():
        parts = (s.code, s.rule_tag, s.signs, s.notation, s.levels, sorted(s.evidence.items()), s.agencies)
        digest.update(repr((*parts, sorted(s.abbreviations))).encode())
    return digest.hexdigest()


def find_packs(sources: Iterable[Source]) -> dict[str, Path]:
    """Return name -> file of the rule packs that sources bring."""
    return {p.stem: p for s in sources if s.packs is not None for p in sorted(s.packs.glob("*.yaml"))}
