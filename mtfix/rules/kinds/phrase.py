"""Rules of the kind `phrase`: idioms with inflected verbs and nouns, and slots (see docs/rules.md).

A phrase is parsed into nodes and compiled to one RE2 pattern, its *core*. Slots inside the core are groups of it; a
slot for several words at either end of a phrase is not part of the pattern but grown outwards from a match of the
core (`mtfix.english.nounphrase`), so that every pattern begins and ends with literal text and costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from mtfix.english.inflection import (
    NOUN_FORMS,
    VERB_FORMS,
    Number,
    find_lemma,
    identify_noun,
    identify_verb,
    inflect_noun,
    inflect_verb,
    noun_forms,
    verb_forms,
)
from mtfix.english.nounphrase import Slot, grow_left, grow_right, guess_number, is_np
from mtfix.errors import unknown_name
from mtfix.profile import Profile
from mtfix.rules.kinds.phrase_syntax import Core, Inflected, compile_core, parse_phrase
from mtfix.rules.match import MatcherRule, build_matcher
from mtfix.rules.pattern import Pattern, compile_pattern
from mtfix.rules.rule import Context, Proposal, RuleInfo
from mtfix.rules.schema import ContextModel
from mtfix.rules.template import Template, choose_text, parse_template

_INFLECTED_FIELD = re.compile(r"<([^<>]*)>")
_SPEC = re.compile(r"([A-Za-z' -]+):(v|n)(\d*)(?:\.(\w+))?(?:@(\w+))?")


class PhraseModel(ContextModel):
    """YAML of a phrase rule: `phrase` (one or several) and `replace` (a template, or templates by a profile setting)."""

    kind: Literal["phrase"] = "phrase"
    phrase: str | list[str]
    replace: str | Mapping[str, str]

    def compile(self, info: RuleInfo, profile: Profile) -> PhraseRule:
        phrases = [self.phrase] if isinstance(self.phrase, str) else self.phrase
        if not phrases:
            raise ValueError("'phrase' is empty")
        cores = tuple(compile_core(parse_phrase(text)) for text in phrases)
        replacement = parse_replacement(choose_text(self.replace, profile), cores)
        matcher = build_matcher(self, [core.pattern for core in cores], word_edges=True)
        endless = tuple(
            None if core.endless is None else compile_pattern(core.endless, ignore_case=self.case != "exact")
            for core in cores
        )
        return PhraseRule(info, matcher, cores, endless, replacement, exact=self.case != "smart")


@dataclass(frozen=True, slots=True)
class Inflection:
    """A word of a replacement that takes the form of a word of the phrase. The lemma ``same`` repeats that word.

    ``index`` is the verb or noun it follows (1-based; 0: the first that matched), ``form`` fixes the form instead,
    ``agrees`` names a slot whose number a verb takes.
    """

    lemma: str
    kind: Literal["v", "n"]
    index: int = 0
    form: str | None = None
    agrees: str | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """A template whose fields are slots of the phrase, and inflected words by their field names."""

    template: Template
    inflections: Mapping[str, Inflection]


def parse_replacement(text: str, cores: Sequence[Core]) -> Replacement:
    """Parse `replace`. Raises ValueError naming the unknown slot, form or verb."""
    inflections: dict[str, Inflection] = {}

    def number(match: re.Match[str]) -> str:
        name = f"inflected{len(inflections)}"
        inflections[name] = _parse_inflection(match.group(1), text, cores)
        return f"{{{name}}}"

    template = parse_template(_INFLECTED_FIELD.sub(number, text))
    for core in cores:
        for field in template.fields - inflections.keys() - core.slots:
            raise ValueError(unknown_name(f"slot in 'replace' (phrase '{core.source}')", field, core.slots))
    return Replacement(template, inflections)


def _parse_inflection(spec: str, text: str, cores: Sequence[Core]) -> Inflection:
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise ValueError(f"<{spec}> in 'replace' is not <word:v>, <word:v2>, <word:v.past>, <word:v@slot> or <word:n>")
    lemma, kind, index, form, agrees = match.groups()
    known = (*VERB_FORMS, "pl", "pastpl") if kind == "v" else NOUN_FORMS
    if form and form not in known:
        raise ValueError(unknown_name(f"form in <{spec}>", form, known))
    for core in cores:
        if agrees and agrees not in core.slots:
            raise ValueError(unknown_name(f"slot in <{spec}>", agrees, core.slots))
        count = sum(word.kind == kind for word in core.words.values())
        if (not form or lemma == "same") and count < max(1, int(index or 1)):
            what = "verb" if kind == "v" else "noun"
            raise ValueError(f"<{spec}> in 'replace' has no {what} to follow in the phrase '{core.source}'")
    if lemma != "same":  # looked up with the phrase's own words, so that all a pack needs is kept together
        (verb_forms if kind == "v" else noun_forms)(lemma)
    return Inflection(lemma, cast(Literal["v", "n"], kind), int(index or 0), form, agrees)


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A match of a core with its outer slots grown; ``groups`` holds the text of every slot."""

    core: Core
    inner: Any
    first: int
    last: int
    groups: Mapping[str, str | None]

    def span(self) -> tuple[int, int]:
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class PhraseRule(MatcherRule):
    cores: tuple[Core, ...]
    endless: tuple[Pattern | None, ...]  # beside the matcher's patterns, see `Core`
    replacement: Replacement
    exact: bool

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        for core, pattern, endless in zip(self.cores, self.matcher.patterns, self.endless, strict=True):
            for match in find_phrases(core, pattern, endless, text):
                if not self.matcher.agrees(text, match):
                    continue
                replacement = self._fill(text, match)
                if isinstance(replacement, str):
                    if replacement != text[match.first : match.last]:
                        yield Proposal(match.first, match.last, replacement, exact=self.exact)
                else:
                    yield Proposal(match.first, match.last, "", exact=True, refuse=replacement.reason)

    def _fill(self, text: str, match: PhraseMatch) -> str | _Unknown:
        values = dict(match.groups)
        for field, inflection in self.replacement.inflections.items():
            word = _inflect(inflection, text, match)
            if isinstance(word, _Unknown):
                return word
            values[field] = word
        return self.replacement.template.fill(values)


