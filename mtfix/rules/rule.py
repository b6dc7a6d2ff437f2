"""What a rule is to the engine: patterns for the prefilter, and a function that proposes edits.

Each kind of rule lives in its own module and brings two things: a pydantic model of its YAML (a subclass of
:class:`mtfix.rules.schema.RuleModel`) and the rule that :meth:`RuleModel.compile` builds from it. `mtfix.rules.kinds.registry` lists the kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from mtfix.profile import Profile
from mtfix.types import Kind, Tier

StageName = Literal["pre", "post", "document"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit that a rule would make, before overlaps, locks and quotes are weighed. Spans count code points.

    ``exact`` keeps the engine from recasing the replacement; ``why`` overrides the rule's; ``refuse`` names the
    reason when the rule itself found the edit unsafe (it is logged, never applied).
    """

    start: int
    end: int
    replacement: str
    exact: bool = False
    why: str | None = None
    refuse: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A half-open span between quotation marks (marks excluded). ``speech``: somebody's words, not a name or scare quote."""

    start: int
    end: int
    speech: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beside the segment's text: the profile, the segment's kind, in the document stage its quotations.

    In the other stages the engine weighs quotations (key `quotes`), and rules see none: what they propose for a text is
    remembered.
    """

    profile: Profile
    kind: Kind = Kind.SENTENCE
    quotes: tuple[Quote, ...] = ()

    def in_speech(self, start: int, end: int) -> bool:
        """Whether the span lies in direct speech, wholly or in part."""
        return any(q.speech and q.start < max(end, start + 1) and start < q.end for q in self.quotes)


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """The metadata of every rule. ``place`` is ``file:line:column`` of its YAML; ``order`` its rank in file order.

    ``whole``: of the document stage, a rule that reads segments too in which none of its patterns matches.
    """

    id: str
    kind: str
    pack: str
    stage: StageName
    tier: Tier
    why: str
    tags: frozenset[str]
    quotes: Literal["fix", "words", "leave"]
    kinds: frozenset[Kind]
    place: str
    order: int
    whole: bool = False


class IndexedRule(Protocol):
    """What the index asks of a rule: ``patterns`` are RE2 patterns without captures that matter."""

    @property
    def info(self) -> RuleInfo: ...

    @property
    def patterns(self) -> Sequence[str]: ...


class Rule(Protocol):
    """A rule of the stages ``pre`` and ``post``: it sees one segment at a time, and proposes the same for the same text.

    ``patterns`` are RE2 patterns without captures that matter; the engine runs :meth:`propose` only on texts in
    which one of them matches, so a rule costs nothing where it has nothing to say.
    """

    @property
    def info(self) -> RuleInfo: ...

    @property
    def patterns(self) -> Sequence[str]: ...

    def propose(self, text: str, context: Context) -> Iterator[Proposal]: ...
