"""Rules of the kinds `substitution` (a pattern and a template) and `flag` (a pattern that only reports)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mtfix.errors import unknown_name
from mtfix.profile import Profile
from mtfix.rules.match import Matcher, MatcherRule, build_matcher
from mtfix.rules.rule import Context, Proposal, RuleInfo
from mtfix.rules.schema import ContextModel
from mtfix.rules.template import Template, choose_text, parse_template


class SubstitutionModel(ContextModel):
    """YAML of a substitution: `match` (RE2) and `replace` (a template, or templates by a profile setting)."""

    kind: Literal["substitution"] = "substitution"
    match: str
    replace: str | Mapping[str, str]

    def compile(self, info: RuleInfo, profile: Profile) -> SubstitutionRule:
        matcher = build_matcher(self, [self.match])
        template = parse_template(choose_text(self.replace, profile))
        check_fields(template, matcher)
        return SubstitutionRule(info, matcher, template, exact=self.case != "smart")


class FlagModel(ContextModel):
    """YAML of a flag: `match`, and no replacement."""

    kind: Literal["flag"] = "flag"
    match: str

    def compile(self, info: RuleInfo, profile: Profile) -> FlagRule:
        return FlagRule(info, build_matcher(self, [self.match]))


def check_fields(template: Template, matcher: Matcher, extra: Sequence[str] = ()) -> None:
    """Raise ValueError when the template names a group that no pattern has."""
    known = {name for pattern in matcher.patterns for name in pattern.groups} | set(extra)
    for name in template.fields:
        if name not in known:
            raise ValueError(unknown_name("field of 'replace'", name, known))


def span_to_fix(match: Any) -> tuple[int, int]:
    """Return the span of the group ``fix`` where the pattern has one, else of the whole match."""
    fix = match.re.groupindex.get("fix")
    if fix is not None and match.start(fix) >= 0:
        return match.start(fix), match.end(fix)
    return match.start(), match.end()


@dataclass(frozen=True, slots=True)
class SubstitutionRule(MatcherRule):
    template: Template
    exact: bool

    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        for match in self.matcher.find(text):
            start, end = span_to_fix(match)
            yield Proposal(start, end, self.template.fill(match.groupdict()), exact=self.exact)


@dataclass(frozen=True, slots=True)
class FlagRule(MatcherRule):
    def propose(self, text: str, context: Context) -> Iterator[Proposal]:
        for match in self.matcher.find(text):
            start, end = span_to_fix(match)
            yield Proposal(start, end, text[start:end], exact=True)
