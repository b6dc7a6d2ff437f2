"""TTML and DFXP: the words of ``<p>`` change; times, styles, ``<span>`` and ``<br/>`` stay.

As in other subtitles, a sentence is read over the lines of a cue, and over cues that follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mtfix.errors import InputError
from mtfix.formats.markup.paragraphs import read_foreign, read_translate
from mtfix.formats.markup.runs import Paragraph, Run
from mtfix.formats.markup.source import Beside, EndTag, MarkupContainer, StartTag, Text, refuse_text
from mtfix.formats.markup.spelling import Spelled, Splice, Style, spell_xml
from mtfix.formats.news.articles import open_articles
from mtfix.formats.registry import ReadOptions
from mtfix.formats.subtitles.format import LONGEST, OVERLAP, PAUSE
from mtfix.formats.translations.bitext import cut_spelled
from mtfix.formats.xml.scan import read_xml
from mtfix.formats.xml.tree import Element, XmlTree, read_tree
from mtfix.types import Document

_CLOCK = re.compile(r"(\d{1,4}):(\d\d):(\d\d)(?:(\.\d{1,9})|:\d{1,3}(?:\.\d+)?)?\Z")
_OFFSET = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|ms|m|s)\Z")
_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_FINAL = re.compile(r"[.!?…][\"'”’»)\]♪]*\Z")
_MARKER = re.compile(r"(?:[-–—‐]+|>>+|♪|\*)[ \t\xa0]*(?=\S)")
_OPENS = re.compile(r"[\[(♪#]|[A-Z][A-Z. ]{1,30}:\s")


@dataclass(frozen=True, slots=True)
class _Break:
    """The place of the blank that stands for a line break: new words go before it, or after it."""

    start: int
    end: int

    def splice(self, changes: Iterable[tuple[int, int, str]], fits: object = None) -> list[Splice]:
        """Return the splices of new words beside the break, which itself stays."""
        made: list[Splice] = []
        for start, _, text in changes:
            is_after = text.startswith(" ") or start == 1
            at, word = (self.end if is_after else self.start), text.strip()
            if word:
                spelled = Spelled(at, at, "", style=Style.TEXT)
                made += spelled.splice([(0, 0, word + " " if is_after else word)], fits)  # type: ignore[arg-type]
        return made


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a cue: its runs, and when the cue begins and ends (None: not said)."""

    runs: tuple[Run, ...]
    begin: float | None
    end: float | None
    is_new: bool
    gap: tuple[int, int]  # the break before it

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def read_cues(tree: XmlTree, root: Element) -> list[Paragraph]:
    """Return what is read together: the words of cues up to the end of a sentence at the end of a cue."""
    paragraphs: list[Paragraph] = []
    current: list[_Line] = []
    for body in root.find("body"):
        for cue in body.walk("p"):
            for line in _read_cue(tree, cue):
                if current and not _goes_on(current, line):
                    paragraphs.append(_join(current))
                    current = []
                current.append(line)
    if current:
        paragraphs.append(_join(current))
    return [paragraph for paragraph in paragraphs if paragraph.has_prose()]


def _goes_on(current: Sequence[_Line], line: _Line) -> bool:
    last = current[-1]
    if line.is_new:
        return False
    if line.gap != (0, 0):
        return True
    if last.end is None or line.begin is None or len(current) >= LONGEST or _FINAL.search(last.text):
        return False
    return -OVERLAP <= line.begin - last.end <= PAUSE and line.text.strip() != last.text.strip()


def _join(lines: Sequence[_Line]) -> Paragraph:
    runs = [*lines[0].runs]
    for line in lines[1:]:
        start, end = line.gap
        if (start, end) == (0, 0):  # between two cues
            start, end = runs[-1].place.end, line.runs[0].place.start
        runs.append(Run(" ", _Break(start, end)))
        runs += line.runs
    return Paragraph(tuple(runs))


