"""TMX 1.4: the English segments of a translation memory change, whatever else it holds stays as it is.

The language that a memory was translated from is never touched. ``changedate`` and ``changeid`` are set, and a note is
added, only where changes are tracked: without that the output has no timestamps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtfix.errors import InputError
from mtfix.formats.markup.anchors import anchor
from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.markup.runs import Paragraph, read_runs
from mtfix.formats.markup.source import EndTag, Source, StartTag, Text, refuse_text
from mtfix.formats.markup.spelling import Splice
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tracking import Signature
from mtfix.formats.translations.bitext import Bitext, SegmentReader, Slot, escape_text, read_indent, set_attribute
from mtfix.formats.xml.scan import read_xml, scan_xml
from mtfix.types import Document

_ANY = "*all*"  # what srclang says where any variant may be the source
_MAKERS = ("creationid", "changeid", "creationtool")
#: How tools mark a variant that a machine translated: ``creationid="MT!"``, ``<prop type="x-origin">mt</prop>``.
_MACHINE = re.compile(r"(?<![A-Za-z])(?:[NS]?MT|machine[ -]?translat(?:ed|ion))(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class TmxSlot:
    """A variant (``tuv``): its tag, and where its first child begins."""

    tag: StartTag
    inside: int


def sign_variants(
    source: Source, changed: Mapping[TmxSlot, Sequence[str]], signature: Signature | None
) -> list[Splice]:
    """Say who changed variants, when and why; nothing without a signature."""
    splices: list[Splice] = []
    for slot, reasons in changed.items() if signature is not None else ():
        assert signature is not None
        splices.append(set_attribute(source, slot.tag, "changeid", signature.author))
        if signature.date:
            date = signature.date.replace("-", "").replace(":", "")
            splices.append(set_attribute(source, slot.tag, "changedate", date))
        prefix = f"{slot.tag.prefix}:" if slot.tag.prefix else ""
        words = escape_text(f"{signature.author}: {'; '.join(reasons)}", source)
        note = f"<{prefix}note>{words}</{prefix}note>"
        splices.append(Splice(slot.inside, slot.inside, note + read_indent(source, slot.inside)))
    return splices


def read_tmx(data: bytes, name: str, encoding: str = "") -> Bitext:
    """Read a translation memory. Raises InputError: no TMX, not well-formed, hostile."""
    source = read_xml(data, name, encoding)
    paragraphs: list[Paragraph] = []
    slots: list[Slot] = []
    path: list[str] = []
    origin = ""  # language that the unit in hand was translated from
    header_origin = ""
    variant: StartTag | None = None
    inside = 0
    is_source = is_machine = in_prop = False  # of the variant in hand
    reader: SegmentReader | None = None
    found: set[str] = set()
    for event in scan_xml(source):
        if isinstance(event, StartTag):
            if not path and event.name != "tmx":
                raise InputError(f"{source.place(event.start)}: the root element is <{event.name}>, not <tmx>")
            path.append(event.name)
            if reader is not None:
                reader.feed(event)
            elif event.name == "header":
                header_origin = event.attributes.get("srclang", "")
            elif event.name == "tu":
                origin = event.attributes.get("srclang", header_origin)
            elif event.name == "tuv":
                variant, inside = event, 0
                found.add(_language(event))
                is_source = origin.strip().lower() in ("", _ANY)  # memories often begin with the source
                origin = _language(event) if is_source else origin
                is_machine = any(_MACHINE.search(event.attributes.get(name, "")) for name in _MAKERS)
            elif variant is not None and path[-2] == "tuv":
                inside = inside or event.start
                in_prop = event.name == "prop"
                is_target = _is_target(_language(variant), "" if is_source and is_machine else origin)
                if event.name == "seg" and is_target:
                    reader = SegmentReader(source)
        elif isinstance(event, EndTag):
            path.pop()
            if reader is not None and path and path[-1] == "tuv" and event.name == "seg":
                paragraph = reader.take_paragraph()
                if paragraph.has_prose() and variant is not None:
                    paragraphs.append(paragraph)
                    slots.append(TmxSlot(variant, inside))
                reader = None
            elif reader is not None:
                reader.feed(event)
            elif event.name == "tuv":
                variant = None
            in_prop = False
        elif reader is not None:
            reader.feed(event)
        elif in_prop and isinstance(event, Text):
            is_machine |= _MACHINE.search(source.text[event.start : event.end]) is not None
    notes = [*source.decoded.notes]
    if not paragraphs and found:
        languages = ", ".join(sorted(found))
        notes.append(
            f"{name}: has no English translations (it has {languages}; srclang is {header_origin or 'not said'})"
        )
    document = anchor(read_runs(paragraphs, name, "tmx", notes), paragraphs, source.text)
    return Bitext(source, (document,), (tuple(paragraphs),), (tuple(slots),), sign_variants)


def _language(variant: StartTag) -> str:
    return variant.attributes.get("xml:lang", variant.attributes.get("lang", ""))


def _is_target(language: str, origin: str) -> bool:
    """Whether a variant is an English translation, and not the text that was translated."""
    if not language.strip() or not is_english(language):
        return False
    a, b = (tag.strip().lower().replace("_", "-") for tag in (language, origin))
    if not b:
        return True
    return a != b and not (is_english(b) and "-" not in min(a, b, key=len))


class TmxFormat:
    """TMX for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> Bitext:
        """Read a file's bytes. Raises InputError."""
        return read_tmx(data, name, options.encoding)

    def read_text(self, text: str, name: str) -> Document:
        """A memory is read from a file. Raises InputError."""
        return refuse_text(name, "TMX")
