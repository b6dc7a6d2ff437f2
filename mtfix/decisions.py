"""What an editor decides about the proposals of a run, and the document that those decisions give.

A *proposal* is one place of the original text and what may stand there instead. Proposals do not overlap: edits and
suggestions that meet are one proposal with several options. A *decision* says what stands there in the end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mtfix.errors import InputError, TrailError, read_mistake
from mtfix.files.lines import LineIndex
from mtfix.findings import Finding, Status, list_findings
from mtfix.trail import accept_suggestion, compose, revert_edit
from mtfix.types import Document, Edit, Segment, Step, Tier, apply_edits

VERSION = 1
EDITOR = "editor"  # who wrote a text that no rule and no model proposed


class Verdict(str, Enum):
    """What an editor said: take the proposal, keep the original, or write something else."""

    ACCEPT = "accept"
    REJECT = "reject"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One place of a document (code points of its original text) and what may stand there.

    ``applied`` says that the run put ``after`` there; otherwise it only suggested it. ``options`` are other
    replacements. A flag proposes nothing: its ``after`` is its ``before``.
    """

    segment: int
    start: int
    end: int
    before: str
    after: str
    applied: bool
    options: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def id(self) -> str:
        """A name that stays the same as long as the place and what is proposed there do."""
        words = "\0".join((str(self.start), str(self.end), self.before, self.after))
        return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def by(self) -> str:
        """The author of its first edit: ``rule:ID`` or ``model:NAME@HASH``."""
        return self.findings[0].edit.by

    @property
    def rules(self) -> tuple[str, ...]:
        """Every author, without the word ``rule:``."""
        return tuple(dict.fromkeys(f.rule for f in self.findings))

    @property
    def why(self) -> str:
        """The reasons of its edits, each once."""
        return " ".join(dict.fromkeys(f.edit.why for f in self.findings))

    @property
    def confidence(self) -> float | None:
        """The lowest of its edits, None if none has one."""
        return min((f.edit.confidence for f in self.findings if f.edit.confidence is not None), default=None)

    @property
    def tier(self) -> Tier:
        return Tier.AUTO if self.applied else Tier.SUGGEST

    @property
    def is_flag(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Decision:
    """What stands at ``start:end`` of the original text, where ``before`` stood: ``text``.

    ``decided`` is False where nobody looked and the run's own choice stands. ``after`` is what was proposed.
    """

    start: int
    end: int
    before: str
    text: str
    verdict: Verdict
    after: str = ""
    by: str = EDITOR
    why: str = ""
    confidence: float | None = None
    decided: bool = True


_Change = tuple[int, int, str, bool, tuple[Edit, ...]]  # start, end, replacement, applied, edits


def list_proposals(document: Document) -> list[Proposal]:
    """Return the proposals of a document that has been through the pipeline, in the order of the text."""
    found = {id(f.edit): f for f in list_findings(document) if f.status is not Status.REFUSED}
    proposals: list[Proposal] = []
    at = len(document.gaps[0])
    for number, (segment, gap) in enumerate(zip(document.segments, document.gaps[1:], strict=True)):
        for cluster in _cluster(_list_changes(segment)):
            proposals.append(_propose(segment.mt, number, at, cluster, found))
        at += len(segment.mt) + len(gap)
    return proposals


def _list_changes(segment: Segment) -> list[_Change]:
    """Return what was done to a segment, and what each suggestion would do, as changes of its ``mt``."""
    changes: list[_Change] = [
        (c.start, c.end, c.replacement, True, c.edits) for c in compose(segment.mt, segment.trail)
    ]
    text = segment.mt
    for number, step in enumerate(segment.trail):
        for edit in step.suggested:
            is_flag = text[edit.start : edit.end] == edit.replacement
            # A flag changes nothing: another text in its place shows where it stands in the original.
            tried = replace(edit, replacement=edit.replacement + "\0") if is_flag else edit
            beside = [e for e in step.edits if e.end <= edit.start or edit.end <= e.start]
            if any((e.start, e.end) == (edit.start, edit.end) for e in beside):
                continue
            together = Step(step.stage, tuple(sorted((*beside, tried), key=lambda e: (e.start, e.end))))
            for c in compose(segment.mt, (*segment.trail[:number], together)):
                if any(e is tried for e in c.edits):
                    word = segment.mt[c.start : c.end] if is_flag else c.replacement
                    changes.append((c.start, c.end, word, False, (edit,)))
        text = apply_edits(text, step.edits)
    return sorted(changes, key=lambda c: (c[0], c[1], not c[3]))


def _meets(one: _Change, other: _Change) -> bool:
    return (one[0] < other[1] and other[0] < one[1]) or one[:2] == other[:2]


def _cluster(changes: Sequence[_Change]) -> list[list[_Change]]:
    clusters: list[list[_Change]] = []
    end = -1
    for change in changes:
        if clusters and (change[0] < end or any(_meets(change, c) for c in clusters[-1])):
            clusters[-1].append(change)
            end = max(end, change[1])
        else:
            clusters.append([change])
            end = change[1]
    return clusters


def _propose(mt: str, number: int, at: int, cluster: Sequence[_Change], found: Mapping[int, Finding]) -> Proposal:
    low, high = min(c[0] for c in cluster), max(c[1] for c in cluster)
    before = mt[low:high]

    def write(chosen: Sequence[_Change]) -> str:
        edits = [Edit(c[0] - low, c[1] - low, c[2], "", "") for c in sorted(chosen, key=lambda c: (c[0], c[1]))]
        return apply_edits(before, edits)

    done = [c for c in cluster if c[3]]
    offers = [write([c, *(d for d in done if not _meets(c, d))]) for c in cluster if not c[3]]
    if done:
        offers.insert(0, write(done))
    options = tuple(dict.fromkeys(o for o in offers if o != before))
    after = options[0] if options else before
    edits = dict.fromkeys(id(e) for c in cluster for e in c[4])
    findings = tuple(found[i] for i in edits if i in found)
    return Proposal(number, at + low, at + high, before, after, bool(done), options[1:], findings)


def settle(proposals: Iterable[Proposal], verdicts: Mapping[str, tuple[Verdict, str]] | None = None) -> list[Decision]:
    """Return a decision for every proposal; ``verdicts`` (with the text of an EDIT) by the proposals' ids.

    Where nobody decided, what the run applied stays, and what it only suggested does not.
    """
    said = verdicts or {}
    decisions = []
    for p in proposals:
        verdict, words = said.get(p.id, (Verdict.ACCEPT if p.applied else Verdict.REJECT, ""))
        text = {Verdict.ACCEPT: p.after, Verdict.REJECT: p.before, Verdict.EDIT: words}[verdict]
        decisions.append(
            Decision(p.start, p.end, p.before, text, verdict, p.after, p.by, p.why, p.confidence, p.id in said)
        )
    return decisions


def apply_decisions(document: Document, decisions: Iterable[Decision]) -> Document:
    """Return the document as it came in, with what was decided as the only step of each segment.

    Raises:
        InputError: a decision is about other words than those that stand there, reaches over the end of a segment, or
            overlaps another; with its place.
    """
    original = document.mt
    lines = LineIndex(original, document.anchors)
    ordered = sorted(decisions, key=lambda d: (d.start, d.end))
    segments: list[Segment] = []
    at = len(document.gaps[0])
    index = 0
    for segment, gap in zip(document.segments, document.gaps[1:], strict=True):
        end = at + len(segment.mt)
        edits: list[Edit] = []
        while index < len(ordered) and ordered[index].end <= end:
            d = ordered[index]
            line, column = lines.locate(max(0, min(d.start, len(original))))
            place = f"{document.name}:{line}:{column}"
            if d.start < at or d.end < d.start:
                raise InputError(f"{place}: a decision begins outside a sentence; decide on this file again")
            if original[d.start : d.end] != d.before:
                raise InputError(f"{place}: the words of a decision are not there; decide on this file again")
            if edits and d.start - at < edits[-1].end:
                raise InputError(f"{place}: two decisions about the same words; keep one of them")
            if d.text != d.before:
                by = EDITOR if d.verdict is Verdict.EDIT else d.by
                edits.append(Edit(d.start - at, d.end - at, d.text, by, d.why, Tier.AUTO, d.confidence))
            index += 1
        segments.append(replace(segment, text=segment.mt, trail=()).add(Step("desk", tuple(edits))))
        at = end + len(gap)
    if index < len(ordered):
        line, column = lines.locate(max(0, min(ordered[index].start, len(original))))
        raise InputError(f"{document.name}:{line}:{column}: a decision reaches over the end of a sentence or the text")
    return document.replace_segments(segments)


def choose_rules(
    document: Document, accept: Sequence[str] = (), reject: Sequence[str] = ()
) -> tuple[Document, set[str]]:
    """Return the document with all suggestions of some rules applied and all edits of others undone, and who acted.

    Names are those of rules, ``model``, or ``all``. A suggestion whose words an edit has changed stays a suggestion.
    """
    acted: set[str] = set()
    segments = []
    for segment in document.segments:
        segment = _reject_rules(segment, reject, acted) if reject else segment
        segments.append(_accept_rules(segment, accept, acted) if accept else segment)
    return document.replace_segments(segments), acted


def _names(edit: Edit) -> set[str]:
    return {"all", edit.by.removeprefix("rule:"), "model" if edit.by.startswith("model:") else edit.by}


def _reject_rules(segment: Segment, names: Sequence[str], acted: set[str]) -> Segment:
    while True:
        for s, step in enumerate(segment.trail):
            index = next((i for i, e in enumerate(step.edits) if _names(e) & set(names)), None)
            if index is not None:
                acted |= _names(step.edits[index])
                segment = revert_edit(segment, s, index)
                break
        else:
            return segment


def _accept_rules(segment: Segment, names: Sequence[str], acted: set[str]) -> Segment:
    passed: set[int] = set()
    while True:
        places = [(s, i, e) for s, step in enumerate(segment.trail) for i, e in enumerate(step.suggested)]
        place = next((p for p in places if _names(p[2]) & set(names) and id(p[2]) not in passed), None)
        if place is None:
            return segment
        passed.add(id(place[2]))
        try:
            segment = accept_suggestion(segment, place[0], place[1])
        except TrailError:
            continue
        acted |= _names(place[2])


class DecisionRecord(BaseModel):
    """A decision in a file; the fields are those of `Decision`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    before: str
    text: str
    verdict: Verdict
    after: str = ""
    by: str = EDITOR
    why: str = ""
    confidence: float | None = None
    decided: bool = True


class DocumentDecisions(BaseModel):
    """The decisions on one document, and the SHA-256 of the text (UTF-8) that they were made on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = "-"
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    decisions: tuple[DecisionRecord, ...]


class DecisionFile(BaseModel):
    """A file of decisions: one entry for each document of the input."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    version: Literal[1] = Field(alias="mtfix-decisions")
    documents: tuple[DocumentDecisions, ...]


def describe_proposals(document: Document) -> dict[str, Any]:
    """Return what a page needs to make a file of decisions on a document: its digest, and a decision for each proposal.

    Each is as it stands when nobody decides; of a suggestion ``after`` is what it would write.
    """
    settled = [{**describe_decision(d), "decided": False} for d in settle(list_proposals(document))]
    return {"name": document.name, "sha256": digest_text(document.mt), "decisions": settled}


def digest_text(text: str) -> str:
    """Return the SHA-256 by which a text is known in a file of decisions."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def render_decisions(decided: Iterable[tuple[Document, Iterable[Decision]]]) -> str:
    """Return a file of decisions (JSON) for `read_decisions`."""
    documents = [
        {"name": d.name, "sha256": digest_text(d.mt), "decisions": [describe_decision(x) for x in decisions]}
        for d, decisions in decided
    ]
    return json.dumps({"mtfix-decisions": VERSION, "documents": documents}, ensure_ascii=False, indent=1) + "\n"


def describe_decision(decision: Decision) -> dict[str, Any]:
    """Return a decision as plain JSON values."""
    return DecisionRecord(**{k: getattr(decision, k) for k in DecisionRecord.model_fields}).model_dump(mode="json")


def read_decisions(content: bytes, name: str) -> list[tuple[str, list[Decision]]]:
    """Return the digest and the decisions of each document. Raises InputError, one line, for anything else."""
    try:
        file = DecisionFile.model_validate_json(content)
    except ValidationError as error:
        mistake = read_mistake(error)
        place = mistake.path or "the file"
        raise InputError(f"{name}: not a file of decisions: {place}: {mistake.message}") from None
    return [(d.sha256, [Decision(**r.model_dump()) for r in d.decisions]) for d in file.documents]
