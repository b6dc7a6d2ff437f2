"""Formats: a file in, documents of segments and gaps, and the same file out with nothing but the edits changed."""

from __future__ import annotations

from mtfix.formats.text import read_text
from mtfix.types import Document

__all__ = ["read_document"]


def read_document(text: str, name: str = "-", format: str = "text") -> Document:
    """Return the document of a text that is already decoded.

    >>> document = read_document("MOSCOW, May 5. It rained. It snowed.")
    >>> [s.mt for s in document.segments]
    ['MOSCOW, May 5.', 'It rained.', 'It snowed.']
    """
    return read_text(text, name, format or "text")
