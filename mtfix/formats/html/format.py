"""HTML and XHTML: only text changes; tags, code, comments and scripts stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from mtfix.formats.html.paragraphs import decode_html, find_code, read_paragraphs
from mtfix.formats.html.tokens import scan_html
from mtfix.formats.markup.anchors import anchor
from mtfix.formats.markup.language import choose_english, note_language
from mtfix.formats.markup.paragraphs import read_foreign
from mtfix.formats.markup.runs import Paragraph, read_runs
from mtfix.formats.markup.source import Event, MarkupContainer, Source, StartTag
from mtfix.formats.registry import ReadOptions
from mtfix.formats.text.blocks import MARK, Block, build_document
from mtfix.formats.text.ignore import merge_locks, read_ignored
from mtfix.types import Document, Lock


def read_html(text: str, name: str = "-") -> Document:
    """Return a document over the source of a page: its tags and entities are locked, every character is in it.

    That serves programs that want one text in and one text out; edits do not cross tags then.
    """
    events = list(scan_html(text))
    ignored = read_ignored(text, name, skip=find_code(events))
    paragraphs = read_paragraphs(text, events, ignored)
    blocks: list[Block] = []
    locks: list[Lock] = []
    masked = list(text)
    for paragraph in paragraphs:
        spans = [(run.place.start, run.place.end) for run in paragraph.runs]
        blocks.append(Block(spans[0][0], spans[-1][1], paragraph.kind))
        at = spans[0][0]
        for run, (start, end) in zip(paragraph.runs, spans, strict=True):
            if at < start:
                locks.append(Lock(at, start))
                masked[at:start] = MARK * (start - at)
            if run.is_locked:
                locks.append(Lock(start, end))
                masked[start:end] = (run.mask or "X") * (end - start)
            else:
                for unit in run.place.units:
                    locks.append(Lock(unit.start, unit.end))
                    blank = run.text[unit.at : unit.stop].isspace()
                    masked[unit.start : unit.end] = (" " if blank else MARK) * (unit.end - unit.start)
                locks += (Lock(run.place.find(a), run.place.find(b), rules) for a, b, rules in run.locks)
            at = end
    notes = ignored.notes
    source = "".join(masked).replace("\r", " ").replace("\n", " ")
    return build_document(text, name, "html", blocks, masked=source, locks=merge_locks(locks), notes=notes, trim=MARK)


def open_page(
    source: Source, events: Sequence[Event], options: ReadOptions, format: str = "html", language: str = ""
) -> MarkupContainer:
    """Return the container of a page and its events. ``language`` is one that its book says it is in. Raises InputError."""
    name, text = source.name, source.text
    ignored = read_ignored(text, name, skip=find_code(events))
    read = partial(read_paragraphs, text, ignored=ignored, attributes=options.attributes)
    notes = (*source.decoded.notes, *ignored.notes)
    at, own = _find_label(events)
    paragraphs: tuple[Paragraph, ...] = ()
    if at >= 0:
        tag = events[at]
        assert isinstance(tag, StartTag)
        paragraphs = tuple(choose_english(read([*events[:at], replace(tag, attributes={}), *events[at + 1 :]])))
        notes = (*notes, note_language(name, own, bool(paragraphs)))
    elif language:
        paragraphs = tuple(choose_english(read(events)))
    if not language or at >= 0:
        paragraphs = paragraphs or read(events)
    if not text:
        notes = (*notes, f"{name}: is empty")
    document = anchor(read_runs(paragraphs, name, format, notes), paragraphs, text)
    return MarkupContainer(source, (document,), (paragraphs,))


class HtmlFormat:
    """HTML for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> MarkupContainer:
        """Read a page's bytes. Raises InputError."""
        source = Source(name, decode_html(data, name, options.encoding))
        return open_page(source, list(scan_html(source.text)), options)

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded page or a piece of one."""
        return read_html(text, name)

    def read_fields(self, texts: Sequence[str], name: str) -> Document:
        """Read the fields of a record."""
        from mtfix.formats.html.fields import read_fields

        return read_fields(texts, name)

    def write_fields(self, document: Document, texts: Sequence[str]) -> tuple[str, ...]:
        """Write the fields of a record. Raises OutputError."""
        from mtfix.formats.html.fields import write_fields

        return write_fields(document, texts)


def _find_label(events: Sequence[Event]) -> tuple[int, str]:
    """Return where the page says that it is in another language than English, and in which; -1 if it does not."""
    for number, event in enumerate(events):
        if isinstance(event, StartTag) and event.name in ("html", "body") and read_foreign(event):
            return number, event.attributes.get("xml:lang", event.attributes.get("lang", ""))
        if isinstance(event, StartTag) and event.name == "body":
            break
    return -1, ""
