"""Rules of the kind `institution`: the English name of an office, its capitals, its acronym, its first mention.

A naming rule replaces every mention; an institution keeps both its name and its acronym and mends only what a
translation got wrong: transliterated names (Minzdrav), other people's acronyms (MVD), lost capitals ("interior
Ministry"), lost articles ("told in FSB"), "of Russia" behind. At the first mention a lone acronym gets its full name,
if the profile wants that and the document is a translation (see `mtfix.sources`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field, field_validator

from mtfix.english.agreement import opens_sentence
from mtfix.profile import Profile
from mtfix.rules.kinds.evidence import Evidence, EvidenceModel, Need, read_evidence
from mtfix.rules.kinds.mentions import (
    AFTER_PHRASE,
    Mention,
    Names,
    Variant,
    lacks_article,
    match_apostrophe,
    union_source,
)
from mtfix.rules.kinds.naming import VariantModel, believe, is_determined, is_quoted, may_speak, read_variants
from mtfix.rules.reading import Reading
from mtfix.rules.rule import Proposal, RuleInfo, StageName
from mtfix.rules.schema import DocumentModel
from mtfix.rules.template import choose_text
from mtfix.types import Kind

_OF_RUSSIA = re.compile(r"^\s+(?:of\s+(?:the\s+)?(?:Russian\s+Federation|Russia|RF)|RF|Russia)\b(?!['’-])")

# Where the words are right and only their form is not, the rule's own reason (the English name) would say nothing.
_OWNER = "English puts the country before the name of an institution, not “of Russia” behind it."
_ARTICLE = "English writes “the” before the acronym of an office."
_FIRST = "The first mention gives the full name; later ones may say {short} alone."


class InstitutionModel(DocumentModel):
    """YAML of an institution.

    ``name``: its English name; ``short``: the acronym in English use; ``article``: "the" or none.
    ``also``: wrong names, written as ``name``; ``also_short``: wrong acronyms, written as ``short``.
    ``accepted``: other right names: left alone, but written as ``name`` where their capitals are wrong.
    ``expand``: a lone ``short`` gets the name at its first mention. ``russia``: what becomes of "of Russia" behind the
    name: `possessive` ("Russia's Interior Ministry"), `drop`, or `keep`. ``lower``: the name in small letters is right
    too (a ministry), so only mixed capitals are mended. ``needs`` and ``name_needs``: what
    ``short``, and the capitals of ``name``, need of the evidence.
    """

    kind: Literal["institution"] = "institution"
    stage: StageName = "document"
    name: str | Mapping[str, str]
    short: str | None = None
    article: Literal["the", ""] = "the"
    also: tuple[VariantModel, ...] = Field(default=(), strict=False)
    also_short: tuple[VariantModel, ...] = Field(default=(), strict=False)
    accepted: tuple[str, ...] = Field(default=(), strict=False)
    expand: bool = True
    casing: bool = True
    lower: bool = True
    russia: Literal["possessive", "drop", "keep"] = "keep"
    needs: Need = ""
    name_needs: Need = ""
    evidence: EvidenceModel = EvidenceModel()

    _read_evidence = field_validator("evidence", mode="before")(read_evidence)
    _read_variants = field_validator("also", "also_short", mode="before")(read_variants)

    def compile(self, info: RuleInfo, profile: Profile) -> InstitutionRule:
        variants = [_translated(_any_case(v).compile("also")) for v in self.also]
        variants += [_translated(v.compile("also_short")) for v in self.also_short]
        name = choose_text(self.name, profile)
        for words in (name, *self.accepted):
            anyhow = self.casing and len(words.split()) > 1
            case: Literal["ignore", "exact"] = "ignore" if anyhow else "exact"
            slot = "name" if words == name else "accepted"
            variants.append(_translated(VariantModel(text=words, case=case, needs=self.name_needs).compile(slot)))
        if self.short is not None:
            variants.append(VariantModel(text=self.short, needs=self.needs).compile("short"))
        expand = self.expand and self.short is not None and profile["acronyms"] == "expand-first"
        return InstitutionRule(
            info,
            self,
            name,
            Names.compile(variants),
            Evidence.compile(self.evidence),
            frozenset((name, *self.accepted)),
            expand,
        )


def _any_case(variant: VariantModel) -> VariantModel:
    """A wrong name of several words is as wrong with other capitals (but all in small letters it may be no name)."""
    if variant.text is not None and " " in variant.text and variant.case == "exact":
        return variant.model_copy(update={"case": "ignore"})
    return variant


def _translated(variant: Variant) -> Variant:
    """A wrong name or capital is the translation's, also in direct speech."""
    return Variant(
        variant.pattern,
        variant.source,
        variant.needs,
        variant.quoted_only,
        True,
        variant.before,
        variant.after,
        variant.slot,
    )


def is_miscased(words: str, right: str, *, opens: bool, lower: bool) -> bool:
    """Whether ``words``, equal to ``right`` but for capitals, mix capitals as no house does.

    All small letters are a house's choice where ``lower``; a capital that only opens the sentence does not count.

    >>> [is_miscased(w, "Interior Ministry", opens=False, lower=True) for w in ("interior Ministry", "interior ministry")]
    [True, False]
    """
    words = " ".join(words.replace("’", "'").split())
    if words == right or words.isupper():
        return False
    small = words[:1].lower() + words[1:] if opens else words
    return not (small.islower() and lower)


