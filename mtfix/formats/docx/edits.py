"""Edits of runs as edits of the text elements of a Word document, and the plain way of writing them: in place."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mtfix.formats.docx.comments import clean_text
from mtfix.formats.docx.names import XML_SPACE, attribute, child, name_of, space_of
from mtfix.formats.docx.package import load_etree
from mtfix.formats.docx.story import text_of
from mtfix.formats.markup.runs import RunChange
from mtfix.formats.markup.wordalign import align_words
from mtfix.formats.packages.layout import Place
from mtfix.formats.packages.story import StoryParagraph
from mtfix.types import Edit

_KEPT_WORDS = 3  # so many words in a row that stay are not struck out and written again
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class TextChange:
    """``start:end`` of the text of a ``w:t`` becomes ``replacement``. Parts of one change share ``number``.

    ``paragraph`` is where the text stands; a mirror's changes come without comments.
    """

    element: Any
    start: int
    end: int
    replacement: str
    edits: tuple[Edit, ...]
    number: int
    paragraph: StoryParagraph
    is_mirror: bool = False


def find_text_changes(changes: Sequence[RunChange]) -> list[TextChange]:
    """Return changes of runs as changes of text elements, those of mirrors with them.

    New text beside something locked gets an empty element of its own, outside the field or content control.
    """
    found: list[TextChange] = []
    for change in changes:
        place: Place = change.run.place
        paragraph = place.paragraph
        copies = [(paragraph, False)]
        copies += ((mirror, True) for mirror in paragraph.mirrors if _is_cut_alike(paragraph, mirror))
        for where, is_mirror in copies:
            atom = where.atoms[place.atom]
            element, start, end = atom.element, place.offset + change.start, place.offset + change.end
            if change.run.is_locked:
                element = _make_room(element, at_end=change.start > 0)
                start = end = 0
            found.append(
                TextChange(element, start, end, change.replacement, change.edits, change.number, paragraph, is_mirror)
            )
    return found


def _is_cut_alike(paragraph: StoryParagraph, mirror: StoryParagraph) -> bool:
    """Whether a copy has the same runs; what to change in any other would be a guess, so that stays as it is."""
    return [atom.text for atom in mirror.atoms] == [atom.text for atom in paragraph.atoms]


def write_plain(changes: Sequence[TextChange]) -> None:
    """Change the text of the elements where they stand; their formatting is that of their runs."""
    for element, own in group_by_element(changes):
        text = text_of(element)
        for change in reversed(own):
            text = text[: change.start] + change.replacement + text[change.end :]
        set_text(element, text)


def group_by_element(changes: Sequence[TextChange]) -> Iterator[tuple[Any, list[TextChange]]]:
    """Yield each element with its changes in the order of the text."""
    groups: dict[Any, list[TextChange]] = {}
    for change in changes:
        groups.setdefault(change.element, []).append(change)
    for element, own in groups.items():
        yield element, sorted(own, key=lambda c: (c.start, c.end))


def refine(changes: Sequence[TextChange]) -> list[TextChange]:
    """Return the changes of one element, cut where several words in a row stay, and joined where only a few do.

    A clause that moved is then one deletion and one insertion, not many single words.
    """
    fine: list[TextChange] = []
    for change in changes:
        text = text_of(change.element)
        for swap in align_words(text[change.start : change.end], change.replacement):
            start, end, replacement = change.start + swap.start, change.start + swap.end, swap.text
            last = fine[-1] if fine else None
            if last is not None and last.number == change.number:
                kept = text[last.end : start]
                if len(_WORD.findall(kept)) < _KEPT_WORDS:
                    start, replacement = last.start, last.replacement + kept + replacement
                    fine.pop()
            fine.append(_replace_span(change, start, end, replacement))
    return [_trim(change) for change in fine]


def _replace_span(change: TextChange, start: int, end: int, replacement: str) -> TextChange:
    return TextChange(
        change.element, start, end, replacement, change.edits, change.number, change.paragraph, change.is_mirror
    )


def _trim(change: TextChange) -> TextChange:
    """Leave a blank alone that both the old and the new words end or begin with."""
    old = text_of(change.element)[change.start : change.end]
    new = change.replacement
    start, end = change.start, change.end
    while old and new and old[-1] == new[-1] and old[-1].isspace():
        old, new, end = old[:-1], new[:-1], end - 1
    while old and new and old[0] == new[0] and old[0].isspace():
        old, new, start = old[1:], new[1:], start + 1
    return _replace_span(change, start, end, new)


def set_text(element: Any, text: str) -> None:
    """Give a ``w:t`` or ``w:delText`` its text; blanks at its ends are meant."""
    element.text = clean_text(text)
    element.set(XML_SPACE, "preserve")


def _make_room(element: Any, *, at_end: bool) -> Any:
    """Return a new empty ``w:t`` before or after what an atom stands in.

    Beside a tab or a picture it stands in the same run; beside locked text in a run of its own.
    """
    etree = load_etree()
    space = space_of(element)
    room = etree.Element(f"{{{space}}}t")
    if name_of(element) != "t" and name_of(element.getparent()) == "r":
        (element.addnext if at_end else element.addprevious)(room)
        return room
    node = element
    while name_of(node.getparent()) not in ("p", "hyperlink", "smartTag", "bdo", "dir", "ins", ""):
        node = node.getparent()
    node = _leave_field(node, at_end=at_end)
    run = etree.Element(f"{{{space}}}r")
    properties = child(element.getparent(), "rPr") if name_of(element.getparent()) == "r" else None
    if properties is not None:
        run.append(copy.deepcopy(properties))
        style = child(run[0], "rStyle")
        if style is not None:
            run[0].remove(style)
    run.append(room)
    if at_end:
        run.tail, node.tail = node.tail, None
        node.addnext(run)
    else:
        node.addprevious(run)
    return room


def _leave_field(node: Any, *, at_end: bool) -> Any:
    """Return the last (or first) sibling of the complex field that ``node`` stands in, else ``node``."""
    depth = 0
    for sibling in node.itersiblings(preceding=True):
        depth += sum(_turns(sibling))
    if depth <= 0:
        return node
    open_fields = depth
    for sibling in node.itersiblings(preceding=not at_end):
        for turn in _turns(sibling):
            open_fields += turn if at_end else -turn
        if open_fields <= 0:
            return sibling
    return node


def _turns(node: Any) -> list[int]:
    kinds = [attribute(part, "fldCharType") for part in node.iter() if name_of(part) == "fldChar"]
    return [1 if kind == "begin" else -1 for kind in kinds if kind in ("begin", "end")]
