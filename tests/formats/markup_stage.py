"""A stage for tests of markup: it turns ``2,5 thousand`` into ``2,500`` and keeps its hands off locks, as a rule does."""

from __future__ import annotations

import re

from mtfix.formats import find_format
from mtfix.formats.registry import Container, ReadOptions
from mtfix.types import Document, Edit, Step

_COUNT = re.compile(r"(\d),(\d)\s(thousand|million)")


def count(document: Document) -> Document:
    """Return the document with its counts repaired."""
    segments = []
    for segment in document.segments:
        edits = []
        for m in _COUNT.finditer(segment.text):
            if not any(lock.start < m.end() and m.start() < lock.end for lock in segment.locks):
                new = f"{m[1]},{m[2]}00" if m[3] == "thousand" else f"{m[1]}.{m[2]} million"
                edits.append(Edit(*m.span(), new, "rule:T", "a test"))
        segments.append(segment.add(Step("test", tuple(edits))))
    return document.replace_segments(segments)


def read(format: str, data: str | bytes, options: ReadOptions | None = None, name: str = "f") -> Container:
    """Read a file and make sure that it comes back as the same bytes."""
    data = data.encode() if isinstance(data, str) else data
    container = find_format(format).load().read(data, name, options or ReadOptions())
    assert container.write(container.documents) == data
    return container


def fix(format: str, data: str, options: ReadOptions | None = None) -> str:
    """Read, repair, write; a second run must change nothing."""
    container = read(format, data, options)
    after = container.write([count(d) for d in container.documents]).decode()
    again = read(format, after, options)
    assert again.write([count(d) for d in again.documents]).decode() == after
    return after


def list_texts(container: Container) -> list[list[tuple[str, str]]]:
    """Return kind and text of the segments of each document."""
    return [[(s.kind.value, s.mt) for s in d.segments] for d in container.documents]
