"""A document of several XML parts: one text over all of them, and each edit back as a splice of its part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from mtfix.formats.container import OneDocument
from mtfix.formats.markup.runs import Paragraph, RunChange, read_runs, spread_edits
from mtfix.formats.markup.source import Source
from mtfix.formats.markup.spelling import Spelled, Splice
from mtfix.formats.packages.archive import Archive
from mtfix.formats.packages.layout import Place, lay_out
from mtfix.formats.packages.story import StoryParagraph
from mtfix.formats.packages.walk import Stretch, settle_languages
from mtfix.formats.xml.scan import read_xml
from mtfix.formats.xml.tree import XmlTree, read_tree
from mtfix.types import Document


@dataclass(frozen=True, slots=True)
class PartsContainer(OneDocument):
    """A document of XML parts. ``parts`` are their names and sources."""

    archive: Archive
    parts: tuple[tuple[str, Source], ...]
    paragraphs: tuple[Paragraph, ...]
    document: Document

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the file with the text of the one document; parts without a change stay. Raises OutputError."""
        changes = spread_edits(self.paragraphs, self.take(documents))
        if not changes:
            return self.archive.data
        splices: dict[int, list[Splice]] = {}
        spelled: dict[tuple[int, int], tuple[Stretch, list[tuple[int, int, str]]]] = {}
        for change in changes:
            stretch, start, end = _find_stretch(change)
            if isinstance(stretch.spelled, Spelled):
                _, own = spelled.setdefault((stretch.part, stretch.spelled.start), (stretch, []))
                own.append((start, end, change.replacement))
            else:
                at = stretch.spelled.start if change.start == 0 else stretch.spelled.end
                text = stretch.room[0] + escape(change.replacement) + stretch.room[1]
                splices.setdefault(stretch.part, []).append(Splice(at, at, text))
        for stretch, own in spelled.values():
            assert isinstance(stretch.spelled, Spelled)
            fits = self.parts[stretch.part][1].fits
            splices.setdefault(stretch.part, []).extend(stretch.spelled.splice(sorted(own, key=lambda c: c[:2]), fits))
        written = {self.parts[n][0]: self.parts[n][1].write(found) for n, found in splices.items()}
        return self.archive.write(written)


def _find_stretch(change: RunChange) -> tuple[Stretch, int, int]:
    place: Place = change.run.place
    stretch: Stretch = place.paragraph.atoms[place.atom].element
    return stretch, place.offset + change.start, place.offset + change.end


def open_parts(
    archive: Archive, format: str, trees: Mapping[str, XmlTree], story: list[StoryParagraph], notes: Sequence[str]
) -> PartsContainer:
    """Return the container of a document whose ``story`` was read from ``trees``, part by part in their order."""
    settle_languages(story)
    paragraphs = tuple(paragraph for paragraph in lay_out(story) if paragraph.has_prose())
    document = read_runs(paragraphs, archive.name, format, notes)
    parts = tuple((part, tree.source) for part, tree in trees.items())
    return PartsContainer(archive, parts, paragraphs, document)


def read_part(archive: Archive, part: str) -> XmlTree:
    """Return the tree of a part. Raises InputError for what is not XML, or declares entities."""
    return read_tree(read_xml(archive.read(part), f"{archive.name}: {part}"))
