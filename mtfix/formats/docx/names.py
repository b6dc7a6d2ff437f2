"""Names of WordprocessingML (ECMA-376 part 1, clause 17): one vocabulary in two namespaces, transitional and strict."""

from __future__ import annotations

from typing import Any

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_WORD_2010 = "http://schemas.microsoft.com/office/word/2010/wordml"
_PREFIXES = {TRANSITIONAL: "", STRICT: "", _COMPATIBILITY: "mc:", _WORD_2010: "w14:"}
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def name_of(node: Any) -> str:
    """Return ``p``, ``r`` ... for an element of WordprocessingML, ``mc:Choice`` and the like for its neighbours.

    Comments and processing instructions have no name: ''. Elements of other vocabularies are ``?local``.
    """
    tag = node.tag
    if not isinstance(tag, str):
        return ""
    namespace, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    return _PREFIXES.get(namespace, "?") + local


def space_of(node: Any) -> str:
    """Return the namespace of an element, for the names of those that come to stand beside it."""
    return str(node.tag[1:].partition("}")[0])


def attribute(node: Any, name: str) -> str:
    """Return an attribute in the namespace of its element, '' if it is missing."""
    return str(node.get(f"{{{space_of(node)}}}{name}", ""))


def child(node: Any, name: str) -> Any:
    """Return the first child of that name, or None."""
    return next((c for c in node if name_of(c) == name), None)


def descend(node: Any, *names: str) -> Any:
    """Return what a path of child names leads to, or None."""
    for name in names:
        if node is None:
            return None
        node = child(node, name)
    return node


def is_on(node: Any) -> bool:
    """Whether a toggle (``<w:vanish/>``) is there and not switched off."""
    return node is not None and attribute(node, "val") not in ("0", "false", "off")
