"""Comments of a Word document: the part that holds them, made where it is missing, and what each says."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mtfix.formats.docx.names import XML_SPACE, attribute, name_of, space_of
from mtfix.formats.docx.package import (
    TYPES,
    Package,
    declare_part,
    load_etree,
    parse_part,
    print_part,
    relate_part,
    relations_part,
)
from mtfix.formats.tracking import Signature

#: Word opens no file with more comment ranges (MS-OI29500, 2.1.315).
MAX_COMMENTS = 32_767
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_EMPTY_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'


def sign_node(node: Any, signature: Signature) -> None:
    """Write author and date on a revision or a comment."""
    space = space_of(node)
    node.set(f"{{{space}}}author", clean_text(signature.author))
    if signature.date:
        node.set(f"{{{space}}}date", signature.date)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a comment says, one paragraph a line: beside the changed words, and where it must quote them."""

    near: tuple[str, ...]
    far: tuple[str, ...]


@dataclass(slots=True)
class Comments:
    """The comments part: ``add`` returns the number by which the text refers to a comment, or None if it is full."""

    package: Package
    space: str
    signature: Signature
    part: str = ""
    tree: Any = None
    next_id: int = 0
    _count: int = 0
    _added: int = field(default=0)

    @classmethod
    def open(cls, package: Package, space: str, signature: Signature) -> Comments:
        """Read the comments that are there. Raises InputError."""
        comments = cls(package, space, signature)
        comments.part = next((r.target for r in package.relations(package.main) if r.kind == "comments"), "")
        if comments.part and package.has(comments.part):
            comments.tree = package.parse(comments.part)
            nodes = [n for n in comments.tree.getroot() if name_of(n) == "comment"]
            comments.next_id = max((_number(attribute(n, "id")) for n in nodes), default=-1) + 1
            comments._count = len(nodes)
        return comments

    def add(self, lines: Sequence[str]) -> int | None:
        """Add a comment of one paragraph a line."""
        if self._count >= MAX_COMMENTS:
            return None
        etree, space = load_etree(), self.space
        if self.tree is None:
            self.tree = etree.ElementTree(etree.Element(f"{{{space}}}comments", nsmap={"w": space}))
        comment = etree.SubElement(self.tree.getroot(), f"{{{space}}}comment")
        comment.set(f"{{{space}}}id", str(self.next_id))
        sign_node(comment, self.signature)
        comment.set(f"{{{space}}}initials", clean_text(self.signature.initials))
        for number, line in enumerate(lines):
            paragraph = etree.SubElement(comment, f"{{{space}}}p")
            style = etree.SubElement(etree.SubElement(paragraph, f"{{{space}}}pPr"), f"{{{space}}}pStyle")
            style.set(f"{{{space}}}val", "CommentText")
            if number == 0:
                mark = make_run(space, "CommentReference")
                etree.SubElement(mark, f"{{{space}}}annotationRef")
                paragraph.append(mark)
            text = etree.SubElement(etree.SubElement(paragraph, f"{{{space}}}r"), f"{{{space}}}t")
            text.set(XML_SPACE, "preserve")
            text.text = clean_text(line)
        self.next_id += 1
        self._count += 1
        self._added += 1
        return self.next_id - 1

    def write(self) -> dict[str, bytes]:
        """Return the parts that changed: none without a new comment. Raises InputError."""
        if not self._added:
            return {}
        if self.part and self.package.has(self.part):
            return {self.part: print_part(self.tree)}
        package = self.package
        parts: dict[str, bytes] = {}
        if not self.part:
            self.part = self._name_part()
            path = relations_part(package.main)
            data = package.read(path) if package.has(path) else _EMPTY_RELATIONS
            relations = parse_part(data, f"{package.name}: {path}")
            relate_part(relations, "comments", posixpath.relpath(self.part, posixpath.dirname(package.main) or "."))
            parts[path] = print_part(relations)
        types = package.parse(TYPES)
        if declare_part(types, self.part, _CONTENT_TYPE):
            parts[TYPES] = print_part(types)
        parts[self.part] = print_part(self.tree)
        return parts

    def _name_part(self) -> str:
        folder = posixpath.dirname(self.package.main)
        taken = {info.filename.lower() for info in self.package.members}
        number = 0
        while True:
            part = posixpath.join(folder, f"comments{number or ''}.xml")
            if part.lower() not in taken:
                return part
            number += 1


def make_run(space: str, style: str = "") -> Any:
    """Return an empty run in a character style."""
    etree = load_etree()
    run = etree.Element(f"{{{space}}}r", nsmap={"w": space})
    if style:
        node = etree.SubElement(etree.SubElement(run, f"{{{space}}}rPr"), f"{{{space}}}rStyle")
        node.set(f"{{{space}}}val", style)
    return run


def clean_text(text: str) -> str:
    """Return a text with what XML cannot hold replaced."""
    return "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or (c >= "\ue000" and c not in "\ufffe\uffff") else "\ufffd"
        for c in text
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 11 else -1
