"""The entries of a PO file and where it spells each character of their translations.

After the GNU gettext manual, "The Format of PO Files". Comments are kept as lines and never read, but for the flags
(``#, fuzzy, c-format``); obsolete entries (``#~``) are comments, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mtfix.errors import InputError
from mtfix.files.encoding import locate

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr|domain)(?:\[[ \t]*(\d{1,3})[ \t]*\])?(?=[ \t\"]|\Z)")
_STRING = re.compile(r'[ \t\f\v]*"([^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*)"')
_ESCAPE = re.compile(r"\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_SPELT = {"\\": "\\\\", '"': '\\"', **{text: f"\\{name}" for name, text in _NAMED.items()}}


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted string of one line: its text and, for each character and for its end, its place in the file."""

    text: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A ``msgstr`` or ``msgstr[n]``: the quoted strings that spell it, in order; ``place`` is that of its keyword."""

    place: int
    parts: tuple[Quoted, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(slots=True)
class Entry:
    """An entry: what it translates, its translations, and where a translator's comment would be added."""

    remark_at: int
    msgctxt: str | None = None
    msgid: str | None = None
    translations: list[Translation] = field(default_factory=list)

    @property
    def is_header(self) -> bool:
        """The entry of the empty msgid describes the file."""
        return self.msgid == "" and self.msgctxt is None


def read_entries(text: str, name: str) -> list[Entry]:
    """Return the entries of a PO file, the header included, obsolete ones left out.

    Raises:
        InputError: a line is none of a PO file, a string is not closed, or an entry is cut short; names the place.
    """
    entries: list[Entry] = []
    entry: Entry | None = None  # the one that is being read
    keyword = ""
    strings: list[Quoted] = []
    place = 0

    def refuse(at: int, why: str) -> InputError:
        line, column = locate(text, at)
        return InputError(f"{name}:{line}:{column}: {why}; mend the PO file (msgfmt --check names such places, too)")

    def finish() -> None:
        nonlocal keyword, strings
        if entry is not None and keyword:
            if not strings:
                raise refuse(place, f"{keyword} has no quoted string")
            joined = "".join(part.text for part in strings)
            if keyword == "msgctxt":
                entry.msgctxt = joined
            elif keyword == "msgid":
                entry.msgid = joined
            elif keyword == "msgstr":
                entry.translations.append(Translation(place, tuple(strings)))
        keyword, strings = "", []

    for start, end in _find_lines(text):
        at = start + len(text[start:end]) - len(text[start:end].lstrip(" \t\f\v\ufeff"))
        if at == end:
            continue
        if text[at] == "#":
            finish()
            if entry is None or entry.translations:
                entry = _open(entries, entry, start)
            if text[at : at + 2] in ("#", "# ") and entry.remark_at == start:
                following = _LINE.match(text, start)
                entry.remark_at = following.end() if following else end
            continue
        found = _KEYWORD.match(text, at, end)
        if found:
            finish()
            if entry is None or (entry.translations and found[1] != "msgstr"):
                entry = _open(entries, entry, start)
            if found[1] == "msgstr" and entry.msgid is None:
                raise refuse(at, "msgstr stands before its msgid")
            if found[1] == "msgid" and entry.msgid is not None:
                raise refuse(at, "msgid follows a msgid: the msgstr between them is missing")
            keyword, place, at = found[1], at, found.end()
        elif text[at] != '"':
            raise refuse(at, f"{_show(text[at:end])} is neither a comment, a keyword (msgid, msgstr ...) nor a string")
        elif not keyword:
            raise refuse(at, "a string stands without a keyword before it")
        while text[at:end].strip(" \t\f\v"):
            string = _STRING.match(text, at, end)
            if string is None:
                at += len(text[at:end]) - len(text[at:end].lstrip())
                is_open = text[at] == '"'
                why = (
                    "a string is not closed by a quotation mark" if is_open else f"{_show(text[at:end])} is not quoted"
                )
                raise refuse(at, why)
            strings.append(_unescape(text, *string.span(1)))
            at = string.end()
    finish()
    if entry is not None:
        if entry.msgid is not None and not entry.translations:
            raise refuse(len(text), "the file ends within an entry: its msgstr is missing")
        _open(entries, entry, len(text))
    return entries


def spell(text: str) -> str:
    r"""Return how a PO file writes a text between quotation marks.

    >>> print(spell('"Yes"\n'))
    \"Yes\"\n
    """
    return "".join(_SPELT.get(c, c) for c in text)


def _open(entries: list[Entry], entry: Entry | None, start: int) -> Entry:
    if entry is not None and entry.msgid is not None:
        entries.append(entry)
    return Entry(start)


def _find_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each line without its line end."""
    for found in _LINE.finditer(text):
        yield found.start(), found.start() + len(found[0].rstrip("\r\n"))


def _show(text: str) -> str:
    return repr(text[:20] + "..." if len(text) > 20 else text)


def _unescape(text: str, start: int, end: int) -> Quoted:
    """Return the string between two quotation marks; an escape that is no ASCII character stays as it is spelt."""
    characters: list[str] = []
    places: list[int] = []
    at = start
    while at < end:
        stop = text.find("\\", at, end)
        stop = end if stop < 0 else stop
        characters += text[at:stop]
        places += range(at, stop)
        if stop == end:
            break
        found = _ESCAPE.match(text, stop, end)
        assert found is not None  # the string's pattern lets no lone backslash through
        code = found[0][1:]
        if code in _NAMED or code in ('"', "\\", "'", "?"):
            characters.append(_NAMED.get(code, code))
            places.append(stop)
        else:
            value = int(code[1:], 16) if code[0] == "x" and code[1:] else int(code, 8) if code[0] in "01234567" else 0
            if 32 <= value < 127:
                characters.append(chr(value))
                places.append(stop)
            else:
                characters += found[0]
                places += range(stop, found.end())
        at = found.end()
    return Quoted("".join(characters), (*places, end))
