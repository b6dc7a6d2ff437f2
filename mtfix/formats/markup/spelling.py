"""How a source spells a text: entities, CDATA, attribute values; and how a change of the text is spelt in the source.

A reader keeps a `Spelled` for every text node. Writing turns changes of its text into splices of the source, so that
whatever is not changed, an ``&nbsp;`` beside an edit included, stays as it was written.
"""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from html.entities import html5
from typing import NamedTuple

from mtfix.errors import InputError, OutputError
from mtfix.formats.markup.wordalign import align_words

_XML_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([\w.:-]{1,64}));")
_FLOWING = re.compile(rf"{_XML_REFERENCE.pattern}|[ \t\r\n]{{2,}}|[\t\r\n]")
_HTML_REFERENCE = re.compile(
    r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)|[\ud800-\udfff]"  # a byte of no encoding
)
_JSON_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[\ud800-\udfff]", re.DOTALL
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_XML_NAMES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LEGACY = max(len(name) for name in html5 if not name.endswith(";"))
_BARE_SPECIAL = re.compile(r"[\s\"'=<>`]")


class Style(Enum):
    """Where a text stands, which decides what must be escaped in it."""

    TEXT = "text"
    CDATA = "cdata"
    DOUBLE_QUOTED = '"'
    SINGLE_QUOTED = "'"
    UNQUOTED = "unquoted"
    PLAIN = "plain"
    JSON = "json"
    JSON_ASCII = "json, letters as \\u0444"


class Splice(NamedTuple):
    """``source[start:end]`` becomes ``text``."""

    start: int
    end: int
    text: str


class Unit(NamedTuple):
    """A stretch of text that the source spells otherwise: ``text[at:stop]`` is ``source[start:end]``."""

    at: int
    stop: int
    start: int
    end: int


