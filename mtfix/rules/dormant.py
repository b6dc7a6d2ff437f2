"""Rules that are compiled lazily: when the prefilter first finds that they may match a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from mtfix.rules.literals import Literals
from mtfix.rules.reading import DocumentRule, Reading
from mtfix.rules.rule import Context, Proposal, Rule, RuleInfo


class DormantRule:
    """A rule that is compiled when it is first used. Until then only its patterns and their literals are known."""

    __slots__ = ("_compile", "_rule", "info", "literals", "patterns")

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

    @property
    def rule(self) -> Rule | DocumentRule:
        """The compiled rule. Raises PackError."""
        if self._rule is None:
            self._rule = self._compile()
        return self._rule

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        """Return the rule's proposals for a segment."""
        return cast(Rule, self.rule).propose(text, context)

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        """Return the rule's proposals for a document."""
        return cast(DocumentRule, self.rule).propose_document(reading, near)
