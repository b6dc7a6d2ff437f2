"""A document as the page gets it, and as it leaves the desk: between bytes, pipeline, stored parts and decisions."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from mtfix.decisions import EDITOR, Decision, Proposal, Verdict, apply_decisions, list_proposals
from mtfix.errors import InputError
from mtfix.files.reading import read_stream
from mtfix.formats.registry import Container, ReadOptions, find_format
from mtfix.server.store.documents import NewDecision, latest
from mtfix.server.store.models import StoredDecision, StoredDocument
from mtfix.sureness import find_least_sure
from mtfix.types import Document

SENTENCE = "sentence-"  # names the decision on a whole sentence that an editor retyped
RULE = "rule"  # names the decision that turns a rule off in a document,
NEVER = "never"  #   and its verdict


def clean_name(name: str) -> str:
    """Return a file's own name, without folders and signs that a header or a path could trip over.

    >>> clean_name("../../etc/a\\\\b\\nwire.txt"), clean_name("..")
    ('b wire.txt', 'document.txt')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = re.sub(r"[\x00-\x1f\x7f-\x9f\"<>|:*?\u202a-\u202e\u2066-\u2069]+", " ", last).strip(" .")
    return shown[-200:] or "document.txt"


def read_bytes(data: bytes, name: str, format: str, limit: int) -> Container:
    """Read a document within the formats' own bounds. Raises InputError, ConfigError."""
    entry = find_format(format, name)
    reader = entry.load()
    data = read_stream(io.BytesIO(data), name, is_text=reader.is_text, has_lines=entry.has_lines)
    container = reader.read(data, name, ReadOptions())
    length = sum(len(d.mt) for d in container.documents)
    if length > limit:
        raise InputError(f"{name}: has {length} characters, and one document may have {limit}; split it")
    return container


def describe_part(document: Document) -> dict[str, Any]:
    """Return a repaired document as the page needs it: its sentences, and what is proposed in them."""
    first = {p.start for p in document.paragraphs()}
    at = len(document.gaps[0])
    segments = []
    for number, (segment, gap) in enumerate(zip(document.segments, document.gaps[1:], strict=True)):
        segments.append(
            {
                "start": at,
                "mt": segment.mt,
                "kind": segment.kind.value,
                "first": number in first,
                "source": segment.source,
            }
        )
        at += len(segment.mt) + len(gap)
    proposals = [describe_proposal(p) for p in list_proposals(document)]
    return {"name": document.name, "segments": segments, "proposals": proposals, "notes": list(document.notes)}


def describe_proposal(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as plain JSON values; ``start`` and ``end`` are code points of the original text."""
    return {
        "id": proposal.id,
        "segment": proposal.segment,
        "start": proposal.start,
        "end": proposal.end,
        "before": proposal.before,
        "after": proposal.after,
        "applied": proposal.applied,
        "options": list(proposal.options),
        "flag": proposal.is_flag,
        "rules": list(proposal.rules),
        "by": proposal.by,
        "why": proposal.why,
        "tier": proposal.tier.value,
        "confidence": proposal.confidence,
        "sure": say_confidence(proposal),
    }


def say_confidence(proposal: Proposal) -> str:
    """Return how sure a proposal is, in a word; a flag proposes nothing."""
    if proposal.is_flag:
        return "your decision"
    return find_least_sure(f.edit for f in proposal.findings).value


def name_rule(rule: str) -> str:
    """Return the name under which a decision on a rule is kept."""
    return f"{RULE}-{sha256(rule.encode()).hexdigest()[:16]}"


def settle_part(part: Mapping[str, Any], number: int, said: Mapping[tuple[int, str], StoredDecision]) -> list[Decision]:
    """Return the decisions of one part, undecided ones too (what the run applied stays)."""
    decisions: list[Decision] = []
    retyped: set[int] = set()
    off = {word.text for word in said.values() if word.verdict == NEVER}
    for index, segment in enumerate(part["segments"]):
        word = said.get((number, f"{SENTENCE}{index}"))
        if word is not None:
            retyped.add(index)
            end = segment["start"] + len(segment["mt"])
            decisions.append(Decision(segment["start"], end, segment["mt"], word.text, Verdict.EDIT))
    for p in part["proposals"]:
        if p["segment"] in retyped:
            continue
        word = said.get((number, p["id"]))
        is_off = word is None and p["rules"][0] in off
        usual = Verdict.ACCEPT if p["applied"] and not is_off else Verdict.REJECT
        verdict = Verdict(word.verdict) if word else usual
        text = {Verdict.ACCEPT: p["after"], Verdict.REJECT: p["before"]}.get(verdict, "")
        if word and word.text and verdict is not Verdict.REJECT:
            text = word.text
        elif verdict is Verdict.EDIT:
            text = ""
        by = EDITOR if verdict is Verdict.EDIT else p["by"]
        decisions.append(
            Decision(
                p["start"],
                p["end"],
                p["before"],
                text,
                verdict,
                p["after"],
                by,
                p["why"],
                p["confidence"],
                bool(word) or is_off,
            )
        )
    return decisions


def settle_document(stored: StoredDocument) -> list[list[Decision]]:
    """Return the decisions of every part of a stored document."""
    said = latest(stored.decisions)
    return [settle_part(p, n, said) for n, p in enumerate(stored.parts or ())]


def decide_always(parts: Sequence[Mapping[str, Any]], rules: set[str]) -> list[NewDecision]:
    """Return decisions that accept what rules propose whose edits the desk always wants."""
    return [
        NewDecision(uuid.uuid4().hex, n, p["id"], "accept", "", p["before"], p["after"], p["rules"][0], p["confidence"])
        for n, part in enumerate(parts)
        for p in part["proposals"]
        if not p["flag"] and set(p["rules"]) <= rules
    ]


def finish(stored: StoredDocument, limit: int) -> tuple[Container, list[Document]]:
    """Read a stored document again and apply what was decided. Raises InputError."""
    container = read_bytes(stored.data, stored.name, stored.format, limit)
    pairs = zip(container.documents, settle_document(stored), strict=True)
    return container, [apply_decisions(d, decisions) for d, decisions in pairs]


def count_word_edits(documents: Sequence[Document]) -> tuple[int, int]:
    """Return the number of words of the texts, and how many of them the desk wrote anew, took out or put in.

    >>> from mtfix.formats import read_document
    >>> count_word_edits([read_document("It rained.")])
    (2, 0)
    """
    words = edits = 0
    for segment in (s for d in documents for s in d.segments):
        old, new = segment.mt.split(), segment.text.split()
        words += len(new)
        if old != new:
            codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            edits += sum(max(b - a, d - c) for tag, a, b, c, d in codes if tag != "equal")
    return words, edits


def plain_gap(gap: str) -> str:
    """Return what a reader sees of the text between two sentences of a paragraph: blanks, and no markup.

    >>> plain_gap(" "), plain_gap("</b> <i>"), plain_gap("")
    (' ', ' ', '')
    """
    return " " if any(c.isspace() for c in gap) else ""