def keep_all(character: str) -> bool:
    """Say that an encoding has every character (Unicode)."""
    return True


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text and the span of the source that spells it; ``units`` are where the two differ, in order."""

    start: int
    end: int
    text: str
    units: tuple[Unit, ...] = ()
    style: Style = Style.TEXT

    def find(self, at: int) -> int:
        """Return the place in the source of a place in the text; one inside a unit counts as its start."""
        known = bisect_right(self.units, at, key=lambda unit: unit.stop)
        if known < len(self.units) and self.units[known].at < at:
            return self.units[known].start
        if not known:
            return self.start + at
        unit = self.units[known - 1]
        return unit.end + at - unit.stop

    def locate(self, place: int) -> int:
        """Return the place in the text of a place in the source; outside of it, the nearest end."""
        place = min(max(place, self.start), self.end)
        known = bisect_right(self.units, place, key=lambda unit: unit.end)
        at = self.units[known - 1].stop + place - self.units[known - 1].end if known else place - self.start
        return min(at, self.units[known].at) if known < len(self.units) else at

    def splice(self, changes: Iterable[tuple[int, int, str]], fits: Callable[[str], bool] = keep_all) -> list[Splice]:
        """Return the splices for changes ``(start, end, replacement)`` of the text, in order.

        ``fits`` says which characters the encoding of the source has; others become character references.
        """
        splices: list[Splice] = []
        for start, end, text in changes:
            parts = [(start, end, text)]
            if self._has_units(start, end) or any(c in text for c in "&<>"):
                # Word by word, so that what an edit leaves alone keeps its spelling.
                parts = [(start + a, start + b, new) for a, b, new in align_words(self.text[start:end], text)]
            apart: list[tuple[int, int, str]] = []
            for a, b, new in parts:
                if apart and self._widen(*apart[-1])[1] > self._widen(a, b, new)[0]:  # two changes in one entity
                    first, last, before = apart.pop()
                    apart.append((first, b, before + self.text[last:a] + new))
                else:
                    apart.append((a, b, new))
            wide = [self._widen(*part) for part in apart]
            splices += (
                Splice(self.find(a), self._find_end(b) if a < b else self.find(a), self._escape(new, fits))
                for a, b, new in wide
            )
        return splices

    def _widen(self, start: int, end: int, text: str) -> tuple[int, int, str]:
        """Take in the whole of units that a change cuts in two (an entity of two characters)."""
        unit = self._behind(start)
        if unit is not None and unit.at < start:
            text = self.text[unit.at : start] + text
            start = unit.at
        unit = self._behind(end)
        if unit is not None and unit.at < end:
            text += self.text[end : unit.stop]
            end = unit.stop
        return start, end, text

    def _behind(self, place: int) -> Unit | None:
        """Return the first unit that ends behind a place of the text: the one that holds it, or the next."""
        known = bisect_right(self.units, place, key=lambda unit: unit.stop)
        return self.units[known] if known < len(self.units) else None

    def _has_units(self, start: int, end: int) -> bool:
        unit = self._behind(start)
        return unit is not None and unit.at < end

    def _find_end(self, at: int) -> int:
        known = bisect_right(self.units, at, key=lambda unit: unit.stop)
        if known and self.units[known - 1].stop == at:
            return self.units[known - 1].end
        return self.find(at)

    def _escape(self, text: str, fits: Callable[[str], bool]) -> str:
        if self.style is Style.PLAIN:
            return text
        if self.style in (Style.JSON, Style.JSON_ASCII):
            spelt = json.dumps(text, ensure_ascii=self.style is Style.JSON_ASCII)[1:-1]
            return "".join(c if fits(c) else json.dumps(c)[1:-1] for c in spelt)
        if self.style is Style.CDATA:
            text = text.replace("]]>", "]]]]><![CDATA[>")
            return "".join(c if fits(c) else f"]]>&#{ord(c)};<![CDATA[" for c in text)
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if self.style is Style.DOUBLE_QUOTED:
            text = text.replace('"', "&quot;")
        elif self.style is Style.SINGLE_QUOTED:
            text = text.replace("'", "&#39;")
        elif self.style is Style.UNQUOTED:
            text = _BARE_SPECIAL.sub(lambda m: f"&#{ord(m[0])};", text)
        return "".join(c if fits(c) else f"&#{ord(c)};" for c in text)


@dataclass(frozen=True, slots=True)
class Joined:
    """The texts of several spelled pieces read as one (a field of text and CDATA sections)."""

    pieces: tuple[Spelled, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def splice(self, changes: Sequence[tuple[int, int, str]], fits: Callable[[str], bool] = keep_all) -> list[Splice]:
        """Return the splices for changes of the joined text; new text of one that crosses pieces goes to the first."""
        own: list[list[tuple[int, int, str]]] = [[] for _ in self.pieces]
        for start, end, text in changes:
            at = 0
            for number, piece in enumerate(self.pieces):
                stop = at + len(piece.text)
                touches = start < stop and at < end if start < end else at < start <= stop
                if touches or (start == end == at == 0):
                    own[number].append((max(start, at) - at, min(end, stop) - at, text))
                    text = ""
                    if start == end:
                        break
                at = stop
        return [s for piece, parts in zip(self.pieces, own, strict=True) for s in piece.splice(parts, fits)]


def spell_xml(source: str, start: int, end: int, name: str, style: Style = Style.TEXT) -> Spelled:
    """Read XML character data, or an attribute's value. HTML's names of characters are understood, as DTDs have them.

    Raises InputError for another entity.
    """
    if style is Style.CDATA or source.find("&", start, end) < 0:
        return Spelled(start, end, source[start:end], style=style)
    return _spell(source, start, end, style, _XML_REFERENCE, _resolve_xml(source, name))


def spell_flowing(source: str, start: int, end: int, name: str, style: Style = Style.TEXT) -> Spelled:
    """Read XML character data in which blanks and line ends in a row are one blank. Raises InputError as `spell_xml`."""
    return _spell(source, start, end, style, _FLOWING, _resolve_xml(source, name, is_cdata=style is Style.CDATA))


def _resolve_xml(source: str, name: str, *, is_cdata: bool = False) -> Callable[[re.Match[str]], tuple[int, str]]:
    def resolve(found: re.Match[str]) -> tuple[int, str]:
        if found[0].isspace():
            return found.end(), " "
        if is_cdata:
            return found.end(), ""
        decimal, hexadecimal, entity = found.groups()
        if entity is None:
            code = int(decimal) if decimal else int(hexadecimal, 16)
            return found.end(), chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
        text = _XML_NAMES.get(entity) or html5.get(entity + ";")
        if text is None:
            line = source.count("\n", 0, found.start()) + 1
            column = found.start() - source.rfind("\n", 0, found.start())
            raise InputError(
                f"{name}:{line}:{column}: the entity &{entity}; is not defined here; write the character itself"
            )
        return found.end(), text

    return resolve


def spell_html(source: str, start: int, end: int, style: Style = Style.TEXT) -> Spelled:
    """Read HTML text, or an attribute's value, as browsers do: entities with or without their semicolon.

    Lone surrogates, which stand for bytes that could not be decoded, read as U+FFFD.
    """
    if not _HTML_REFERENCE.search(source, start, end):
        return Spelled(start, end, source[start:end], style=style)

    def resolve(found: re.Match[str]) -> tuple[int, str]:
        name = found.group()
        if name[0] != "&":
            return found.end(), "\ufffd"
        if name[1] == "#" or name[1:] in html5:
            return found.end(), html.unescape(name)
        if style is Style.TEXT:
            for length in range(min(len(name) - 1, _LEGACY), 1, -1):
                if name[1 : 1 + length] in html5:
                    return found.start() + 1 + length, html5[name[1 : 1 + length]]
        return found.end(), ""

    return _spell(source, start, end, style, _HTML_REFERENCE, resolve)


def spell_json(source: str, start: int, end: int) -> Spelled:
    """Read a JSON string, quotes excluded, that has been parsed. A lone surrogate reads as U+FFFD."""
    style = Style.JSON_ASCII if source.isascii() and source.find("\\u", start, end) >= 0 else Style.JSON
    if source.find("\\", start, end) < 0 and not _SURROGATE.search(source, start, end):
        return Spelled(start, end, source[start:end], style=style)

    def resolve(found: re.Match[str]) -> tuple[int, str]:
        spelt = found.group()
        text: str = json.loads(f'"{spelt}"') if spelt[0] == "\\" else spelt
        return found.end(), _SURROGATE.sub("\ufffd", text)

    return _spell(source, start, end, style, _JSON_ESCAPE, resolve)


def _spell(
    source: str,
    start: int,
    end: int,
    style: Style,
    pattern: re.Pattern[str],
    resolve: Callable[[re.Match[str]], tuple[int, str]],
) -> Spelled:
    """Read a text with references; ``resolve`` gives the end and the text of one, '' if it is none."""
    parts: list[str] = []
    units: list[Unit] = []
    at = start
    length = 0
    for found in pattern.finditer(source, start, end):
        stop, text = resolve(found)
        if not text:
            continue
        parts += (source[at : found.start()], text)
        length += found.start() - at
        units.append(Unit(length, length + len(text), found.start(), stop))
        length += len(text)
        at = stop
    parts.append(source[at:end])
    return Spelled(start, end, "".join(parts), tuple(units), style)


def apply_splices(source: str, splices: Sequence[Splice]) -> str:
    """Return ``source`` with ``splices`` applied. Raises OutputError when they overlap (a defect of a format)."""
    parts: list[str] = []
    at = 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        if not at <= splice.start <= splice.end:
            raise OutputError("two edits would change one entity; nothing was changed")
        parts += (source[at : splice.start], splice.text)
        at = splice.end
    parts.append(source[at:])
    return "".join(parts)
