"""NITF, the IPTC's article markup (https://iptc.org/standards/nitf/): headlines, abstract, text and captions.

Bylines, credits, dates, document data and everything that names people or places by code stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.errors import InputError
from mtfix.formats.markup.paragraphs import Vocabulary
from mtfix.formats.markup.runs import Paragraph
from mtfix.formats.markup.source import MarkupContainer, refuse_text
from mtfix.formats.news.articles import open_articles, read_element
from mtfix.formats.registry import ReadOptions
from mtfix.formats.xml.scan import read_xml
from mtfix.formats.xml.tree import Element, XmlTree, read_tree
from mtfix.types import Document, Kind

#: What the elements of NITF mean for its text.
NITF = Vocabulary(
    inline=frozenset(
        "a chron city copyrite copyrite.holder copyrite.year country em event frac frac-num frac-denom frac-sep function "
        "lang location money name.family name.given num org person pronounce q region state story.date sublocation "
        "virtloc object.title denom numer alt-code classifier b i strong span u".split()
    ),
    locked=frozenset(
        "pre lang pronounce virtloc postaddr byline bytag media-reference media-metadata media-producer media-object "
        "datasource distributor rights copyrite classifier delivery.office note fn caption.credit bibliography nitf-table-metadata "
        "custom-table docdata pubdata revision-history iim tobject script style code".split()
    ),
    silent=frozenset(("alt-code",)),
    marks=frozenset(("sup", "sub")),
    kinds={
        **dict.fromkeys(("title", "hl1", "hl2"), Kind.HEADING),
        **dict.fromkeys(("media-caption", "caption", "nitf-table-caption"), Kind.CAPTION),
        **dict.fromkeys(("li", "dt", "dd", "td", "th"), Kind.ITEM),
        "dateline": Kind.DATELINE,
    },
    known=frozenset(
        "p hl1 hl2 hedline block bq credit ul ol li dl dt dd table caption thead tbody tfoot tr td th col colgroup media "
        "media-caption nitf-table nitf-table-summary nitf-col body.head body.content body.end tagline abstract hr".split()
    ),
)


def read_nitf(tree: XmlTree, root: Element) -> list[Paragraph]:
    """Return the paragraphs of an ``<nitf>`` element: its title, then the parts of its body in order."""
    return [p for part in _list_parts(root) for p in read_element(tree, part, NITF)]


def _list_parts(root: Element) -> Iterator[Element]:
    for head in root.find("head"):
        yield from head.find("title")
    for body in root.find("body"):
        for part in body.children:
            if part.name == "body.head":
                yield from part.find("hedline", "headline", "dateline", "abstract", "series")
            elif part.name == "body.content":
                yield part
            elif part.name == "body.end":
                yield from part.find("tagline")
            elif part.name not in NITF.locked:
                yield part  # vendors leave the parts of the body out


class NitfFormat:
    """NITF for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> MarkupContainer:
        """Read a file's bytes. Raises InputError."""
        tree = read_tree(read_xml(data, name, options.encoding))
        if tree.root.name != "nitf":
            raise InputError(f"{name}: its root element is <{tree.root.tag.name}>, not <nitf>; leave --format out")
        return open_articles(tree, "nitf", [(tree.root, "")], read_nitf)

    def read_text(self, text: str, name: str) -> Document:
        """NITF is read from its bytes. Raises InputError."""
        return refuse_text(name, "NITF")
