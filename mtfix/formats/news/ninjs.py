r"""ninjs, the IPTC's news in JSON (https://iptc.org/standards/ninjs/), versions 1 to 3: headlines, descriptions, bodies.

One document an item; associated items (pictures, related stories) have their own. Escapes (``\u0444``, ``\/``) stay as
they are spelt. Identifiers, slug lines, bylines, subjects, dates and links stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from mtfix.errors import InputError
from mtfix.files.encoding import decode, locate
from mtfix.formats.html.fields import read_string
from mtfix.formats.markup.anchors import anchor
from mtfix.formats.markup.language import choose_english, note_language
from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.markup.runs import Paragraph, read_runs
from mtfix.formats.markup.source import MarkupContainer, Source, refuse_text
from mtfix.formats.markup.spelling import Joined, spell_json
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tables.fieldpath import FieldPath
from mtfix.types import Document, Kind

_FIELD = re.compile(r"(?P<what>headline|title|subheadline|description|body|caption)(?:_(?P<how>\w+))?\Z")
_LISTS = {"headlines": Kind.HEADING, "descriptions": None, "bodies": None}
_KINDS = {"headline": Kind.HEADING, "title": Kind.HEADING, "subheadline": Kind.HEADING, "caption": Kind.CAPTION}
_ORDER = ("title", "headline", "subheadline", "description", "body", "caption")
_BLANKS = re.compile(r"[ \t\r\n]*")
_ATOM = re.compile(r"[^\s,\]}]*")
_HTML = frozenset(("html", "xhtml", "html5"))
_SKIPPED = frozenset(("nitf", "json", "xml", "markdown", "base64", "role"))  # not text, and not HTML
_SIGNS = frozenset(
    ("uri", "headline", "headlines", "body_text", "body_html", "body_xhtml", "bodies", "description_text")
)


@dataclass(frozen=True, slots=True)
class _String:
    """A string of an item that holds text: its path, what it is, whether it is HTML (None: its look tells)."""

    path: FieldPath
    kind: Kind | None
    is_html: bool | None


def _list_items(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, dict[str, Any]]]:
    """Yield the items of a file, associated ones after theirs."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _list_items(item, (*path, str(number)))
        return
    if not isinstance(value, dict):
        return
    yield path, value
    for key in ("associations", "items"):
        inner = value.get(key)
        pairs = inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        for name, item in pairs:
            if isinstance(item, dict):
                yield from _list_items(item, (*path, key, str(name)))


def _list_strings(item: dict[str, Any], path: FieldPath) -> list[_String]:
    found: list[tuple[int, _String]] = []
    for key, value in item.items():
        match = _FIELD.match(key)
        if match and isinstance(value, str) and match["how"] not in _SKIPPED:
            how = match["how"] or ""
            is_html = True if how in _HTML else False if how in ("text", "plain") else None
            kind = _KINDS.get(match["what"])
            found.append((_ORDER.index(match["what"]), _String((*path, key), kind, is_html)))
        elif key in _LISTS and isinstance(value, list):
            for number, entry in enumerate(value):
                if isinstance(entry, dict) and isinstance(entry.get("value"), str):
                    mime = str(entry.get("contenttype", entry.get("contentType", "")))
                    if mime and not ("html" in mime or "plain" in mime):
                        continue
                    is_html = True if "html" in mime else False if mime else None
                    rank = _ORDER.index({"headlines": "headline", "descriptions": "description"}.get(key, "body"))
                    found.append((rank, _String((*path, key, str(number), "value"), _LISTS[key], is_html)))
    found.sort(key=lambda pair: pair[0])
    return [string for _, string in found]


class NinjsFormat:
    """ninjs for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> MarkupContainer:
        """Read a file's bytes. Raises InputError for what is not JSON, or not ninjs."""
        source = Source(name, decode(data, name, options.encoding))
        try:
            items = _find_items(source.text, name)
            places = _find_strings(source.text)
        except RecursionError:
            raise InputError(f"{name}: nested too deeply to be read") from None
        notes = source.decoded.notes
        articles: list[tuple[FieldPath, list[Paragraph]]] = []
        for path, item in items:
            paragraphs = _read_item(item, path, places, source)
            language = item.get("language", "")
            if isinstance(language, str) and not is_english(language):
                paragraphs = choose_english(paragraphs)
                place = f"{name}:{'.'.join(path)}" if path else name
                notes = (*notes, note_language(place, language, bool(paragraphs)))
            articles.append((path, paragraphs))
        many = sum(bool(paragraphs) for _, paragraphs in articles) > 1
        documents: list[Document] = []
        kept: list[tuple[Paragraph, ...]] = []
        for path, paragraphs in articles:
            if paragraphs:
                label = f"{name}:{'.'.join(path)}" if many and path else name
                document = read_runs(paragraphs, label, "ninjs", () if documents else notes)
                documents.append(anchor(document, paragraphs, source.text))
                kept.append(tuple(paragraphs))
        if notes and not documents:
            documents, kept = [read_runs((), name, "ninjs", notes)], [()]
        return MarkupContainer(source, tuple(documents), tuple(kept))

    def read_text(self, text: str, name: str) -> Document:
        """ninjs is read from its bytes. Raises InputError."""
        return refuse_text(name, "ninjs")


def _read_item(
    item: dict[str, Any], path: FieldPath, places: Mapping[FieldPath, tuple[int, int]], source: Source
) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    for string in _list_strings(item, path):
        spelled = spell_json(source.text, *places[string.path])
        paragraphs += read_string(Joined((spelled,)), source.name, string.kind, is_html=string.is_html)
    return paragraphs


def _parse(text: str, name: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"), strict=False)
    except json.JSONDecodeError as error:
        line, column = locate(text, error.pos)
        raise InputError(f"{name}:{line}:{column}: not JSON: {error.msg}") from None
    except ValueError:
        raise InputError(f"{name}: holds a number that is too long to be read") from None


def _find_items(text: str, name: str) -> list[tuple[FieldPath, dict[str, Any]]]:
    items = list(_list_items(_parse(text, name), ()))
    if not any(_SIGNS & item.keys() for _, item in items):
        raise InputError(
            f"{name}: is JSON, but not ninjs (no headline, no body_text ...); for JSON Lines give --format jsonl"
        )
    return items


def _find_strings(text: str) -> dict[FieldPath, tuple[int, int]]:
    """Return the span, without quotes, of every string of a JSON text that has been parsed, by its path.

    Of a key given twice the last counts.
    """
    found: dict[FieldPath, tuple[int, int]] = {}

    def walk(at: int, path: FieldPath) -> int:
        at = _skip(text, at)
        first = text[at]
        if first == '"':
            end = int(scanstring(text, at + 1, False)[1])
            found[path] = (at + 1, end - 1)
            return end
        if first not in "{[":
            return _ATOM.match(text, at).end()  # type: ignore[union-attr]
        number = 0
        at = _skip(text, at + 1)
        while text[at] not in "}]":
            key = str(number)
            if first == "{":
                key, at = scanstring(text, at + 1, False)
                at = _skip(text, at) + 1
            at = _skip(text, walk(at, (*path, key)))
            if text[at] == ",":
                at = _skip(text, at + 1)
            number += 1
        return at + 1

    walk(1 if text.startswith("\ufeff") else 0, ())
    return found


def _skip(text: str, at: int) -> int:
    return _BLANKS.match(text, at).end()  # type: ignore[union-attr]
