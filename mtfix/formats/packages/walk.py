"""Stories of XML parts: paragraphs within paragraphs, the text in them, and what stands in a line without being text.

A format says by `Part` what each of its elements means; `read_story` walks the events of a part and keeps for every
stretch of text where it stands, so that an edit is a splice of the part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from mtfix.formats.markup.source import Beside, EndTag, StartTag, Text
from mtfix.formats.markup.spelling import Spelled, Style
from mtfix.formats.packages.story import Atom, StoryParagraph
from mtfix.formats.xml.tree import Element, XmlTree
from mtfix.types import Kind


class Role(Enum):
    """What an element is: structure, a paragraph, a stretch within a line, a word that stays, or nothing to read."""

    BLOCK = auto()
    PARAGRAPH = auto()
    INLINE = auto()
    LOCKED = auto()
    SILENT = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """What an element means; None and '' leave a thing as the element around it has it.

    ``has_text``: characters directly in it are text. A LOCKED one stands in its line as ``text``, or else as the words in
    it, behind ``mask`` (see `mtfix.formats.markup.runs.Run`); ``room`` is the markup that new text beside it needs
    around itself. Paragraphs within a LOCKED or INLINE one (a footnote, a text box) follow as paragraphs of their own.
    """

    role: Role
    has_text: bool = False
    text: str = ""
    mask: str = ""
    is_break: bool = False
    room: tuple[str, str] = ("", "")
    kind: Kind | None = None
    in_cell: bool = False
    is_foreign: bool | None = None
    place: str = ""


BLOCK, SILENT = Part(Role.BLOCK), Part(Role.SILENT)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a stretch of text stands: in which of the document's parts, how it is spelt, what it says of its language."""

    part: int
    spelled: Spelled | Beside
    room: tuple[str, str] = ("", "")
    is_foreign: bool = False


@dataclass(slots=True)
class _Line:
    """A paragraph that is open, and the locked element in it, if one is."""

    paragraph: StoryParagraph
    locked: Part | None = None
    since: int = 0
    depth: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Level:
    part: Part
    line: _Line | None


def read_story(
    tree: XmlTree,
    number: int,
    root: Element,
    place: str,
    interpret: Callable[[Element], Part],
    spell: Callable[[int, int, Style], Spelled],
) -> list[StoryParagraph]:
    """Return the paragraphs under ``root`` in order, inner ones after the one that holds them.

    ``tree`` is part ``number`` of the document, ``place`` what a reader calls the story.
    """
    elements = _list_elements(root)
    found: list[StoryParagraph] = []
    levels = [_Level(Part(Role.BLOCK, is_foreign=False, place=place), None)]
    for index in range(root.first, root.last):
        event = tree.events[index]
        level = levels[-1]
        if isinstance(event, StartTag):
            levels.append(_enter(elements[index], level, interpret, len(levels), found))
        elif isinstance(event, EndTag):
            levels.pop()
            if level.line is not None and level.line.locked is not None and level.line.depth == len(levels):
                _close_locked(level.line, event.end, number)
        elif isinstance(event, Text) and level.line is not None and level.part.has_text:
            spelled = spell(event.start, event.end, event.style)
            if level.line.locked is not None:
                level.line.words += spelled.text
            elif spelled.text:
                is_foreign = bool(level.part.is_foreign)
                level.line.paragraph.foreign += len(spelled.text) if is_foreign else 0
                level.line.paragraph.atoms.append(Atom(spelled.text, Stretch(number, spelled, is_foreign=is_foreign)))
    return found


def _enter(
    element: Element, outer: _Level, interpret: Callable[[Element], Part], depth: int, found: list[StoryParagraph]
) -> _Level:
    if outer.part.role is Role.SILENT:
        return outer
    said = interpret(element)
    part = replace(
        said,
        kind=said.kind or outer.part.kind,
        in_cell=said.in_cell or outer.part.in_cell,
        is_foreign=outer.part.is_foreign if said.is_foreign is None else said.is_foreign,
        place=said.place or outer.part.place,
    )
    line = outer.line
    if part.role is Role.PARAGRAPH:
        line = _Line(StoryParagraph([], part.kind, part.place, part.in_cell))
        found.append(line.paragraph)
    elif part.role is Role.SILENT:
        line = None
    elif part.role is Role.LOCKED and line is not None and line.locked is None:
        line.locked, line.since, line.depth, line.words = part, element.tag.start, depth, ""
    return _Level(part, line)


def _close_locked(line: _Line, end: int, number: int) -> None:
    part, line.locked = line.locked, None
    assert part is not None
    text = part.text or line.words
    if text:
        stretch = Stretch(number, Beside(line.since, end), part.room)
        line.paragraph.atoms.append(Atom(text, stretch, is_locked=True, mask=part.mask, is_break=part.is_break))


def _list_elements(root: Element) -> dict[int, Element]:
    """Return the elements under ``root`` by the number of their start tag's event."""
    elements: dict[int, Element] = {}
    waiting = [root]
    while waiting:
        element = waiting.pop()
        elements[element.first] = element
        waiting += element.children
    return elements


def settle_languages(paragraphs: list[StoryParagraph]) -> None:
    """Lock what says that it is in another language, unless most of the document says so.

    A translation typed over its original keeps the original's label everywhere; what only a few words say of themselves
    is believed.
    """
    size = sum(len(paragraph.text) for paragraph in paragraphs)
    if 2 * sum(paragraph.foreign for paragraph in paragraphs) > size:
        return
    for paragraph in paragraphs:
        paragraph.atoms = [
            replace(atom, is_locked=True) if atom.element.is_foreign else atom for atom in paragraph.atoms
        ]
