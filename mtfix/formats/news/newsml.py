"""NewsML-G2 (https://iptc.org/standards/newsml-g2/), and NewsML 1: headlines, descriptions, datelines and contents.

One document a news item. Identifiers, slug lines, keywords, credits, bylines, subjects, dates and links stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.errors import InputError
from mtfix.formats.html.paragraphs import HTML
from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.markup.runs import Paragraph
from mtfix.formats.markup.source import MarkupContainer, refuse_text
from mtfix.formats.news.articles import open_articles, read_element, read_field
from mtfix.formats.news.nitf import read_nitf
from mtfix.formats.registry import ReadOptions
from mtfix.formats.xml.scan import read_xml
from mtfix.formats.xml.tree import Element, XmlTree, read_tree
from mtfix.types import Document, Kind

ROOTS = frozenset(("newsitem", "packageitem", "newsmessage", "newsml"))
_ITEMS = ("newsitem", "packageitem")
_HTML_PARTS = frozenset(
    "html body div section article main p h1 h2 h3 h4 h5 h6 ul ol table blockquote figure span aside".split()
)
#: Media types of contents that are prose; a table, a calendar or a card (text/csv, text/vcard) is none.
_PROSE = frozenset(
    ("", "text", "plain", "html", "xhtml", "text/plain", "text/html", "text/xhtml", "application/xhtml+xml")
)
_FIELDS: dict[str, Kind | None] = {
    "headline": Kind.HEADING,
    "subheadline": Kind.HEADING,
    "title": Kind.HEADING,
    "dateline": Kind.DATELINE,
    "description": None,
}


def read_item(tree: XmlTree, item: Element) -> list[Paragraph]:
    """Return the paragraphs of a news item: what describes it, then its contents."""
    return [p for element in _list_fields(item) for p in _read(tree, element)]


def _list_fields(item: Element) -> Iterator[Element]:
    for meta in item.find("itemmeta"):
        yield from meta.find("title")
    for meta in item.find("contentmeta", "partmeta"):
        yield from meta.find("headline", "dateline", "description")
    yield from item.walk("newslines") if not list(item.find("contentset")) else ()
    for content in item.find("contentset"):
        yield from content.find("inlinexml", "inlinedata")
        for remote in content.find("remotecontent"):
            yield from remote.find("headline", "description")
    if not list(item.find("contentset")):  # NewsML 1
        described = [content for content in item.walk("contentitem") if not _names_data(content)]
        for content in described or ([] if list(item.walk("contentitem")) else [item]):
            yield from content.walk("datacontent")
    for group in item.walk("group"):
        for reference in group.walk("itemref"):
            yield from reference.find("headline", "title", "description")


def _read(tree: XmlTree, element: Element) -> list[Paragraph]:
    if element.name == "newslines":  # NewsML 1
        return [p for line in element.find("headline", "subheadline", "dateline") for p in _read(tree, line)]
    if element.name in _FIELDS:
        return read_field(tree, element, HTML, _FIELDS[element.name])
    if element.is_locked:
        return []
    if not element.children:
        if element.tag.attributes.get("encoding") or not _is_prose(element.tag.attributes.get("contenttype", "")):
            return []  # base64, or the data of another program
        return read_field(tree, element, HTML)
    found: list[Paragraph] = []
    for part in element.children:
        if part.name == "nitf":
            found += read_nitf(tree, part) if not part.is_locked else []
        elif part.name == "html":
            for inner in part.children:
                for wanted in inner.find("title") if inner.name == "head" else (inner,):
                    found += read_element(tree, wanted, HTML)
        elif part.name in _HTML_PARTS:
            found += read_element(tree, part, HTML)
    return found


def _is_prose(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() in _PROSE


def _names_data(content: Element) -> bool:
    """Whether a content item of NewsML 1 says that it holds something else than prose."""
    names = [named.tag.attributes.get("FormalName", "").strip() for named in content.find("mimetype")]
    return any("/" in name and not _is_prose(name) and "xml" not in name.lower() for name in names)


class NewsmlFormat:
    """NewsML for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> MarkupContainer:
        """Read a file's bytes. Raises InputError."""
        tree = read_tree(read_xml(data, name, options.encoding))
        root = tree.root
        if root.name not in ROOTS:
            raise InputError(
                f"{name}: its root element is <{root.tag.name}>, not <newsItem> or <newsMessage>; leave --format out"
            )
        items = [root] if root.name in _ITEMS else list(root.walk(*_ITEMS))
        return open_articles(tree, "newsml", [(item, _find_language(item)) for item in items], read_item)

    def read_text(self, text: str, name: str) -> Document:
        """NewsML is read from its bytes. Raises InputError."""
        return refuse_text(name, "NewsML")


def _find_language(item: Element) -> str:
    """Return the language that an item says its contents are in, '' for none or English among others."""
    found = [
        language.tag.attributes.get("tag", language.tag.attributes.get("FormalName", ""))
        for meta in (*item.find("contentmeta"), *item.walk("descriptivemetadata"))
        for language in meta.find("language")
    ]
    return "" if any(map(is_english, found)) or not found else found[0]
