"""What shows that a text was translated by a machine from one of the source languages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mtfix.rules.pattern import compile_pattern
from mtfix.rules.rule import RuleInfo
from mtfix.sources.registry import list_sources
from mtfix.sources.source import Source


@dataclass(frozen=True, slots=True)
class Origin:
    """``signs``: RE2 patterns that only a translation matches; ``rules``: by which edits (``rule:ID``) only it is mended."""

    signs: tuple[str, ...] = ()
    rules: frozenset[str] = frozenset()

    def shows_in(self, mt: str) -> bool:
        """Whether a document, as it came in, shows a sign of machine translation."""
        return _shows(self.signs, mt)


def find_origin(sources: Collection[Source] | None = None, rules: Iterable[RuleInfo] = ()) -> Origin:
    """Return the signs of ``sources`` (default: all) and those of the rules that carry the tag of one of them."""
    sources = list_sources() if sources is None else sources
    tags = {source.rule_tag for source in sources}
    return Origin(
        tuple(sign for source in sources for sign in source.signs),
        frozenset(f"rule:{rule.id}" for rule in rules if tags & rule.tags),
    )


@lru_cache(maxsize=4)
def _compile(signs: tuple[str, ...]) -> Any:
    return compile_pattern("(?m:" + "|".join(signs) + ")", ignore_case=False)


@lru_cache(maxsize=1)  # a document is read several times
def _shows(signs: tuple[str, ...], mt: str) -> bool:
    return bool(signs) and _compile(signs).search(mt) is not None
