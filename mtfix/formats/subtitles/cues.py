"""The cues of a subtitle file: when they show, and on which lines their words stand.

SubRip has no standard: read is what players read (hours and milliseconds may be missing, index lines too, blank lines
may stand within a cue). WebVTT is read after the W3C's "WebVTT: The Web Video Text Tracks Format".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mtfix.errors import InputError
from mtfix.files.encoding import locate

Span = tuple[int, int]

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?=[ \t\r\n]|\Z)")
_INDEX = re.compile(r"\ufeff?[ \t]*\d+[ \t]*\Z")
_NOTE = re.compile(r"(?:NOTE|STYLE|REGION)(?=[ \t]|\Z)")


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue: its times in milliseconds, and the span of each line of its words (without line ends; some may be blank).

    ``voice`` says who speaks, where that stands outside the words.
    """

    start: int
    end: int
    lines: tuple[Span, ...]
    voice: str = ""


def read_srt(text: str, name: str) -> list[Cue]:
    """Return the cues of a SubRip file. Raises InputError for a damaged timing line, and for a text without any."""
    lines = _find_lines(text)
    heads = [i for i, (a, b) in enumerate(lines) if "-->" in text[a:b] and _is_timing(text, lines, i, name)]
    cues: list[Cue] = []
    for number, head in enumerate(heads):
        last = heads[number + 1] if number + 1 < len(heads) else len(lines)
        if number + 1 < len(heads) and last - 1 > head and _INDEX.match(text[slice(*lines[last - 1])]):
            last -= 1
        cues.append(_make_cue(text, lines[head], lines[head + 1 : last]))
    if not cues and text.strip():
        raise InputError(f"{name}: holds no line of times such as 00:00:01,000 --> 00:00:02,500; is it SubRip (srt)?")
    return cues


def read_vtt(text: str, name: str) -> list[Cue]:
    """Return the cues of a WebVTT file; notes, styles and regions have none.

    Raises:
        InputError: the file does not begin with WEBVTT, or has a damaged timing line.
    """
    lines = _find_lines(text)
    if text and not re.match(r"\ufeff?WEBVTT(?=[ \t\r\n]|\Z)", text):
        raise InputError(f"{name}:1:1: does not begin with WEBVTT; is it WebVTT, or SubRip (--format srt)?")
    cues: list[Cue] = []
    i = _skip_block(text, lines, 1)
    while i < len(lines):
        head = i
        if not text[slice(*lines[i])].strip():
            i += 1
            continue
        is_note = _NOTE.match(text[slice(*lines[i])]) is not None
        # A cue may have a name, of one line; a block without times is none that the format knows and is left alone.
        if not is_note and "-->" not in text[slice(*lines[i])]:
            head += 1
        i = _skip_block(text, lines, head + 1)
        if (
            not is_note
            and "-->" in text[slice(*lines[min(head, len(lines) - 1)])]
            and _is_timing(text, lines, head, name)
        ):
            cues.append(_make_cue(text, lines[head], lines[head + 1 : i]))
    return cues


def _find_lines(text: str) -> list[Span]:
    return [(found.start(), found.start() + len(found[0].rstrip("\r\n"))) for found in _LINE.finditer(text)]


def _skip_block(text: str, lines: Sequence[Span], i: int) -> int:
    """Return the number of the first line from ``i`` on that is blank, or holds the times of another cue."""
    while i < len(lines) and text[slice(*lines[i])].strip() and "-->" not in text[slice(*lines[i])]:
        i += 1
    return i


def _is_timing(text: str, lines: Sequence[Span], i: int, name: str) -> bool:
    """Whether a line with an arrow holds times; an arrow among words does not. Raises InputError for damaged times."""
    start, end = lines[i]
    if _TIMING.match(text, start, end):
        return True
    if re.match(r"[ \t]*[\d:.,]*[ \t]*-->[ \t]*[\d:.,]*[ \t]*\Z", text[start:end]):
        line, column = locate(text, start)
        raise InputError(f"{name}:{line}:{column}: {text[start:end].strip()!r} is no pair of times; mend that line")
    return False


def _make_cue(text: str, head: Span, lines: Sequence[Span]) -> Cue:
    found = _TIMING.match(text, *head)
    assert found is not None  # _is_timing has seen it
    first, last = found.groups()[:4], found.groups()[4:]
    kept = list(lines)
    while kept and not text[slice(*kept[-1])].strip():
        kept.pop()
    return Cue(count_milliseconds(first), count_milliseconds(last), tuple(kept))


def count_milliseconds(parts: Sequence[str | None]) -> int:
    """Return hours, minutes, seconds and fraction, as they are written, in milliseconds."""
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))
