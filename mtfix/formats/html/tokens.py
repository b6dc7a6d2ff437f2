"""HTML as browsers read it, with the place of every tag and text: broken pages are read, nothing is ever refused.

A tokeniser after the WHATWG standard (https://html.spec.whatwg.org/multipage/parsing.html), and of its tree builder only
what closes what, so that the events nest.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from mtfix.formats.markup.source import Aside, EndTag, Event, StartTag, Text
from mtfix.formats.markup.spelling import Style

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
#: Elements whose content is characters up to their end tag. (So is a title's, but one that never ends is a page.)
RAW = frozenset("script style textarea xmp iframe noembed noframes plaintext".split())
_CLOSES_P = frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp dd dt".split()
)
#: What a start tag closes, and what it does not look beyond.
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset(("li",)), frozenset(("ul", "ol", "menu", "dir"))),
    "dt": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "dd": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "option": (frozenset(("option",)), frozenset(("select", "datalist"))),
    "td": (frozenset(("td", "th")), frozenset(("tr", "table"))),
    "th": (frozenset(("td", "th")), frozenset(("tr", "table"))),
    "tr": (frozenset(("tr",)), frozenset(("table",))),
    "tbody": (frozenset(("tbody", "thead", "tfoot")), frozenset(("table",))),
    "thead": (frozenset(("tbody", "thead", "tfoot")), frozenset(("table",))),
    "tfoot": (frozenset(("tbody", "thead", "tfoot")), frozenset(("table",))),
    "body": (frozenset(("head",)), frozenset()),
}  # fmt: skip
#: An end tag does not close what stands outside of these.
_WALLS = frozenset("table td th caption object applet marquee template html body button svg math".split())
BLOCKS = _CLOSES_P | frozenset("td th tr table tbody thead tfoot caption body html head select object".split())

_REACH = 512  # open elements that an end tag looks through; browsers nest no deeper
_NEXT = re.compile(
    r"<(?:(?P<comment>!--)|(?P<code>[?%])|(?P<bogus>!|/(?![A-Za-z>]))|(?P<empty>/>)|(?P<tag>/?[A-Za-z]))"
)
_NAME = re.compile(r"[^\s/>]+")
_ATTRIBUTE = re.compile(
    r"[\s/]*(?P<name>[^\s/>=][^\s/>=]*|=[^\s/>=]*)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s>\"'][^\s>]*)))?"
)
_COMMENT_END = re.compile(r"--!?>")
_CDATA = "<![CDATA["


class Attribute(NamedTuple):
    """An attribute's value and its place, quotes excluded."""

    name: str
    start: int
    end: int
    style: Style


def list_attributes(text: str, tag: StartTag) -> Iterator[Attribute]:
    """Yield the attributes of a start tag that have a value, the first of each name."""
    found = _NAME.match(text, tag.start + 1)
    at = found.end() if found else tag.end
    seen: set[str] = set()
    while (attribute := _ATTRIBUTE.match(text, at, tag.end)) and attribute.end() > at:
        at = attribute.end()
        name = attribute["name"].lower()
        for group, style in (
            ("double", Style.DOUBLE_QUOTED),
            ("single", Style.SINGLE_QUOTED),
            ("bare", Style.UNQUOTED),
        ):
            if attribute[group] is not None and name not in seen:
                yield Attribute(name, *attribute.span(group), style)
        seen.add(name)


def scan_html(text: str, start: int = 0) -> Iterator[Event]:
    """Yield the tags, texts and comments of a page, well-nested: elements that end without a tag get an empty one."""
    return _nest(_tokenise(text, start), len(text))


def _tokenise(text: str, at: int) -> Iterator[Event]:
    size = len(text)
    begin = at
    foreign = 0  # svg and math, in which CDATA is allowed
    while found := _NEXT.search(text, at):
        start = found.start()
        if found["comment"]:
            end = _end_comment(text, start)
        elif found["empty"]:
            end = found.end()
        elif found["code"]:  # an XML declaration, or code of a template: <?php ... ?>, <% ... %>
            end = text.find(found["code"] + ">", start + 2) + 2
            if end == 1:
                if found["code"] == "%":
                    at = found.end()
                    continue
                end = text.find(">", start) + 1 or size
        elif found["bogus"]:
            if foreign and text.startswith(_CDATA, start):
                end = text.find("]]>", start) + 3 or size
                end = size if end == 2 else end
            else:
                end = text.find(">", start) + 1 or size
        else:
            tag = _read_tag(text, start)
            if tag is None:
                break  # cut short: the rest is no text
            if begin < start:
                yield Text(begin, start)
            begin = at = tag.end
            foreign = max(0, foreign + (tag.name in ("svg", "math")) * (1 if isinstance(tag, StartTag) else -1))
            if not isinstance(tag, StartTag) or tag.name not in RAW or foreign:
                yield tag
                continue
            end = _end_raw(text, tag)
            # <script src="..."/> of an XHTML page has no characters; browsers read it as if it had no slash.
            yield tag if end < 0 else replace(tag, is_empty=False)
            if begin < end:
                yield Text(begin, end)
                begin = at = end
            continue
        if begin < start:
            yield Text(begin, start)
        yield Aside(start, end)
        begin = at = end
    stop = size if found is None else found.start()
    if begin < stop:
        yield Text(begin, stop)


