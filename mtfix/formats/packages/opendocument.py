"""OpenDocument texts and presentations (odt, odp): paragraphs of the body, of notes, headers and footers.

OASIS OpenDocument 1.3, part 3. One document a file. Styles, tracked deletions, annotations, indexes and the results of fields
stay as they are. Elements are told by their namespace, attributes by the prefixes that every writer uses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from mtfix.errors import InputError
from mtfix.formats.markup.runs import MARK, OBJECT
from mtfix.formats.markup.source import refuse_text
from mtfix.formats.markup.spelling import Spelled, Style, spell_flowing
from mtfix.formats.packages.archive import Archive, open_archive
from mtfix.formats.packages.container import PartsContainer, open_parts, read_part
from mtfix.formats.packages.odf_styles import OdfStyles
from mtfix.formats.packages.story import BODY, StoryParagraph
from mtfix.formats.packages.walk import BLOCK, SILENT, Part, Role, read_story
from mtfix.formats.registry import ReadOptions
from mtfix.formats.xml.tree import Element, XmlTree
from mtfix.types import Document, Kind

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_CONTENT, _STYLES, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
_INLINE = Part(Role.INLINE, has_text=True)
_MARK = Part(Role.LOCKED, text=OBJECT, mask=MARK)
_WORD = Part(Role.LOCKED, has_text=True)
_PARTS = {
    "text:span": _INLINE,
    "text:a": _INLINE,
    "text:meta": _INLINE,
    "text:ruby": _INLINE,
    "text:ruby-base": _INLINE,
    "text:s": Part(Role.LOCKED, text=" ", mask=" "),
    "text:tab": Part(Role.LOCKED, text="\t", mask=" "),
    "text:line-break": Part(Role.LOCKED, text="\n", mask=" ", is_break=True),
    "text:note": BLOCK,
    "text:note-body": Part(Role.BLOCK, place="note"),
    "text:list-item": Part(Role.BLOCK, kind=Kind.ITEM),
    "text:numbered-paragraph": Part(Role.BLOCK, kind=Kind.ITEM),
    "text:list-header": BLOCK,
    "text:list": BLOCK,
    "text:section": BLOCK,
    "table:table-cell": Part(Role.BLOCK, in_cell=True),
    "table:covered-table-cell": SILENT,
    "draw:text-box": Part(Role.BLOCK, place="text box"),
    "presentation:notes": Part(Role.BLOCK, place="notes"),
    **dict.fromkeys(
        (
            "text:tracked-changes text:note-citation text:ruby-text text:hidden-text text:hidden-paragraph "
            "text:table-of-content text:illustration-index text:table-index text:object-index text:user-index "
            "text:alphabetical-index text:bibliography office:annotation office:forms office:event-listeners svg:title "
            "svg:desc draw:object draw:object-ole draw:plugin draw:image draw:image-map draw:glue-point presentation:header-decl presentation:footer-decl presentation:date-time-decl text:sequence-decls "
            "text:variable-decls text:user-field-decls text:list-style"
        ).split(),
        SILENT,
    ),
}
_PREFIXES = {"drawing": "draw", "svg-compatible": "svg"}
_TITLES = frozenset(("title", "subtitle"))
_REGIONS = frozenset(f"{region}{which}" for region in ("header", "footer") for which in ("", "-left", "-first"))


@dataclass(frozen=True, slots=True)
class OpenDocumentFormat:
    """OpenDocument files of one kind for the registry. ``body`` is the element of `content.xml` that holds the text."""

    format: str
    noun: str
    body: str
    is_text: bool = False

    def read(self, data: bytes, name: str, options: ReadOptions) -> PartsContainer:
        """Read a file's bytes. Raises InputError."""
        archive = replace(open_archive(data, name, self.noun, self.format), main=_CONTENT)
        if not archive.has(_CONTENT):
            raise InputError(f"{name}: is a ZIP archive, but not an {self.noun}: it has no {_CONTENT}")
        if archive.has(_MANIFEST) and b"encryption-data" in archive.read(_MANIFEST):
            raise InputError(f"{name}: is encrypted; save it without a password")
        content = read_part(archive, _CONTENT)
        roots = self._find_bodies(archive, content)
        trees = {_CONTENT: content}
        styles = OdfStyles()
        if archive.has(_STYLES):
            trees[_STYLES] = read_part(archive, _STYLES)
            styles.add(trees[_STYLES].root)
        own = OdfStyles(dict(styles.nodes))  # automatic styles of the two parts may have the same names
        own.add(content.root)
        story = _read(content, 0, roots, own, BODY)
        if _STYLES in trees:
            for page in _find(trees[_STYLES].root, "master-styles", "master-page"):
                for region in page.find(*sorted(_REGIONS)):
                    story += _read(trees[_STYLES], 1, [region], styles, region.name.partition("-")[0])
        notes = []
        if any("tracked-changes" in [child.name for child in root.children] for root in roots):
            notes.append(f"{name}: has tracked changes; it is read as if they were accepted")
        if archive.has("META-INF/documentsignatures.xml"):
            notes.append(f"{name}: is signed; a change makes its signature invalid")
        return open_parts(archive, self.format, trees, story, notes)

    def read_text(self, text: str, name: str) -> Document:
        """Such a file is not a text. Raises InputError."""
        return refuse_text(name, f"an {self.noun}")

    def _find_bodies(self, archive: Archive, content: XmlTree) -> list[Element]:
        kinds = [kind for body in content.root.find("body") for kind in body.children]
        found = [kind for kind in kinds if kind.name == self.body]
        if content.root.name != "document-content" or not found:
            what = kinds[0].tag.name if kinds else content.root.tag.name
            raise InputError(f"{archive.name}: {_CONTENT} holds <{what}>, so it is no {self.noun} ({self.format})")
        return found