@dataclass(frozen=True, slots=True)
class InstitutionRule:
    """An institution under one profile."""

    info: RuleInfo
    model: InstitutionModel
    name: str
    names: Names
    evidence: Evidence
    right: frozenset[str]
    expand: bool

    @property
    def patterns(self) -> Sequence[str]:
        return (union_source(self.names.variants),)

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        """Yield the proposals; see :class:`mtfix.rules.reading.DocumentRule`."""
        weight = self.evidence.weigh(reading)
        translated = reading.translated
        named = not (self.expand and translated)
        for number in near:
            segment, context = reading.segments[number], reading.context(number)
            text = segment.text
            heading = segment.kind is Kind.HEADING or text.isupper()
            for mention in self.names.recall(reading, number, self.info.id):
                variant = believe(text, mention, self.evidence, weight)
                if variant is None or segment.kind not in self.info.kinds:
                    continue
                slot = variant.slot
                words = text[mention.core[0] : mention.core[1]]
                if slot == "also" and words.islower() and " " in words:
                    continue
                if slot == "also" and words.replace("’", "'") in self.right:
                    slot = "name" if words.replace("’", "'") == self.name else "accepted"
                if not heading and (slot in ("name", "also", "accepted") or mention.bracket):
                    named = True  # the full name stands here: the acronym explains itself from now on
                quoted = is_quoted(mention, context)
                if quoted and (slot == "short" or not may_speak(mention, variant, context)):
                    continue
                bracketed = text[: mention.core[0]].rstrip(' “"«')[-1:] == "("
                first = slot in ("short", "also_short") and not named and not heading and not quoted
                first = first and not mention.hyphened and not mention.possessive and not bracketed
                named = named or first or bracketed
                if slot == "short" and not translated:
                    continue
                proposal = self._write(text, mention, slot, first=first, heading=heading, bracketed=bracketed)
                if proposal is not None:
                    yield number, replace(proposal, replacement=match_apostrophe(text, proposal.replacement))

    def _write(
        self, text: str, mention: Mention, slot: str, *, first: bool, heading: bool, bracketed: bool
    ) -> Proposal | None:
        """Return the proposal for one mention, or None when it is right as it is."""
        words = text[mention.core[0] : mention.core[1]]
        short = self.model.short
        if slot in ("name", "accepted"):
            opens = opens_sentence(text, mention.core[0])
            right = self.name
            if slot == "accepted":
                squeezed = " ".join(words.replace("’", "'").split()).lower()
                right = next((r for r in self.right if r.lower() == squeezed), right)
            if heading or not is_miscased(words, right, opens=opens, lower=self.model.lower):
                return None
            words = self._article(text, mention.core, "the", self.name)
            return Proposal(*mention.core, words, why=f"A name keeps its capitals: {right}.")
        low, high = mention.core
        if mention.quoted == "name" and text[low - 1] in '“"«„' and text[high : high + 1] in ("”", '"', "»"):
            low, high = low - 1, high + 1
        if mention.bracket and not mention.rest and short is None:
            high = mention.end
        if slot == "also":
            core = self.name
        elif first and short is not None:
            core = f"{self.name} ({short})"
        elif short is not None:
            core = short
        else:
            core = self.name
        of = _OF_RUSSIA.match(text[high:]) if self.model.russia != "keep" else None
        phrase = not mention.attributive and not mention.hyphened and not bracketed
        if of and phrase and not mention.possessive:
            high += of.end()
            if self.model.russia == "possessive":
                the = mention.article
                if the or not is_determined(text, low):
                    return Proposal(low - len(the), high, f"Russia's {core}", why=_OWNER)
        if core == words and not of:
            fixed = self._article(text, (low, high), "the", core, replaced=False) if phrase and not heading else core
            return (
                Proposal(low, high, fixed, why=_ARTICLE)
                if fixed != text[low:high] and not (fixed == core and low == mention.core[0])
                else None
            )
        why = _FIRST.format(short=short) if first and slot == "short" else None
        if heading or not phrase:
            return Proposal(low, high, core, why=why)
        written = core if mention.article else self._article(text, (low, high), "the", core)
        return Proposal(low, high, written, why=why)

    def _article(self, text: str, span: tuple[int, int], article: str, words: str, *, replaced: bool = True) -> str:
        """Return the words with "the" where a noun phrase stands there without it.

        Beside a name that is ``replaced`` the article is part of the repair; a right acronym gets one only between words
        that leave no doubt that it is missing ("told in FSB.").
        """
        if not (article and self.model.article):
            return words
        sure = lacks_article(text, span[0]) and not is_determined(text, span[0])
        if not replaced:
            sure = (
                sure
                and re.search(r"[a-z]\s+$", text[: span[0]]) is not None
                and bool(AFTER_PHRASE.match(text[span[1] :]))
            )
        if not sure:
            return words
        return f"the {words}"
