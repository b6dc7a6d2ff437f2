"""PowerPoint presentations (pptx): the text of slides and of their notes, run by run.

Office Open XML, ECMA-376 part 1, clauses 19 (PresentationML) and 21 (DrawingML). One document a file, slides in the order in
which they are shown, the notes of each after it. Layouts, masters, charts, SmartArt and comments stay as they are.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from mtfix.errors import InputError
from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.markup.runs import OBJECT
from mtfix.formats.markup.source import refuse_text
from mtfix.formats.markup.spelling import Spelled, Style, spell_xml
from mtfix.formats.packages.archive import Archive, open_archive
from mtfix.formats.packages.container import PartsContainer, open_parts, read_part
from mtfix.formats.packages.story import StoryParagraph
from mtfix.formats.packages.walk import BLOCK, SILENT, Part, Role, read_story
from mtfix.formats.registry import ReadOptions
from mtfix.formats.xml.tree import Element, XmlTree
from mtfix.types import Document, Kind

_NOUN, _FORMAT = "PowerPoint presentation", "pptx"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SPACES = {
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/presentationml/2006/main": "p",
    "http://purl.oclc.org/ooxml/presentationml/main": "p",
}
_BLOCKS = frozenset(
    "p:sld p:notes p:csld p:sptree p:grpsp p:sp p:cxnsp p:pic p:graphicframe p:txbody a:graphic a:graphicdata a:tbl a:tr "
    "a:txbody".split()
)
_TITLES = frozenset(("title", "ctrTitle", "subTitle"))
_FIELDS = frozenset(("sldNum", "dt", "hdr", "ftr", "sldImg"))  # placeholders that say the same on every slide


class PowerPointFormat:
    """PowerPoint presentations for the registry."""

    is_text = False

    def read(self, data: bytes, name: str, options: ReadOptions) -> PartsContainer:
        """Read a file's bytes. Raises InputError."""
        if data.startswith(_OLD_OFFICE):
            raise InputError(
                f"{name}: is an old PowerPoint file (.ppt) or has a password; save it as .pptx without one"
            )
        archive = open_archive(data, name, _NOUN, _FORMAT)
        archive = replace(archive, main=_find_main(archive))
        trees: dict[str, XmlTree] = {}
        story: list[StoryParagraph] = []
        for part, place in _list_parts(archive):
            if part in trees:
                continue
            trees[part] = read_part(archive, part)
            story += _read(trees[part], len(trees) - 1, place)
        notes = []
        if any(info.filename.startswith("_xmlsignatures/") for info in archive.members):
            notes.append(f"{name}: is signed; a change makes its signature invalid")
        return open_parts(archive, _FORMAT, trees, story, notes)

    def read_text(self, text: str, name: str) -> Document:
        """A presentation is not a text. Raises InputError."""
        return refuse_text(name, f"a {_NOUN}")


def _find_main(archive: Archive) -> str:
    known = [target for kind, target in _relations(archive, "").values() if kind == "officeDocument"]
    main = known[0] if known else "ppt/presentation.xml"
    if not archive.has(main):
        raise InputError(f"{archive.name}: has no {main}, so it is no {_NOUN} ({_FORMAT})")
    root = read_part(archive, main).root
    if root.name != "presentation":
        raise InputError(f"{archive.name}: {main} holds <{root.tag.name}>, so it is no {_NOUN} ({_FORMAT})")
    return main


def _list_parts(archive: Archive) -> Iterator[tuple[str, str]]:
    """Yield the parts of all slides in their order, each followed by its notes, and what readers call them."""
    relations = _relations(archive, archive.main)
    for ids in read_part(archive, archive.main).root.find("sldidlst"):
        for item in ids.find("sldid"):
            given = item.tag.attributes
            reference = next((value for key, value in given.items() if key.endswith(":id")), "")
            kind, part = relations.get(reference, ("", ""))
            if kind != "slide" or not archive.has(part):
                raise InputError(f"{archive.name}: has no slide {reference!r}, so it is a damaged {_NOUN}")
            yield part, "slide"
            for kind, notes in _relations(archive, part).values():
                if kind == "notesSlide" and archive.has(notes):
                    yield notes, "notes"


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return the relationships of a part by id, external ones left out: the last word of the kind, and the target."""
    folder, base = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{base}.rels")
    if not archive.has(path):
        return {}
    found: dict[str, tuple[str, str]] = {}
    for node in read_part(archive, path).root.find("relationship"):
        given = node.tag.attributes
        if given.get("TargetMode") != "External":
            target = given.get("Target", "")
            target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[given.get("Id", "")] = given.get("Type", "").rsplit("/", 1)[-1], target
    return found


def _read(tree: XmlTree, number: int, place: str) -> list[StoryParagraph]:
    source = tree.source

    def spell(start: int, end: int, style: Style) -> Spelled:
        return spell_xml(source.text, start, end, source.name, style)

    return read_story(tree, number, tree.root, place, _interpret, spell)


def _interpret(element: Element) -> Part:
    space = _SPACES.get(element.tag.namespace, "?")
    name = f"{space}:{element.name}"
    if name == "p:sp":
        return _interpret_shape(element)
    if name == "a:tc":
        return Part(Role.BLOCK, in_cell=True)
    if name in _BLOCKS:
        return BLOCK
    if name == "a:p":
        return Part(Role.PARAGRAPH)
    if name == "a:r":
        return _interpret_run(element)
    if name == "a:t":
        return Part(Role.INLINE, has_text=True)
    if name == "a:fld":
        return Part(Role.LOCKED, room=_room(element))
    if name == "a:br":
        return Part(Role.LOCKED, text="\n", mask=" ", is_break=True, room=_room(element))
    if name == "?:m" or (name == "?:alternatecontent" and not _holds_shapes(element)):
        return Part(Role.LOCKED, text=OBJECT, mask="X", room=_room(element, "a:"))  # a formula
    return SILENT


def _holds_shapes(element: Element) -> bool:
    return any(_SPACES.get(inner.tag.namespace) == "p" for choice in element.children for inner in choice.children)


def _interpret_shape(element: Element) -> Part:
    for properties in element.find("nvsppr"):
        for own in properties.find("nvpr"):
            for placeholder in own.find("ph"):
                kind = placeholder.tag.attributes.get("type", "")
                if kind in _FIELDS:
                    return SILENT
                if kind in _TITLES:
                    return Part(Role.BLOCK, kind=Kind.HEADING)
    return BLOCK


def _interpret_run(element: Element) -> Part:
    properties = next(element.find("rpr"), None)
    given = properties.tag.attributes if properties is not None else {}
    if given.get("strike", "noStrike") != "noStrike":
        return Part(Role.LOCKED, room=_room(element))
    language = given.get("lang", "")
    return Part(Role.INLINE, is_foreign=not is_english(language) if language else None)


def _room(element: Element, prefix: str = "") -> tuple[str, str]:
    """Return the run that new text beside an element needs; ``prefix`` is that of DrawingML beside another vocabulary."""
    prefix = prefix or (f"{element.tag.prefix}:" if element.tag.prefix else "")
    return f"<{prefix}r><{prefix}t>", f"</{prefix}t></{prefix}r>"
