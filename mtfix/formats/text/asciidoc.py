"""AsciiDoc: prose of paragraphs, titles, items, quotes and table cells becomes segments; all else stays as it is.

Read line by line, by the rules of Asciidoctor's documentation; nothing is rendered. What the reader does not know for certain to
be prose is left alone: listings, literals, passthroughs, comments, macros, attributes, verses, tables of other notations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mtfix.formats.container import TextContainer, open_text
from mtfix.formats.registry import ReadOptions
from mtfix.formats.text.blocks import MARK, Block, build_document
from mtfix.formats.text.ignore import merge_locks, read_ignored
from mtfix.formats.text.inline import Scan
from mtfix.formats.text.plain import is_caption
from mtfix.types import Document, Kind

_LINE = re.compile(r"(?P<body>[^\r\n]*)(?:\r\n?|\n|\Z)")
_VERBATIM = re.compile(r"(?:-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,}\w*|[,:!]===)[ \t]*\Z")
_TABLE = re.compile(r"\|={3,}[ \t]*\Z")
_FRAME = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--|\+|<<<|'{3,}|-{3}|\*{3})[ \t]*\Z")  # what is inside is prose, or nothing
_TITLE = re.compile(r"(?:={1,6}|#{1,6})[ \t]+(?=\S)")
_BLOCK_TITLE = re.compile(r"\.(?=[^\s.])")
_STYLE = re.compile(r"\[[^\r\n]*\][ \t]*\Z")
_CODE_STYLE = re.compile(
    r"\[(?:source|listing|literal|stem|latexmath|asciimath|pass|verse|plantuml|mermaid|ditaa|graphviz)\b", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r":!?[\w][^:\r\n]*:(?:[ \t]|\Z)")
_MACRO = re.compile(r"(?:[\w-]+::\S*\[[^\r\n]*\]|(?:include|ifdef|ifndef|ifeval|endif)::[^\r\n]*)[ \t]*\Z")
_MARKER = re.compile(
    r"[ \t]*(?:\*{1,5}|-|\.{1,5}|\d{1,4}\.|[A-Za-z]\.|<(?:\d{1,3}|\.)>)[ \t]+(?:\[[ xX*]\][ \t]+)?(?=\S)"
)
_TERM = re.compile(r"[^\r\n]*?\S(?:::{1,3}|;;)(?:[ \t]+|\Z)")
_ADMONITION = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):[ \t]+(?=\S)")
_CELL = re.compile(r"(?:(?:\d+|\d*\.\d+)[+*])?[<^>]?(?:\.[<^>])?[aehlmdsv]?\|")
_CODE_CELL = re.compile(r"(?:[<^>.\d+*]*)[lm]\|\Z")
_HARD_BREAK = re.compile(r"[ \t]\+[ \t]*\Z")

_INLINE = re.compile(
    r"""
    (?P<escape>\\\S)
  | (?P<quoted>"`|`"|'`|(?<=\w)`')
  | (?P<code>\+{3}[^\r\n]*?\+{3}|\+\+[^\r\n]*?\+\+|``[^\r\n]*?``|(?<![\w`])`[^`\s](?:[^`\r\n]*?\S)?`(?!\w)
      |(?<![\w+])\+[^+\s](?:[^+\r\n]*?\S)?\+(?![\w+])
      |(?:pass|stem|latexmath|asciimath|kbd|btn|menu|icon|image|anchor|indexterm2?|xref|footnoteref):[^\s\[\]]*\[[^\]\r\n]{0,1000}\])
  | (?P<note>footnote:[^\s\[\]]*\[[^\]]{0,2000}\])
  | (?P<link>(?:link:|mailto:|https?://|ftp://|irc://)[^\s\[\]<>]+\[)
  | (?P<reference><<[^<>\r\n]{1,300}>>|\[\[[^\[\]\r\n]{1,200}\]\]|\(\(\([^()\r\n]{1,300}\)\)\))
  | (?P<callout><\d{1,3}>)
  | (?P<attribute>\{[\w-]+(?::[^{}\r\n]{0,200})?\})
  | (?P<role>\[[.\#][^\[\]\r\n]{0,200}\](?=[\#*_`]))
  | (?P<close>\])
  | (?P<term>\(\(|\)\))
  | (?P<entity>&(?:[A-Za-z][A-Za-z0-9]{1,31}|\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6});)
  | (?P<mark>\*\*|__|\#\#|(?<![\w*])[*_\#](?=[^\s*_\#])|(?<=[^\s*_\#])[*_\#](?![\w*])|\^(?=\S)|(?<=\S)\^|~(?=\S)|(?<=\S)~)
    """,
    re.VERBOSE,
)


@dataclass(slots=True)
class _Reader:
    """Reads a text line by line; ``open`` is the paragraph that goes on: where it begins, ends, and what it is."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    open: tuple[int, int, Kind] | None = None
    awaits: bool = False  # a term stood alone on its line: its text comes next, however it is indented

    def close(self) -> None:
        """End the paragraph."""
        if self.open is not None:
            start, end, kind = self.open
            caption = is_caption(self.text[start:end])
            self.blocks.append(Block(start, end, Kind.CAPTION if caption else kind))
            self.open = None

    def put(self, start: int, end: int, kind: Kind) -> None:
        """Begin a paragraph, or go on with the open one; a hard break ends it."""
        body = self.text[start:end]
        found = _HARD_BREAK.search(body)
        stop = start + (found.start() if found else len(body.rstrip()))
        if stop > start:
            self.open = (start, stop, kind) if self.open is None else (self.open[0], stop, self.open[2])
        if found:
            self.close()

    def read(self) -> None:
        """Find all blocks."""
        fence, skip, after_title = "", False, False
        code = False  # the next paragraph has a style of code
        table = False
        for line in _LINE.finditer(self.text):
            start, end = line.span("body")
            body = line["body"].lstrip("\ufeff") if start == 0 else line["body"]
            start = end - len(body)
            words = body.strip()
            if fence:
                fence = "" if words == fence else fence
            elif _VERBATIM.match(body):
                self.close()
                fence, skip, code = words if not words.startswith("```") else "```", False, False
            elif _TABLE.match(body):
                self.close()
                table, skip, code = not table, False, False
            elif table:
                self._read_cells(start, end, body)
            elif not words:
                self.close()
                skip, after_title = False, False
            elif skip:
                continue
            elif after_title:  # author and revision
                skip = True
            elif _FRAME.match(body):
                self.close()
                code = False
            elif self.open is None and (title := _TITLE.match(body)):
                self.put(start + title.end(), end, Kind.HEADING)
                self.close()
                after_title = (
                    title.end() == 2
                    and not any(b.kind is not Kind.HEADING for b in self.blocks)
                    and len(self.blocks) == 1
                )
            elif self._is_structure(body):
                self.close()
                code = bool(_CODE_STYLE.match(body)) or (code and body.startswith(("[", ".")))
                if self.open is None and (found := _BLOCK_TITLE.match(body)):
                    self.put(start + found.end(), end, Kind.HEADING)
                    self.close()
            elif code:
                skip, code = True, False
            else:
                skip = self._read_prose(start, end, body)
        self.close()

    def _is_structure(self, body: str) -> bool:
        if body.startswith("//") or _ATTRIBUTE.match(body) or _STYLE.match(body) or _MACRO.match(body):
            return True
        return self.open is None and _BLOCK_TITLE.match(body) is not None

    def _read_prose(self, start: int, end: int, body: str) -> bool:
        """Read a line of a paragraph or an item; True if what follows up to a blank line is literal."""
        awaited, self.awaits = self.awaits, False
        found = _MARKER.match(body)
        if found:
            self.close()
            self.put(start + found.end(), end, Kind.ITEM)
        elif term := _TERM.match(body):
            self.close()
            self.awaits = term.end() >= len(body)
            if not self.awaits:
                self.put(start + term.end(), end, Kind.ITEM)
        elif awaited:
            self.put(start + len(body) - len(body.lstrip()), end, Kind.ITEM)
        elif self.open is None and body[0] in " \t":
            return True
        elif self.open is None and (label := _ADMONITION.match(body)):
            self.put(start + label.end(), end, Kind.SENTENCE)
        else:
            self.put(start + len(body) - len(body.lstrip()), end, Kind.SENTENCE)
        return False

    def _read_cells(self, start: int, end: int, body: str) -> None:
        """Read the cells of a table's row; a line without a bar, or with an escaped one, is left alone."""
        if "|" not in body or "\\|" in body or body.startswith("//"):
            return
        bars = list(_CELL.finditer(body))
        for number, bar in enumerate(bars):
            stop = bars[number + 1].start() if number + 1 < len(bars) else len(body)
            inside = body[bar.end() : stop]
            at = start + bar.end() + len(inside) - len(inside.lstrip())
            if inside.strip() and not _CODE_CELL.match(bar[0]):
                self.blocks.append(Block(at, at + len(inside.strip()), Kind.ITEM))


def scan_inline(text: str, start: int, end: int) -> Scan:
    """Lock what is code, address or mark in ``text[start:end]``, the inside of one paragraph."""
    scan = Scan()
    links = 0
    for found in _INLINE.finditer(text, start, end):
        a, b = found.span()
        kind = found.lastgroup
        if kind == "code":
            scan.lock(a, b, "X")
            scan.code.append((a, b))
        elif kind in ("reference", "attribute"):
            scan.lock(a, b, "X")
        elif kind == "note":
            scan.lock(a, b, " ")
        elif kind == "link":
            links += 1
            scan.lock(a, b, MARK)
        elif kind == "close":
            if links:
                links -= 1
                scan.lock(a, b, MARK)
        else:
            scan.lock(a, b, MARK)
    return scan


def _lock_breaks(text: str, block: Block) -> Iterator[tuple[int, int]]:
    for found in re.finditer(r"[ \t]*(?:\r\n?|\n)[ \t]*", text[block.start : block.end]):
        yield block.start + found.start(), block.start + found.end()


def read_asciidoc(text: str, name: str = "-") -> Document:
    """Return the document of an AsciiDoc text; joining its segments and gaps gives ``text`` back."""
    reader = _Reader(text)
    reader.read()
    scan = Scan()
    for block in reader.blocks:
        scan.extend(scan_inline(text, block.start, block.end))
        scan.masks += ((a, b, " ") for a, b in _lock_breaks(text, block))
    ignored = read_ignored(text, name, skip=sorted(scan.code))
    characters = list(text)
    for start, end, mask in scan.masks:
        characters[start:end] = mask * (end - start)
    scan.locks.sort(key=lambda lock: lock.start)
    return build_document(
        text,
        name,
        "asciidoc",
        sorted(reader.blocks, key=lambda block: block.start),
        masked=ignored.blank("".join(characters)),
        locks=merge_locks(scan.locks, ignored.locks),
        notes=ignored.notes,
        trim=MARK,
    )


class AsciidocFormat:
    """AsciiDoc for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> TextContainer:
        """Read a file's bytes. Raises InputError."""
        return open_text(data, name, options.encoding, self.read_text)

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded text."""
        return read_asciidoc(text, name)
