"""The YAML that every kind of rule shares, as pydantic models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mtfix.profile import Profile
from mtfix.rules.reading import DocumentRule
from mtfix.rules.rule import Rule, RuleInfo, StageName

KindName = Literal["sentence", "heading", "dateline", "caption", "item"]


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
    quotes: Literal["", "fix", "words", "leave"] = ""
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
