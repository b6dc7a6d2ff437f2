"""Markdown: only prose becomes segments; code, tables' pipes, addresses and marks stay as they are.

Blocks come from markdown-it-py's map of lines, so that every byte keeps its place; nothing is rendered.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mtfix.english.sentences import Span
from mtfix.formats.container import TextContainer, open_text
from mtfix.formats.registry import ReadOptions
from mtfix.formats.text.blocks import MARK, Block, build_document
from mtfix.formats.text.frontmatter import FIELDS, FRONT_MATTER, FrontMatterContainer, find_fields
from mtfix.formats.text.ignore import merge_locks, read_ignored
from mtfix.formats.text.inline import Scan, scan_inline
from mtfix.formats.text.plain import is_caption
from mtfix.types import Document, Kind, Lock

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")


def read_markdown(
    text: str,
    name: str = "-",
    format: str = "markdown",
    *,
    structure: str = "",
    code: Sequence[Span] = (),
    fields: Collection[str] = FIELDS,
) -> Document:
    """Return the document of a Markdown text; joining its segments and gaps gives ``text`` back.

    ``fields`` of a YAML front matter are prose. A dialect gives its ``structure``, ``text`` with what Markdown does not know
    replaced character by character, and the spans of its ``code`` within paragraphs.
    """
    structure = structure or text
    front = FRONT_MATTER.match(text)
    head = front.end() if front else 0
    env: dict[str, Any] = {}
    # Line by line blanks: markdown-it-py counts the same lines, and sees no front matter.
    tokens = _parser().parse(re.sub(r"[^\r\n]", " ", text[:head]).replace("\ufeff", " ") + structure[head:], env)
    lines = _Lines(structure)
    references = set(env.get("references", ()))
    blocks = find_fields(text, head, fields) if head else []
    skipped = [(0, head)] if head else []
    scan = Scan()
    for start, end in code:
        scan.lock(start, end, MARK)
    for token, kind in _walk(tokens):
        if token.map is None:
            continue
        if token.type in ("fence", "code_block"):
            skipped.append((lines.starts[token.map[0]], lines.starts[token.map[1]]))
        elif token.type == "inline":
            pieces = lines.find(token.content, token.map[0], is_cell=kind is None)
            if pieces:
                found = scan_inline(text, pieces[0][0], pieces[-1][1], references)
                scan.extend(found)
                for part in _cut_at_hard_breaks(text, pieces):
                    _join_lines(text, part, lines, scan)
                    start, end = part[0][0], part[-1][1]
                    caption = is_caption(text[start:end])
                    blocks.append(Block(start, end, Kind.CAPTION if caption else kind or Kind.ITEM))
    ignored = read_ignored(text, name, skip=sorted(skipped + scan.code))
    masked = ignored.blank(_mask(text, scan.masks))
    return build_document(
        text,
        name,
        format,
        sorted(blocks, key=lambda block: block.start),
        masked=masked,
        locks=merge_locks(scan.locks, ignored.locks),
        notes=ignored.notes,
        trim=MARK,
    )


def _parser() -> MarkdownIt:
    # Blocks alone: where inline tokens stand is not in markdown-it-py's answer, see `mtfix.formats.text.inline`.
    return MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])


def _walk(tokens: Sequence[Token]) -> Iterator[tuple[Token, Kind | None]]:
    """Yield each token with the kind of segment that its text would be; None is a cell of a table."""
    items = 0
    kind: Kind | None = Kind.SENTENCE
    for token in tokens:
        if token.type in ("list_item_open", "list_item_close"):
            items += token.nesting
        elif token.type == "heading_open":
            kind = Kind.HEADING
        elif token.type in ("th_open", "td_open"):
            kind = None
        elif token.type == "paragraph_open":
            kind = Kind.ITEM if items else Kind.SENTENCE
        yield token, kind


class _Lines:
    """Where the lines of a text start, and where the content of an inline token stands in them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [found.start() for found in _LINE.finditer(text)]
        self.starts += [len(text)] * 2
        self._cell_end = 0

    def find(self, content: str, first: int, *, is_cell: bool) -> list[Span]:
        """Return the span of each line of ``content``; none if it is not in the source word for word.

        That happens where a tab or an escaped pipe was unfolded; the paragraph is then left as it is.
        """
        pieces: list[Span] = []
        for number, line in enumerate(content.split("\n"), first):
            wanted = line.strip(" \t")
            start = max(self.starts[number], self._cell_end) if is_cell else self.starts[number]
            source = self.text[start : self.starts[number + 1]].replace("\x00", "\ufffd").rstrip()
            # What precedes the content is structure (> and indentation), what follows it is a heading's #.
            at = len(source) - len(wanted) if source.endswith(wanted) and not is_cell else source.find(wanted)
            if at < 0 or not wanted:
                return []
            pieces.append((start + at, start + at + len(wanted)))
            if is_cell:
                self._cell_end = pieces[-1][1]
        return pieces

    def start_of(self, offset: int) -> int:
        """Start of the line in which ``offset`` stands."""
        return self.starts[bisect_right(self.starts, offset) - 1]


def _cut_at_hard_breaks(text: str, pieces: Sequence[Span]) -> Iterator[list[Span]]:
    part: list[Span] = []
    for number, (start, end) in enumerate(pieces):
        is_last = number + 1 == len(pieces)
        if not is_last and text[start:end].endswith("\\"):
            part.append((start, end - 1))
        else:
            part.append((start, end))
        if is_last or part[-1][1] < end or text.startswith("  ", end):
            yield part
            part = []


def _join_lines(text: str, part: Sequence[Span], lines: _Lines, scan: Scan) -> None:
    """Lock what stands at the start of a paragraph's further lines, and read each line end as a blank."""
    for (_, end), (start, _) in pairwise(part):
        scan.masks.append((end, start, " "))
        begin = lines.start_of(start)
        if begin < start:
            scan.locks.append(Lock(begin, start))


def _mask(text: str, masks: Sequence[tuple[int, int, str]]) -> str:
    if not masks:
        return text
    characters = list(text)
    for start, end, mask in masks:
        characters[start:end] = mask * (end - start)
    return "".join(characters)


class MarkdownFormat:
    """Markdown for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> TextContainer:
        """Read a file's bytes. Raises InputError."""
        fields = options.fields or FIELDS
        opened = open_text(data, name, options.encoding, lambda text, name: read_markdown(text, name, fields=fields))
        return FrontMatterContainer(opened.document, opened.decoded)

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded text."""
        return read_markdown(text, name)
