"""Word documents (docx): text changes inside its runs, or as tracked changes with comments; everything else stays.

Office Open XML, ECMA-376. One document a file: the body, then notes, headers and footers, so that what is "first
mentioned" is what a reader meets first. Needs lxml (the extra ``docx``), imported when a Word document is met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtfix.errors import InputError
from mtfix.findings import list_findings
from mtfix.formats.container import OneDocument
from mtfix.formats.docx.comments import Comments, Remark
from mtfix.formats.docx.edits import TextChange, find_text_changes, write_plain
from mtfix.formats.docx.names import attribute, name_of, space_of
from mtfix.formats.docx.package import Package, load_etree, open_package, print_part
from mtfix.formats.docx.revisions import Revisions, free_ids
from mtfix.formats.docx.story import StoryReader
from mtfix.formats.docx.styles import Styles, read_styles
from mtfix.formats.markup.runs import Paragraph, RunChange, read_runs, spread_edits
from mtfix.formats.packages.layout import lay_out
from mtfix.formats.packages.story import BODY
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tracking import Signature, TrackingWriter
from mtfix.sureness import describe_sureness
from mtfix.types import Document, Edit

_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"))
_SHOWN = 60  # characters of the words that a comment quotes


@dataclass(frozen=True, slots=True)
class DocxContainer(OneDocument, TrackingWriter):
    """A Word document: its package, and the text of its stories as one document."""

    package: Package
    document: Document

    def _write(self, documents: Sequence[Document], signature: Signature | None) -> bytes:
        document = self.take(documents)
        stories = _read_stories(self.package)
        spread = spread_edits(stories.paragraphs, document)
        if not spread:
            return self.package.data
        changes = find_text_changes(spread)
        parts: dict[str, bytes] = {}
        touched = {id(change.element.getroottree().getroot()) for change in changes}
        if signature is None:
            write_plain(changes)
        else:
            main = stories.trees[self.package.main]
            comments = Comments.open(self.package, space_of(main.getroot()), signature)
            ids = free_ids([*stories.trees.values(), *([comments.tree] if comments.tree is not None else [])])
            remarks = explain_changes(document, spread, changes) if self._has_comments(signature) else {}
            Revisions(signature, comments, ids).write(changes, remarks)
            parts = comments.write()
            touched.add(id(main.getroot()))
        for part, tree in stories.trees.items():
            if id(tree.getroot()) in touched:
                parts[part] = print_part(tree)
        return self.package.write(parts)

    def _has_comments(self, signature: Signature) -> bool:
        """Whether changes are commented: LibreOffice 7.4 drops the text of all notes when a comment stands between two."""
        return _count_notes(self.package) < 2 if signature.comments is None else signature.comments

    def note_tracking(self, signature: Signature) -> str:
        """Return what a user should know of the comments on tracked changes, '' if they are there as always."""
        if self._has_comments(signature) or signature.comments is not None:
            return ""
        return (
            "the changes have no comments, since LibreOffice loses footnotes in a document with comments between them; "
            "--log keeps the reasons, --comments writes them all the same"
        )


def _count_notes(package: Package) -> int:
    """Return how many marks of footnotes and endnotes stand in the body."""
    nodes = package.parse(package.main).iter()
    return sum(name_of(node) in ("footnoteReference", "endnoteReference") for node in nodes)


@dataclass(frozen=True, slots=True)
class _Stories:
    trees: dict[str, Any]
    paragraphs: list[Paragraph]
    notes: tuple[str, ...]


class DocxFormat:
    """Word documents for the registry."""

    is_text = False

    def read(self, data: bytes, name: str, options: ReadOptions) -> DocxContainer:
        """Read a file's bytes. Raises InputError."""
        load_etree()
        package = open_package(data, name)
        stories = _read_stories(package)
        return DocxContainer(package, read_runs(stories.paragraphs, name, "docx", stories.notes))

    def read_text(self, text: str, name: str) -> Document:
        """A Word document is not a text. Raises InputError."""
        raise InputError(f"{name}: a Word document is not a text; read it from a file")


def explain_changes(
    document: Document, spread: Sequence[RunChange], changes: Sequence[TextChange]
) -> dict[int, Remark]:
    """Return what to say about each change: the reason of every edit in it, and who made it."""
    before: Mapping[int, str] = {id(found.edit): found.before for found in list_findings(document)}
    places = {change.number: change.paragraph.place for change in changes}
    remarks: dict[int, Remark] = {}
    for change in spread:
        if change.number not in remarks:
            far = [f"{_explain(edit)}: {_quote(edit, before.get(id(edit), ''))}" for edit in change.edits]
            near = far if len(far) > 1 else [_explain(edit) for edit in change.edits]
            if places[change.number] != BODY:
                far = [f"In the {places[change.number]}: {far[0]}", *far[1:]]
            remarks[change.number] = Remark(tuple(near), tuple(far))
    return remarks


def _explain(edit: Edit) -> str:
    return f"{edit.why} ({edit.by.removeprefix('rule:')}, {describe_sureness(edit)})"


def _quote(edit: Edit, before: str) -> str:
    return f"{_shorten(before)} \N{RIGHTWARDS ARROW} {_shorten(edit.replacement)}"


def _shorten(words: str) -> str:
    flat = " ".join(words.split()) or "(nothing)"
    if len(flat) <= _SHOWN:
        return flat
    half = _SHOWN // 2
    return f"{flat[:half].rsplit(' ', 1)[0]} ... {flat[-half:].split(' ', 1)[-1]}"


def _read_stories(package: Package) -> _Stories:
    """Parse the parts with text and return their paragraphs. Raises InputError."""
    main = package.parse(package.main)
    if name_of(main.getroot()) != "document":
        raise InputError(f"{package.name}: {package.main} is no Word document")
    trees = {package.main: main}
    relations = package.relations(package.main)
    styles = next((r.target for r in relations if r.kind == "styles" and package.has(r.target)), "")
    reader = StoryReader(read_styles(package.parse(styles)) if styles else Styles())
    found = reader.read(main.getroot(), BODY)
    first = next((node for node in main.getroot().iter() if name_of(node) == "p"), None)
    for kind, item in _NOTES:
        for part in _targets(package, relations, kind, trees):
            trees[part] = package.parse(part)
            for note in trees[part].getroot():
                if name_of(note) == item and attribute(note, "type") in ("", "normal"):
                    anchor = reader.references.get((item, attribute(note, "id")), first)
                    found += reader.read(note, item, anchor)
    for kind in ("header", "footer"):
        for part in _targets(package, relations, kind, trees):
            trees[part] = package.parse(part)
            found += reader.read(trees[part].getroot(), kind, first)
    notes: list[str] = []
    if reader.has_changes:
        notes.append(f"{package.name}: has tracked changes; it is read as if they were accepted")
    if reader.has_moves:
        notes.append(f"{package.name}: text moved under tracked changes is left as it is")
    if any(info.filename.startswith("_xmlsignatures/") for info in package.members):
        notes.append(f"{package.name}: is signed; a change makes its signature invalid")
    return _Stories(trees, lay_out(found), tuple(notes))


def _targets(package: Package, relations: Sequence[Any], kind: str, known: Mapping[str, Any]) -> list[str]:
    targets = dict.fromkeys(r.target for r in relations if r.kind == kind)
    return [part for part in targets if part not in known and package.has(part)]
