"""Rules that sleep until a text may concern them, and the index that wakes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Any, cast

import re2

from mtfix.rules.literals import Literals, fold, may_match
from mtfix.rules.rule import Context, DocumentRule, Proposal, Rule, RuleInfo
from mtfix.types import Document

# After so many code points the filter of all patterns, which takes as long to build as some wires to read, pays.
_WORTH_A_FILTER = 40_000


class DormantRule:
    """A rule that compiles when it is first asked; until then its patterns and their words are all that is known."""

    __slots__ = ("_compile", "_rule", "_searched", "info", "literals", "patterns")

    def __init__(
        self,
        info: RuleInfo,
        patterns: Sequence[str],
        literals: Literals,
        compile: Callable[[], Rule | DocumentRule],
    ) -> None:
        self.info = info
        self.patterns = patterns
        self.literals = literals
        self._compile = compile
        self._rule: Rule | DocumentRule | None = None
        self._searched: list[Any] | None = None

    @property
    def rule(self) -> Rule | DocumentRule:
        """The compiled rule. Raises PackError."""
        if self._rule is None:
            self._rule = self._compile()
        return self._rule

    def concerns(self, text: str) -> bool:
        """Whether a pattern matches; rules of one segment find their matches themselves and need not be asked twice."""
        if self.info.stage != "document":
            return True
        if self._searched is None:
            self._searched = [re2.compile(pattern, _options()) for pattern in self.patterns]
        return any(pattern.search(text) is not None for pattern in self._searched)

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        """Return the rule's proposals for a segment."""
        return cast(Rule, self.rule).propose(text, context)

    def propose_document(self, document: Document, contexts: Sequence[Context]) -> list[list[Proposal]]:
        """Return the rule's proposals for a document."""
        return cast(DocumentRule, self.rule).propose_document(document, contexts)


class RuleIndex:
    """All patterns in one filter; :meth:`wake` returns the rules with a pattern that matches a text, in file order.

    Where all rules are dormant, the first texts are searched for the rules' words instead, and the filter is built
    when there is more to read.
    """

    def __init__(self, rules: Sequence[Rule | DocumentRule]) -> None:
        self.rules = tuple(rules)
        self._filter: Any = None
        self._owners: list[int] = []
        self._lock = Lock()
        self._left = _WORTH_A_FILTER
        self._dormant = [r for r in self.rules if isinstance(r, DormantRule)]
        self._near: dict[int, DormantRule] = {}  # those whose words a text has had, by rank
        if len(self._dormant) < len(self.rules):
            self._build()

    def prepare(self, text: str) -> None:
        """Say what will be asked about: the text of a document, before its segments."""
        if self._filter is not None or not self.rules:
            return
        with self._lock:
            self._left -= len(text)
            if self._left < 0:
                self._build()
                return
        folded = fold(text)
        near = {i: r for i, r in enumerate(self._dormant) if i in self._near or may_match(r.literals, folded)}
        self._near = near  # a new map at once: other threads may be reading the old one

    def wake(self, text: str) -> list[Rule | DocumentRule]:
        """Return the rules that a text concerns; :meth:`prepare` has seen the text, alone or in its document."""
        if not self.rules:
            return []
        if self._filter is None:
            folded = fold(text)
            return [r for r in self._near.values() if may_match(r.literals, folded) and r.concerns(text)]
        woken = self._filter.Match(text)
        if not woken:
            return []
        return [self.rules[i] for i in sorted({self._owners[w] for w in woken})]

    def _build(self) -> None:
        options = _options()
        built = re2.Filter()
        owners: list[int] = []
        for number, rule in enumerate(self.rules):
            for pattern in rule.patterns:
                built.Add(pattern, options)
                owners.append(number)
        if owners:
            built.Compile()
        self._owners = owners
        self._filter = built


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    return options
