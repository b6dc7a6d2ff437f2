"""Examples as documents, read by the product's own reader, and the outputs of the examples found again in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mtfix.evaluation.data.examples import Example, Output, OutputEdit
from mtfix.types import Document, Segment


@dataclass(slots=True)
class Placed:
    """A document read from examples, and which segments belong to which example."""

    document: Document
    owners: list[int]
    offsets: list[int]


def place_examples(examples: Sequence[Example]) -> Placed:
    """Join examples to a text, read it, and find each example again.

    Sentences of one paragraph (attribute ``paragraph``) are joined by a space, paragraphs by an empty line. Where the
    reader's boundaries do not fall on those of the examples, each example is one segment of a document made by hand.
    """
    from mtfix.formats import read_document

    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    previous: Example | None = None
    for example in examples:
        if previous is not None:
            together = previous.attributes.get("paragraph") == example.attributes.get("paragraph", "\0")
            gap = " " if together else "\n\n"
            pieces.append(gap)
            at += len(gap)
        starts.append(at)
        pieces.append(example.mt)
        at += len(example.mt)
        previous = example
    document = read_document("".join(pieces), examples[0].document or examples[0].id)
    owners = []
    row = 0
    for segment in document.segments:
        while row + 1 < len(starts) and segment.start >= starts[row + 1]:
            row += 1
        if segment.start + len(segment.mt) > starts[row] + len(examples[row].mt):
            return _place_by_hand(examples)
        owners.append(row)
    offsets = [s.start - starts[o] for s, o in zip(document.segments, owners, strict=True)]
    return Placed(document, owners, offsets)


def _place_by_hand(examples: Sequence[Example]) -> Placed:
    segments = tuple(Segment(mt=e.mt, text=e.mt, source=e.source) for e in examples)
    gaps = ("", *("\n\n" for _ in examples[1:]), "")
    return Placed(
        Document(examples[0].document or examples[0].id, segments, gaps),
        list(range(len(examples))),
        [0] * len(examples),
    )


def read_outputs(placed: Placed, after: Document, examples: Sequence[Example]) -> list[Output]:
    """Return the outputs of a processed document, with every change traced to its rules and models."""
    from mtfix.trail import compose

    edits: list[list[OutputEdit]] = [[] for _ in examples]
    for segment, owner, offset in zip(after.segments, placed.owners, placed.offsets, strict=True):
        for change in compose(segment.mt, segment.trail):
            known = [e.confidence for e in change.edits if e.confidence is not None]
            by = tuple(dict.fromkeys(e.by for e in change.edits))
            edits[owner].append(
                OutputEdit(change.start + offset, change.end + offset, change.replacement, by, min(known, default=None))
            )
    outputs = []
    for example, found in zip(examples, edits, strict=True):
        parts: list[str] = []
        at = 0
        for edit in found:
            parts += (example.mt[at : edit.start], edit.replacement)
            at = edit.end
        outputs.append(Output("".join((*parts, example.mt[at:])), tuple(found)))
    return outputs
