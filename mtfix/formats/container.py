"""The container of text formats: one document, and the encoding in which it came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mtfix.errors import OutputError
from mtfix.formats.encoding import Decoded, decode, encode
from mtfix.types import Document


@dataclass(frozen=True, slots=True)
class TextContainer:
    """One document of a text format."""

    document: Document
    decoded: Decoded

    @property
    def documents(self) -> tuple[Document, ...]:
        return (self.document,)

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the text of the one document in the encoding of the input. Raises OutputError."""
        if len(documents) != 1:
            raise OutputError(f"{self.document.name}: holds 1 document, not {len(documents)}")
        return encode(documents[0].text, self.decoded, self.document.name)


def open_text(data: bytes, name: str, encoding: str, read: Callable[[str, str], Document]) -> TextContainer:
    """Decode ``data`` and read it with ``read(text, name)``; notes of both go to the document. Raises InputError."""
    decoded = decode(data, name, encoding)
    document = read(decoded.text, name)
    notes = (*decoded.notes, *document.notes)
    if not decoded.text:
        notes = (*notes, f"{name}: is empty")
    return TextContainer(replace(document, notes=notes), decoded)
