"""A stage for tests of formats: it replaces given words, across tags and lines, as rules would."""

from __future__ import annotations

from collections.abc import Mapping

from mtfix.formats.registry import Container
from mtfix.types import Document, Edit, Step


def replace_words(document: Document, words: Mapping[str, str]) -> Document:
    """Return the document with every ``old`` of ``words`` made ``new``, but where a lock stands in the way."""
    segments = []
    for segment in document.segments:
        edits: list[Edit] = []
        for old, new in words.items():
            at = segment.text.find(old)
            while at >= 0:
                end = at + len(old)
                if not any(lock.start < end and at < lock.end for lock in segment.locks):
                    edits.append(Edit(at, end, new, "rule:TEST", "A test."))
                at = segment.text.find(old, end)
        edits.sort(key=lambda e: e.start)
        segments.append(segment.add(Step("test", tuple(edits))))
    return document.replace_segments(segments)


def write_replaced(container: Container, words: Mapping[str, str]) -> bytes:
    """Return the file with the words of all its documents replaced."""
    return container.write([replace_words(document, words) for document in container.documents])