def _end_comment(text: str, start: int) -> int:
    for short in ("<!-->", "<!--->"):
        if text.startswith(short, start):
            return start + len(short)
    found = _COMMENT_END.search(text, start + 4)
    return found.end() if found else len(text)


def _end_raw(text: str, tag: StartTag) -> int:
    """Return where the characters of a raw element end: at its end tag, or at the end of the page; -1: it has none."""
    if tag.name == "plaintext":
        return len(text)
    found = _raw_tags(tag.name).search(text, tag.end)
    if tag.is_empty and not (found and found[1]):
        return -1
    while found and not found[1]:
        found = _raw_tags(tag.name).search(text, found.end())
    return found.start() if found else len(text)


@cache
def _raw_tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE)


def _read_tag(text: str, start: int) -> StartTag | EndTag | None:
    """Return the tag at ``start``; None if the page ends within it."""
    closing = text.startswith("</", start)
    found = _NAME.match(text, start + 1 + closing)
    assert found is not None
    name = found.group().lower()
    at = found.end()
    attributes: dict[str, str] = {}
    while True:
        attribute = _ATTRIBUTE.match(text, at)
        if attribute is None or attribute.end() == at:
            break
        at = attribute.end()
        value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
        attributes.setdefault(attribute["name"].lower(), html.unescape(value) if "&" in value else value)
    end = text.find(">", at) + 1
    if not end:
        return None
    prefix, _, local = name.rpartition(":")
    if closing:
        return EndTag(start, end, local, prefix=prefix)
    return StartTag(start, end, local, attributes, prefix=prefix, is_empty=name in VOID or "/" in text[at:end])


def _nest(tokens: Iterable[Event], size: int) -> Iterator[Event]:
    """Close what HTML closes by itself, drop end tags of what is not open."""
    stack: list[str] = []
    opened: Counter[str] = Counter()

    def close_to(depth: int, at: int) -> Iterator[Event]:
        while len(stack) > depth:
            opened[stack[-1]] -= 1
            yield EndTag(at, at, stack.pop())

    for token in tokens:
        if isinstance(token, StartTag):
            name = token.name
            for depth in _implied_ends(stack, name):
                yield from close_to(depth, token.start)
            yield token
            # A slash closes foreign elements only; `<div/>` of an XHTML page is taken at its word.
            if token.is_empty:
                yield EndTag(token.end, token.end, name, prefix=token.prefix)
            else:
                stack.append(name)
                opened[name] += 1
        elif isinstance(token, EndTag):
            is_open = opened[token.name] > 0 and token.name not in ("html", "body")
            depth = _find_open(stack, token.name) if is_open else -1
            if depth >= 0:
                yield from close_to(depth + 1, token.start)
                opened[stack.pop()] -= 1
                yield token
            else:
                yield Aside(token.start, token.end)
        else:
            yield token
    yield from close_to(0, size)


def _implied_ends(stack: list[str], name: str) -> Iterator[int]:
    """Yield the depths down to which the start tag of ``name`` closes what is open."""
    closes, walls = _CLOSES.get(name, (frozenset(), frozenset()))
    if closes:
        for depth in range(len(stack) - 1, max(-1, len(stack) - _REACH), -1):
            if stack[depth] in walls:
                break
            if stack[depth] in closes:
                yield depth
                break
    if name in _CLOSES_P:
        for depth in range(len(stack) - 1, max(-1, len(stack) - _REACH), -1):
            if stack[depth] == "p":
                yield depth
                break
            if stack[depth] in BLOCKS:
                break


def _find_open(stack: list[str], name: str) -> int:
    """Return the depth of the element that an end tag closes, -1 for none."""
    is_block = name in BLOCKS or name in _WALLS
    for depth in range(len(stack) - 1, max(-1, len(stack) - _REACH), -1):
        if stack[depth] == name:
            return depth
        if stack[depth] in _WALLS and not (is_block and name in _WALLS):
            return -1
        if not is_block and stack[depth] in BLOCKS:
            return -1  # an inline element does not reach out of its block
    return -1
