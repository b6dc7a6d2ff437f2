"""From blocks (a paragraph, a heading, an item ...) of a text to a document of segments and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mtfix.english.dateline import find_dateline
from mtfix.english.sentences import Span, split_sentences
from mtfix.types import Document, Kind, Lock, Segment

#: Stands for a mark in the masked text: sentences see through it, and it is trimmed from their ends.
MARK = "*"


#: Stands between the texts of a record in its document, so that a title reads as a heading and a body as paragraphs.
SEPARATOR = "\n\n"


_BLANKS = "".join(c for c in map(chr, range(0x3001)) if c.isspace())


@dataclass(frozen=True, slots=True)
class Block:
    """A half-open span of a text that is read as one paragraph, and what it is."""

    start: int
    end: int
    kind: Kind = Kind.SENTENCE


def build_document(
    text: str,
    name: str,
    format: str,
    blocks: Iterable[Block],
    *,
    masked: str | None = None,
    locks: Sequence[Lock] = (),
    notes: Sequence[str] = (),
    trim: str = "",
) -> Document:
    """Cut ``blocks`` into sentences and return the document; what lies outside the blocks becomes gaps.

    Args:
        text: the whole text.
        blocks: in order, not overlapping.
        masked: ``text`` with what is not prose replaced character by character (blanks where it separates, letters
            where it stands for a word); sentences are found in it. Must be as long as ``text``.
        locks: spans of ``text``, sorted by start; each is cut to the segments that it touches.
        trim: characters of ``masked`` that are cut from both ends of a sentence, as its blanks are (markup).
    """
    source = text if masked is None else masked
    assert len(source) == len(text)
    blanks = trim + _BLANKS if trim else None
    segments: list[Segment] = []
    gaps: list[str] = []
    at = 0
    active: list[Lock] = []  # those that may still touch what follows
    next_lock = 0
    for number, block in enumerate(blocks):
        for kind, (start, end) in _spans(source[block.start : block.end], block):
            if blanks is not None:
                kept = source[start:end]
                start, end = end - len(kept.lstrip(blanks)), start + len(kept.rstrip(blanks))
            if not any(map(str.isalnum, source[start:end])):
                continue  # rules of dashes, stars, stray marks: nothing to repair
            mt = text[start:end]
            cut: tuple[Lock, ...] = ()
            if active or next_lock < len(locks):
                while next_lock < len(locks) and locks[next_lock].start < end:
                    active.append(locks[next_lock])
                    next_lock += 1
                active = [lock for lock in active if lock.end > start]
                cut = tuple(Lock(max(a, start) - start, min(b, end) - start, rules) for a, b, rules in active)
            gaps.append(text[at:start])
            segments.append(Segment(mt, mt, kind, start, locks=cut, block=number))
            at = end
    gaps.append(text[at:])
    return Document(name, tuple(segments), tuple(gaps), format, tuple(notes))


def _spans(paragraph: str, block: Block) -> list[tuple[Kind, Span]]:
    spans: list[tuple[Kind, Span]] = []
    at = 0
    if block.kind is Kind.SENTENCE:
        dateline = find_dateline(paragraph)
        if dateline is not None:
            start, end, at = dateline
            spans.append((Kind.DATELINE, (block.start + start, block.start + end)))
    spans += ((block.kind, (block.start + a, block.start + b)) for a, b in split_sentences(paragraph, at))
    return spans
