"""HTML in the fields of a record (``--field-format html``): one document of plain text over all of them, and back."""

from __future__ import annotations

from collections.abc import Sequence

from mtfix.formats.articles import read_string
from mtfix.formats.markup import splice_place
from mtfix.formats.records import SEPARATOR
from mtfix.formats.runs import Paragraph, read_runs, spread_edits
from mtfix.formats.spelling import Joined, Spelled, Splice, Style, apply_splices
from mtfix.formats.text import find_blocks
from mtfix.types import Document, Kind


def read_fields(texts: Sequence[str], name: str) -> Document:
    """Return the document of a record's texts; those without markup are read as plain text."""
    return read_runs([paragraph for paragraphs in _read(texts, name) for paragraph in paragraphs], name, "html")


def write_fields(document: Document, texts: Sequence[str]) -> tuple[str, ...]:
    """Return the texts with the edits of the document that was read from them. Raises OutputError."""
    paragraphs = _read(texts, document.name)
    fields = [number for number, found in enumerate(paragraphs) for _ in found]
    splices: list[list[Splice]] = [[] for _ in texts]
    for change in spread_edits([paragraph for found in paragraphs for paragraph in found], document):
        splices[fields[change.paragraph]] += splice_place(change.run.place, change)
    return tuple(apply_splices(text, found) for text, found in zip(texts, splices, strict=True))


def _read(texts: Sequence[str], name: str) -> list[list[Paragraph]]:
    """Return the paragraphs of each text; a title is one because something follows it."""
    found: list[list[Paragraph]] = []
    for number, text in enumerate(texts):
        outer = Joined((Spelled(0, len(text), text, style=Style.PLAIN),))
        kind: Kind | None = None
        if number + 1 < len(texts) and "\n" not in text.strip():
            kind = next((b.kind for b in find_blocks(f"{text}{SEPARATOR}It follows.")), None)
        found.append(read_string(outer, name, kind if kind is Kind.HEADING else None))
    return found
