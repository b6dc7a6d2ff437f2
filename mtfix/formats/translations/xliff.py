"""XLIFF 1.2 and 2.x: English targets change, with their state and a note that says why; sources never do.

After the OASIS specifications of XLIFF 1.2 (2008), 2.0 (2014) and 2.1 (2018). A target that is final or approved, or
that says it is not to be translated, is left alone. One document for each ``<file>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mtfix.errors import InputError
from mtfix.formats.markup.anchors import anchor
from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.markup.runs import Paragraph, read_runs
from mtfix.formats.markup.source import EndTag, Source, StartTag, refuse_text
from mtfix.formats.markup.spelling import Splice
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tracking import Signature
from mtfix.formats.translations.bitext import (
    Bitext,
    SegmentReader,
    Slot,
    escape_text,
    is_locked,
    is_said,
    read_indent,
    set_attribute,
)
from mtfix.formats.xml.scan import read_xml, scan_xml
from mtfix.types import Document

#: States of XLIFF 1.2 and 2.x in which a target is nobody's to change any more.
SETTLED = frozenset(("final", "signed-off"))
#: What a changed target of XLIFF 1.2 is said to need, and a changed segment of 2.x to be.
REVIEW, TRANSLATED, EDITED = "needs-review-translation", "translated", "mtfix:edited"
_EXACT = frozenset(("exact-match", "id-match"))  # claims that a changed target no longer makes good
_AUTHOR = "mtfix"
_HEADER = "x-gettext-domain-header"  # a PO file's header, which tools carry along as a unit
_PROOFREAD = ("proofread", "confirmedreviewer")


@dataclass(eq=False, slots=True)
class OldSlot:
    """A target of XLIFF 1.2: its tag, where it ends, and the tag of its unit."""

    tag: StartTag
    unit: StartTag
    end: int = 0


@dataclass(eq=False, slots=True)
class Unit:
    """A unit of XLIFF 2.x: where its notes end if it has any (0: it has none), and where they would stand."""

    prefix: str
    notes_end: int = 0
    notes_at: int = 0


@dataclass(eq=False, slots=True)
class NewSlot:
    """A segment of XLIFF 2.x and the unit that it belongs to."""

    tag: StartTag
    unit: Unit


def annotate_targets(
    source: Source, changed: Mapping[OldSlot | NewSlot, Sequence[str]], signature: Signature | None
) -> list[Splice]:
    """Set the states of changed targets and say why in notes: after the target (1.2), or in its unit's notes (2.x)."""
    author = escape_text(signature.author if signature else _AUTHOR, source, '"')
    splices: list[Splice] = []
    units: dict[Unit, list[str]] = {}
    for slot, reasons in changed.items():
        if isinstance(slot, NewSlot):
            splices.append(set_attribute(source, slot.tag, "state", TRANSLATED))
            splices.append(set_attribute(source, slot.tag, "subState", EDITED))
            units.setdefault(slot.unit, []).extend(reasons)
            continue
        splices.append(set_attribute(source, slot.tag, "state", REVIEW))
        if slot.tag.attributes.get("state-qualifier") in _EXACT:
            splices.append(set_attribute(source, slot.tag, "state-qualifier", "fuzzy-match"))
        if is_said(slot.unit.attributes.get("approved")):
            splices.append(set_attribute(source, slot.unit, "approved", "no"))
        note = _write_note(source, slot.tag.prefix, f'from="{author}" annotates="target"', reasons)
        splices.append(Splice(slot.end, slot.end, read_indent(source, slot.tag.start) + note))
    for unit, reasons in units.items():
        note = _write_note(source, unit.prefix, f'category="{author}" appliesTo="target"', dict.fromkeys(reasons))
        at = unit.notes_end or unit.notes_at
        if not unit.notes_end:
            prefix = f"{unit.prefix}:" if unit.prefix else ""
            note = f"<{prefix}notes>{note}</{prefix}notes>"
        splices.append(Splice(at, at, note + read_indent(source, at)))
    return splices


