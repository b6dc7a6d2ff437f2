"""Styles of a Word document: which paragraphs are headings, captions, list items, and which text is code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from mtfix.formats.docx.names import attribute, child, descend, is_on, name_of
from mtfix.types import Kind

_HEADING = re.compile(r"heading \d|heading|title|subtitle|headline")
_CODE = frozenset(
    "code|source code|source text|html code|html keyboard|html preformatted|html sample|html typewriter|html variable"
    "|preformatted text|macro text|verbatim char".split("|")
)
_MAX_CHAIN = 32  # styles that one is based on, the last by the one before


@dataclass(frozen=True, slots=True)
class Looks:
    """What a style says of the text it is used on; ``kind`` None leaves it to the text.

    ``is_struck`` None: it does not say whether the text is struck through.
    """

    kind: Kind | None = None
    is_code: bool = False
    is_struck: bool | None = None


PLAIN = Looks()


@dataclass(slots=True)
class Styles:
    """Styles by their id. Without a styles part ids are read as names."""

    nodes: dict[str, Any] = field(default_factory=dict)
    _known: dict[str, Looks] = field(default_factory=dict)

    def look(self, style_id: str) -> Looks:
        """Return what a style, or one that it is based on, says."""
        if not style_id:
            return PLAIN
        if style_id not in self._known:
            self._known[style_id] = self._resolve(style_id)
        return self._known[style_id]

    def look_paragraph(self, properties: Any) -> Looks:
        """Return what the properties of a paragraph (or None) and its style say."""
        if properties is None:
            return PLAIN
        style = child(properties, "pStyle")
        looks = self.look(attribute(style, "val")) if style is not None else PLAIN
        own = _read_properties(properties)
        return Looks(own or looks.kind, looks.is_code, looks.is_struck)

    def look_run(self, properties: Any) -> Looks:
        """Return what the properties of a run (or None) and its character style say."""
        style = child(properties, "rStyle") if properties is not None else None
        looks = self.look(attribute(style, "val")) if style is not None else PLAIN
        own = _read_strike(properties)
        return looks if own is None else replace(looks, is_struck=own)

    def _resolve(self, style_id: str) -> Looks:
        return replace(self._resolve_kind(style_id), is_struck=self._resolve_strike(style_id))

    def _resolve_strike(self, style_id: str) -> bool | None:
        for _ in range(_MAX_CHAIN):
            node = self.nodes.get(style_id)
            own = _read_strike(descend(node, "rPr"))
            based = descend(node, "basedOn")
            if own is not None or based is None:
                return own
            style_id = attribute(based, "val")
        return None

    def _resolve_kind(self, style_id: str) -> Looks:
        for _ in range(_MAX_CHAIN):
            node = self.nodes.get(style_id)
            named = child(node, "name") if node is not None else None
            name = attribute(named, "val").lower() if named is not None else _spell(style_id)
            if name in _CODE:
                return Looks(is_code=True)
            if _HEADING.fullmatch(name):
                return Looks(Kind.HEADING)
            if name == "caption":
                return Looks(Kind.CAPTION)
            kind = _read_properties(descend(node, "pPr"))
            if kind or name.startswith("list "):
                return Looks(kind or Kind.ITEM)
            based = descend(node, "basedOn")
            if based is None:
                break
            style_id = attribute(based, "val")
        return PLAIN


def read_styles(tree: Any) -> Styles:
    """Return the styles of a styles part (a tree of lxml)."""
    return Styles({attribute(node, "styleId"): node for node in tree.getroot() if name_of(node) == "style"})


def _read_properties(properties: Any) -> Kind | None:
    """Return what an outline level or a numbering says a paragraph is."""
    if properties is None:
        return None
    level = child(properties, "outlineLvl")
    if level is not None and attribute(level, "val") in tuple("012345678"):
        return Kind.HEADING
    number = descend(properties, "numPr", "numId")
    if number is not None and attribute(number, "val") != "0":
        return Kind.ITEM
    return None


def _read_strike(properties: Any) -> bool | None:
    """Return whether properties of a run strike its text through, once or twice; None if they do not say."""
    marks = [child(properties, name) for name in ("strike", "dstrike")] if properties is not None else []
    said = [is_on(mark) for mark in marks if mark is not None]
    return any(said) if said else None


def _spell(style_id: str) -> str:
    """Return the name that a built-in style of that id has: ``Heading1`` is "heading 1".

    >>> _spell("ListBullet"), _spell("HTMLCode"), _spell("Heading2")
    ('list bullet', 'html code', 'heading 2')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z\d])|(?<=[A-Z])(?=[A-Z][a-z])", " ", style_id).lower()
