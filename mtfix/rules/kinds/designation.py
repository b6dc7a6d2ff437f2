"""Rules of the kind `designation`: what becomes of boilerplate such as "(banned in Russia)".

Russian law makes every mention of certain organizations carry a note; English news does not. The profile's setting
`designation` says what to do: `flag` reports each note, `keep` is silent, `strip` takes them out, `move` leaves the
first of the document, behind the name, and takes out the others. A note that says more than the law asks (a date, a
court's decision in words of its own) is a fact and is never taken out, nor is a sentence whose point is the ban.

These are the notes that a rule without ``notes`` reads. Others are given as patterns: what their group ``cut`` matches goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from mtfix.profile import Profile
from mtfix.rules.pattern import compile_pattern
from mtfix.rules.reading import Reading
from mtfix.rules.rule import Proposal, RuleInfo, StageName
from mtfix.rules.schema import DocumentModel

_BAN = r"(?:banned|prohibited|forbidden|outlawed|not\s+permitted)"
_WHERE = (
    r"(?:in|on(?:\s+the)?\s+territory\s+of|within)\s+(?:the\s+)?(?:territory\s+of\s+)?(?:the\s+)?"
    r"(?:Russian\s+Federation|Russia|RF|our\s+country)"
)
_ORG = r"(?:organi[sz]ations?|groups?|groupings?|movements?|associations?|party|formations?|structures?)"
_KIND = r"(?:(?:international|Islamist|Islamic|radical|religious|terrorist|extremist|undesirable|nationalist)\s+)*"
# Words of which a bracket may consist to be no more than boilerplate.
_PLAIN = frozenset(
    """
    the a an this both all these is are was were has have been being it its their activity activities work of which whose
    that on in within territory russia russian federation rf country our banned prohibited forbidden outlawed not
    permitted recognized recognised declared considered deemed as and by court supreme decision law legislation
    organization organizations organisation organisations group groups grouping groupings movement movements association
    associations party formation formations terrorist extremist international islamist radical undesirable here hereinafter
    according to under
    """.split()
)
_BRACKET = re.compile(rf"\s*\(([^()\n]{{0,160}}\b{_BAN}\b[^()\n]{{0,160}})\)")
_BEFORE = re.compile(
    rf"(?<=\s)(?P<cut>{_BAN}\s+{_WHERE},?\s+)(?=[“\"]?{_KIND}{_ORG}\b)|^(?P<head>{_BAN.replace('banned', '[Bb]anned')}\s+{_WHERE}\s+)(?={_KIND}{_ORG}\b)"
)
_APPOSED = re.compile(
    rf",\s+(?:(?:an?|the)\s+{_KIND}{_ORG}\s+)?(?:which\s+is\s+|whose\s+activity\s+is\s+|that\s+is\s+)?{_BAN}\s+{_WHERE}"
    rf"(?:,|(?=\s*[.;)]|$))"
)
_FOOTNOTE = re.compile(rf"^\s*\*+\s*[^.\n]{{0,160}}\b{_BAN}\s+{_WHERE}[^.\n]{{0,80}}\.?\s*$")
_ASTERISK = re.compile(r"(?<=[\w”\"»)])\*+(?=[\s.,;:!?)”\"»]|$)")
# An organization with its name: "terrorist organization “Islamic State”", "organization Aum Shinrikyo".
_NAMED = re.compile(
    rf"[“\"]?{_KIND}{_ORG}\s+(?:“[^”\n]{{1,80}}”|\"[^\"\n]{{1,80}}\"|«[^»\n]{{1,80}}»|[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*)*)(?!\s*\()"
)
_WHY = {
    "move": "The note stands once in the document already.",
    "strip": "The house does not carry this note.",
    "before": "A note stands behind the name, not before it.",
}


class DesignationModel(DocumentModel):
    """YAML of a designation rule: ``notes``, RE2 patterns with a group ``cut``; the profile's setting is the policy."""

    whole: ClassVar[bool] = True
    kind: Literal["designation"] = "designation"
    notes: tuple[str, ...] = Field(default=(), strict=False)
    stage: StageName = "document"

    def compile(self, info: RuleInfo, profile: Profile) -> DesignationRule:
        policy = profile["designation"]
        info = replace(info, kind="flag") if policy == "flag" else info
        if not self.notes:
            return DesignationRule(info, policy)
        for note in self.notes:
            if "(?P<cut>" not in note:
                raise ValueError(f"the note '{note}' has no group '(?P<cut>...)': say what goes")
        compiled = tuple(compile_pattern(note, ignore_case=False) for note in self.notes)
        return DesignationRule(info, policy, self.notes, compiled)