def is_settled(tag: StartTag) -> bool:
    """Whether a target, or what it stands in, is final, approved, or proofread in memoQ."""
    said = tag.attributes
    if said.get("state", "").strip().lower() in SETTLED or is_said(said.get("approved")):
        return True
    return any(name.endswith(":status") and value.lower().startswith(_PROOFREAD) for name, value in said.items())


def _write_note(source: Source, prefix: str, attributes: str, reasons: Iterable[str]) -> str:
    prefix = f"{prefix}:" if prefix else ""
    return f"<{prefix}note {attributes}>{escape_text('; '.join(reasons), source)}</{prefix}note>"


@dataclass(slots=True)
class _File:
    """A ``<file>`` of XLIFF as it is read."""

    label: str
    language: str
    paragraphs: list[Paragraph] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    targets: int = 0
    left: int = 0  # targets that are final, approved or locked
    foreign: set[str] = field(default_factory=set)

    def list_notes(self, name: str) -> list[str]:
        """Return remarks for the user about what was left alone."""
        notes = [
            f"{name}: its target language is {language}, not English: left as it is"
            for language in sorted(self.foreign)
        ]
        if self.left:
            notes.append(
                f"{name}: of {self.targets} targets, {self.left} are final, approved or locked: left as they are"
            )
        if not self.language and self.targets > self.left and not self.foreign:
            notes.append(f"{name}: names no target language: taken for English")
        return notes


@dataclass(slots=True)
class _Reader:
    """Walks the events of an XLIFF file. ``approved`` targets are wanted, too."""

    source: Source
    approved: bool = False
    files: list[_File] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    locks: list[bool] = field(default_factory=list)  # of each open element: whether its text is left alone
    is_new: bool = False
    language: str = ""  # XLIFF 2: that of the whole file
    segment: StartTag | None = None  # XLIFF 2: the segment in hand; 1.2: the trans-unit
    unit: Unit | None = None
    slot: Slot | None = None
    reader: SegmentReader | None = None
    kept: Mapping[int, frozenset[str]] = field(default_factory=dict)  # by the place of a trans-unit: see find_kept

    def read(self) -> list[_File]:
        self.kept = find_kept(self.source, approved=self.approved)
        for event in scan_xml(self.source):
            if isinstance(event, StartTag):
                self._start(event)
            elif isinstance(event, EndTag):
                self._end(event)
            elif self.reader is not None:
                self.reader.feed(event)
        return self.files

    def _start(self, tag: StartTag) -> None:
        if not self.path:
            self._check_root(tag)
        parent = self.path[-1] if self.path else ""
        self.path.append(tag.name)
        if self.reader is not None:
            self.locks.append(False)
            self.reader.feed(tag)
            return
        said = tag.attributes.get("translate", "").strip().lower()
        outer = bool(self.locks) and self.locks[-1]
        is_header = tag.attributes.get("restype") == _HEADER
        self.locks.append(is_locked(tag) or is_header or (outer and said != "yes"))
        if tag.name == "file":
            label = tag.attributes.get("original", tag.attributes.get("id", ""))
            self.files.append(_File(label, self.language or tag.attributes.get("target-language", "")))
        elif tag.name in ("trans-unit", "segment"):
            self.segment = tag
        elif tag.name == "unit" and self.is_new:
            self.unit = Unit(tag.prefix)
        if self.unit is not None and parent == "unit" and tag.name in ("originalData", "segment", "ignorable"):
            self.unit.notes_at = self.unit.notes_at or tag.start
        if tag.name == "target" and parent == ("segment" if self.is_new else "trans-unit"):
            self._start_target(tag)

    def _check_root(self, tag: StartTag) -> None:
        place = self.source.place(tag.start)
        if tag.name != "xliff":
            raise InputError(f"{place}: the root element is <{tag.name}>, not <xliff>")
        version = tag.attributes.get("version", "")
        if version.partition(".")[0] not in ("1", "2"):
            raise InputError(f"{place}: XLIFF version {version or 'not said'}: 1.0 to 1.2 and 2.0 to 2.2 are read")
        self.is_new = version.startswith("2")
        self.language = tag.attributes.get("trgLang", "") if self.is_new else ""

    def _start_target(self, tag: StartTag) -> None:
        file, segment = self.files[-1] if self.files else None, self.segment
        if file is None or segment is None:
            return
        language = tag.attributes.get("xml:lang", file.language)
        if language and not is_english(language):
            file.foreign.add(language)
            return
        file.targets += 1
        if self.locks[-1] or (not self.approved and (is_settled(tag) or is_settled(segment))):
            file.left += 1
            return
        kept = self.kept.get(segment.start, frozenset())
        self.reader = SegmentReader(self.source, kept.__contains__)
        if self.is_new and self.unit is not None:
            self.slot = NewSlot(segment, self.unit)
        else:
            self.slot = OldSlot(tag, segment)

    def _end(self, tag: EndTag) -> None:
        self.path.pop()
        self.locks.pop()
        parent = self.path[-1] if self.path else ""
        if self.reader is not None:
            if tag.name == "target" and parent in ("segment", "trans-unit"):
                self._end_target(tag)
            else:
                self.reader.feed(tag)
        elif tag.name == "notes" and parent == "unit" and self.unit is not None and tag.end > tag.start:
            self.unit.notes_end = tag.start
        elif tag.name == "unit":
            self.unit = None

    def _end_target(self, tag: EndTag) -> None:
        assert self.reader is not None
        paragraph, slot = self.reader.take_paragraph(), self.slot
        self.reader = None
        if isinstance(slot, OldSlot):
            slot.end = tag.end
        if paragraph.has_prose() and slot is not None:
            self.files[-1].paragraphs.append(paragraph)
            self.files[-1].slots.append(slot)


