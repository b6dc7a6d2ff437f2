"""The cues of Advanced SubStation Alpha (ASS) and of SSA: the field Text of the lines ``Dialogue:``, and nothing else.

Read is what libass reads: the line ``Format:`` of ``[Events]`` names the fields, of which the text is the last.
"""

from __future__ import annotations

import re

from mtfix.errors import InputError
from mtfix.formats.subtitles.cues import Cue, Span, count_milliseconds

_LINE = re.compile(r"[^\r\n]+")
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_TIME = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?\Z")
_BREAK = re.compile(r"\\[Nn]")
_DRAWING = re.compile(r"\\p[1-9]")
#: Lines that a script makes (``fx``) or reads (``template``): every syllable is one of its own.
_MADE = re.compile(r"(?:fx|template|code)\b", re.IGNORECASE)


def read_ass(text: str, name: str) -> list[Cue]:
    """Return the cues of an ASS or SSA file, a line for each part between the breaks of a text.

    Raises:
        InputError: it has no ``[Events]``, or a damaged line ``Dialogue:``.
    """
    cues: list[Cue] = []
    fields: tuple[str, ...] = _FIELDS
    section = ""
    has_events = False
    for number, found in enumerate(_LINE.finditer(text)):
        line = found[0].strip("\ufeff \t") if not number else found[0].strip()
        if line.startswith("[") and line.endswith("]"):
            section = line.lower()
            has_events |= section == "[events]"
            continue
        key, colon, value = found[0].partition(":")
        key = key.strip().lower()
        if section != "[events]" or not colon:
            continue
        if key == "format":
            fields = tuple(part.strip().lower() for part in value.split(","))
            if not fields or fields[-1] != "text" or not {"start", "end"} <= set(fields):
                raise InputError(f"{_place(text, name, found)}: its fields are not those of ASS: the last must be Text")
        elif key == "dialogue":
            cues += _read_dialogue(text, name, found, fields)
    if not has_events and text.strip():
        raise InputError(f"{name}: has no section [Events]; is it ASS or SSA?")
    return cues


def _place(text: str, name: str, found: re.Match[str]) -> str:
    before = text[: found.start()].replace("\r\n", "\n").replace("\r", "\n")
    return f"{name}:{before.count(chr(10)) + 1}:1"


def _read_dialogue(text: str, name: str, found: re.Match[str], fields: tuple[str, ...]) -> list[Cue]:
    colon = found[0].index(":") + 1
    parts = found[0][colon:].split(",", len(fields) - 1)
    said = dict(zip(fields, (part.strip() for part in parts), strict=False))
    start, end = _TIME.match(said.get("start", "")), _TIME.match(said.get("end", ""))
    if len(parts) < len(fields) or start is None or end is None:
        raise InputError(
            f"{_place(text, name, found)}: a line Dialogue: must have {len(fields)} fields and two times; mend that line"
        )
    begin = found.end() - len(parts[-1])
    if _MADE.match(said.get("effect", "")):
        return []
    lines: list[Span] = []
    at = begin
    for mark in () if _DRAWING.search(parts[-1]) else _BREAK.finditer(text, begin, found.end()):
        lines.append((at, mark.start()))
        at = mark.end()
    lines.append((at, found.end()))
    voice = "\x00".join(said.get(field, "") for field in ("style", "name", "layer"))
    return [Cue(count_milliseconds(start.groups()), count_milliseconds(end.groups()), tuple(lines), voice)]
