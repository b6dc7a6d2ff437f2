"""Plain text: paragraphs of one long line, one paragraph a line, or hard-wrapped lines; nothing of it is lost.

A line break ends a segment unless its block (lines without a blank one between) is *wrapped*, see `_joins`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from mtfix.english.abbreviations import STARTERS
from mtfix.formats.container import TextContainer, open_text
from mtfix.formats.registry import ReadOptions
from mtfix.formats.text.blocks import Block, build_document
from mtfix.formats.text.ignore import read_ignored
from mtfix.types import Document, Kind

MAX_WRAP = 90  # columns; a block with a longer line is not wrapped
MAX_HEADING = 110  # code points of a heading inside the text
MAX_TITLE = 220  # of the first line, which agencies write long

_FINAL = re.compile(r"[.!?…][\"'”’»)\]*_]*\Z|[,:;–—-]\Z")
_STOP = re.compile(r"[.!?…][\"'”’»)\]*_]*\Z")
_MARKER = re.compile(r"(?:[-*+•·●○▪■◦‣►]|[(\[]?\d{1,3}[.)\]]|[(\[]?[a-z]\))[ \t\xa0]+(?=\S)")
_SPEECH = re.compile(r"[,!?…”»\"]\s*[-–—]\s")
_CAPTION = re.compile(
    r"(?i:(?:photo|image|picture|video|infographic|illustration|graphic)s?(?:\s(?:caption|credit|source|report))?\s*[:/©]"
    r"|caption\s*:|(?:image|photo) caption\b|photo(?:graph)? by\b|©)"
)
_SOURCE_HEADING = re.compile(r"(?:Source|Media|Sources|Expert|Experts|Poll|Opinion|Update|Urgent|Breaking)\s*:\s")


class Line(NamedTuple):
    """A line of a text: ``text[start:end]`` without the blanks around it."""

    start: int
    end: int
    text: str


def read_text(text: str, name: str = "-", format: str = "text") -> Document:
    """Return the document of a plain text; joining its segments and gaps gives ``text`` back."""
    ignored = read_ignored(text, name)
    masked = ignored.blank(text)
    if masked.startswith("\ufeff"):
        masked = " " + masked[1:]
    return build_document(
        text, name, format, find_blocks(masked), masked=masked, locks=ignored.locks, notes=ignored.notes
    )


def find_blocks(text: str) -> list[Block]:
    """Return the paragraphs, headings, captions and list items of a text, in order."""
    groups = _group_lines(text)
    alone = sum(len(group) for group in groups) <= 1
    blocks: list[Block] = []
    width = _wrap_width(groups)
    for group in groups:
        is_narrow = max(len(line.text) for line in group) <= MAX_WRAP
        starts = [i for i in range(len(group)) if i == 0 or not (is_narrow and _joins(group, i, width))]
        for first, after in zip(starts, [*starts[1:], len(group)], strict=True):
            lines = group[first:after]
            blocks.append(_classify(lines, is_first=not blocks, alone=alone))
    return blocks


def _group_lines(text: str) -> list[list[Line]]:
    groups: list[list[Line]] = []
    current: list[Line] = []
    at = 0
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        if not stripped:
            current = []
        else:
            if not current:
                groups.append(current)
            start = at + len(raw) - len(raw.lstrip())
            current.append(Line(start, start + len(stripped), stripped))
        at += len(raw)
    return groups


def _breaks_mid_sentence(before: str, after: str) -> bool:
    """Whether a line break surely stands inside a sentence."""
    if _STOP.search(before):
        return False
    if after[0].islower():
        return True
    last = before.rsplit(None, 1)[-1].lower()
    return last in STARTERS or last.endswith((",", "-"))


def _is_full(group: Sequence[Line], i: int, width: int) -> bool:
    """Whether the first word of line ``i`` had no room on the line before it."""
    word = group[i].text.split(None, 1)[0]
    return len(group[i - 1].text) + 1 + len(word) > width - 3


def _wrap_width(groups: Sequence[Sequence[Line]]) -> int:
    """Columns to which the text is wrapped, 0 if it is not: some line must surely break inside a sentence."""
    width = 0
    for group in groups:
        longest = max(len(line.text) for line in group)
        if longest <= MAX_WRAP and any(
            _breaks_mid_sentence(group[i - 1].text, group[i].text) and _is_full(group, i, longest)
            for i in range(1, len(group))
        ):
            width = max(width, longest)
    return width


def _joins(group: Sequence[Line], i: int, width: int) -> bool:
    """Whether line ``i`` of a block goes on with the sentence of the line before.

    It does in a block whose lines are all at most `MAX_WRAP` columns wide (that is the caller's to see), unless it is
    a list item, when the break stands inside a sentence (the next line starts lower case, or the line ends with a
    comma or a function word), or when the text is wrapped elsewhere and the line is full: the next word had no room.
    """
    before, after = group[i - 1].text, group[i].text
    if _is_item(after) and (
        _is_item(before)
        or _is_item(group[0].text)
        or _FINAL.search(before)
        or not (width and _is_full(group, i, width))
    ):
        return False  # else a dash or a number of running text that came to stand at the start of a line
    if _breaks_mid_sentence(before, after):
        return True
    return width > 0 and _is_full(group, i, width)


def _is_item(text: str) -> bool:
    if _MARKER.match(text):
        return not (text[0] == "-" and _SPEECH.search(text, 2))
    return False


def _classify(lines: Sequence[Line], *, is_first: bool, alone: bool) -> Block:
    start, end = lines[0].start, lines[-1].end
    text = " ".join(line.text for line in lines)
    marker = _MARKER.match(text)
    if marker and _is_item(text):
        return Block(start + marker.end(), end, Kind.ITEM)
    if is_caption(text):
        return Block(start, end, Kind.CAPTION)
    if _is_heading(text, is_first=is_first, alone=alone):
        return Block(start, end, Kind.HEADING)
    return Block(start, end)


def is_caption(text: str) -> bool:
    """Whether a paragraph describes or credits a picture."""
    return _CAPTION.match(text) is not None


def _is_heading(text: str, *, is_first: bool, alone: bool) -> bool:
    if len(text) > (MAX_TITLE if is_first else MAX_HEADING) or _FINAL.search(text):
        return False
    letters = text.lstrip("\"'“‘«„(")
    if not letters or not (letters[0].isupper() or letters[0].isdigit()):
        return False
    if _SPEECH.search(text):
        return False
    return not alone or text.isupper() or _SOURCE_HEADING.match(text) is not None


class TextFormat:
    """Plain text for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> TextContainer:
        """Read a file's bytes. Raises InputError."""
        return open_text(data, name, options.encoding, self.read_text)

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded text."""
        return read_text(text, name)