def open_odt() -> OpenDocumentFormat:
    """Return the format of texts."""
    return OpenDocumentFormat("odt", "OpenDocument text", "text")


def open_odp() -> OpenDocumentFormat:
    """Return the format of presentations."""
    return OpenDocumentFormat("odp", "OpenDocument presentation", "presentation")


def _read(tree: XmlTree, number: int, roots: list[Element], styles: OdfStyles, place: str) -> list[StoryParagraph]:
    source = tree.source

    def spell(start: int, end: int, style: Style) -> Spelled:
        return spell_flowing(source.text, start, end, source.name, style)

    return [p for root in roots for p in read_story(tree, number, root, place, partial(_interpret, styles), spell)]


def _find(element: Element, *names: str) -> list[Element]:
    """Return what a path of child names leads to."""
    found = [element]
    for name in names:
        found = [child for one in found for child in one.find(name)]
    return found


def _interpret(styles: OdfStyles, element: Element) -> Part:
    name = _name(element)
    given = element.tag.attributes
    if element.is_kept or given.get("text:protected") == "true":
        return SILENT
    if name in ("text:p", "text:h"):
        looks = styles.look("paragraph", given.get("text:style-name", ""))
        if looks.is_fixed:
            return SILENT
        kind = Kind.HEADING if name == "text:h" else looks.kind
        return Part(Role.PARAGRAPH, has_text=True, kind=kind, is_foreign=_is_foreign(element, looks.is_foreign))
    if name == "text:span":
        looks = styles.look("text", given.get("text:style-name", ""))
        if looks.is_fixed:
            return _WORD
        return Part(Role.INLINE, has_text=True, is_foreign=_is_foreign(element, looks.is_foreign))
    if name in _PARTS:
        return _PARTS[name]
    if name.startswith(("draw:", "dr3d:")):
        kind = Kind.HEADING if given.get("presentation:class") in _TITLES else None
        if given.get("text:anchor-type") == "as-char":
            return replace(_MARK, kind=kind)
        return Part(Role.BLOCK, kind=kind)
    if name.startswith(("text:", "presentation:", "?")):
        return _WORD  # a field; one without text is nothing
    return BLOCK


def _name(element: Element) -> str:
    """Return ``text:p`` and the like, whatever prefix the file has for it; ``?local`` for another vocabulary."""
    space = element.tag.namespace
    if not space.startswith(_SPACE):
        return f"?{element.name}"
    prefix = space.removeprefix(_SPACE).partition(":")[0]
    return f"{_PREFIXES.get(prefix, prefix)}:{element.name}"


def _is_foreign(element: Element, by_style: bool | None) -> bool | None:
    return True if element.is_foreign else by_style
