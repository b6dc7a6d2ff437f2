"""The two file formats of the WMT test sets: SGML (until 2020) and XML (since 2021).

SGML is read as mteval does, by its tags: one ``<seg>`` a record, with the document and original language around it.
XML is read by expat as a stream. Document types, entities of one's own and external references are refused: a test set
needs none of them, and they are how a hostile file fills the memory or reads other files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.parsers import expat

from mtfix.errors import InputError
from mtfix.formats.xml.scan import refuse_entities

_TAG = re.compile(r"<(/?)(\w+)([^<>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_CHUNK = 1 << 16


def read_sgml(path: Path, lines: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Yield one record a segment: ``text``, ``doc``, ``seg``, ``origlang``, and ``system`` where the file names it.

    Raises InputError for a segment that is never closed, and for a file without segments.
    """
    state: dict[str, str] = {}
    opened: tuple[int, str] | None = None
    parts: list[str] = []
    found = False
    for number, line in enumerate(lines, 1):
        at = 0
        for match in _TAG.finditer(line):
            closing, name, rest = match.group(1), match.group(2).lower(), match.group(3)
            if name not in ("seg", "doc", "refset", "srcset", "tstset"):
                continue
            if opened and not (closing and name == "seg"):
                raise InputError(f"{path}:{opened[0]}: this <seg> is not closed before line {number}")
            given = {k.lower(): html.unescape(v) for k, v in _ATTRIBUTE.findall(rest)}
            if name == "seg" and not closing:
                opened, parts = (number, given.get("id", "")), []
                at = match.end()
            elif name == "seg" and opened:
                parts.append(line[at : match.start()])
                found = True
                text = html.unescape(" ".join(p.strip() for p in parts).strip())
                yield {"text": text, "seg": opened[1], **state}
                opened = None
                at = match.end()
            elif not closing:
                state |= {
                    new: given[old]
                    for old, new in (("docid", "doc"), ("origlang", "origlang"), ("sysid", "system"))
                    if old in given
                }
        if opened:
            parts.append(line[at:])
    if opened:
        raise InputError(f"{path}:{opened[0]}: this <seg> is never closed; is the file cut short?")
    if not found:
        raise InputError(f"{path}: no <seg> in this SGML file")


class _Collector:
    """Gathers the segments of one <doc>: source, references and hypotheses meet there by segment id."""

    def __init__(self) -> None:
        self.done: list[Mapping[str, str]] = []
        self._doc: dict[str, str] = {}
        self._column = ""
        self._segments: dict[str, dict[str, str]] = {}
        self._seg: str | None = None
        self._text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "doc":
            self._segments = {}
            self._doc = {
                k: attributes[a]
                for a, k in (("id", "doc"), ("origlang", "origlang"), ("domain", "domain"))
                if a in attributes
            }
        elif name in ("src", "ref", "hyp"):
            label = attributes.get("translator") or attributes.get("system") or ""
            self._column = f"{name}.{label}" if label and name != "src" else name
        elif name == "seg":
            self._seg, self._text = attributes.get("id", str(len(self._segments) + 1)), []

    def characters(self, data: str) -> None:
        if self._seg is not None:
            self._text.append(data)

    def end(self, name: str) -> None:
        if name == "seg" and self._seg is not None:
            self._segments.setdefault(self._seg, {})[self._column] = "".join(self._text).strip()
            self._seg = None
        elif name == "doc":
            self.done += [{"seg": seg, **self._doc, **columns} for seg, columns in self._segments.items()]


def read_wmt_xml(path: Path, stream: IO[bytes]) -> Iterator[Mapping[str, str]]:
    """Yield one record a segment with the columns ``src``, ``ref.TRANSLATOR`` and ``hyp.SYSTEM``.

    Raises InputError with line and column for broken XML, for document types and entities, and for a file without
    segments.
    """
    collector = _Collector()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.characters
    refuse_entities(parser, str(path))
    found = False
    try:
        while True:
            chunk = stream.read(_CHUNK)
            parser.Parse(chunk, not chunk)
            if collector.done:
                found = True
                yield from collector.done
                collector.done = []
            if not chunk:
                break
    except expat.ExpatError as error:
        raise InputError(
            f"{path}:{error.lineno}:{error.offset + 1}: not valid XML: {expat.ErrorString(error.code)}"
        ) from None
    if not found:
        raise InputError(f"{path}: no <doc> with <seg> in this XML file")
