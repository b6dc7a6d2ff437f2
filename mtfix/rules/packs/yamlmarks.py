"""YAML with places: plain values, and the line and column that each came from.

PyYAML's composer keeps a mark on every node; its constructor drops them. This module builds the values from the nodes
and keeps the marks beside them, so that a wrong key in a pack of hundreds of rules is found at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mtfix.errors import PackError

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Marked:
    """A YAML document: its value, and for each path into it the 1-based (line, column) of the value there."""

    name: str
    value: Any
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Sequence[str | int]) -> str:
        """Return ``name:line:column`` of the deepest node on ``path`` that the document has."""
        steps = tuple(path)
        while steps and steps not in self.marks:
            steps = steps[:-1]
        line, column = self.marks.get(steps, (1, 1))
        return f"{self.name}:{line}:{column}"


def load_marked(text: str, name: str) -> Marked:
    """Parse ``text``. Raises PackError with the place for bad YAML, a duplicate key, or a key that is no text."""
    import yaml  # not at the top: what the cache knows need not be parsed

    loader_class: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loader = loader_class(text)
        try:
            node = loader.get_single_node()
            marked = Marked(name, None)
            if node is not None:
                marked.value = _build(loader, node, (), marked)
            return marked
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1"
        raise PackError(f"{place}: not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise PackError(f"{name}:1:1: not valid YAML: {reason}") from None


def _build(loader: Any, node: Any, path: Path, marked: Marked) -> Any:
    from yaml import MappingNode, ScalarNode, SequenceNode

    marked.marks[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, ScalarNode):
                raise PackError(f"{marked.name}:{line}:{column}: a key must be a word")
            key = str(key_node.value)
            if key in mapping:
                raise PackError(f"{marked.name}:{line}:{column}: the key '{key}' stands here twice")
            below: Path = (*path, key)
            mapping[key] = _build(loader, value_node, below, marked)
            # An error about a key is best shown where the key stands.
            marked.marks[below] = (line, column)
        return mapping
    if isinstance(node, SequenceNode):
        return [_build(loader, item, (*path, i), marked) for i, item in enumerate(node.value)]
    return loader.construct_object(node)
