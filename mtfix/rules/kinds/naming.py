"""Rules of the kind `naming`: one entity, all its names, and the form that each house wants for it.

The rule reads the whole document. Its mentions are counted in document order outside headings and direct speech: the
first gets the house's `first` form, the others `later`, headings `headline`. A text already in the house's form is left
alone, so a second run changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from mtfix.profile import Profile
from mtfix.rules.kinds.evidence import Evidence, EvidenceModel, Need, Weight, escape, read_evidence
from mtfix.rules.kinds.mentions import Mention, Names, Variant, lacks_article, match_apostrophe, union_source
from mtfix.rules.pattern import compile_edge, compile_pattern
from mtfix.rules.reading import Reading
from mtfix.rules.rule import Context, Proposal, RuleInfo, StageName
from mtfix.rules.schema import DocumentModel
from mtfix.types import Kind

# Words before a name that leave no room for "the": other determiners, and adjectives of nationality.
_DETERMINED = re.compile(
    r"(?:\b(?:the|an?|this|that|these|those|its|his|her|their|our|my|your|each|every|any|some|no|another|which|whose|new"
    r"|former|so-called|self-proclaimed|self-styled|unrecognized|unrecognised|local|regional|federal|republican|central|same|whole|entire|[A-Z][a-z]+(?:ian|an|ish|ese|yz|ik|ek))"
    r"|['’]s|s['’]|[-‑])\s*$"
)


class VariantModel(BaseModel):
    """YAML of one way to write the name: `text`, or `pattern` (RE2), and what it asks of its surroundings.

    ``needs``: what the document must say besides (see `Need`). ``quoted: only`` asks for quotation marks. ``garbled`` says that
    only a translation writes it so: it is no speaker's word, and is mended in direct speech too.
    ``before`` and ``after`` are RE2 patterns that must match at the edge.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    text: str | None = None
    pattern: str | None = None
    case: Literal["exact", "ignore"] = "exact"
    needs: Need = ""
    quoted: Literal["strip", "only"] = "strip"
    garbled: bool = False
    before: str | None = None
    after: str | None = None

    @model_validator(mode="after")
    def _check_source(self) -> VariantModel:
        if (self.text is None) == (self.pattern is None):
            raise ValueError("a variant is either 'text' or 'pattern'")
        return self

    def compile(self, slot: str = "name") -> Variant:
        """Compile. Raises ValueError for a bad pattern."""
        source = self.pattern if self.pattern is not None else text_pattern(self.text or "")
        if self.case == "ignore":
            source = f"(?i:{source})"
        return Variant(
            compile_pattern(source, ignore_case=False),
            source,
            self.needs,
            self.quoted == "only",
            self.garbled,
            None if self.before is None else compile_edge(self.before, ignore_case=False, end=True),
            None if self.after is None else compile_edge(self.after, ignore_case=False, end=False),
            slot,
        )


def text_pattern(text: str) -> str:
    """Return the RE2 pattern of literal words; a space matches any white space.

    >>> text_pattern("Islamic state")
    'Islamic\\\\s+state'
    """
    return r"\s+".join(escape(word) for word in text.split())


def read_variants(value: Any) -> Any:
    """Let a variant that is only a text be written as one."""
    return [{"text": v} if isinstance(v, str) else v for v in value] if isinstance(value, list) else value


