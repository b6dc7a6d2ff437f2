"""Rules of the kind `syntax`: a rule names what it mends, and a reader of clauses finds it (see docs/rules.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mtfix.errors import unknown_name
from mtfix.profile import Profile
from mtfix.rules.rule import Context, Proposal, RuleInfo
from mtfix.rules.schema import RuleModel
from mtfix.rules.syntax import menders
from mtfix.rules.syntax.words import Sentence, read_sentence

Mend = Callable[[Sentence], Iterator[Proposal]]


class SyntaxModel(RuleModel):
    """YAML of a syntax rule: `mends` names one of the mistakes that mtfix can read."""

    kind: Literal["syntax"] = "syntax"
    mends: str

    def compile(self, info: RuleInfo, profile: Profile) -> SyntaxRule:
        if self.mends not in menders.MENDERS:
            raise ValueError(unknown_name("mistake in 'mends'", self.mends, menders.MENDERS))
        patterns, mend = menders.MENDERS[self.mends]
        return SyntaxRule(info, patterns, mend)


@dataclass(frozen=True, slots=True)
class SyntaxRule:
    info: RuleInfo
    patterns: Sequence[str]
    mend: Mend

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        for proposal in self.mend(read_sentence(text)):
            if text[proposal.start : proposal.end] != proposal.replacement:
                yield proposal


MENDERS: Mapping[str, tuple[Sequence[str], Mend]] = menders.MENDERS
