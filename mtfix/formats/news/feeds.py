"""RSS (0.9x, 1.0, 2.0) and Atom as vendors write them: the titles, summaries and contents of items.

One document an item. The channel's own title, links, identifiers, dates, categories and authors stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.errors import InputError
from mtfix.formats.html.paragraphs import HTML
from mtfix.formats.markup.runs import Paragraph
from mtfix.formats.markup.source import MarkupContainer, refuse_text
from mtfix.formats.news.articles import open_articles, read_field
from mtfix.formats.registry import ReadOptions
from mtfix.formats.xml.scan import read_xml
from mtfix.formats.xml.tree import Element, XmlTree, read_tree
from mtfix.types import Document, Kind

ROOTS = frozenset(("rss", "rdf", "feed", "channel"))
# In the order in which a reader meets them. `encoded` is content:encoded, `full-text` that of news aggregators.
_FIELDS: dict[str, Kind | None] = {
    "title": Kind.HEADING,
    "subtitle": Kind.HEADING,
    "description": None,
    "summary": None,
    "abstract": None,
    "encoded": None,
    "content": None,
    "full-text": None,
    "fulltext": None,
    "body": None,
    "text": None,
}
_TEXT_TYPES = frozenset(("", "text", "html", "xhtml", "plain", "text/html", "text/plain", "application/xhtml+xml"))
_MEDIA = ("group", "content", "thumbnail")  # of Media RSS: pictures with titles and descriptions


def read_item(tree: XmlTree, item: Element) -> list[Paragraph]:
    """Return the paragraphs of an item or entry: title, summary, contents, then its pictures' words."""
    return [p for element, kind in _list_fields(item) for p in read_field(tree, element, HTML, kind)]


def _list_fields(item: Element) -> Iterator[tuple[Element, Kind | None]]:
    for name, kind in _FIELDS.items():
        for element in item.find(name):
            if _find_vendor(element) == "" and element.tag.attributes.get("type", "").lower() in _TEXT_TYPES:
                yield element, kind
    yield from _list_media(item)


def _list_media(item: Element) -> Iterator[tuple[Element, Kind | None]]:
    for element in item.children:
        vendor = _find_vendor(element)
        if vendor == "media" and element.name in _MEDIA:
            yield from _list_media(element)
        elif vendor == "media" and element.name in ("title", "description", "text"):
            yield element, Kind.CAPTION
        elif vendor == "itunes" and element.name in ("title", "subtitle", "summary"):
            yield element, Kind.HEADING if element.name == "title" else None


def _find_vendor(element: Element) -> str:
    """Return ``media`` or ``itunes`` for their elements, by namespace or by prefix, declared or not."""
    namespace = element.tag.namespace.lower()
    if "yahoo.com/mrss" in namespace or element.tag.prefix == "media":
        return "media"
    return "itunes" if "itunes" in namespace or element.tag.prefix == "itunes" else ""


class FeedFormat:
    """RSS and Atom for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> MarkupContainer:
        """Read a feed's bytes. Raises InputError."""
        tree = read_tree(read_xml(data, name, options.encoding))
        root = tree.root
        if root.name not in (*ROOTS, "item", "entry"):
            raise InputError(f"{name}: its root element is <{root.tag.name}>, not <rss> or <feed>; leave --format out")
        items = [root] if root.name in ("item", "entry") else list(root.walk("item", "entry"))
        language = _find_language(tree, root)
        return open_articles(tree, "feed", [(item, language) for item in items], read_item)

    def read_text(self, text: str, name: str) -> Document:
        """A feed is read from its bytes. Raises InputError."""
        return refuse_text(name, "a feed")


def _find_language(tree: XmlTree, root: Element) -> str:
    for channel in (root, *root.find("channel")):
        for element in channel.find("language"):
            return "".join(tree.source.text[e.start : e.end] for e in tree.texts(element)).strip()
    return ""