class FormModel(BaseModel):
    """YAML of a house's forms: noun phrases with their article. ``attributive`` stands before nouns and behind "group".

    ``accepts``: other names that the house lets stand, or `any`: only garbled ones are replaced.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    since: str = ""
    first: str
    later: str | None = None
    headline: str | None = None
    attributive: str | None = None
    accepts: tuple[str, ...] = Field(default=(), strict=False)

    @field_validator("since", mode="before")
    @classmethod
    def _read_date(cls, value: Any) -> Any:
        return str(value)  # YAML makes a date of 2014-09-01


@dataclass(frozen=True, slots=True)
class Form:
    """A form: the noun phrase with its article, and the bare words that modify a noun."""

    phrase: str
    bare: str

    @property
    def explained(self) -> bool:
        """Whether the form gives a second name in brackets."""
        return "(" in self.phrase


def make_form(phrase: str, attributive: str | None = None) -> Form:
    """Return the form of a phrase; its bare words are the phrase without article and "group"."""
    return Form(phrase, attributive or phrase.removeprefix("the ").removesuffix(" group"))


class NamingModel(DocumentModel):
    """YAML of a naming rule; see `docs/rules.md`."""

    kind: Literal["naming"] = "naming"
    stage: StageName = "document"
    entity: str
    variants: tuple[VariantModel, ...] = Field(strict=False)
    evidence: EvidenceModel = EvidenceModel()
    forms: Mapping[str, FormModel]
    so_called: Literal["keep", "strip"] = "keep"

    _read_variants = field_validator("variants", mode="before")(read_variants)
    _read_evidence = field_validator("evidence", mode="before")(read_evidence)

    @model_validator(mode="after")
    def _check_forms(self) -> NamingModel:
        if "default" not in self.forms:
            raise ValueError("'forms' needs a 'default'")
        return self

    def compile(self, info: RuleInfo, profile: Profile) -> NamingRule:
        house = profile.name if profile["names"] == "profile" else profile["names"]
        form = self.forms.get(house, self.forms["default"])
        later = form.later if form.later is not None else form.first
        headline = form.headline if form.headline is not None else later.removeprefix("the ")
        variants = [v.compile() for v in self.variants]
        known = {v.text for v in self.variants}
        for phrase in (form.first, later, headline):
            # The house's own forms are mentions too: counted, and put right where they stand in the wrong place.
            name = phrase.partition(" (")[0].removeprefix("the ").removesuffix(" group")
            if name not in known and not (name.isupper() and len(name) < 4):
                known.add(name)
                variants.append(VariantModel(text=name).compile())
        return NamingRule(
            info,
            Names.compile(variants),
            Evidence.compile(self.evidence),
            make_form(form.first, form.attributive),
            make_form(later, form.attributive if form.later is None else None),
            make_form(headline),
            self.so_called == "strip",
            frozenset(form.accepts),
        )


def believe(text: str, mention: Mention, evidence: Evidence, weight: Weight) -> Variant | None:
    """Return the variant of a mention if the document has its evidence and no sign of another meaning."""
    words = text[slice(*mention.core)]
    for variant in mention.variants:
        if not weight.meets(variant.needs, words) and not mention.bracket:
            continue
        # In an all-capital line every word looks like an acronym.
        if not (text.isupper() and variant.needs in ("evidence", "proof", "translated")):
            return None if evidence.excludes(text, *mention.core) else variant
    return None


def may_speak(mention: Mention, variant: Variant, context: Context) -> bool:
    """Whether the profile lets a name be mended where it stands: outside quoted words always, inside by `quoted_names`."""
    policy = context.profile["quoted_names"]
    return not is_quoted(mention, context) or policy == "fix" or (policy == "translated" and variant.garbled)


def is_quoted(mention: Mention, context: Context) -> bool:
    """Whether the mention stands among quoted words: it is then never the first mention. A quoted name is no such case."""
    low, high = mention.core
    return mention.quoted == "words" or any(
        q.speech and q.start < high and low < q.end and not (mention.start <= q.start and q.end <= mention.end)
        for q in context.quotes
    )


def _alone_in_bracket(text: str, mention: Mention) -> Proposal | None:
    """Return the removal of a bracket that says nothing but the name."""
    low, high = mention.start, mention.end
    if text[low - 1 : low] != "(" or text[high : high + 1] != ")":
        return None
    low -= 1
    return Proposal(low - (text[low - 1 : low] == " "), high + 1, "")


def is_determined(text: str, start: int) -> bool:
    """Whether the words before a noun phrase leave no room for an article."""
    return _DETERMINED.search(text[max(0, start - 24) : start]) is not None


@dataclass(frozen=True, slots=True)
class NamingRule:
    """A naming rule under one profile."""

    info: RuleInfo
    names: Names
    evidence: Evidence
    first: Form
    later: Form
    headline: Form
    so_called: bool
    accepts: frozenset[str] = frozenset()

    @property
    def patterns(self) -> Sequence[str]:
        return (union_source(self.names.variants),)

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        """Yield the proposals; see :class:`mtfix.rules.reading.DocumentRule`."""
        seen = False
        for number, mentions in self._find(reading, near):
            segment, context = reading.segments[number], reading.context(number)
            named = False  # whether the sentence has a proposal
            text = segment.text
            for mention, variant in mentions:
                form = self.later if seen else self.first
                if segment.kind is Kind.HEADING or text.isupper():
                    form = self.headline
                elif is_quoted(mention, context):
                    form = self.later
                elif self.first.explained and not seen and (mention.possessive or mention.hyphened):
                    form = self.later  # no room for a second name in brackets: the next mention is the first
                else:
                    seen = True
                if self._accepts(text[slice(*mention.core)], variant) and mention.quoted != "name":
                    continue
                if named and (alone := _alone_in_bracket(text, mention)):
                    yield number, alone  # the name stood in the sentence already
                    continue
                proposal = self._write(text, mention, form, self.headline)
                if proposal is not None:
                    named = True
                    yield number, proposal

    def _find(self, reading: Reading, near: Sequence[int]) -> list[tuple[int, list[tuple[Mention, Variant]]]]:
        """Return segments with their mentions that may be mended, each with the variant that it is."""
        # "the ISIS group" is one mention where the form says "group" itself, or leaves no room for it.
        grouped = self.first.explained or any(f.phrase.endswith(" group") for f in (self.first, self.later))
        found = [
            (number, self.names.recall(reading, number, self.info.id, so_called=self.so_called, group=grouped))
            for number in near
            if reading.segments[number].kind in self.info.kinds
        ]

        def mend(weight: Weight) -> list[tuple[int, list[tuple[Mention, Variant]]]]:
            return [
                (
                    number,
                    [
                        (mention, variant)
                        for mention in mentions
                        if (variant := believe(reading.segments[number].text, mention, self.evidence, weight))
                        is not None
                        and may_speak(mention, variant, reading.context(number))
                    ],
                )
                for number, mentions in found
            ]

        weight = self.evidence.weigh(reading)
        believed = mend(weight)
        if any(mentions for _, mentions in believed):
            # The form that is about to be written is evidence too, so that the next run has nothing left to do.
            return mend(replace(weight, besides=self.evidence.prove(self.first.phrase)))
        return believed

    def _accepts(self, words: str, variant: Variant) -> bool:
        return words in self.accepts or ("any" in self.accepts and not variant.garbled)

    @staticmethod
    def _write(text: str, mention: Mention, form: Form, headline: Form) -> Proposal | None:
        """Return the proposal that puts the form where the mention stands; None where it stands already."""
        bare = mention.attributive or mention.explains
        words = form.bare if bare else form.phrase
        house = text[slice(*mention.core)] in (form.bare, form.phrase.removeprefix("the "))
        marked = mention.quoted == "name" or mention.bracket or text[mention.start : mention.core[0]] != mention.article
        extra = (
            mention.article and not form.phrase.startswith("the ") and not mention.possessive and form is not headline
        )
        if house and not marked and not extra:
            return None  # the house's own words: a missing article is not for this rule to judge
        if (
            not bare
            and not mention.article
            and (not lacks_article(text, mention.start) or is_determined(text, mention.start))
        ):
            words = words.removeprefix("the ")
        if mention.possessive:
            ending = mention.possessive if words.endswith("s") else mention.possessive[0] + "s"
            words += ending
        if mention.rest:
            words += f" ({mention.rest})"
        return Proposal(mention.start, mention.end, match_apostrophe(text, words) + mention.tail)
