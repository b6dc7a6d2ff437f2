"""Paragraphs of a story (a body, a slide, a footnote) as they stand in a document, before they are laid out as runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mtfix.types import Kind

BODY = "body"  # the story in which comments stand


@dataclass(frozen=True, slots=True)
class Atom:
    """A stretch of text: of a ``w:t`` (``node``), or one character for a tab, a break, a picture.

    ``mask`` is what stands for it when sentences are looked for. ``element`` is the ``w:t``, ``w:tab`` ... itself.
    """

    text: str
    element: Any
    is_locked: bool = False
    mask: str = ""
    is_break: bool = False


@dataclass(slots=True)
class StoryParagraph:
    """A paragraph: its atoms, what its style says it is, and where remarks on it go.

    ``place`` is `BODY` or says where else it stands. There Word shows no comments (notes, headers, text boxes), so
    ``anchor`` is a run or paragraph of the body that takes them. ``foreign`` counts the characters that say that they
    are in another language than English. ``mirrors`` are copies of the paragraph that older
    programs read in its place.
    """

    atoms: list[Atom]
    kind: Kind | None
    place: str
    in_cell: bool = False
    anchor: Any = None
    mirrors: list[StoryParagraph] = field(default_factory=list)
    foreign: int = 0

    @property
    def text(self) -> str:
        return "".join(atom.text for atom in self.atoms)
