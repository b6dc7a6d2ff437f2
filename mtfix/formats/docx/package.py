"""The package of a Word document: a ZIP archive of parts, read within bounds and written with only some parts new.

Open Packaging Conventions (ECMA-376 part 2): content types name what each part is, relationships tie parts together.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from mtfix.errors import InputError
from mtfix.extras import say_missing
from mtfix.formats.packages.archive import Archive, brief, open_archive

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

TYPES = "[Content_Types].xml"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships/"


def load_etree() -> Any:
    """Return lxml.etree. Raises InputError when it is not installed."""
    try:
        from lxml import etree
    except ModuleNotFoundError:
        raise InputError(say_missing("the format docx", "lxml", "docx")) from None
    return etree


class Relation(NamedTuple):
    """A relationship of a part: its last word (``header``, ``comments``) and the part it leads to."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Package(Archive):
    """A Word document's archive. ``main`` is the part with the body."""

    def parse(self, part: str) -> Any:
        """Return the tree (lxml) of a part. Raises InputError for what is not XML, or declares a document type."""
        return parse_part(self.read(part), f"{self.name}: {part}")

    def relations(self, part: str) -> list[Relation]:
        """Return the relationships of a part, external ones left out. Raises InputError."""
        path = relations_part(part)
        if not self.has(path):
            return []
        return list(_list_relations(self.parse(path), part))


def open_package(data: bytes, name: str) -> Package:
    """Return the package of a Word document.

    Raises:
        InputError: not a ZIP archive, encrypted, a bomb, names outside the archive, no body; one line each.
    """
    if data.startswith(_OLD_OFFICE):
        raise InputError(f"{name}: is an old Word file (.doc) or has a password; save it as .docx without one")
    archive = open_archive(data, name, "Word document", "docx")
    return Package(name, data, archive.members, archive.noun, _find_main(archive))


def parse_part(data: bytes, place: str) -> Any:
    """Return the tree (lxml) of a part. Nothing outside is read, no entity is resolved, no document type accepted.

    Raises:
        InputError: not XML, with line and column, or XML with a document type.
    """
    etree = load_etree()
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):  # before the parser sees it; the zeros are those of UTF-16
        raise InputError(f"{place}: declares a document type; document types and entities are refused")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        tree = etree.ElementTree(etree.fromstring(data, parser))
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise InputError(f"{place}:{line}:{column}: is not XML: {brief(error)}") from None
    except ValueError as error:
        raise InputError(f"{place}: is not XML: {brief(error)}") from None
    if tree.docinfo.doctype:
        raise InputError(f"{place}: declares a document type; document types and entities are refused")
    return tree


def print_part(tree: Any) -> bytes:
    """Return the bytes of a part, with the XML declaration that Word writes."""
    content: bytes = load_etree().tostring(tree, encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + content


def relations_part(part: str) -> str:
    """Return where the relationships of a part stand.

    >>> relations_part("word/document.xml")
    'word/_rels/document.xml.rels'
    """
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels")


def declare_part(types: Any, part: str, content_type: str) -> bool:
    """Name the type of a new part in the tree of `TYPES`; False if that is there already."""
    root = types.getroot()
    for override in root.iter(f"{{{_TYPES_NS}}}Override"):
        if override.get("PartName", "").lower() == f"/{part}".lower():
            return False
    load_etree().SubElement(root, f"{{{_TYPES_NS}}}Override", PartName=f"/{part}", ContentType=content_type)
    return True


def relate_part(relations: Any, kind: str, target: str) -> None:
    """Add a relationship to the tree of a relationships part, in the words (strict or not) of those that are there."""
    root = relations.getroot()
    taken = {relation.get("Id") for relation in root}
    number = len(taken) + 1
    while f"rId{number}" in taken:
        number += 1
    strict = any(str(relation.get("Type", "")).startswith(_STRICT_RELATION) for relation in root)
    load_etree().SubElement(
        root,
        f"{{{_RELATIONS_NS}}}Relationship",
        Id=f"rId{number}",
        Type=(_STRICT_RELATION if strict else _RELATION) + kind,
        Target=target,
    )


def _find_main(archive: Archive) -> str:
    name = archive.name
    if not archive.has(TYPES):
        raise InputError(f"{name}: is a ZIP archive, but not a Word document: it has no {TYPES}")
    target = ""
    if archive.has("_rels/.rels"):
        tree = parse_part(archive.read("_rels/.rels"), f"{name}: _rels/.rels")
        target = next((r.target for r in _list_relations(tree, "") if r.kind == "officeDocument"), "")
    main = target or "word/document.xml"
    if not archive.has(main):
        raise InputError(f"{name}: has no {main}, so it is no Word document, or a damaged one")
    return main


def _list_relations(tree: Any, part: str) -> Iterator[Relation]:
    folder = posixpath.dirname(part)
    for node in tree.getroot().iter(f"{{{_RELATIONS_NS}}}Relationship"):
        if node.get("TargetMode") != "External":
            target = node.get("Target", "")
            target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            yield Relation(node.get("Type", "").rsplit("/", 1)[-1], target)
