"""What containers have in common, and that of text formats: one document, and the encoding in which it came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mtfix.errors import OutputError
from mtfix.files.encoding import Decoded, decode, encode
from mtfix.types import Document


def check_count(name: str, had: Sequence[Document], documents: Sequence[Document]) -> None:
    """Raise OutputError when a file does not get back as many documents as it had."""
    if len(documents) != len(had):
        noun = "document" if len(had) == 1 else "documents"
        raise OutputError(f"{name}: holds {len(had)} {noun}, not {len(documents)}")


class OneDocument:
    """A container whose file is one ``document``."""

    __slots__ = ()
    document: Document

    @property
    def documents(self) -> tuple[Document, ...]:
        return (self.document,)

    def take(self, documents: Sequence[Document]) -> Document:
        """Return the one document that comes back. Raises OutputError for none, or more."""
        check_count(self.document.name, self.documents, documents)
        return documents[0]


@dataclass(frozen=True, slots=True)
class TextContainer(OneDocument):
    """One document of a text format."""

    document: Document
    decoded: Decoded

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the text of the one document in the encoding of the input. Raises OutputError."""
        return encode(self.take(documents).text, self.decoded, self.document.name)


def open_text(data: bytes, name: str, encoding: str, read: Callable[[str, str], Document]) -> TextContainer:
    """Decode ``data`` and read it with ``read(text, name)``; notes of both go to the document. Raises InputError."""
    decoded = decode(data, name, encoding)
    document = read(decoded.text, name)
    notes = (*decoded.notes, *document.notes)
    if not decoded.text:
        notes = (*notes, f"{name}: is empty")
    return TextContainer(replace(document, notes=notes), decoded)