def _read_cue(tree: XmlTree, cue: Element) -> Iterator[_Line]:
    if cue.is_locked:
        return
    begin = _count(cue.tag.attributes.get("begin", ""))
    end = _count(cue.tag.attributes.get("end", ""))
    length = _count(cue.tag.attributes.get("dur", ""))
    if end is None and begin is not None and length is not None:
        end = begin + length
    gap = (0, 0)
    for runs, after in _read_lines(tree, cue):
        kept = _trim(runs)
        text = "".join(run.text for run in kept)
        if not text:
            continue
        marker = _MARKER.match(text)
        yield _Line(kept, begin, end, marker is not None or _OPENS.match(text) is not None, gap)
        gap = after


def _read_lines(tree: XmlTree, cue: Element) -> Iterator[tuple[list[Run], tuple[int, int]]]:
    """Yield the runs of each line, and the span of the break that ends it."""
    source = tree.source
    runs: list[Run] = []
    locked: list[tuple[StartTag, str, list[str]]] = []  # the outermost locked element, how it is read, its text
    depth = 0
    for event in tree.slice(cue)[1:-1]:
        if isinstance(event, StartTag):
            if locked:
                depth += 1
            elif event.name.lower() == "br":
                yield runs, (event.start, event.end)
                runs = []
            elif event.name.lower() != "span" or read_translate(event) or read_foreign(event) or _is_ruby(event):
                is_span = event.name.lower() == "span" and not _is_ruby(event)
                locked, depth = [(event, "" if is_span else "silent", [])], 1
        elif isinstance(event, EndTag) and locked:
            depth -= 1
            if not depth:
                tag, how, texts = locked.pop()
                if not how and (text := "".join(texts)):
                    runs.append(Run(text, Beside(tag.start, event.end), is_locked=True))
        elif isinstance(event, Text):
            spelled = spell_xml(source.text, event.start, event.end, source.name, event.style)
            if locked:
                locked[0][2].append(spelled.text)
            else:
                runs.append(Run(spelled.text, spelled))
    yield runs, (0, 0)


def _is_ruby(tag: StartTag) -> bool:
    return any(n.rpartition(":")[2] == "ruby" and v.startswith(("text", "delim")) for n, v in tag.attributes.items())


def _trim(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return runs without the blanks at both ends, which no reader shows."""
    text = "".join(run.text for run in runs)
    low, high = len(text) - len(text.lstrip()), len(text.rstrip())
    kept: list[Run] = []
    at = 0
    for run in runs:
        a, b = max(low - at, 0), min(high - at, len(run.text))
        at += len(run.text)
        if a >= b:
            continue
        if isinstance(run.place, Spelled) and (a, b) != (0, len(run.text)):
            piece = cut_spelled(run.place, a, b)
            kept.append(replace(run, text=piece.text, place=piece))
        else:
            kept.append(run)
    return tuple(kept)


def _count(time: str) -> float | None:
    """Return a time in milliseconds, None for one that is not said, or in frames or ticks alone."""
    if clock := _CLOCK.match(time.strip()):
        hours, minutes, seconds = (int(part) for part in clock.groups()[:3])
        return ((hours * 60 + minutes) * 60 + seconds) * 1000 + float(clock[4] or 0) * 1000
    offset = _OFFSET.match(time.strip())
    return float(offset[1]) * _UNITS[offset[2]] if offset else None


class TtmlFormat:
    """TTML and DFXP for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> MarkupContainer:
        """Read a file's bytes. Raises InputError."""
        tree = read_tree(read_xml(data, name, options.encoding))
        if tree.root.name != "tt":
            raise InputError(f"{name}: its root element is <{tree.root.tag.name}>, not <tt>; leave --format out")
        return open_articles(tree, "ttml", [(tree.root, "")], read_cues)

    def read_text(self, text: str, name: str) -> Document:
        """TTML is read from its bytes. Raises InputError."""
        return refuse_text(name, "TTML")
