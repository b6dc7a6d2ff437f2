"""The rule engine: wake the rules that a text concerns, weigh their proposals, apply what is left, until nothing moves.

All patterns of all rules stand in one RE2 filter (literal parts are found in one pass over the text, and only patterns
whose literals stand there are tried), so the cost of a segment does not grow with the number of rules.
Overlaps are resolved leftmost first, then longest, then by file order; AUTO edits go before suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import cast

from mtfix.errors import TrailError
from mtfix.profile import Profile
from mtfix.rules.agreement import agree_article, keep_line_breaks, recase
from mtfix.rules.dormant import RuleIndex
from mtfix.rules.literals import fold
from mtfix.rules.quotes import find_quotes
from mtfix.rules.rule import Context, DocumentRule, Proposal, Rule
from mtfix.trail import map_forward
from mtfix.types import Document, Edit, Lock, Refusal, Segment, Step, Tier

# Rules that feed each other settle in two or three passes; more means a loop, which the packs' own tests refuse.
MAX_PASSES = 8
_DIGITS = re.compile(r"\d+")
# Kinds that check the value of numbers themselves and may write other digits for it.
_NUMBER_KINDS = frozenset(("number", "date", "consistency"))


class Fix(str, Enum):
    """Which edits are applied: AUTO ones, suggestions too, or none (everything is only shown)."""

    SAFE = "safe"
    ALL = "all"
    NONE = "none"


@dataclass(slots=True)
class _Work:
    """One segment under way: its new edits' spans by rule, the texts it has been, whether it may still change."""

    segment: Segment
    active: bool = True
    written: list[tuple[int, int, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class RuleStage:
    """A stage of the pipeline that runs the rules of one pack stage (``pre``, ``post`` or ``document``)."""

    name: str
    index: RuleIndex
    profile: Profile
    fix: Fix = Fix.SAFE

    def __call__(self, document: Document) -> Document:
        work = [_Work(segment, written=_written_before(segment)) for segment in document.segments]
        # A name changed in one segment can change what another needs, so in the document stage all settle together.
        together = self.name == "document"
        for _ in range(MAX_PASSES):
            current = document.replace_segments([w.segment for w in work])
            contexts = [
                Context(self.profile, w.segment.kind, q, fold(w.segment.text) if together else None)
                for w, q in zip(work, find_quotes(current), strict=True)
            ]
            weighed = [
                (work[i], *self._weigh(work[i], proposals, contexts[i]))
                for i, proposals in self._propose(current, contexts, work)
            ]
            moved = False
            for w, edits, _suggested, _refused in weighed:
                moved |= self._apply(w, edits)
            for w, edits, suggested, refused in weighed:
                if not edits and not (together and moved):
                    w.segment = w.segment.add(Step(self.name, (), tuple(suggested), tuple(refused)))
                    w.active = False
            if not moved:
                break
        return document.replace_segments([w.segment for w in work])

    def _propose(
        self, document: Document, contexts: Sequence[Context], work: Sequence[_Work]
    ) -> Iterable[tuple[int, list[tuple[Rule | DocumentRule, Proposal]]]]:
        """Yield segment number and proposals for every segment that may still change."""
        if self.name == "document":
            gathered: list[list[tuple[Rule | DocumentRule, Proposal]]] = [[] for _ in work]
            text = document.text
            self.index.prepare(text)
            for rule in self.index.wake(text):
                answers = cast(DocumentRule, rule).propose_document(document, contexts)
                if len(answers) != len(work):
                    raise TrailError(f"rule {rule.info.id} answered for {len(answers)} segments of {len(work)}")
                for found, proposals in zip(gathered, answers, strict=True):
                    found += [(rule, p) for p in proposals]
            yield from ((i, found) for i, found in enumerate(gathered) if work[i].active)
            return
        self.index.prepare("\n".join(w.segment.text for w in work if w.active))
        for i, w in enumerate(work):
            if w.active:
                text = w.segment.text
                found = []
                for rule in self.index.wake(text):
                    if w.segment.kind in rule.info.kinds:
                        found += [(rule, p) for p in cast(Rule, rule).propose(text, contexts[i])]
                yield i, found

    def _apply(self, work: _Work, edits: Sequence[Edit]) -> bool:
        """Add a step of ``edits`` to the segment; return whether it moved."""
        if not edits:
            return False
        after = work.segment.add(Step(self.name, tuple(edits)))
        if after.text in work.seen:
            work.active = False  # two rules undo each other: stay with what there is
            return False
        work.seen.add(work.segment.text)
        work.written = _written_before(after)
        work.segment = after
        return True

    def _weigh(
        self,
        work: _Work,
        found: Sequence[tuple[Rule | DocumentRule, Proposal]],
        context: Context,
    ) -> tuple[list[Edit], list[Edit], list[Refusal]]:
        """Return edits to apply, edits to suggest, and refusals; edits sorted and free of overlaps."""
        if not found:
            return [], [], []
        text = work.segment.text
        locks = locked_spans(work.segment)
        ranked: list[tuple[tuple[int, int, int, int], Edit, str | None]] = []
        for rule, proposal in found:
            info = rule.info
            if any(
                (not lock.rules or lock.rules & info.tags) and _meet(proposal.start, proposal.end, lock.start, lock.end)
                for lock in locks
            ):
                continue
            if info.quotes == "leave" and context.in_speech(proposal.start, proposal.end):
                continue
            edit = self._finish(text, rule, proposal)
            reason = proposal.refuse
            is_flag = info.kind == "flag"
            if not is_flag and text[edit.start : edit.end] == edit.replacement:
                continue
            if reason is None and any(by == edit.by and _meet(edit.start, edit.end, a, b) for a, b, by in work.written):
                reason = "it would change its own correction"
            if reason is None and info.kind not in _NUMBER_KINDS and _loses_digits(text, edit):
                reason = "it would change a number"
            apply = not is_flag and self.fix is not Fix.NONE and (info.tier is Tier.AUTO or self.fix is Fix.ALL)
            rank = (0 if apply and info.tier is Tier.AUTO else 1 if apply else 2, edit.start, -edit.end, info.order)
            ranked.append((rank, edit, reason))
        ranked.sort(key=lambda r: r[0])
        applied: list[Edit] = []
        suggested: list[Edit] = []
        refused: list[Refusal] = []
        taken: list[tuple[int, int]] = []
        for (group, *_), edit, reason in ranked:
            if reason is not None:
                refused.append(Refusal(edit, reason))
            elif not any(_meet(edit.start, edit.end, a, b) for a, b in taken):
                taken.append((edit.start, edit.end))
                (suggested if group == 2 else applied).append(edit)
        applied.sort(key=lambda e: (e.start, e.end))
        suggested.sort(key=lambda e: (e.start, e.end))
        return applied, suggested, refused

    @staticmethod
    def _finish(text: str, rule: Rule | DocumentRule, proposal: Proposal) -> Edit:
        """Make the edit: capital, line breaks and article agree with what stands around it."""
        info = rule.info
        start, end, replacement = proposal.start, proposal.end, proposal.replacement
        if info.kind != "flag":
            if not proposal.exact:
                replacement = recase(text, start, end, replacement)
            end, replacement = keep_line_breaks(text, end, text[start:end], replacement)
            start, replacement = agree_article(text, start, end, replacement)
        return Edit(start, end, replacement, f"rule:{info.id}", proposal.why or info.why, info.tier)


def _written_before(segment: Segment) -> list[tuple[int, int, str]]:
    """Return what rules wrote in earlier rounds, as spans of the current text with the rule's name."""
    written: list[tuple[int, int, str]] = []
    for step in segment.trail:
        written = [(*map_forward(w[:2], step.edits), w[2]) for w in written]
        offset = 0
        for edit in step.edits:
            written.append((edit.start + offset, edit.start + offset + len(edit.replacement), edit.by))
            offset += len(edit.replacement) - (edit.end - edit.start)
    return written


def _meet(a: int, b: int, c: int, d: int) -> bool:
    """Whether two half-open spans share a code point, or an empty one stands inside or at the start of the other."""
    if a == b or c == d:
        return a <= d and c <= b
    return a < d and c < b


def _loses_digits(text: str, edit: Edit) -> bool:
    """Whether the digits before and after differ, whatever their order and grouping."""
    before, after = _DIGITS.findall(text[edit.start : edit.end]), _DIGITS.findall(edit.replacement)
    return sorted(before) != sorted(after) and "".join(before) != "".join(after)


def locked_spans(segment: Segment) -> list[Lock]:
    """Return the segment's locks as spans of its current text."""
    locks = list(segment.locks)
    for step in segment.trail if locks else ():
        locks = [Lock(*map_forward((lock.start, lock.end), step.edits), lock.rules) for lock in locks]
    return locks
