"""From blocks (a paragraph, a heading, an item ...) of a text to a document of segments and gaps."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from mtfix.english.dateline import find_dateline
from mtfix.english.sentences import Span, split_sentences
from mtfix.formats.text.ignore import merge_locks
from mtfix.formats.text.protected import find_protected
from mtfix.types import Document, Kind, Lock, Segment

#: Stands for a mark in the masked text: sentences see through it, and it is trimmed from their ends.
MARK = "*"


#: Stands between the texts of a record in its document, so that a title reads as a heading and a body as paragraphs.
SEPARATOR = "\n\n"


# Formats whose readers show a run of blanks as one: that there are two is nobody's mistake.
_COLLAPSING = frozenset(("html", "markdown", "mdx", "asciidoc", "feed", "newsml", "nitf", "ninjs", "ttml"))
_RUN_OF_BLANKS = re.compile(r"[ \t\r\n]{2,}")
_UNSEEN = frozenset(("blanks",))  # the tag of rules about them
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
        locks: spans of ``text``, sorted by start; each is cut to the segments that it touches. What is locked in every format
            in any format (addresses, formulas: `mtfix.formats.text.protected`) is locked besides.
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
    blocks = list(blocks)
    unseen = _lock_blanks(text, blocks) if format in _COLLAPSING else ()
    locks = merge_locks(locks, _protect(text, blocks, locks), unseen)
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


def _lock_blanks(text: str, blocks: Iterable[Block]) -> Iterator[Lock]:
    for block in blocks:
        for found in _RUN_OF_BLANKS.finditer(text, block.start, block.end):
            yield Lock(*found.span(), _UNSEEN)


def _protect(text: str, blocks: Iterable[Block], known: Sequence[Lock]) -> Iterator[Lock]:
    """Yield locks of what nobody may touch, but for what ``known`` locks cover already."""
    whole = [lock for lock in known if not lock.rules]
    starts = [lock.start for lock in whole]
    ends = list(accumulate((lock.end for lock in whole), max))
    for block in blocks:
        spans = sorted({(block.start + a, block.start + b) for a, b in find_protected(text[block.start : block.end])})
        reach = 0
        for start, end in spans:
            before = bisect_right(starts, start)
            if end > reach and not (before and ends[before - 1] >= end):
                yield Lock(start, end)
            reach = max(reach, end)


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
