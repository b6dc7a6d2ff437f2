"""What XML and HTML have in common: tags and text with their places, and a source whose texts change by splices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mtfix.errors import InputError, OutputError
from mtfix.files.encoding import Decoded, fits
from mtfix.formats.container import check_count
from mtfix.formats.markup.runs import Paragraph, RunChange, spread_edits
from mtfix.formats.markup.spelling import Joined, Spelled, Splice, Style, apply_splices, keep_all
from mtfix.types import Document


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag, or an empty element's tag; an `EndTag` of no length follows the latter.

    ``name`` is without prefix, ``namespace`` what the prefix stands for ('' for none or an undeclared one; of HTML
    always ''), ``prefix`` as written. Attributes have their names as written (``xml:lang``), of HTML in lower case.
    """

    start: int
    end: int
    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    namespace: str = ""
    prefix: str = ""
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class EndTag:
    """An end tag; of no length where an element ends without one."""

    start: int
    end: int
    name: str
    namespace: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Character data between two tags or comments; ``style`` tells CDATA from text."""

    start: int
    end: int
    style: Style = Style.TEXT


@dataclass(frozen=True, slots=True)
class Aside:
    """A comment, a processing instruction, a declaration: never text."""

    start: int
    end: int


Event = StartTag | EndTag | Text | Aside


@dataclass(frozen=True, slots=True)
class Source:
    """A decoded file of markup, and the way back to its bytes."""

    name: str
    decoded: Decoded

    @property
    def text(self) -> str:
        return self.decoded.text

    def place(self, at: int) -> str:
        """Return ``path:line:column`` of an offset."""
        before = self.text[:at].replace("\r\n", "\n").replace("\r", "\n")
        return f"{self.name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"

    def fits(self, character: str) -> bool:
        """Whether the file's encoding has a character."""
        return fits(character, self.decoded.encoding)

    def write(self, splices: Sequence[Splice]) -> bytes:
        """Return the bytes of the file with ``splices`` in it. Raises OutputError for a character that does not fit."""
        text = apply_splices(self.text, splices)
        try:
            return self.decoded.mark + text.encode(self.decoded.encoding, "surrogateescape")
        except UnicodeEncodeError as error:
            raise OutputError(
                f"{self.name}: the result holds U+{ord(text[error.start]):04X}, which {self.decoded.encoding} "
                "cannot write; convert the input to UTF-8 first"
            ) from None


@dataclass(frozen=True, slots=True)
class Beside:
    """The place of a locked run: the span of its whole element. New text goes before or after it."""

    start: int
    end: int
    style: Style = Style.TEXT


@dataclass(frozen=True, slots=True)
class Nested:
    """A place within the text of a field that is itself spelled in a file: HTML in CDATA, or escaped, or in JSON."""

    inner: Spelled | Beside
    outer: Joined


Place = Spelled | Joined | Beside | Nested


def splice_place(place: Place, change: RunChange, fits: Callable[[str], bool] = keep_all) -> list[Splice]:
    """Return the splices for the change of a run that was read from ``place``."""
    if isinstance(place, Nested):
        inner = splice_place(place.inner, change)
        return place.outer.splice([(a, b, text) for a, b, text in inner], fits)
    if isinstance(place, Beside):
        at = place.start if change.start == 0 else place.end
        return Spelled(at, at, "", style=place.style).splice([(0, 0, change.replacement)], fits)
    return place.splice([(change.start, change.end, change.replacement)], fits)


def splice_document(
    paragraphs: Sequence[Paragraph], document: Document, fits: Callable[[str], bool] = keep_all
) -> list[Splice]:
    """Return the splices that bring a document's edits into the source that its ``paragraphs`` were read from.

    Each run's place is a `Place`. Raises OutputError, see `spread_edits`.
    """
    changes = spread_edits(paragraphs, document)
    return [splice for change in changes for splice in splice_place(change.run.place, change, fits)]


@dataclass(frozen=True, slots=True)
class MarkupContainer:
    """A file of markup: its documents, each with the paragraphs it was read from."""

    source: Source
    documents: tuple[Document, ...]
    paragraphs: tuple[tuple[Paragraph, ...], ...]

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the file with the texts of ``documents``; what they do not change stays as it was, byte for byte.

        Raises OutputError.
        """
        check_count(self.source.name, self.documents, documents)
        splices: list[Splice] = []
        for paragraphs, document in zip(self.paragraphs, documents, strict=True):
            splices += splice_document(paragraphs, document, self.source.fits)
        return self.source.write(splices)


def refuse_text(name: str, format: str) -> Document:
    """Raise InputError: a format of many documents is not one text."""
    raise InputError(f"{name}: {format} is read from a file, not from a text")
