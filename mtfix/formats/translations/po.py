"""PO (GNU gettext): translations change, whatever else a file holds stays as it is.

Repaired are ``msgstr`` and ``msgstr[n]`` of entries that are not obsolete, in files whose target language is English.
Placeholders (``%s``, ``%(name)d``, ``{count}``, ``${x}``) and entities are locked, tags are read over.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from mtfix.files.encoding import Decoded, decode, encode, plain_marks
from mtfix.formats.container import OneDocument
from mtfix.formats.markup.anchors import anchor, find_jumps
from mtfix.formats.markup.paragraphs import is_english
from mtfix.formats.markup.reasons import list_reasons
from mtfix.formats.markup.runs import Paragraph, Run, RunChange, read_runs, spread_edits
from mtfix.formats.markup.spelling import Splice, apply_splices
from mtfix.formats.registry import ReadOptions
from mtfix.formats.text.plain import find_blocks
from mtfix.formats.tracking import Signature, TrackingWriter
from mtfix.formats.translations.placeholders import Mark, blank_tags, find_marks
from mtfix.formats.translations.po_entries import Entry, Quoted, Translation, read_entries, spell
from mtfix.types import Document

_CHARSET = re.compile(rb'"Content-Type:[^"\n]*charset=([\w.:-]+)', re.IGNORECASE)
_HEAD = 8192  # bytes in which the header names its charset
_WIDTH = 79  # columns to which gettext's tools wrap
_LINE_END = re.compile(r"\"[ \t]*(\r\n?|\n)")
_WORDS = re.compile(r"[^ ]* *")


@dataclass(frozen=True, slots=True)
class PoFile(OneDocument, TrackingWriter):
    """A PO file: one document of all its translations."""

    decoded: Decoded
    translations: tuple[tuple[Entry, Translation], ...]
    paragraphs: tuple[Paragraph, ...]
    document: Document

    def _write(self, documents: Sequence[Document], signature: Signature | None) -> bytes:
        document = self.take(documents)
        text = self.decoded.text
        inner: dict[int, dict[int, list[Splice]]] = defaultdict(lambda: defaultdict(list))
        changed: dict[int, list[RunChange]] = defaultdict(list)
        for change in spread_edits(self.paragraphs, document):
            (number, part), places = change.run.place
            new = spell(plain_marks(change.replacement, self.decoded.encoding))
            inner[number][part].append(Splice(places[change.start], places[change.end], new))
            changed[number].append(change)
        width = self._measure_width() if inner else 0
        splices: list[Splice] = []
        for number, made in inner.items():
            splices += _write_translation(text, self.translations[number][1], made, width)
        if signature is not None:
            splices += self._remark(changed, signature.author)
        return encode(apply_splices(text, splices), self.decoded, self.document.name)

    def _measure_width(self) -> int:
        """Return the columns to which the file is wrapped, 0 if none of its strings is."""
        width = 0
        for _, translation in self.translations:
            for part in translation.parts[:-1]:
                if part.text and not part.text.endswith("\n"):
                    width = max(width, len(_line_before(self.decoded.text, part)) + len(part.places) + 1, _WIDTH)
        return width

    def _remark(self, changed: dict[int, list[RunChange]], author: str) -> list[Splice]:
        text = self.decoded.text
        end = "\r\n" if "\r\n" in text else "\n"
        by_entry: dict[int, list[RunChange]] = defaultdict(list)
        for number, changes in changed.items():
            by_entry[self.translations[number][0].remark_at] += changes
        return [
            Splice(at, at, "".join(f"# {author}: {why}{end}" for why in list_reasons(changes)))
            for at, changes in by_entry.items()
        ]


def read_po(data: bytes, name: str, options: ReadOptions) -> PoFile:
    """Read a PO file.

    Raises:
        InputError: it is no PO file, is damaged, or its bytes do not fit the charset that its header names.
    """
    decoded = decode(data, name, options.encoding, _find_charset(data))
    entries = read_entries(decoded.text, name)
    notes = [*decoded.notes]
    if not decoded.text:
        notes.append(f"{name}: is empty")
    language = next((_find_language(entry) for entry in entries if entry.is_header), None)
    translations: list[tuple[Entry, Translation]] = []
    if language and not is_english(language):
        notes.append(f"{name}: its target language is {language}, not English: left as it is")
    else:
        translations = [(e, t) for e in entries if not e.is_header for t in e.translations if t.text]
        if not language and translations:
            notes.append(f"{name}: names no target language in its header: taken for English")
    paragraphs = [p for n, (_, t) in enumerate(translations) for p in _read_translation(t, n)]
    document = anchor(read_runs(paragraphs, name, "po", notes), paragraphs, decoded.text, _find_places)
    return PoFile(decoded, tuple(translations), tuple(paragraphs), document)


def _find_places(run: Run) -> Iterator[tuple[int, int]]:
    return find_jumps(run.place[1], len(run.text))


def _find_charset(data: bytes) -> str:
    found = _CHARSET.search(data, 0, _HEAD)
    if found is None:
        return ""
    charset = found[1].decode("ascii", "replace")
    try:
        info = codecs.lookup(charset)
    except (LookupError, ValueError):
        return ""  # a template's CHARSET, or an odd name: detection decides
    if not getattr(info, "_is_text_encoding", True):
        return ""
    return charset


def _find_language(header: Entry) -> str:
    fields = {
        key.strip().lower(): value.strip()
        for line in "".join(t.text for t in header.translations).split("\n")
        for key, colon, value in (line.partition(":"),)
        if colon
    }
    return re.split(r"[.@]", fields.get("language", ""))[0]


def _read_translation(translation: Translation, number: int) -> list[Paragraph]:
    """Return the paragraphs of a translation; tags, placeholders and the ends of its quoted strings cut runs."""
    text = translation.text
    marks = find_marks(text)
    mark_ends = [mark.end for mark in marks]
    starts = [0, *accumulate(len(part.text) for part in translation.parts)]
    paragraphs: list[Paragraph] = []
    for block in find_blocks(blank_tags(text)):
        runs: list[Run] = []
        part = bisect_right(starts, block.start) - 1
        while part < len(translation.parts) and starts[part] < block.end:
            quoted, at = translation.parts[part], starts[part]
            start, end = max(block.start - at, 0), min(block.end - at, len(quoted.text))
            inner: list[Mark] = []
            for mark in islice(marks, bisect_right(mark_ends, at + start), None):
                if mark.start >= at + end:
                    break
                inner.append(mark._replace(start=mark.start - at, end=mark.end - at))
            runs += _cut_runs(quoted.text, quoted.places, inner, start, end, (number, part))
            part += 1
        paragraph = Paragraph(tuple(runs), block.kind)
        if paragraph.has_prose():
            paragraphs.append(paragraph)
    return paragraphs


def _cut_runs(
    text: str, places: Sequence[int], marks: Iterable[Mark], start: int = 0, end: int | None = None, key: object = None
) -> list[Run]:
    """Return the runs of ``text[start:end]``, cut at its marks (sorted).

    ``places`` are the places in the file of every character and of the text's end; a run's ``place`` is ``(key, its
    own places)``, one more than it has characters.
    """
    end = len(text) if end is None else end
    runs: list[Run] = []

    def add(a: int, b: int, mark: Mark | None = None) -> None:
        if a < b:
            place = (key, places[a : b + 1])
            runs.append(Run(text[a:b], place, mark is not None, mark.mask if mark else ""))

    at = start
    for mark in marks:
        a, b = max(mark.start, at), min(mark.end, end)
        if a < b:
            add(at, a)
            if not mark.is_tag:
                add(a, b, mark)
            at = b
    add(at, end)
    return runs


def _line_before(text: str, part: Quoted) -> str:
    """Return what stands on a string's line before its opening mark."""
    at = part.places[0] - 1
    start = text.rfind("\n", 0, at) + 1
    return text[max(start, text.rfind("\r", start, at) + 1) : at]


