"""Styles of OpenDocument: which paragraphs are headings or captions, what is code, hidden or struck, which language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.xml.tree import Element
from mtfix.types import Kind

_HEADING = re.compile(r"heading( \d+)?|title|subtitle|headline|title1|title2")
_CODE = frozenset(("preformatted text", "source text", "teletype", "user entry", "variable"))
_ENCODED = re.compile(r"_([0-9a-f]{1,4})_")
_MAX_CHAIN = 32  # styles of which one is the parent of the last


@dataclass(frozen=True, slots=True)
class Looks:
    """What a style says of its text; None: nothing."""

    kind: Kind | None = None
    is_fixed: bool = False
    is_foreign: bool | None = None


@dataclass(slots=True)
class OdfStyles:
    """Styles by family (``paragraph``, ``text``) and name; the name '' is the default of the family."""

    nodes: dict[tuple[str, str], Element] = field(default_factory=dict)
    _known: dict[tuple[str, str], Looks] = field(default_factory=dict)

    def add(self, root: Element) -> None:
        """Take in the styles of a part."""
        for group in root.find("styles", "automatic-styles"):
            for node in group.find("style", "default-style"):
                given = node.tag.attributes
                name = given.get("style:name", "") if node.name == "style" else ""
                self.nodes[given.get("style:family", ""), name] = node

    def look(self, family: str, name: str) -> Looks:
        """Return what a style, or one that it is based on, says."""
        key = family, name
        if key not in self._known:
            self._known[key] = self._resolve(family, name)
        return self._known[key]

    def _resolve(self, family: str, name: str) -> Looks:
        names = list(self._list_chain(family, name))
        spelt = [_spell(one) for one in names]
        nodes = [
            node
            for one in (*names, *([""] if family == "paragraph" else []))
            if (node := self.nodes.get((family, one)))
        ]
        kind = next((kind for one in spelt if (kind := _name_kind(one))), None)
        if kind is None and any(_says(node.tag, "style:default-outline-level", "123456789") for node in nodes):
            kind = Kind.HEADING
        properties = [given for node in nodes for given in _list_properties(node)]
        is_struck = _first(properties, ("style:text-line-through-style", "style:text-line-through-type"))
        is_hidden = _first(properties, ("text:display",))
        language = _first(properties, ("fo:language",))
        return Looks(
            kind,
            any(one in _CODE for one in spelt) or is_struck not in ("", "none") or is_hidden == "none",
            None if not language else not (language == "none" or is_english(language)),
        )

    def _list_chain(self, family: str, name: str) -> Iterator[str]:
        for _ in range(_MAX_CHAIN):
            if not name:
                return
            yield name
            node = self.nodes.get((family, name))
            name = node.tag.attributes.get("style:parent-style-name", "") if node is not None else ""


def _name_kind(name: str) -> Kind | None:
    if _HEADING.fullmatch(name):
        return Kind.HEADING
    return Kind.CAPTION if name == "caption" else None


def _says(tag: object, name: str, values: Iterable[str]) -> bool:
    return getattr(tag, "attributes", {}).get(name, "") in tuple(values)


def _list_properties(node: Element) -> Iterator[dict[str, str]]:
    for properties in node.find("text-properties"):
        yield dict(properties.tag.attributes)


def _first(properties: Iterable[dict[str, str]], names: Iterable[str]) -> str:
    """Return what the first of ``properties`` that speaks of one of ``names`` says."""
    for given in properties:
        for name in names:
            if name in given:
                return given[name]
    return ""


def _spell(name: str) -> str:
    """Return the name of a style as users read it.

    >>> _spell("Heading_20_1")
    'heading 1'
    """
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), name).lower()
