"""From the paragraphs of a document to paragraphs of runs: line breaks, list markers, what is a heading.

Where styles are silent, the text is read as plain text would be: many a newsroom's document has no style but Normal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mtfix.formats.markup.language import reads_english
from mtfix.formats.markup.runs import Paragraph, Run
from mtfix.formats.packages.story import BODY, Atom, StoryParagraph
from mtfix.formats.text.blocks import SEPARATOR, Block
from mtfix.formats.text.plain import find_blocks
from mtfix.types import Kind

_TELLING = 12  # words of a paragraph that tell its language
_BREAK = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]")


class Place(NamedTuple):
    """Where a run came from: an atom of a paragraph, and the offset in it at which the run begins."""

    paragraph: StoryParagraph
    atom: int
    offset: int


def lay_out(paragraphs: Sequence[StoryParagraph]) -> list[Paragraph]:
    """Return the paragraphs of runs; a line break ends one, unless it stands inside a sentence."""
    with_text = [p for p in paragraphs if any(map(str.isalnum, p.text)) and not _is_foreign(p)]
    masked = [_mask(p.atoms) for p in with_text]
    blocks = find_blocks(SEPARATOR.join(masked))
    found: list[Paragraph] = []
    at = number = 0
    for paragraph, text in zip(with_text, masked, strict=True):
        own: list[Block] = []
        while number < len(blocks) and blocks[number].start < at + len(text):
            block = blocks[number]
            own.append(Block(block.start - at, block.end - at, block.kind))
            number += 1
        found += _cut(paragraph, text, own)
        at += len(text) + len(SEPARATOR)
    return found


def _is_foreign(paragraph: StoryParagraph) -> bool:
    """Whether a paragraph is in another language: it must say so, and be long enough to be seen not to be English.

    A translation typed over its original keeps the original's label, and a headline has few of the little words.
    """
    text = paragraph.text
    return 2 * paragraph.foreign > len(text) and len(text.split()) >= _TELLING and not reads_english(text)


def _mask(atoms: Sequence[Atom]) -> str:
    """Return the text in which lines and their kinds are found; only a ``w:br`` breaks a line."""
    return "".join(
        "\n" if atom.is_break else atom.mask * len(atom.text) if atom.mask else _BREAK.sub(" ", atom.text)
        for atom in atoms
    )


def _cut(paragraph: StoryParagraph, text: str, blocks: Sequence[Block]) -> Iterator[Paragraph]:
    for number, block in enumerate(blocks):
        begin = text.rfind("\n", 0, block.start) + 1
        end = text.find("\n", block.end)
        end = len(text) if end < 0 else end
        if number + 1 == len(blocks) or blocks[number + 1].start >= end:
            kind = _choose_kind(paragraph, block.kind, is_whole=len(blocks) == 1)
            yield Paragraph(tuple(_slice(paragraph, begin, end, block.start)), kind)


def _choose_kind(paragraph: StoryParagraph, found: Kind, *, is_whole: bool) -> Kind:
    if paragraph.kind is not None and (is_whole or paragraph.kind is not Kind.HEADING):
        return paragraph.kind
    if found is Kind.HEADING and (paragraph.in_cell or paragraph.place != BODY):
        return Kind.ITEM
    return found


def _slice(paragraph: StoryParagraph, begin: int, end: int, text_start: int) -> Iterator[Run]:
    """Yield the runs of ``begin:end``; what stands before ``text_start`` is a list marker."""
    at = 0
    for index, atom in enumerate(paragraph.atoms):
        low, high = max(at, begin), min(at + len(atom.text), end)
        for a, b, is_marker in ((low, min(high, text_start), True), (max(low, text_start), high, False)):
            if a < b:
                yield Run(
                    atom.text[a - at : b - at],
                    Place(paragraph, index, a - at),
                    is_locked=atom.is_locked or is_marker,
                    mask=" " if is_marker else atom.mask,
                )
        at += len(atom.text)