def find_kept(source: Source, *, approved: bool = False) -> dict[int, frozenset[str]]:
    """Return the numbers of the segments in each trans-unit that SDL Trados calls locked, approved or signed off.

    They stand after the target that they are about, so the file is read once for them alone.
    """
    kept: dict[int, frozenset[str]] = {}
    if "<sdl:seg " not in source.text:
        return kept
    unit = 0
    for event in scan_xml(source):
        if isinstance(event, StartTag):
            if event.name == "trans-unit":
                unit = event.start
            elif event.name == "seg" and event.prefix == "sdl":
                settled = not approved and event.attributes.get("conf", "").startswith("Approved")
                if settled or is_said(event.attributes.get("locked")):
                    kept[unit] = kept.get(unit, frozenset()) | {event.attributes.get("id", "")}
    return kept


def read_xliff(data: bytes, name: str, encoding: str = "", *, approved: bool = False) -> Bitext:
    """Read an XLIFF file; ``approved`` says that final and approved targets are read, too.

    Raises InputError: no XLIFF, another version, not well-formed, hostile.
    """
    source = read_xml(data, name, encoding)
    files = _Reader(source, approved).read()
    documents = []
    for number, file in enumerate(files):
        own = name if len(files) == 1 else f"{name}#{file.label or number + 1}"
        notes = [*(source.decoded.notes if not number else ()), *file.list_notes(own)]
        document = read_runs(file.paragraphs, own, "xliff", notes)
        documents.append(anchor(document, file.paragraphs, source.text))
    return Bitext(
        source,
        tuple(documents),
        tuple(tuple(file.paragraphs) for file in files),
        tuple(tuple(file.slots) for file in files),
        annotate_targets,
    )


class XliffFormat:
    """XLIFF for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> Bitext:
        """Read a file's bytes. Raises InputError."""
        return read_xliff(data, name, options.encoding, approved=options.approved)

    def read_text(self, text: str, name: str) -> Document:
        """XLIFF is read from a file. Raises InputError."""
        return refuse_text(name, "XLIFF")
