"""SubRip, WebVTT and ASS: the words of cues change; times, names, settings, notes, tags and line breaks stay.

A sentence may run over several cues. Cues that follow each other without a pause are read together until a sentence
ends, so that rules and the model see it whole; the edits then go back to the lines that they belong to.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from mtfix.files.encoding import Decoded, decode, encode, plain_marks
from mtfix.formats.container import OneDocument
from mtfix.formats.markup.anchors import anchor, find_jumps
from mtfix.formats.markup.runs import Paragraph, Run, RunChange, read_runs, spread_edits
from mtfix.formats.markup.spelling import Splice, apply_splices
from mtfix.formats.registry import ReadOptions
from mtfix.formats.subtitles.cues import Cue
from mtfix.formats.subtitles.notation import ASS, SRT, VTT, Notation
from mtfix.types import Document

PAUSE = 1500  # milliseconds between two cues that no sentence spans
OVERLAP = 100  # milliseconds that a cue may begin before the one that it goes on with has ended
LONGEST = 12  # lines that are read together across cues

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]+([^<>]*))?>\Z", re.IGNORECASE)
_FINAL = re.compile(r"[.!?…][\"'”’»)\]♪]*\Z")
_MARKER = re.compile(r"(?:[-–—‐]+|>>+|♪|\*)[ \t\xa0]*(?=\S)")
_OPENS = re.compile(r"[\[(♪#]|[A-Z][A-Z. ]{1,30}:\s")

LineKey = tuple[int, int]  # number of a cue, and of the line in it


@dataclass(frozen=True, slots=True)
class _Words:
    """What one voice says on one line: its runs, and whether it surely begins something new."""

    key: LineKey
    runs: tuple[Run, ...]
    voice: str
    is_new: bool

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class _Break:
    """The place of the blank that stands for a line break: where the words before it end, where those after begin."""

    before: tuple[LineKey, int]
    after: tuple[LineKey, int]


@dataclass(frozen=True, slots=True)
class SubtitleFile(OneDocument):
    """A subtitle file: one document of the words of all cues."""

    decoded: Decoded
    cues: tuple[Cue, ...]
    paragraphs: tuple[Paragraph, ...]
    document: Document
    notation: Notation

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the file with the words of the one document. Raises OutputError."""
        by_line: dict[LineKey, list[Splice]] = defaultdict(list)
        for change in spread_edits(self.paragraphs, self.take(documents)):
            key, splice = self._locate(change)
            by_line[key].append(splice)
        by_cue: dict[int, dict[int, list[Splice]]] = defaultdict(dict)
        for (cue, line), made in by_line.items():
            by_cue[cue][line] = made
        splices = [splice for cue, lines in by_cue.items() for splice in self._write_cue(self.cues[cue], lines)]
        return encode(apply_splices(self.decoded.text, splices), self.decoded, self.document.name)

    def _locate(self, change: RunChange) -> tuple[LineKey, Splice]:
        """Return the line of a change and what it becomes there; a line break stays, and words go beside it."""
        place = change.run.place
        new = " ".join(change.replacement.splitlines())
        if isinstance(place, _Break):
            after = new.startswith(" ") or change.start == 1
            key, at = place.after if after else place.before
            word = new.strip()
            return key, Splice(at, at, self._spell(word + " " if after and word else word))
        key, places = place
        return key, Splice(places[change.start], places[change.end], self._spell(new))

    def _spell(self, text: str) -> str:
        text = plain_marks(text, self.decoded.encoding)
        return "".join(self.notation.spelt.get(c, c) for c in text)

    def _write_cue(self, cue: Cue, changed: Mapping[int, Sequence[Splice]]) -> list[Splice]:
        """Return what becomes of the changed lines of a cue. A line that loses all its words goes: it would end the cue."""
        made = [self._write_line(cue.lines[line], splices) for line, splices in sorted(changed.items())]
        if all(splice.text.strip() for splice in made):
            return made
        text = self.decoded.text
        new = {splice.start: splice.text for splice in made}
        ends = [start for start, _ in cue.lines[1:]]
        rows = [
            (new.get(start, text[start:end]), text[end:after])
            for (start, end), after in zip(cue.lines, [*ends, cue.lines[-1][1]], strict=True)
            if start not in new or new[start].strip()
        ]
        joined = "".join(row + line_end for row, line_end in rows[:-1]) + "".join(row for row, _ in rows[-1:])
        return [Splice(cue.lines[0][0], cue.lines[-1][1], joined)]

    def _write_line(self, line: tuple[int, int], splices: Sequence[Splice]) -> Splice:
        """Return the whole new line, without blanks that a word left at its ends."""
        start, end = line
        old = self.decoded.text[start:end]
        new = apply_splices(old, [Splice(a - start, b - start, t) for a, b, t in splices])
        if new[:1].isspace() and not old[:1].isspace():
            new = new.lstrip()
        if new[-1:].isspace() and not old[-1:].isspace():
            new = new.rstrip()
        return Splice(start, end, new)


def read_subtitles(data: bytes, name: str, options: ReadOptions, notation: Notation) -> SubtitleFile:
    """Read a subtitle file. Raises InputError."""
    decoded = decode(data, name, options.encoding)
    cues = notation.read(decoded.text, name)
    notes = [*decoded.notes]
    if not decoded.text:
        notes.append(f"{name}: is empty")
    paragraphs = tuple(_read_paragraphs(decoded.text, cues, notation))
    document = read_runs(paragraphs, name, notation.name, notes)
    document = anchor(document, paragraphs, decoded.text, _find_places)
    return SubtitleFile(decoded, tuple(cues), paragraphs, document, notation)


