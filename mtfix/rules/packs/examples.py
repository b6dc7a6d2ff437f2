"""Runs the examples of rules: each rule alone, and every example through all rules together.

`mtfix rules test` and the test suite run the same functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mtfix.findings import Status, list_findings
from mtfix.formats import read_document
from mtfix.profile import Profile
from mtfix.rules.engine import RuleStage
from mtfix.rules.index import RuleIndex
from mtfix.rules.packs.packed import PackedRule, applies_under, compile_rule
from mtfix.rules.packs.profiles import load_profile
from mtfix.rules.packs.select import compile_rules
from mtfix.rules.pattern import compiling_at_once
from mtfix.rules.schema import Example
from mtfix.types import Document, Fix, Step

_MARK = re.compile(r"</?m>")
_STAGES = ("pre", "post", "document")


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that did not do what it says; ``place`` is ``file:line:column`` of the rule."""

    rule: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: rule {self.rule}: {self.message}"


@lru_cache(maxsize=32)
def _profile(name: str) -> Profile:
    return load_profile(name)


def _run(document: Document, stages: Sequence[RuleStage]) -> Document:
    for stage in stages:
        document = stage(document)
    return document


class ExampleRunner:
    """Runs examples against a set of rules. ``profile`` is the profile of examples that name none."""

    def __init__(self, rules: Sequence[PackedRule], profile: str = "plain") -> None:
        self.rules = tuple(rules)
        self.profile = profile
        self._whole: dict[tuple[str, bool], list[RuleStage]] = {}

    def run(self, only: Iterable[PackedRule] | None = None) -> Iterator[Failure]:
        """Yield the failures of the examples of ``only`` (default: all rules)."""
        for rule in self.rules if only is None else only:
            for number, example in enumerate(rule.model.examples, 1):
                for message in self._check(rule, example):
                    yield Failure(rule.id, rule.place, f"example {number}: {message}")

    def _stages(self, profile: str, *, reverse: bool = False) -> list[RuleStage]:
        """The stages of all rules under a profile, once with the rules in the opposite file order."""
        key = (profile, reverse)
        if key not in self._whole:
            rules = self.rules[::-1] if reverse else self.rules
            compiled = compile_rules(rules, _profile(profile))
            self._whole[key] = [
                RuleStage(name, RuleIndex([r for r in compiled if r.info.stage == name]), _profile(profile), Fix.SAFE)
                for name in _STAGES
            ]
        return self._whole[key]

    def _check(self, rule: PackedRule, example: Example) -> Iterator[str]:
        name = example.profile or self.profile
        profile = _profile(name)
        if not applies_under(rule, profile):
            if example.bad is not None or example.profile is not None:
                yield f"the rule does not exist under the profile '{name}' (see its 'when'): name another one"
            return
        with compiling_at_once():
            compiled = compile_rule(rule, profile, 0)
        alone = RuleStage(rule.model.stage, RuleIndex([compiled]), profile, Fix.ALL)
        if example.keep is not None:
            yield from self._check_keep(example, example.keep, alone, name)
        elif example.bad is not None:
            yield from self._check_bad(rule, example, example.bad, alone, name)

    def _check_keep(self, example: Example, keep: str, alone: RuleStage, profile: str) -> Iterator[str]:
        document = read_document(keep)
        after = alone(document)
        steps = [step for s in after.segments for step in s.trail]
        if after.text != keep:
            yield f"'{keep}' must stay, but became '{after.text}'"
        elif any(step.suggested for step in steps):
            yield f"'{keep}' must stay quiet, but the rule reports '{_first(steps)}'"
        if not example.alone:
            whole = _run(document, self._stages(profile))
            if whole.text != keep:
                yield f"all rules together change '{keep}' to '{whole.text}' ({_authors(whole)})"

    def _check_bad(
        self, rule: PackedRule, example: Example, marked: str, alone: RuleStage, profile: str
    ) -> Iterator[str]:
        bad, spans = strip_marks(marked)
        document = read_document(bad)
        after = alone(document)
        found = [f for f in list_findings(after) if f.status is not Status.REFUSED]
        if not found:
            refused = [r.reason for s in after.segments for step in s.trail for r in step.refused]
            yield f"the rule does not fire on '{bad}'" + (f": refused, {refused[0]}" if refused else "")
            return
        if spans:
            got = sorted({(x.start, x.end) for x in found})
            low, high = min(g[0] for g in got), max(g[1] for g in got)
            if high != spans[-1][1] or not spans[0][0] - 3 <= low <= spans[0][0]:
                yield f"the rule marks '{bad[low:high]}' in '{bad}', not '{bad[spans[0][0] : spans[-1][1]]}'"
        if example.good is None:
            return
        if after.text != example.good:
            yield f"'{bad}' became '{after.text}', not '{example.good}'"
        again = alone(read_document(example.good))
        if again.text != example.good:
            yield f"the rule changes its own correction '{example.good}' to '{again.text}'"
        if example.alone:
            return
        together = _run(document, self._stages(profile))
        if rule.model.tier == "auto" and together.text != example.good:
            yield f"all rules together make '{together.text}' of '{bad}', not '{example.good}' ({_authors(together)})"
        twice = _run(read_document(together.text), self._stages(profile))
        if twice.text != together.text:
            yield f"a second run changes '{together.text}' to '{twice.text}' ({_authors(twice)})"
        backwards = _run(document, self._stages(profile, reverse=True))
        if backwards.text != together.text:
            yield f"the order of rules matters: '{together.text}' or '{backwards.text}' ({_authors(backwards)})"


def strip_marks(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return an example without its ``<m>`` marks, and the marked spans.

    >>> strip_marks("a <m>bad</m> word")
    ('a bad word', [(2, 5)])
    """
    parts = _MARK.split(marked)
    text = "".join(parts)
    spans, at = [], 0
    for i, part in enumerate(parts):
        if i % 2:
            spans.append((at, at + len(part)))
        at += len(part)
    return text, spans


def _first(steps: Iterable[Step]) -> str:
    return next((e.why for step in steps for e in step.suggested), "")


def _authors(document: Document) -> str:
    return ", ".join(sorted({e.by for s in document.segments for e in s.edits})) or "no rule"
