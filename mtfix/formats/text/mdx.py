"""MDX: Markdown with JSX elements, imports and expressions; what is code stays, prose between the tags is repaired.

Lines that hold tags alone, imports, exports and expressions are read as blank lines, so Markdown's own reader finds the
paragraphs between them. Source: the syntax of MDX 3.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from mtfix.english.sentences import Span
from mtfix.formats.container import TextContainer, open_text
from mtfix.formats.registry import ReadOptions
from mtfix.formats.text.frontmatter import FIELDS, FRONT_MATTER, FrontMatterContainer
from mtfix.formats.text.markdown import read_markdown
from mtfix.types import Document

_LONGEST = 20_000  # characters of one tag or expression; a longer one is none
_PATIENCE = 30  # of those that do not end; after so many, lines with braces or angles are left alone, or reading would be quadratic
_FENCE = re.compile(r"[ \t]{0,3}(?P<ticks>`{3,}|~{3,})")
_LINES = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_TAG = re.compile(r"</?(?P<name>[A-Za-z][\w.:-]*)?")
_VERBATIM = frozenset(("pre", "code", "script", "style", "svg", "math", "textarea"))
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`(?:[^`\\]|\\.)*`')
_COMMENT = re.compile(r"/\*[\s\S]*?\*/")


def find_expression(text: str, start: int) -> int | None:
    """Return the end of the expression in braces that begins at ``start``; None if it does not end.

    >>> find_expression("{a['}']} b", 0)
    8
    """
    depth, at, last = 0, start, min(len(text), start + _LONGEST)
    while at < last:
        character = text[at]
        if character in "\"'`":
            found = _STRING.match(text, at, last)
            at = found.end() if found else at + 1  # an apostrophe of a text between tags
            continue
        if text.startswith("/*", at):
            comment = _COMMENT.match(text, at, last)
            if comment is None:
                return None
            at = comment.end()
            continue
        depth += (character == "{") - (character == "}")
        at += 1
        if depth == 0:
            return at
    return None


def find_tag(text: str, start: int) -> int | None:
    """Return the end of the tag that begins at ``start``, attributes and all; None if there is none.

    >>> find_tag("<Note when={a > b} title='x>y'>It rained.", 0)
    31
    """
    name = _TAG.match(text, start)
    if name is None:
        return None
    at, last = name.end(), min(len(text), start + _LONGEST)
    if name["name"] is None and not text.startswith(">", at):
        return None
    while at < last:
        character = text[at]
        if character == ">":
            return at + 1
        if character == "<":
            return None
        if character == "{":
            end = find_expression(text, at)
            if end is None:
                return None
            at = end
        elif character in "\"'":
            found = _STRING.match(text, at, last)
            if found is None:
                return None
            at = found.end()
        else:
            at += 1
    return None


def hide_code(text: str, head: int = 0) -> tuple[str, list[Span]]:
    """Return ``text``, as long as before, as Markdown shall see it, and the spans of tags and expressions within paragraphs."""
    characters = list(text)
    inline: list[Span] = []
    broken = 0

    def blank(start: int, end: int, mask: str = " ") -> None:
        for i in range(start, end):
            if characters[i] not in "\r\n":
                characters[i] = mask

    at, fence, after_blank = head, "", True
    while at < len(text):
        line = _LINES.match(text, at)
        assert line is not None
        end, words = line.end(), line[0].strip()
        opened = _FENCE.match(line[0])
        if fence:
            fence = "" if opened and opened["ticks"].startswith(fence) and words == opened["ticks"] else fence
        elif opened:
            fence = opened["ticks"]
        elif after_blank and re.match(r"(?:import|export)\b", line[0]):
            stop = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)").search(text, at)
            end = stop.end() if stop else len(text)
            blank(at, end)
        elif broken > _PATIENCE and ("{" in words or "<" in words):
            blank(at, end)
        elif words[:1] in ("<", "{"):
            start = at + len(line[0]) - len(line[0].lstrip())
            stop_at, alone = _skip_code(text, start)
            if alone:
                end = _LINES.match(text, stop_at).end() if stop_at < len(text) else stop_at  # type: ignore[union-attr]
                blank(at, end)
            else:
                spans, failed = _find_inline(text, at, end)
                broken += failed
                for a, b in spans:
                    inline.append((a, b))
                    blank(a, b, "X")
                if broken > _PATIENCE:
                    blank(at, end)
        elif "{" in words or "<" in words:
            spans, failed = _find_inline(text, at, end)
            broken += failed
            inline += spans
            if broken > _PATIENCE:
                blank(at, end)
        after_blank = not words or (end > at and not "".join(characters[at:end]).strip())
        at = max(end, at + 1)
    return "".join(characters), inline


def _skip_code(text: str, start: int) -> tuple[int, bool]:
    """Return where the tags and expressions that begin at ``start`` end, and whether their last line holds nothing else."""
    at = start
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        if text[at] in "\r\n":
            return at, True
        name = _TAG.match(text, at)
        end = find_expression(text, at) if text[at] == "{" else find_tag(text, at) if name else None
        if end is None:
            return at, False
        if name and name["name"] in _VERBATIM and text[at + 1] != "/" and text[end - 2] != "/":
            closing = text.find(f"</{name['name']}", end, end + _LONGEST)
            end = (find_tag(text, closing) or end) if closing >= 0 else end
        at = end
    return at, True


def _find_inline(text: str, start: int, end: int) -> tuple[list[Span], int]:
    """Return the tags and expressions of a line, and how many begin and do not end."""
    at, code, broken = start, False, 0
    found: list[Span] = []
    while at < end and broken <= _PATIENCE:
        character = text[at]
        if character == "`":
            code = not code
        stop = None
        if not code and character == "{":
            stop = find_expression(text, at)
            broken += stop is None
        elif not code and character == "<" and _TAG.match(text, at):
            stop = find_tag(text, at)
            broken += stop is None
        if stop is None:
            at += 1
        else:
            found.append((at, stop))
            at = stop
    return found, broken


def read_mdx(text: str, name: str = "-", fields: Collection[str] = FIELDS) -> Document:
    """Return the document of an MDX text; joining its segments and gaps gives ``text`` back."""
    front = FRONT_MATTER.match(text)
    structure, inline = hide_code(text, front.end() if front else 0)
    return read_markdown(text, name, "mdx", structure=structure, code=inline, fields=fields)


class MdxFormat:
    """MDX for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> TextContainer:
        """Read a file's bytes. Raises InputError."""
        fields = options.fields or FIELDS
        opened = open_text(data, name, options.encoding, lambda text, name: read_mdx(text, name, fields))
        return FrontMatterContainer(opened.document, opened.decoded)

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded text."""
        return read_mdx(text, name)
