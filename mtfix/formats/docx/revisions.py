"""Tracked changes: deletions and insertions that Word and LibreOffice list, each with a comment that says why.

ECMA-376 part 1, 17.13.5 (revisions) and 17.13.4 (comments). A run in which words change is cut into runs of the same
formatting; what is deleted goes into ``w:del``, what is new into ``w:ins``; nothing else moves.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mtfix.formats.docx.comments import Comments, Remark, make_run, sign_node
from mtfix.formats.docx.edits import TextChange, group_by_element, refine, set_text
from mtfix.formats.docx.names import XML_SPACE, attribute, child, name_of, space_of
from mtfix.formats.docx.package import load_etree
from mtfix.formats.docx.story import text_of
from mtfix.formats.packages.story import BODY
from mtfix.formats.tracking import Signature


@dataclass(slots=True)
class Revisions:
    """Writes tracked changes, and comments on them, into the trees of a document."""

    signature: Signature
    comments: Comments
    ids: Iterator[int]
    _nodes: dict[int, list[Any]] = field(default_factory=dict)
    _cut: dict[Any, None] = field(default_factory=dict)
    _pinned: dict[Any, Any] = field(default_factory=dict)

    def write(self, changes: Sequence[TextChange], remarks: Mapping[int, Remark]) -> None:
        """Write all changes; ``remarks`` are the comments by number of the change, as many as Word can hold; a
        change may have none.

        Remarks on text where Word shows no comments go to its anchor in the body.
        """
        self._write_anchored(changes, remarks)
        by_run: dict[Any, dict[Any, list[TextChange]]] = {}
        for element, own in group_by_element(changes):
            by_run.setdefault(element.getparent(), {})[element] = refine(own)
        for run, parts in by_run.items():
            self._cut_run(run, parts)
        for insertion in self._cut:
            self._split_insertion(insertion)
        anchored = {c.number for c in changes if c.paragraph.place != BODY}
        for number, nodes in self._nodes.items():
            if number not in anchored and number in remarks:
                self._comment(nodes, remarks[number])

    def _write_anchored(self, changes: Sequence[TextChange], remarks: Mapping[int, Remark]) -> None:
        """Put comments on notes, headers and text boxes behind what stands for them in the body."""
        for number, change in {c.number: c for c in changes if c.paragraph.place != BODY}.items():
            anchor = change.paragraph.anchor
            comment = None if anchor is None or number not in remarks else self.comments.add(remarks[number].far)
            if comment is not None:
                self._pin(comment, anchor)

    def _pin(self, comment: int, anchor: Any) -> None:
        """Put a comment behind a run, or at the start of a paragraph or control, after those that are pinned there."""
        reference = self._refer(comment, space_of(anchor))
        last = self._pinned.get(anchor)
        if last is not None:
            _put_after(last, reference)
        elif name_of(anchor) == "r":
            _put_after(_leave_insertion(anchor), reference)
        else:
            anchor.insert(1 if len(anchor) and name_of(anchor[0]) == "pPr" else 0, reference)
        self._pinned[anchor] = reference

    def _cut_run(self, run: Any, parts: Mapping[Any, Sequence[TextChange]]) -> None:
        """Replace a run by runs for what stays, what is deleted and what is new."""
        kept: list[Any] = []
        nodes: list[Any] = []
        shells = _Shells(run, self.ids)
        space = space_of(run)

        def keep() -> None:
            if kept:
                nodes.append(shells.make(kept))
                kept.clear()

        for part in [p for p in run if name_of(p) != "rPr"]:
            if part not in parts:
                kept.append(part)
                continue
            text, at = text_of(part), 0
            for change in parts[part]:
                if at < change.start:
                    kept.append(_make_text(space, "t", text[at : change.start]))
                keep()
                for name, words in (("del", text[change.start : change.end]), ("ins", change.replacement)):
                    if words:
                        node = self._revise(space, name, shells, words)
                        nodes.append(node)
                        if not change.is_mirror:
                            self._nodes.setdefault(change.number, []).append(node)
                at = change.end
            if at < len(text):
                kept.append(_make_text(space, "t", text[at:]))
        keep()
        parent = run.getparent()
        if name_of(parent) == "ins":
            self._cut[parent] = None
        if nodes:
            for node in nodes:
                run.addprevious(node)
            nodes[-1].tail = run.tail
            parent.remove(run)

    def _revise(self, space: str, name: str, shells: _Shells, words: str) -> Any:
        node = load_etree().Element(f"{{{space}}}{name}", nsmap={"w": space})
        node.set(f"{{{space}}}id", str(next(self.ids)))
        sign_node(node, self.signature)
        node.append(shells.make([_make_text(space, "delText" if name == "del" else "t", words)]))
        return node

    def _split_insertion(self, outer: Any) -> None:
        """Take our insertions out of one that was there: it is cut in two, for insertions do not nest."""
        parent = outer.getparent()
        index = parent.index(outer)
        tail, outer.tail = outer.tail, None
        pieces: list[Any] = [outer]
        for node in list(outer):
            if name_of(node) == "ins":
                pieces.append(node)
            elif pieces[-1] is not outer:
                if name_of(pieces[-1]) == "ins" and pieces[-1].getparent() is outer:
                    rest = load_etree().Element(outer.tag, attrib=dict(outer.attrib), nsmap=outer.nsmap)
                    rest.set(f"{{{space_of(outer)}}}id", str(next(self.ids)))
                    pieces.append(rest)
                pieces[-1].append(node)
        for offset, piece in enumerate(pieces[1:], 1):
            parent.insert(index + offset, piece)
        pieces[-1].tail = tail
        if not len(outer) and len(pieces) > 1:
            parent.remove(outer)

    def _comment(self, nodes: Sequence[Any], remark: Remark) -> None:
        control = _find_control(nodes[0])
        number = self.comments.add(remark.near if control is None else remark.far)
        if number is None:
            return
        if control is not None:
            self._pin(number, control)
            return
        first, last = _leave_insertion(nodes[0]), _leave_insertion(nodes[-1])
        space = space_of(first)
        etree = load_etree()
        for name, put, node in (("commentRangeStart", _put_before, first), ("commentRangeEnd", _put_after, last)):
            mark = etree.Element(f"{{{space}}}{name}", nsmap={"w": space})
            mark.set(f"{{{space}}}id", str(number))
            put(node, mark)
            last = mark
        _put_after(last, self._refer(number, space))

    def _refer(self, number: int, space: str) -> Any:
        run = make_run(space, "CommentReference")
        load_etree().SubElement(run, f"{{{space}}}commentReference").set(f"{{{space}}}id", str(number))
        return run


@dataclass(slots=True)
class _Shells:
    """Makes runs with the attributes and properties of one that is cut."""

    run: Any
    ids: Iterator[int]
    _made: int = 0

    def make(self, content: Sequence[Any]) -> Any:
        run = load_etree().Element(self.run.tag, attrib=dict(self.run.attrib), nsmap=self.run.nsmap)
        for part in self.run:
            if name_of(part) == "rPr":
                properties = copy.deepcopy(part)
                properties.tail = None
                for node in properties.iter() if self._made else ():  # ids of formatting changes must not repeat
                    if attribute(node, "id") and name_of(node).endswith("Change"):
                        node.set(f"{{{space_of(node)}}}id", str(next(self.ids)))
                run.append(properties)
        for part in content:
            part.tail = None
            run.append(part)
        self._made += 1
        return run


def free_ids(trees: Iterable[Any]) -> Iterator[int]:
    """Yield numbers that no revision, bookmark or other annotation of the document has."""
    taken: set[str] = set()
    for tree in trees:
        for node in tree.getroot().iter():
            if isinstance(node.tag, str):
                taken.update(str(v) for k, v in node.attrib.items() if k.endswith("}id"))
    number = 0
    while True:
        number += 1
        if str(number) not in taken:
            yield number


def _find_control(node: Any) -> Any:
    """Return the paragraph or inline control to the start of which a comment on ``node`` belongs, or None.

    LibreOffice (7.4) loses the text before a comment in the first paragraph of a content control, or in one for plain
    text, and the changes in it without a comment; with the comment at its very start it keeps all.
    """
    paragraph = None
    for above in node.iterancestors():
        name = name_of(above)
        if name == "p":
            paragraph = above
        elif name in ("tr", "txbxContent"):
            return None
        elif name == "sdtContent":
            if paragraph is None:
                properties = child(above.getparent(), "sdtPr")
                if properties is not None and child(properties, "text") is not None:
                    return above
            elif next(p for p in above.iter() if name_of(p) == "p") is paragraph:
                return paragraph
    return None


def _make_text(space: str, name: str, text: str) -> Any:
    node = load_etree().Element(f"{{{space}}}{name}")
    set_text(node, text)
    if text == text.strip():
        del node.attrib[XML_SPACE]
    return node


def _leave_insertion(node: Any) -> Any:
    while name_of(node.getparent()) in ("ins", "moveTo", "del"):
        node = node.getparent()
    return node


def _put_before(node: Any, new: Any) -> None:
    node.addprevious(new)


def _put_after(node: Any, new: Any) -> None:
    new.tail, node.tail = node.tail, None
    node.addnext(new)