def _find_places(run: Run) -> Iterator[tuple[int, int]]:
    return iter(()) if isinstance(run.place, _Break) else find_jumps(run.place[1], len(run.text))


def _read_paragraphs(text: str, cues: Sequence[Cue], notation: Notation) -> Iterator[Paragraph]:
    """Yield what is read together: the words of one voice up to the end of a sentence at the end of a cue."""
    current: list[_Words] = []
    for number, cue in enumerate(cues):
        for words in _read_cue(text, number, cue, notation):
            if current and not _goes_on(current, words, cues):
                yield _join(current)
                current = []
            current.append(words)
    if current:
        yield _join(current)


def _goes_on(current: Sequence[_Words], words: _Words, cues: Sequence[Cue]) -> bool:
    last = current[-1]
    if words.is_new or (words.voice and words.voice != last.voice):
        return False
    if words.key[0] == last.key[0]:
        return True
    pause = cues[words.key[0]].start - cues[last.key[0]].end
    if not -OVERLAP <= pause <= PAUSE or len(current) >= LONGEST or _FINAL.search(last.text.rstrip()):
        return False
    if words.text.isupper() != last.text.isupper() and len(words.text) > 3 and len(last.text) > 3:
        return False
    return words.text.strip() != last.text.strip()  # rolling captions show a line twice


def _join(lines: Sequence[_Words]) -> Paragraph:
    runs = [*lines[0].runs]
    for words in lines[1:]:
        before, after = runs[-1].place, words.runs[0].place
        runs.append(Run(" ", _Break((before[0], before[1][-1]), (after[0], after[1][0]))))
        runs += words.runs
    return Paragraph(tuple(runs))


def _read_cue(text: str, number: int, cue: Cue, notation: Notation) -> Iterator[_Words]:
    is_new = False
    voice = cue.voice
    for line, (start, end) in enumerate(cue.lines):
        if not text[start:end].strip():
            is_new = True
            continue
        for found, runs in _read_line(text, start, end, (number, line), notation):
            if found is not None:
                is_new |= voice not in ("", found)
                voice = found
            plain = "".join(run.text for run in runs)
            if not plain.strip():
                continue
            marker = _MARKER.match(plain)
            begins = is_new or marker is not None or _OPENS.match(plain) is not None
            yield _Words((number, line), _trim(runs, marker.end() if marker else 0), voice, begins)
            is_new = False


def _trim(runs: Sequence[Run], marker: int) -> tuple[Run, ...]:
    """Return runs without the dash that begins a speech, ``marker`` characters, and without the blanks at both ends."""
    text = "".join(run.text for run in runs)
    low = len(text) - len(text[marker:].lstrip())
    high = len(text.rstrip())
    kept: list[Run] = []
    at = 0
    for run in runs:
        a, b = max(low - at, 0), min(high - at, len(run.text))
        if a < b:
            key, places = run.place
            kept.append(replace(run, text=run.text[a:b], place=(key, places[a : b + 1])))
        at += len(run.text)
    return tuple(kept)


def _read_line(
    text: str, start: int, end: int, key: LineKey, notation: Notation
) -> Iterator[tuple[str | None, Sequence[Run]]]:
    """Yield who speaks (None: as before) and the runs of each voice on a line; tags part runs and are not read."""
    voice: str | None = None
    runs: list[Run] = []
    characters: list[str] = []
    places: list[int] = []

    def flush(at: int) -> None:
        if characters:
            runs.append(Run("".join(characters), (key, (*places, at))))
            characters.clear()
            places.clear()

    def take(a: int, b: int) -> None:
        characters.extend(text[a:b])
        places.extend(range(a, b))

    at = start
    for found in notation.marks.finditer(text, start, end):
        a, b = found.span()
        take(at, a)
        at = b
        if found["foreign"]:
            flush(a)
            runs.append(Run(found[0], (key, tuple(range(a, b + 1))), is_locked=True))
            continue
        if found["tag"]:
            flush(a)
            if speaker := _VOICE.match(found[0]):
                if runs:
                    yield voice, runs
                voice, runs = (speaker[1] or "").strip(), []
            continue
        character = html.unescape(found[0]) if notation.has_entities and found["entity"] else ""
        if len(character) == 1 and character.isprintable() | (character == "\xa0"):
            characters.append(character)
            places.append(a)
        elif notation.has_entities and found["entity"] and character == found[0]:
            take(a, b)  # an ampersand of the text
        else:
            flush(a)
            mask = " " if found["locked"] or found[0].lower() in ("&nbsp;", "&#160;") or character.isspace() else ""
            runs.append(Run(found[0], (key, tuple(range(a, b + 1))), is_locked=True, mask=mask))
    take(at, end)
    flush(end)
    yield voice, runs


@dataclass(frozen=True, slots=True)
class SubtitleFormat:
    """SubRip, WebVTT or ASS for the registry."""

    notation: Notation
    is_text: bool = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> SubtitleFile:
        """Read a file's bytes. Raises InputError."""
        return read_subtitles(data, name, options, self.notation)

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded text. Raises InputError."""
        return self.read(text.encode(), name, ReadOptions("utf-8")).document


SrtFormat = partial(SubtitleFormat, SRT)
VttFormat = partial(SubtitleFormat, VTT)
AssFormat = partial(SubtitleFormat, ASS)