def _write_translation(
    text: str, translation: Translation, made: Mapping[int, Sequence[Splice]], width: int
) -> Iterator[Splice]:
    """Yield what becomes of the quoted strings of a changed translation; ``made`` are the splices of each.

    In a wrapped file, strings are filled again from one that outgrows its line to the end of its line of text.
    """
    parts = translation.parts
    old = [text[part.places[0] : part.places[-1]] for part in parts]
    new = list(old)
    for number, splices in made.items():
        start = parts[number].places[0]
        new[number] = apply_splices(old[number], [Splice(a - start, b - start, s) for a, b, s in splices])
    first = 0
    for last, part in enumerate(parts):
        if last + 1 < len(parts) and not (part.text.endswith("\n") or (last == 0 and not part.text)):
            continue
        _move_blanks(old, new, first, last)
        full = [
            n
            for n in range(first, last + 1)
            if len(new[n]) > len(old[n]) and width and len(_line_before(text, parts[n])) + len(new[n]) + 2 > width
        ]
        end = full[0] if full else last + 1
        for n in range(first, end):
            if new[n] != old[n]:
                is_gone = n > first and not new[n]  # it has lost all of its words, and goes with its line
                start = parts[n - 1].places[-1] if is_gone else parts[n].places[0]
                yield Splice(start, parts[n].places[-1], new[n])
        if full:
            filled = _fill(text, parts[end], "".join(new[end : last + 1]), width)
            yield Splice(parts[end].places[0], parts[last].places[-1], filled)
        first = last + 1


def _move_blanks(old: Sequence[str], new: list[str], first: int, last: int) -> None:
    """Bring the blanks with which strings now begin to the end of those before them, where gettext writes them."""
    for n in range(first + 1, last + 1):
        if new[n][:1] == " " != old[n][:1]:
            words = new[n].lstrip(" ")
            new[n - 1] += new[n][: len(new[n]) - len(words)]
            new[n] = words


def _fill(text: str, part: Quoted, spelt: str, width: int) -> str:
    """Break a string as gettext does; it begins where ``part`` begins."""
    before = _line_before(text, part)
    has_keyword = bool(before.strip())
    rows = [""]
    if has_keyword and len(before) + len(spelt) + 2 > width:
        rows.append("")  # gettext begins such a string on a line of its own
    for word in _WORDS.findall(spelt):
        if rows[-1] and len(rows[-1]) + len(word) + 2 > width - (0 if has_keyword else len(before)):
            rows.append("")
        rows[-1] += word
    found = _LINE_END.match(text, part.places[-1])
    line_end = found[1] if found else "\r\n" if "\r\n" in text else "\n"
    return f'"{line_end}{"" if has_keyword else before}"'.join(rows)


class PoFormat:
    """PO for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> PoFile:
        """Read a file's bytes. Raises InputError."""
        return read_po(data, name, options)

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded text. Raises InputError."""
        return read_po(text.encode(), name, ReadOptions("utf-8")).document
