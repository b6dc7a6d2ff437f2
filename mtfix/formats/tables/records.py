"""Records of a table: the texts in them, one document a record, and the record again with its texts changed.

A record is a line of text in which *slots* hold the wanted texts; everything outside a changed slot stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from mtfix.errors import OutputError
from mtfix.formats.registry import find_format
from mtfix.formats.text.blocks import SEPARATOR
from mtfix.types import Document, Segment


@dataclass(frozen=True, slots=True)
class Slot:
    """A text of a record and the half-open span of the line (with its quotes) that spells it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """A line of a table, its slots in the order of the wanted fields, and how a changed text is spelt in it."""

    line: str
    slots: tuple[Slot, ...]
    spell: Callable[[str, str], str]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(slot.text for slot in self.slots)

    def replace_texts(self, texts: Sequence[str]) -> str:
        """Return the line with ``texts`` in its slots; with the texts that it has, it is the same line.

        ``spell`` gets a slot's old spelling and its new text. Raises OutputError for texts too few or too many.
        """
        if len(texts) != len(self.slots):
            raise OutputError(f"a record of {len(self.slots)} texts cannot take {len(texts)}")
        parts: list[str] = []
        at = 0
        for slot, text in sorted(zip(self.slots, texts, strict=True), key=lambda pair: pair[0].start):
            if text != slot.text:
                parts += (self.line[at : slot.start], self.spell(self.line[slot.start : slot.end], text))
                at = slot.end
        parts.append(self.line[at:])
        return "".join(parts)


@runtime_checkable
class FieldFormat(Protocol):
    """A format whose documents are not the text of their fields: markup, which is read as plain text."""

    def read_fields(self, texts: Sequence[str], name: str) -> Document:
        """Return the one document of a record's texts. Raises InputError."""
        ...

    def write_fields(self, document: Document, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the texts with the document's edits in them. Raises OutputError."""
        ...


def read_record(texts: Sequence[str], name: str, format: str = "text") -> Document:
    """Return the one document of a record's texts, read in the format of that name.

    Plain texts are read together: what is a heading depends on what follows. Of other formats each text stands alone,
    so that markup left open in one cannot swallow the next. Raises InputError.
    """
    reader = find_format(format).load()
    if isinstance(reader, FieldFormat):
        return reader.read_fields(texts, name)
    if len(texts) == 1 or format == "text":
        return reader.read_text(SEPARATOR.join(texts), name)
    segments: list[Segment] = []
    gaps: list[str] = [""]
    notes: list[str] = []
    at = 0
    for i, text in enumerate(texts):
        if i:
            gaps[-1] += SEPARATOR
            at += len(SEPARATOR)
        one = reader.read_text(text, name)
        segments += (replace(s, start=s.start + at) for s in one.segments)
        gaps[-1] += one.gaps[0]
        gaps += one.gaps[1:]
        notes += one.notes
        at += len(text)
    return Document(name, tuple(segments), tuple(gaps), format, tuple(notes))


def split_record(document: Document, texts: Sequence[str]) -> tuple[str, ...]:
    """Return the texts of a record's document as they are now; ``texts`` are those it was read from.

    Raises OutputError when a segment reaches from one text into the next (a defect of a format).
    """
    reader = find_format(document.format).load()
    if isinstance(reader, FieldFormat):
        return reader.write_fields(document, texts)
    if len(texts) == 1:
        return (document.text,)
    ends: list[int] = []
    at = 0
    for text in texts:
        at += len(text)
        ends.append(at)
        at += len(SEPARATOR)
    parts: list[str] = []
    current: list[str] = []
    at = 0  # in the original text
    for i, gap in enumerate(document.gaps):
        begin = 0
        while len(parts) < len(ends) - 1 and at + begin <= ends[len(parts)] <= at + len(gap) - len(SEPARATOR):
            cut = ends[len(parts)] - at
            parts.append("".join((*current, gap[begin:cut])))
            current = []
            begin = cut + len(SEPARATOR)
        current.append(gap[begin:])
        at += len(gap)
        if i < len(document.segments):
            current.append(document.segments[i].text)
            at += len(document.segments[i].mt)
    parts.append("".join(current))
    if len(parts) != len(texts):
        raise OutputError(f"{document.name}: a segment reaches from one field into the next")
    return tuple(parts)