@dataclass(frozen=True, slots=True)
class _Unknown:
    """Why a replacement cannot be spelt."""

    reason: str


def find_phrases(core: Core, pattern: Pattern, endless: Pattern | None, text: str) -> Iterator[PhraseMatch]:
    """Yield the matches of a core whose slots hold what they should, from left to right."""
    at = 0
    while at < len(text):
        found = (endless or pattern).search(text, at)
        if found is not None and endless and not core.fits({name: found.group(name) for name in core.inner_slots}):
            found = pattern.search(text, at)
        if found is None:
            return
        match = _grow(core, found, text)
        if match is not None:
            yield match
        at = max(found.end(), found.start() + 1) if match is not None else found.start() + 1


def _grow(core: Core, found: Any, text: str) -> PhraseMatch | None:
    start, end = found.span()
    groups = {name: found.group(name) for name in core.inner_slots}
    for name, kind in core.inner_slots.items():
        if groups[name] is not None and kind in ("np", "list", "subject"):
            low, high = found.span(found.re.groupindex[name])
            if not is_np(text, low, high):
                return None
    first, last = start, end
    if core.left is not None:
        edge = _cross(text, start, core.left_gap, -1)
        grown = None if edge is None else grow_left(text, edge, cast(Slot, core.left[1]))
        if grown is None or edge is None:
            return None
        first, groups[core.left[0]] = grown, text[grown:edge]
    if core.right is not None:
        edge = _cross(text, end, core.right_gap, 1)
        grown = None if edge is None else grow_right(text, edge, cast(Slot, core.right[1]))
        if grown is None or edge is None:
            return None
        last, groups[core.right[0]] = grown, text[edge:grown]
    return PhraseMatch(core, found, first, last, groups)


def _cross(text: str, at: int, gap: bool, step: int) -> int | None:
    """Return where a slot beside the core starts, over the white space between them; None without that space."""
    if not gap:
        return at
    here = at
    while 0 <= (here - 1 if step < 0 else here) < len(text) and text[here - 1 if step < 0 else here].isspace():
        here += step
    return here if here != at else None


def _inflect(inflection: Inflection, text: str, match: PhraseMatch) -> str | _Unknown:
    number: Number | None = None
    if inflection.agrees:
        number = guess_number(match.groups[inflection.agrees] or "")
        if number is None:
            return _Unknown(f"cannot tell the number of '{match.groups[inflection.agrees]}'")
    if inflection.form and inflection.lemma != "same":
        if inflection.kind == "n":
            return inflect_noun(inflection.lemma, cast(Number, inflection.form))
        spelt = inflect_verb(inflection.lemma, inflection.form, number)
        return spelt if spelt is not None else _Unknown(f"'{inflection.lemma}' has no form '{inflection.form}'")
    group, word = _followed_word(inflection, match)
    if word is None:
        return _Unknown(f"no word that '{inflection.lemma}' could follow")
    found = match.inner.group(group)
    lemma = find_lemma(found, word.lemmas, word.kind) if inflection.lemma == "same" else inflection.lemma
    if inflection.kind == "n":
        plural = cast("Number | None", inflection.form) or identify_noun(found, word.lemmas)
        if plural is None:
            return _Unknown(f"cannot tell the number of '{found}'")
        return inflect_noun(lemma, plural)
    low, high = match.inner.span(match.inner.re.groupindex[group])
    form = inflection.form or identify_verb(found, word.lemmas, text[max(0, low - 80) : low], text[high : high + 20])
    if form in ("past", "part") and inflect_verb(lemma, "past") == inflect_verb(lemma, "part"):
        form = "part"  # no need to tell them apart
    spelt = inflect_verb(lemma, form, number) if form else None
    if lemma.split()[0] == "be" and form == "past" and "be" not in word.lemmas and number is None:
        spelt = None  # was or were?
    return spelt if spelt is not None else _Unknown(f"cannot tell the form of '{found}'")


def _followed_word(inflection: Inflection, match: PhraseMatch) -> tuple[str, Inflected | None]:
    rank = 0
    for group, word in match.core.words.items():
        if word.kind != inflection.kind:
            continue
        rank += 1
        if match.inner.group(group) is not None and inflection.index in (0, rank):
            return group, word
    return "", None
