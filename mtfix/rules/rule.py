"""What a rule is to the engine: patterns that wake it, and a function that proposes edits.

Each kind of rule lives in its own module and brings two things: a pydantic model of its YAML (a subclass of
:class:`RuleModel`) and the rule that :meth:`RuleModel.compile` builds from it. `rulepack.KINDS` lists the kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mtfix.profile import Profile
from mtfix.types import Kind, Tier

if TYPE_CHECKING:
    from mtfix.rules.reading import Reading

StageName = Literal["pre", "post", "document"]
KindName = Literal["sentence", "heading", "dateline", "caption", "item"]


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
    """What every rule says of itself. ``place`` is ``file:line:column`` of its YAML; ``order`` its rank in file order.

    ``whole``: of the document stage, a rule that reads segments too in which none of its patterns matches.
    """

    id: str
    kind: str
    pack: str
    stage: StageName
    tier: Tier
    why: str
    tags: frozenset[str]
    quotes: Literal["fix", "leave"]
    kinds: frozenset[Kind]
    place: str
    order: int
    whole: bool = False


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


class DocumentRule(Protocol):
    """A rule of the stage ``document``: it sees every segment.

    The document's ``text`` must match a pattern to wake it, and so must a segment unless the rule is a ``whole`` one.
    """

    @property
    def info(self) -> RuleInfo: ...

    @property
    def patterns(self) -> Sequence[str]: ...

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        """Yield the number of a segment and a proposal for it (spans in the segment's ``text``).

        ``near``: the numbers of the segments in which a pattern matches, in order.
        """
        ...


class Example(BaseModel):
    """A pair (``bad``, ``good``) or a ``keep``: a small document that the rule fixes, or leaves alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    bad: str | None = None
    good: str | None = None
    keep: str | None = None
    profile: str | None = None
    alone: bool = False

    @model_validator(mode="after")
    def _check_shape(self) -> Example:
        if (self.keep is None) == (self.bad is None):
            raise ValueError("an example is either 'bad' with 'good', or 'keep'")
        return self


class RuleModel(BaseModel):
    """The keys that every rule has. Kinds add theirs; anything else is an error with its place."""

    whole: ClassVar[bool] = False  # see RuleInfo
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)
    id: str = Field(pattern=r"^[A-Z][A-Z0-9_]+$")
    kind: str
    stage: StageName = "pre"
    tier: Literal["auto", "suggest"] = "auto"
    why: str = Field(min_length=3)
    tags: tuple[str, ...] = Field(default=(), strict=False)
    quotes: Literal["fix", "leave"] = "fix"
    in_: tuple[KindName, ...] = Field(default=(), alias="in", strict=False)
    when: Mapping[str, Any] = Field(default_factory=dict)
    examples: tuple[Example, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _check_examples(self) -> RuleModel:
        fixed = any(e.bad is not None for e in self.examples)
        kept = any(e.keep is not None for e in self.examples)
        if not (fixed and kept):
            raise ValueError("a rule needs at least one 'bad' example and at least one 'keep'")
        if self.kind != "flag" and any(e.bad is not None and e.good is None for e in self.examples):
            raise ValueError("a 'bad' example needs its 'good'")
        return self

    def compile(self, info: RuleInfo, profile: Profile) -> Rule | DocumentRule:
        """Return the rule as it works under ``profile``. Raises ValueError with a reason for the editor."""
        raise TypeError(f"{type(self).__name__} does not compile")


class DocumentModel(RuleModel):
    """A kind that reads the whole document."""

    @model_validator(mode="after")
    def _check_stage(self) -> DocumentModel:
        if self.stage != "document":
            raise ValueError(f"a rule of kind {self.kind} reads the whole document: its stage is 'document'")
        return self


class ContextModel(RuleModel):
    """The context keys of the kinds that match a pattern in one segment (see `mtfix.rules.match`)."""

    before: str | None = None
    after: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    unless: tuple[str, ...] = Field(default=(), strict=False)
    at: Literal["sentence_start", "sentence_end"] | None = None
    case: Literal["smart", "exact", "ignore"] = "smart"
