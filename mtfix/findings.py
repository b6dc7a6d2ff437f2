"""Findings: every edit, suggestion and refusal of a document, with its place in the original text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from mtfix.files.lines import LineIndex
from mtfix.trail import map_back
from mtfix.types import Document, Edit, Segment, Tier, apply_edits


class Status(str, Enum):
    """The status of an edit. A FLAG is a finding whose rule offers no correction."""

    APPLIED = "applied"
    SUGGESTED = "suggested"
    FLAG = "flag"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """One edit with its place. ``start`` and ``end`` are code points of the document's original text.

    ``segment``, ``step`` and ``index`` say where it stands in the trail: it is edit ``index`` of those that step ``step``
    of the segment applied, suggested or refused.

    ``line`` and ``column`` count from 1, columns in code points. ``original`` is what stands there in the original;
    ``before`` is what the edit itself replaced, and differs when an earlier edit had changed the same words.
    """

    document: str
    segment: int
    step: int
    index: int
    stage: str
    status: Status
    edit: Edit
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    original: str
    before: str
    reason: str = ""

    @property
    def applied(self) -> bool:
        """Whether the edit is in the text."""
        return self.status is Status.APPLIED

    @property
    def after(self) -> str:
        """What stands there after the edit; of a flag, the words that it flags."""
        return self.edit.replacement

    @property
    def tier(self) -> Tier:
        """The edit's tier; a flag has nothing to apply, so it is never AUTO."""
        return Tier.SUGGEST if self.status is Status.FLAG else self.edit.tier

    @property
    def rule(self) -> str:
        """The author without the word ``rule:``; a model keeps its full name."""
        return self.edit.by.removeprefix("rule:")

    @property
    def place(self) -> str:
        """``path:line:column``."""
        return f"{self.document}:{self.line}:{self.column}"


def list_findings(document: Document) -> list[Finding]:
    """Return every applied, suggested and refused edit, ordered by place in the original, then by the trail's order."""
    original = document.mt
    lines = LineIndex(original, document.anchors)
    found: list[Finding] = []
    at = len(document.gaps[0])
    for number, (segment, gap) in enumerate(zip(document.segments, document.gaps[1:], strict=True)):
        for step, index, status, edit, span, before, reason in _walk_segment(segment):
            start, end = at + span[0], at + span[1]
            found.append(
                Finding(
                    document.name,
                    number,
                    step,
                    index,
                    segment.trail[step].stage,
                    status,
                    edit,
                    start,
                    end,
                    *lines.locate(start),
                    *lines.locate_end(start, end),
                    original[start:end],
                    before,
                    reason,
                )
            )
        at += len(segment.mt) + len(gap)
    found.sort(key=lambda f: (f.start, f.end))
    return found


def _walk_segment(segment: Segment) -> Iterator[tuple[int, int, Status, Edit, tuple[int, int], str, str]]:
    """Yield step, index, status, edit, span in ``mt``, replaced words and reason, in the order of the trail."""
    text = segment.mt
    for s, step in enumerate(segment.trail):
        edits: list[tuple[int, Status, Edit, str]] = [(i, Status.APPLIED, e, "") for i, e in enumerate(step.edits)]
        for i, e in enumerate(step.suggested):
            flag = text[e.start : e.end] == e.replacement
            edits.append((i, Status.FLAG if flag else Status.SUGGESTED, e, ""))
        edits += [(i, Status.REFUSED, r.edit, r.reason) for i, r in enumerate(step.refused)]
        for i, status, edit, reason in edits:
            span = (edit.start, edit.end)
            for earlier in reversed(segment.trail[:s]):
                span = map_back(span, earlier.edits)
            yield s, i, status, edit, span, text[edit.start : edit.end], reason
        text = apply_edits(text, step.edits)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one author acted: edits applied, suggested (flags included), refused; ``why`` is its first reason."""

    by: str
    why: str
    applied: int
    suggested: int
    refused: int

    @property
    def total(self) -> int:
        return self.applied + self.suggested + self.refused


def count_rules(findings: Iterable[Finding]) -> list[RuleCount]:
    """Return one count for each author, the busiest first, then by name."""
    counts: dict[str, Counter[Status]] = {}
    whys: dict[str, str] = {}
    for f in findings:
        counts.setdefault(f.edit.by, Counter())[f.status] += 1
        whys.setdefault(f.edit.by, f.edit.why)
    rows = [
        RuleCount(by, whys[by], c[Status.APPLIED], c[Status.SUGGESTED] + c[Status.FLAG], c[Status.REFUSED])
        for by, c in counts.items()
    ]
    return sorted(rows, key=lambda r: (-r.applied, -r.suggested, -r.refused, r.by))


def summarize(findings: Sequence[Finding]) -> str:
    """Return one line: edits, suggestions, refusals.

    >>> summarize([])
    'no edits'
    """
    counts = Counter(f.status for f in findings)
    parts = [
        _count(counts[Status.APPLIED], "edit"),
        _count(counts[Status.SUGGESTED], "suggestion"),
        _count(counts[Status.FLAG], "flag"),
        _count(counts[Status.REFUSED], "refusal"),
    ]
    return ", ".join(p for p in parts if p) or "no edits"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}" if number else ""


def flatten(words: str) -> str:
    """Return words as they can be shown on one line of a terminal: no line breaks, no control characters.

    >>> flatten("a\\r\\nb\\x1b[31m")
    'a b\N{REPLACEMENT CHARACTER}[31m'
    """
    flat = words.replace("\r\n", " ")
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in flat)
