"""HTML and XHTML: only text changes; tags, code, comments and scripts stay what and where they are."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from mtfix.errors import InputError
from mtfix.formats.anchors import anchor
from mtfix.formats.blocks import Block, build_document
from mtfix.formats.encoding import Decoded, decode
from mtfix.formats.htmltokens import BLOCKS, list_attributes, scan_html
from mtfix.formats.inline import MARK
from mtfix.formats.language import choose_english, note_language
from mtfix.formats.markup import EndTag, Event, MarkupContainer, Source, StartTag
from mtfix.formats.paragraphs import Collector, Vocabulary, find_locks, read_foreign
from mtfix.formats.registry import ReadOptions
from mtfix.formats.runs import Paragraph, Run, read_runs
from mtfix.formats.spelling import Spelled, spell_html
from mtfix.ignore import Ignored, merge_locks, read_ignored
from mtfix.types import Document, Kind, Lock

#: What the elements of HTML mean for its text.
HTML = Vocabulary(
    inline=frozenset(
        "a abbr acronym b bdi bdo big blink cite data dfn em font i ins label mark nobr output q ruby small span strong "
        "time tt u var wbr img picture rb".split()
    )
    | frozenset("code kbd samp del s strike".split()),
    locked=frozenset(
        "code pre kbd samp del s strike listing xmp plaintext textarea select datalist option iframe object applet audio "
        "video canvas noembed noframes frameset".split()
    ),
    objects=frozenset(("svg", "math")),
    silent=frozenset("script style template rt rp rtc".split()),
    marks=frozenset(("sup", "sub")),
    kinds={
        **dict.fromkeys(("title", "h1", "h2", "h3", "h4", "h5", "h6"), Kind.HEADING),
        **dict.fromkeys(("figcaption", "caption"), Kind.CAPTION),
        **dict.fromkeys(("li", "dt", "dd", "td", "th"), Kind.ITEM),
    },
    known=BLOCKS | frozenset("title meta link button noscript legend optgroup input embed param source track".split()),
)
#: Names of ``<meta>`` whose content is read with the attributes.
DESCRIPTIONS = frozenset(
    "description og:title og:description twitter:title twitter:description dc.title dc.description".split()
)
_CHARSET = re.compile(
    rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)|\A\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([\w.-]+)", re.I
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
# Names that mean another encoding than they say (https://encoding.spec.whatwg.org/#names-and-labels).
_LABELS = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be", "unicode", "ucs-2"), "utf-8"),  # it could not be read in ASCII
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "tis-620": "cp874",
}
_NOTHING = Ignored()
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\$\{.*?\}", re.DOTALL)


def decode_html(data: bytes, name: str, encoding: str = "") -> Decoded:
    """Decode a page: byte order mark, ``encoding``, what its head says, else detection, see `decode`.

    Bytes that do not fit what the head says become lone surrogates, which are written back as the same bytes.
    Raises InputError for what is not text, and for bytes that do not fit ``encoding``.
    """
    declared = "" if encoding else find_charset(data)
    try:
        return decode(data, name, encoding or declared)
    except InputError:
        if encoding or b"\x00" in data:
            raise
    declared = declared or "utf-8"
    text = data.decode(declared, "surrogateescape")
    if text.encode(declared, "surrogateescape") != data:
        raise InputError(f"{name}: its head says {declared}, which it is not; name the encoding with --encoding")
    bad = sum("\ud800" <= c <= "\udfff" for c in text)
    return Decoded(text, declared, notes=(f"{name}: {bad} of its bytes are not {declared}; they stay as they are",))


def find_charset(data: bytes) -> str:
    """Return the encoding that a page's head names, as Python knows it; '' for none and for an unknown one."""
    found = _CHARSET.search(_COMMENT.sub(b"", data[:4096]))
    if found is None or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    label = (found[1] or found[2]).decode("ascii").lower()
    try:
        info = codecs.lookup(_LABELS.get(label, label))
    except (LookupError, ValueError):
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) else ""


