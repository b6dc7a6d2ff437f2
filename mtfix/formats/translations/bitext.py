"""Translations in XML (XLIFF, TMX): what stands in a target segment, and what happens around one that changes.

Inline codes are those of XLIFF 1.2 and 2.1 and of TMX 1.4. Codes that format text are read over and stay where they
are; placeholders and protected spans are locked.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.sax.saxutils import escape

from mtfix.formats.container import check_count
from mtfix.formats.markup.reasons import list_reasons
from mtfix.formats.markup.runs import OBJECT, Paragraph, Run, RunChange, spread_edits
from mtfix.formats.markup.source import Beside, EndTag, Event, Source, StartTag, Text, splice_document
from mtfix.formats.markup.spelling import Spelled, Splice, Unit, spell_xml
from mtfix.formats.text.plain import find_blocks
from mtfix.formats.tracking import Signature, TrackingWriter
from mtfix.formats.translations.placeholders import blank_tags, find_marks
from mtfix.types import Document, Kind

_READ_OVER = frozenset(("g", "mrk", "hi", "pc"))  # their content is text
_OBJECTS = frozenset(("x", "ph", "cp"))  # they stand for something, or for a tag
_CODES = frozenset(("bpt", "ept", "it", "ut", "bx", "ex", "sc", "ec"))  # tags, as the original spells them
_FORMATTING = frozenset(("bold", "italic", "underlined", "link", "font", "fmt", "struct", "ulined"))
_BREAKS = frozenset(("lb", "pb", "xlf:lb", "xlf:pb"))
_BREAK_TAGS = frozenset(("br", "hr", "p", "div", "li", "tr", "td"))
_OBJECT_TAGS = frozenset(("img", "input", "object", "svg", "var", "code"))
_TAG_NAME = re.compile(r"</?([A-Za-z][\w:.-]*)[^<>]*>\Z")
_ATTRIBUTE = re.compile(r"\s([^\s=\"'<>/]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_DELETED = "x-sdl-deleted"  # SDL Trados: text that a tracked change takes out
_NO = frozenset(("", "no", "false", "0", "unlocked", "none"))


def is_said(value: str | None) -> bool:
    """Whether an attribute is there and says yes (``true``, ``locked``, anything but no)."""
    return value is not None and value.strip().lower() not in _NO


def is_locked(tag: StartTag) -> bool:
    """Whether a tag says that its text is not to be changed: ``translate="no"``, or a tool's ``...:locked``."""
    if tag.attributes.get("translate", "").strip().lower() == "no":
        return True
    return any(name.rpartition(":")[2] == "locked" and is_said(value) for name, value in tag.attributes.items())


def cut_spelled(spelled: Spelled, start: int, end: int) -> Spelled:
    """Return the part ``text[start:end]`` of a text and its spelling. A unit that is cut in two is left out."""
    low = bisect_left(spelled.units, start, key=lambda unit: unit.at)
    high = max(low, bisect_right(spelled.units, end, key=lambda unit: unit.stop))
    units = tuple(Unit(u.at - start, u.stop - start, u.start, u.end) for u in spelled.units[low:high])
    first = spelled.find(start)
    last = units[-1].end if units and units[-1].stop == end - start else spelled.find(end)
    return Spelled(first, last, spelled.text[start:end], units, spelled.style)


def cut_placeholders(spelled: Spelled) -> list[Run]:
    """Return the runs of a text: tags that it holds escaped are left out, placeholders are locked."""
    runs: list[Run] = []
    at = 0
    for mark in find_marks(spelled.text):
        if at < mark.start:
            piece = cut_spelled(spelled, at, mark.start)
            runs.append(Run(piece.text, piece))
        if not mark.is_tag:
            piece = cut_spelled(spelled, mark.start, mark.end)
            runs.append(Run(piece.text, Beside(piece.start, piece.end, piece.style), is_locked=True, mask=mark.mask))
        at = mark.end
    if at == 0:
        return [Run(spelled.text, spelled)]
    if at < len(spelled.text):
        piece = cut_spelled(spelled, at, len(spelled.text))
        runs.append(Run(piece.text, piece))
    return runs


