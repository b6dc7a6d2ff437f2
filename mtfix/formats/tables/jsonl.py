"""JSON Lines: one JSON value a line; only the wanted strings change, every other byte stays."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]

from mtfix.errors import InputError
from mtfix.formats.tables.fieldpath import FieldPath
from mtfix.formats.tables.records import Record, Slot

_skip_blanks = re.compile(r"[ \t\r\n]*").match
_decode = json.JSONDecoder(strict=False).raw_decode
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
# Half of a character outside the first 65,536, as texts cut by length have: JSON can spell it, text cannot hold it.
_HALF = re.compile("[\ud800-\udfff]")
_LOST = "\N{REPLACEMENT CHARACTER}"


def read_json_record(line: str, paths: Sequence[FieldPath]) -> Record:
    """Find the strings at ``paths`` in a line of JSON. A blank line, or one without such strings, has no slots.

    A path goes through lists by itself (``paragraphs.text`` means that of each item; a number picks one item), and a
    key that holds dots answers to its name. Of a key given twice the last counts, as everywhere.

    Raises:
        InputError: the line is not JSON; the message says at which column.
    """
    start = 1 if line.startswith("\ufeff") else 0
    if not line[start:].strip():
        return Record(line, (), _spell)
    found: list[tuple[int, Slot]] = []
    try:
        end = _walk(line, _skip_blanks(line, start).end(), tuple(enumerate(paths)), found)  # type: ignore[union-attr]
        rest = _skip_blanks(line, end).end()  # type: ignore[union-attr]
        if rest != len(line):
            raise InputError(f"column {rest + 1}: not JSON: something follows the value")
    except JSONDecodeError as error:
        raise InputError(f"column {error.pos + 1}: not JSON: {error.msg}") from None
    except RecursionError:
        raise InputError("nested too deeply to be read") from None
    except ValueError:  # Python reads numbers of some thousand digits and no longer ones
        raise InputError("holds a number that is too long to be read") from None
    found.sort(key=lambda item: (item[0], item[1].start))
    slots = {slot.start: slot for _, slot in found}  # one string may answer to two paths
    return Record(line, tuple(slots.values()), _spell)


def _walk(line: str, at: int, wanted: tuple[tuple[int, FieldPath], ...], found: list[tuple[int, Slot]]) -> int:
    """Read the value that starts at ``at``, add the strings it holds at ``wanted`` paths, return where it ends."""
    first = line[at : at + 1]
    if not wanted or first not in ('"', "{", "["):
        end: int = _decode(line, at)[1]
        return end
    if first == '"':
        text, end = scanstring(line, at + 1, False)
        here = [rank for rank, path in wanted if not path]
        if here and text:
            found.append((here[0], Slot(at, end, _HALF.sub(_LOST, text))))
        return end
    if first == "[":
        return _walk_list(line, at, wanted, found)
    return _walk_object(line, at, wanted, found)


def _walk_list(line: str, at: int, wanted: tuple[tuple[int, FieldPath], ...], found: list[tuple[int, Slot]]) -> int:
    at = _blanks(line, at + 1)
    if line[at : at + 1] == "]":
        return at + 1
    index = 0
    while True:
        inner = (*wanted, *((rank, path[1:]) for rank, path in wanted if path and path[0] == str(index)))
        at = _blanks(line, _walk(line, at, inner, found))
        mark = line[at : at + 1]
        if mark == "]":
            return at + 1
        if mark != ",":
            raise JSONDecodeError("Expecting ',' delimiter", line, at)
        at = _blanks(line, at + 1)
        index += 1


def _walk_object(line: str, at: int, wanted: tuple[tuple[int, FieldPath], ...], found: list[tuple[int, Slot]]) -> int:
    members: dict[str, list[tuple[int, Slot]]] = {}
    at = _blanks(line, at + 1)
    if line[at : at + 1] == "}":
        return at + 1
    while True:
        if line[at : at + 1] != '"':
            raise JSONDecodeError("Expecting property name enclosed in double quotes", line, at)
        key, at = scanstring(line, at + 1, False)
        at = _blanks(line, at)
        if line[at : at + 1] != ":":
            raise JSONDecodeError("Expecting ':' delimiter", line, at)
        inner = [(rank, path[1:]) for rank, path in wanted if path and path[0] == key]
        inner += [(rank, ()) for rank, path in wanted if len(path) > 1 and ".".join(path) == key]
        members[key] = []
        at = _blanks(line, _walk(line, _blanks(line, at + 1), tuple(inner), members[key]))
        mark = line[at : at + 1]
        if mark == "}":
            break
        if mark != ",":
            raise JSONDecodeError("Expecting ',' delimiter", line, at)
        at = _blanks(line, at + 1)
    for slots in members.values():
        found += slots
    return at + 1


def _blanks(line: str, at: int) -> int:
    match = _skip_blanks(line, at)
    return match.end() if match else at


def _spell(old: str, text: str) -> str:
    r"""Spell a string as its line does: ``\u0444`` or the letter itself, ``\/`` or a plain slash.

    Halves of characters, which were read as U+FFFD, are written as they were.
    """
    if _LOST in text:
        lost = re.findall(f"{_HALF.pattern}|{_LOST}", scanstring(old, 1, False)[0])
        if text.count(_LOST) == len(lost):
            halves = iter(lost)
            text = re.sub(_LOST, lambda _: next(halves), text)
    plain = all(not "\ud800" <= c <= "\udfff" for c in text)
    new = json.dumps(text, ensure_ascii=not plain or (old.isascii() and _ESCAPED.search(old) is not None))
    if "\\/" in old and re.search(r"(?<!\\)/", old) is None:
        new = new.replace("/", "\\/")
    return new


def list_fields(line: str) -> list[str]:
    """Return the names of the strings in a line of JSON, for a message that says which fields there are."""
    names: list[str] = []

    def walk(value: object, path: str) -> None:
        if isinstance(value, str):
            names.append(path)
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list) and value:
            walk(value[0], path)

    try:
        walk(json.loads(line), "")
    except (ValueError, RecursionError):
        return []
    return [name for name in names if name]