def read_paragraphs(
    text: str, events: Sequence[Event], ignored: Ignored = _NOTHING, attributes: bool = False
) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a page, or a piece of one, and its events; the place of each run is a span of ``text``.

    With ``attributes``, ``alt``, ``title`` and descriptions in the head follow as paragraphs of their own.
    """
    collector = Collector(HTML, lambda a, b, style: spell_html(text, a, b, style), ignored)
    collector.extra_locks = _find_templates
    paragraphs = collector.collect(events)
    if attributes:
        paragraphs += _read_attributes(text, events, ignored)
    return tuple(paragraphs)


def _find_templates(spelled: Spelled) -> Iterator[Lock]:
    """Yield the marks of templates in a text: ``{{ name }}``."""
    if "{" in spelled.text:
        for found in _TEMPLATE.finditer(spelled.text):
            yield Lock(*found.span())


def find_code(events: Sequence[Event]) -> list[tuple[int, int]]:
    """Return the spans of elements in which an ignore comment would be code."""
    spans: list[tuple[int, int]] = []
    since = depth = 0
    for event in events:
        if isinstance(event, StartTag) and event.name in ("script", "style", "textarea", "xmp", "code", "pre"):
            since, depth = event.start if not depth else since, depth + 1
        elif isinstance(event, EndTag) and event.name in ("script", "style", "textarea", "xmp", "code", "pre"):
            depth -= 1
            if not depth:
                spans.append((since, event.end))
    return spans


def _read_attributes(text: str, events: Sequence[Event], ignored: Ignored) -> Iterator[Paragraph]:
    walker = Collector(HTML, partial(spell_html, text))
    for event in events:
        if isinstance(event, StartTag):
            walker.enter(event)
            if not walker.is_locked:
                yield from _read_tag_attributes(text, event, ignored)
        elif isinstance(event, EndTag):
            walker.leave(event)


def _read_tag_attributes(text: str, tag: StartTag, ignored: Ignored) -> Iterator[Paragraph]:
    wanted: tuple[str, ...] = ("alt", "title")
    if tag.name == "meta":
        given = tag.attributes
        wanted = ("content",) if (given.get("name") or given.get("property", "")).lower() in DESCRIPTIONS else ()
    for attribute in list_attributes(text, tag):
        if attribute.name in wanted:
            spelled = spell_html(text, attribute.start, attribute.end, attribute.style)
            paragraph = Paragraph((Run(spelled.text, spelled, locks=find_locks(spelled, ignored)),), Kind.CAPTION)
            if paragraph.has_prose():
                yield paragraph


def read_html(text: str, name: str = "-") -> Document:
    """Return a document over the source of a page: its tags and entities are locked, every character is in it.

    That serves programs that want one text in and one text out; edits do not cross tags then.
    """
    events = list(scan_html(text))
    ignored = read_ignored(text, name, skip=find_code(events))
    paragraphs = read_paragraphs(text, events, ignored)
    blocks: list[Block] = []
    locks: list[Lock] = []
    masked = list(text)
    for paragraph in paragraphs:
        spans = [(run.place.start, run.place.end) for run in paragraph.runs]
        blocks.append(Block(spans[0][0], spans[-1][1], paragraph.kind))
        at = spans[0][0]
        for run, (start, end) in zip(paragraph.runs, spans, strict=True):
            if at < start:
                locks.append(Lock(at, start))
                masked[at:start] = MARK * (start - at)
            if run.is_locked:
                locks.append(Lock(start, end))
                masked[start:end] = (run.mask or "X") * (end - start)
            else:
                for unit in run.place.units:
                    locks.append(Lock(unit.start, unit.end))
                    blank = run.text[unit.at : unit.stop].isspace()
                    masked[unit.start : unit.end] = (" " if blank else MARK) * (unit.end - unit.start)
                locks += (Lock(run.place.find(a), run.place.find(b), rules) for a, b, rules in run.locks)
            at = end
    notes = ignored.notes
    source = "".join(masked).replace("\r", " ").replace("\n", " ")
    return build_document(text, name, "html", blocks, masked=source, locks=merge_locks(locks), notes=notes, trim=MARK)


class HtmlFormat:
    """HTML for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> MarkupContainer:
        """Read a page's bytes. Raises InputError."""
        source = Source(name, decode_html(data, name, options.encoding))
        text = source.text
        events = list(scan_html(text))
        ignored = read_ignored(text, name, skip=find_code(events))
        read = partial(read_paragraphs, text, ignored=ignored, attributes=options.attributes)
        notes = (*source.decoded.notes, *ignored.notes)
        at, language = _find_label(events)
        paragraphs: tuple[Paragraph, ...] = ()
        if at >= 0:
            tag = events[at]
            assert isinstance(tag, StartTag)
            paragraphs = tuple(choose_english(read([*events[:at], replace(tag, attributes={}), *events[at + 1 :]])))
            notes = (*notes, note_language(name, language, bool(paragraphs)))
        paragraphs = paragraphs or read(events)
        if not text:
            notes = (*notes, f"{name}: is empty")
        document = anchor(read_runs(paragraphs, name, "html", notes), paragraphs, text)
        return MarkupContainer(source, (document,), (paragraphs,))

    def read_text(self, text: str, name: str) -> Document:
        """Read a decoded page or a piece of one."""
        return read_html(text, name)

    def read_fields(self, texts: Sequence[str], name: str) -> Document:
        """Read the fields of a record."""
        from mtfix.formats.htmlfields import read_fields

        return read_fields(texts, name)

    def write_fields(self, document: Document, texts: Sequence[str]) -> tuple[str, ...]:
        """Write the fields of a record. Raises OutputError."""
        from mtfix.formats.htmlfields import write_fields

        return write_fields(document, texts)


def _find_label(events: Sequence[Event]) -> tuple[int, str]:
    """Return where the page says that it is in another language than English, and in which; -1 if it does not."""
    for number, event in enumerate(events):
        if isinstance(event, StartTag) and event.name in ("html", "body") and read_foreign(event):
            return number, event.attributes.get("xml:lang", event.attributes.get("lang", ""))
        if isinstance(event, StartTag) and event.name == "body":
            break
    return -1, ""