@dataclass(slots=True)
class SegmentReader:
    """Gathers the runs of one segment from the events between its tags.

    ``keeps`` says of the number (``mid``) of a ``mrk`` whether its text must stay as it is.
    """

    source: Source
    keeps: Callable[[str], bool] = lambda mid: False
    runs: list[Run] = field(default_factory=list)
    _depth: int = 0  # within a code or a locked span
    _code: StartTag | None = None
    _content: list[str] = field(default_factory=list)
    _spans: list[str] = field(default_factory=list)  # XLIFF 2: ids of ``sm translate="no"`` that are open

    def feed(self, event: Event) -> None:
        """Take the next event within the segment. Raises InputError for an undefined entity."""
        if isinstance(event, StartTag):
            if self._code is not None:
                self._depth += 1
            elif event.name not in _READ_OVER or is_locked(event) or self._is_protected(event):
                self._code, self._depth = event, 1
        elif isinstance(event, EndTag):
            if self._code is not None:
                self._depth -= 1
                if not self._depth:
                    self._end_code(self._code, event.end)
        elif isinstance(event, Text):
            spelled = spell_xml(self.source.text, event.start, event.end, self.source.name, event.style)
            if self._code is not None:
                self._content.append(spelled.text)
            elif self._spans:
                place = Beside(event.start, event.end, event.style)
                self.runs.append(Run(spelled.text, place, is_locked=True))
            else:
                self.runs += cut_placeholders(spelled)

    def _is_protected(self, tag: StartTag) -> bool:
        if tag.attributes.get("mtype") in ("protected", _DELETED):
            return True
        return tag.name == "mrk" and self.keeps(tag.attributes.get("mid", ""))

    def _end_code(self, code: StartTag, end: int) -> None:
        content = "".join(self._content)
        self._code = None
        self._content.clear()
        place = Beside(code.start, end)
        if code.name in _READ_OVER:
            if content and code.attributes.get("mtype") != _DELETED:
                self.runs.append(Run(content, place, is_locked=True))
        elif code.name == "sm":
            if is_locked(code):
                self._spans.append(code.attributes.get("id", ""))
        elif code.name == "em":
            if code.attributes.get("startRef") in self._spans:
                self._spans.remove(code.attributes["startRef"])
        elif code.name in _OBJECTS:
            kind = _read_object(code, content)
            if kind is not None:
                self.runs.append(Run(OBJECT, place, is_locked=True, mask=kind))
        elif code.name not in _CODES and content:
            self.runs.append(Run(OBJECT, place, is_locked=True))  # an element of another vocabulary

    def take_paragraph(self) -> Paragraph:
        """Return what was gathered; its kind is that of a line of text."""
        runs = tuple(self.runs)
        plain = blank_tags("".join(run.text for run in runs))
        blocks = find_blocks(plain)
        return Paragraph(runs, blocks[0].kind if len(blocks) == 1 else Kind.SENTENCE)


def _read_object(code: StartTag, content: str) -> str | None:
    """Return the mask of a placeholder: a blank for a line break, '' for a word, None for a tag that formats text."""
    said = {code.attributes.get(name, "").lower() for name in ("ctype", "type", "subType")}
    if said & _BREAKS:
        return " "
    shown = content or code.attributes.get("equiv-text") or code.attributes.get("equiv") or code.attributes.get("disp")
    tag = _TAG_NAME.match((shown or "").strip())
    if tag:
        name = tag[1].lower()
        return " " if name in _BREAK_TAGS else "" if name in _OBJECT_TAGS else None
    if said & _FORMATTING and "image" not in said:
        return None
    return " " if shown and not shown.strip() else ""


def set_attribute(source: Source, tag: StartTag, name: str, value: str) -> Splice:
    """Return the splice that gives a tag an attribute, in the place of the one it has or right after its name."""
    raw = source.text[tag.start : tag.end]
    spelt = escape_text(value, source, '"')
    for found in _ATTRIBUTE.finditer(raw):
        if found[1] == name:
            start, end = found.span(2)
            return Splice(tag.start + start, tag.start + end, f'"{spelt}"')
    named = re.match(r"<[^\s/>]+", raw)
    assert named is not None  # it is a start tag
    at = tag.start + named.end()
    return Splice(at, at, f' {name}="{spelt}"')


def read_indent(source: Source, at: int) -> str:
    """Return the blanks before ``at`` if nothing else stands between them and the markup before: a line end, mostly."""
    text = source.text
    start = at
    while start and text[start - 1] in " \t\r\n":
        start -= 1
    return text[start:at] if start and text[start - 1] == ">" else ""


def escape_text(text: str, source: Source, quote: str = "") -> str:
    """Return new character data in the encoding of the file; with ``quote``, the inside of an attribute's value."""
    spelt = escape(text, {quote: "&quot;"} if quote else {})
    return "".join(c if source.fits(c) else f"&#{ord(c)};" for c in spelt)


class Slot(Protocol):
    """Where a target stands, in terms of its format."""


#: What a file says about changed targets: their slots, each with its reasons, become splices around the targets.
Annotate = Callable[[Source, Mapping[Any, Sequence[str]], "Signature | None"], list[Splice]]


@dataclass(frozen=True, slots=True)
class Bitext(TrackingWriter):
    """A file of translations: documents, the paragraphs of each, and the slot of each paragraph."""

    source: Source
    documents: tuple[Document, ...]
    paragraphs: tuple[tuple[Paragraph, ...], ...]
    slots: tuple[tuple[Slot, ...], ...]
    annotate: Annotate

    def _write(self, documents: Sequence[Document], signature: Signature | None) -> bytes:
        check_count(self.source.name, self.documents, documents)
        splices: list[Splice] = []
        changed: dict[Slot, list[RunChange]] = defaultdict(list)
        for paragraphs, slots, document in zip(self.paragraphs, self.slots, documents, strict=True):
            splices += splice_document(paragraphs, document, self.source.fits)
            for change in spread_edits(paragraphs, document):
                changed[slots[change.paragraph]].append(change)
        reasons = {slot: list_reasons(changes) for slot, changes in changed.items()}
        return self.source.write([*splices, *self.annotate(self.source, reasons, signature)])
