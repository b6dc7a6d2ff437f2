"""EPUB books: the XHTML documents of the spine, read as HTML pages are; everything else is copied.

EPUB 3.3, Open Container Format and package documents. One document a page of the spine, so that "first mention" starts anew in
each chapter or article.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from mtfix.errors import InputError
from mtfix.formats.container import check_count
from mtfix.formats.html.format import open_page
from mtfix.formats.html.paragraphs import decode_html
from mtfix.formats.html.tokens import scan_html
from mtfix.formats.markup.language import note_language
from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.markup.runs import read_runs
from mtfix.formats.markup.source import MarkupContainer, Source, refuse_text
from mtfix.formats.packages.archive import Archive, open_archive
from mtfix.formats.packages.container import read_part
from mtfix.formats.registry import ReadOptions
from mtfix.formats.xml.scan import read_xml, scan_xml
from mtfix.formats.xml.tree import Element, XmlTree
from mtfix.types import Document

_NOUN, _FORMAT = "EPUB book", "epub"
_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_HTML = "text/html"
_PAGES = frozenset(("application/xhtml+xml", "text/x-oeb1-document", _HTML))


@dataclass(frozen=True, slots=True)
class EpubContainer:
    """A book: its archive, and the pages with text, by the names of their parts."""

    archive: Archive
    pages: tuple[tuple[str, MarkupContainer], ...]
    documents: tuple[Document, ...]

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the book with the texts of ``documents``; pages without a change stay. Raises OutputError."""
        check_count(self.archive.name, self.documents, documents)
        parts = {}
        for (part, page), document in zip(self.pages, documents, strict=False):  # a book without text has one document
            if document.text != document.mt:
                parts[part] = page.write([document])
        return self.archive.write(parts) if parts else self.archive.data


class EpubFormat:
    """EPUB books for the registry."""

    is_text = False

    def read(self, data: bytes, name: str, options: ReadOptions) -> EpubContainer:
        """Read a book's bytes. Raises InputError."""
        archive = open_archive(data, name, _NOUN, _FORMAT)
        if not archive.has(_CONTAINER):
            raise InputError(f"{name}: is a ZIP archive, but not an {_NOUN}: it has no {_CONTAINER}")
        archive = replace(archive, main=_find_package(archive))
        package = read_part(archive, archive.main)
        if package.root.name != "package":
            raise InputError(f"{name}: {archive.main} holds <{package.root.tag.name}>, so it is no {_NOUN} ({_FORMAT})")
        parts = dict(_list_spine(archive, package.root))
        _refuse_protected(archive, parts)
        language = _find_language(package)
        read = [(part, _read_page(archive, part, media, language, options)) for part, media in parts.items()]
        pages = tuple((part, page) for part, page in read if page.documents[0].segments)
        notes = tuple(note for _, page in read for note in page.documents[0].notes)
        if language:
            notes = (note_language(name, language, bool(pages)), *notes)
        documents = [page.documents[0] for _, page in pages] or [read_runs((), name, _FORMAT)]
        documents = [replace(d, notes=() if number else notes) for number, d in enumerate(documents)]
        return EpubContainer(archive, pages, tuple(documents))

    def read_text(self, text: str, name: str) -> Document:
        """A book is not a text. Raises InputError."""
        return refuse_text(name, f"an {_NOUN}")


def _find_package(archive: Archive) -> str:
    root = read_part(archive, _CONTAINER).root
    for files in root.find("rootfiles"):
        for file in files.find("rootfile"):
            path = file.tag.attributes.get("full-path", "")
            if path and not archive.has(path):
                raise InputError(f"{archive.name}: has no {path}, so it is a damaged {_NOUN}")
            if path:
                return path
    raise InputError(f"{archive.name}: {_CONTAINER} names no package, so it is no {_NOUN} ({_FORMAT})")


def _list_spine(archive: Archive, package: Element) -> Iterator[tuple[str, str]]:
    """Yield the parts of the pages in reading order, with their media types."""
    folder = posixpath.dirname(archive.main)
    items = {
        item.tag.attributes.get("id", ""): item.tag.attributes
        for manifest in package.find("manifest")
        for item in manifest.find("item")
    }
    for spine in package.find("spine"):
        for reference in spine.find("itemref"):
            item = items.get(reference.tag.attributes.get("idref", ""), {})
            if item.get("media-type", "").lower() in _PAGES:
                part = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").partition("#")[0])))
                if not archive.has(part):
                    raise InputError(f"{archive.name}: has no {part}, so it is a damaged {_NOUN}")
                yield part, item["media-type"].lower()


def _refuse_protected(archive: Archive, parts: Collection[str]) -> None:
    if not archive.has(_ENCRYPTION):
        return
    for node in read_part(archive, _ENCRYPTION).root.walk("cipherreference"):
        if unquote(node.tag.attributes.get("URI", "")) in parts:  # fonts may be: that is no protection of the text
            raise InputError(f"{archive.name}: is encrypted; mtfix reads books without copy protection")


def _find_language(package: XmlTree) -> str:
    """Return the language of a book that says another one than English, and English not also; else ''."""
    said = [
        "".join(package.source.text[text.start : text.end] for text in package.texts(element)).strip()
        for metadata in package.root.find("metadata")
        for element in metadata.walk("language")
    ]
    return "" if any(map(is_english, said)) else next(iter(said), "")


def _read_page(archive: Archive, part: str, media: str, language: str, options: ReadOptions) -> MarkupContainer:
    data, name = archive.read(part), f"{archive.name}: {part}"
    if media == _HTML:
        source = Source(name, decode_html(data, name))
        return open_page(source, list(scan_html(source.text)), options, _FORMAT, language)
    source = read_xml(data, name)
    return open_page(source, list(scan_xml(source)), options, _FORMAT, language)