def find_notes(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the notes of one segment, in order, without overlaps.

    >>> text = "Islamic State (banned in Russia) and Aum, banned in Russia, met."
    >>> [text[a:b] for a, b in find_notes(text)]
    [' (banned in Russia)', ', banned in Russia,']
    """
    if footnote := _FOOTNOTE.match(text):
        yield footnote.span()
        return
    spans = [m.span() for m in _BRACKET.finditer(text) if is_boilerplate(m.group(1))]
    spans += [m.span("cut") if m.group("cut") else m.span("head") for m in _BEFORE.finditer(text)]
    spans += [m.span() for m in _APPOSED.finditer(text)]
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            done = end
            yield start, end


def is_boilerplate(words: str) -> bool:
    """Whether a bracket says no more than that an organization is banned in Russia.

    >>> is_boilerplate("terrorist organization banned in Russia"), is_boilerplate("banned in Russia on 29 December 2014")
    (True, False)
    """
    found = re.findall(r"[^\W_]+", words.lower())
    return "russia" in words.lower() + (" russia" if "rf" in found or "country" in found else "") and all(
        w in _PLAIN for w in found
    )


def _put_behind_name(text: str, start: int, end: int) -> list[Proposal]:
    """Return the edit that moves a note from before its organization to behind the name; none where it stands well."""
    named = _NAMED.match(text, end)
    note = text[start:end].strip(" ,")
    if text[start : start + 1].isspace() or text[start] in ",(" or named is None:
        return []
    words = text[end : named.end()]
    words = words[0].upper() + words[1:] if start == 0 else words
    return [Proposal(start, named.end(), f"{words} ({note[0].lower()}{note[1:]})", exact=True, why=_WHY["before"])]


@dataclass(frozen=True, slots=True)
class DesignationRule:
    """The policy for notes of designation under one profile."""

    info: RuleInfo
    policy: str
    sources: tuple[str, ...] = ()
    notes: tuple[Any, ...] = ()

    @property
    def patterns(self) -> Sequence[str]:
        if self.sources:
            return self.sources
        return (r"\b(?:[Bb]anned|[Pp]rohibited|[Ff]orbidden|[Oo]utlawed|not\s+permitted)\b[^\n]*(?:Russia|RF|country)",)

    def _list(self, text: str) -> tuple[tuple[int, int], ...]:
        if not self.notes:
            return tuple(find_notes(text))
        spans = sorted(m.span(m.re.groupindex["cut"]) for n in self.notes for m in n.finditer(text))
        return tuple(s for i, s in enumerate(spans) if not i or s[0] >= spans[i - 1][1])

    def propose_document(self, reading: Reading, near: Sequence[int]) -> Iterator[tuple[int, Proposal]]:
        """Yield the proposals; see :class:`mtfix.rules.reading.DocumentRule`."""
        if self.policy == "keep":
            return
        footnoted = not self.notes and any(_FOOTNOTE.match(s.text) for s in reading.segments)
        kept = self.policy != "move"
        for number, segment in enumerate(reading.segments):
            if segment.kind not in self.info.kinds:
                continue
            text = segment.text
            for start, end in reading.note(number, self.info.id, self._list):
                if reading.context(number).in_speech(start, end):
                    continue
                if self.policy == "flag":
                    yield number, Proposal(start, end, text[start:end], exact=True)
                elif not kept:
                    kept = True
                    for proposal in () if self.notes else _put_behind_name(text, start, end):
                        yield number, proposal
                else:
                    yield number, Proposal(start, end, "", exact=False, why=_WHY[self.policy])
            if footnoted and self.policy == "strip" and not _FOOTNOTE.match(text):
                for m in _ASTERISK.finditer(text):
                    yield number, Proposal(*m.span(), "", why=_WHY["strip"])
