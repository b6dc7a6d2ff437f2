"""Matching of patterns with context, shared by the kinds that look at one segment.

RE2 has no look-around; ``before``, ``after`` and their negations are anchored patterns that the matcher tries at the
edges of a match, which keeps every rule linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mtfix.rules.pattern import Pattern, compile_edge, compile_pattern
from mtfix.rules.rule import RuleInfo
from mtfix.rules.schema import ContextModel

# How far `before` and `not_before` look back, in code points. Longer contexts belong into the pattern.
LOOK_BACK = 120


@dataclass(frozen=True, slots=True)
class Matcher:
    """Finds the matches of some patterns whose context agrees."""

    patterns: tuple[Pattern, ...]
    before: Pattern | None = None
    after: Pattern | None = None
    not_before: Pattern | None = None
    not_after: Pattern | None = None
    unless: tuple[Pattern, ...] = ()
    at: str | None = None
    word_edges: bool = False
    sources: tuple[str, ...] = field(default=())

    def find(self, text: str) -> Iterator[Any]:
        """Yield RE2 match objects in the order of the patterns; spans count code points."""
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                if self.agrees(text, match):
                    yield match

    def agrees(self, text: str, match: Any) -> bool:
        """Whether the context of ``match`` (anything with a ``span()``) is what the rule asks for."""
        start, end = match.span()
        if start == end or _splits_a_word(text, start, end):
            return False
        if self.word_edges and not _at_word_edges(text, start, end):
            return False
        if self.at == "sentence_start" and text[:start].strip(" \t\n\r\"'“‘«([—–-"):
            return False
        if self.at == "sentence_end" and text[end:].strip(" \t\n\r\"'”’»)].!?…"):
            return False
        if self.before is not None or self.not_before is not None:
            head = text[max(0, start - LOOK_BACK) : start]
            if self.before is not None and self.before.search(head) is None:
                return False
            if self.not_before is not None and self.not_before.search(head) is not None:
                return False
        if self.after is not None or self.not_after is not None:
            tail = text[end:]
            if self.after is not None and self.after.search(tail) is None:
                return False
            if self.not_after is not None and self.not_after.search(tail) is not None:
                return False
        return not any(m.start() < end and start < m.end() for pattern in self.unless for m in pattern.finditer(text))


def _splits_a_word(text: str, start: int, end: int) -> bool:
    """Whether the span begins or ends inside a word at a letter that RE2's ``\\b`` does not know: it knows ASCII only."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (not before.isascii() and before.isalpha() and text[start].isalnum()) or (
        not after.isascii() and after.isalpha() and text[end - 1].isalnum()
    )


def _at_word_edges(text: str, start: int, end: int) -> bool:
    """Whether the span neither begins nor ends inside a word (hyphenated words are one word)."""
    if text[start].isalnum() and start and (text[start - 1].isalnum() or text[start - 1] in "-‑_@"):
        return False
    if text[end - 1].isalnum() and end < len(text):
        following = text[end]
        if following.isalnum() or following in "_@":
            return False
        if following in "-‑" and end + 1 < len(text) and text[end + 1].isalnum():
            return False
    return True


@dataclass(frozen=True, slots=True)
class MatcherRule:
    """A rule that a matcher wakes; the kinds add what they write."""

    info: RuleInfo
    matcher: Matcher

    @property
    def patterns(self) -> Sequence[str]:
        return self.matcher.sources


def build_matcher(model: ContextModel, patterns: Sequence[str], *, word_edges: bool = False) -> Matcher:
    """Build the matcher of a rule from its patterns and its context keys. Raises ValueError for a bad pattern."""
    ignore = model.case != "exact"

    def edge(pattern: str | None, end: bool) -> Pattern | None:
        return None if pattern is None else compile_edge(pattern, ignore_case=ignore, end=end)

    return Matcher(
        patterns=tuple(compile_pattern(p, ignore_case=ignore) for p in patterns),
        before=edge(model.before, True),
        not_before=edge(model.not_before, True),
        after=edge(model.after, False),
        not_after=edge(model.not_after, False),
        unless=tuple(compile_pattern(p, ignore_case=ignore) for p in model.unless),
        at=model.at,
        word_edges=word_edges,
        sources=tuple(p if not ignore else f"(?i){p}" for p in patterns),
    )
