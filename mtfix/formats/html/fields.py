"""HTML in the fields of a record (``--field-format html``): one document of plain text over all of them, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mtfix.formats.html.paragraphs import find_code, read_paragraphs
from mtfix.formats.html.tokens import scan_html
from mtfix.formats.markup.runs import Paragraph, Run, read_runs, spread_edits
from mtfix.formats.markup.source import Beside, Nested, splice_place
from mtfix.formats.markup.spelling import Joined, Spelled, Splice, Style, apply_splices
from mtfix.formats.text.blocks import SEPARATOR
from mtfix.formats.text.ignore import read_ignored
from mtfix.formats.text.plain import find_blocks
from mtfix.types import Document, Kind

_LOOKS_LIKE_HTML = re.compile(r"</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>|<!--|&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]\w*);")


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


def read_string(outer: Joined, name: str, kind: Kind | None = None, *, is_html: bool | None = None) -> list[Paragraph]:
    """Return the paragraphs of a string: HTML if it looks like it (or as ``is_html`` says), else plain text.

    ``kind`` is what plain text is, and HTML without blocks; None: a plain text tells by itself, see `find_blocks`.
    """
    text = outer.text
    if not text.strip():
        return []
    if is_html is None:
        is_html = _LOOKS_LIKE_HTML.search(text) is not None
    if is_html:
        events = list(scan_html(text))
        ignored = read_ignored(text, name, skip=find_code(events))
        paragraphs: Iterable[Paragraph] = read_paragraphs(text, events, ignored)
        if kind is not None:
            paragraphs = [replace(p, kind=kind) if p.kind is Kind.SENTENCE else p for p in paragraphs]
        return [Paragraph(tuple(_nest(run, outer) for run in p.runs), p.kind) for p in paragraphs]
    found: list[Paragraph] = []
    for block in find_blocks(text):
        inner = Spelled(block.start, block.end, text[block.start : block.end], style=Style.PLAIN)
        paragraph = Paragraph((Run(inner.text, Nested(inner, outer)),), kind or block.kind)
        if paragraph.has_prose():
            found.append(paragraph)
    return found


def _nest(run: Run, outer: Joined) -> Run:
    assert isinstance(run.place, Spelled | Beside)
    return replace(run, place=Nested(run.place, outer))
