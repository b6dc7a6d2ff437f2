"""Fields of news articles: plain text, HTML (escaped, in CDATA, in JSON) or markup in place, read into paragraphs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence

from mtfix.formats.html.fields import read_string
from mtfix.formats.markup.anchors import anchor
from mtfix.formats.markup.language import choose_english, note_language
from mtfix.formats.markup.paragraphs import Collector, Vocabulary, is_english
from mtfix.formats.markup.runs import Paragraph, read_runs
from mtfix.formats.markup.source import MarkupContainer
from mtfix.formats.markup.spelling import Joined, Spelled, Style, spell_xml
from mtfix.formats.xml.tree import Element, XmlTree
from mtfix.types import Document, Kind

_LINE_END = re.compile(r"\r\n?|\n")


def read_element(tree: XmlTree, element: Element, vocabulary: Vocabulary, kind: Kind | None = None) -> list[Paragraph]:
    """Return the paragraphs of markup in place; ``kind`` is that of text which no element says otherwise of."""
    if element.is_locked:
        return []
    source = tree.source

    def spell(start: int, end: int, style: Style) -> Spelled:
        return spell_xml(source.text, start, end, source.name, style)

    return Collector(vocabulary, spell, default=kind).collect(tree.slice(element))


def read_field(tree: XmlTree, element: Element, vocabulary: Vocabulary, kind: Kind | None = None) -> list[Paragraph]:
    """Return the paragraphs of a field that holds text, escaped HTML, or markup in place."""
    if element.is_locked:
        return []
    if element.children:
        return read_element(tree, element, vocabulary, kind)
    name, text = tree.source.name, tree.source.text
    pieces = [spell_xml(text, e.start, e.end, name, e.style) for e in tree.texts(element)]
    return read_string(Joined(tuple(pieces)), name, kind)


def open_articles(
    tree: XmlTree,
    format: str,
    items: Sequence[tuple[Element, str]],
    read: Callable[[XmlTree, Element], list[Paragraph]],
) -> MarkupContainer:
    """Return the container of a file of articles, one document each; those without text have none.

    ``items`` are the articles' elements and the languages that the file says they are in ('' for none), ``read`` finds
    the paragraphs of one.
    """
    source = tree.source
    articles: list[tuple[Element, list[Paragraph]]] = []
    said: dict[tuple[str, bool], int] = {}
    for item, language in items:
        label = next((one for one in (language, _read_label(item)) if not is_english(one)), "")
        if not label and item.is_foreign:
            label = _read_label(tree.root)
        if not label:
            articles.append((item, read(tree, item)))
            continue
        item.say_foreign(False)
        paragraphs = choose_english(read(tree, item))
        said[label, bool(paragraphs)] = said.get((label, bool(paragraphs)), 0) + 1
        if not paragraphs:
            item.say_foreign(True)  # but for what says itself that it is English
            paragraphs = read(tree, item)
        articles.append((item, paragraphs))
    notes = (*source.decoded.notes, *(note_language(source.name, *key, number) for key, number in said.items()))
    documents: list[Document] = []
    kept: list[tuple[Paragraph, ...]] = []
    with_text = [(element, paragraphs) for element, paragraphs in articles if paragraphs]
    ends = [found.start() for found in _LINE_END.finditer(source.text)]
    for element, paragraphs in with_text:
        name = source.name
        if len(with_text) > 1:
            name = f"{source.name}:{bisect_left(ends, element.tag.start) + 1}"
        document = read_runs(paragraphs, name, format, () if documents else notes)
        if len(with_text) == 1:  # the names of several say where each begins
            document = anchor(document, paragraphs, source.text)
        documents.append(document)
        kept.append(tuple(paragraphs))
    if notes and not documents:
        documents, kept = [read_runs((), source.name, format, notes)], [()]
    return MarkupContainer(source, tuple(documents), tuple(kept))


def _read_label(element: Element) -> str:
    given = element.tag.attributes
    return given.get("xml:lang", given.get("lang", given.get("baselang", "")))
