"""How the text of a page is found: its encoding, its paragraphs, the words in its attributes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from functools import partial

from mtfix.errors import InputError
from mtfix.files.detection import has_stray_bytes, is_damaged_utf8
from mtfix.files.encoding import Decoded, decode
from mtfix.formats.html.tokens import BLOCKS, list_attributes
from mtfix.formats.markup.paragraphs import Collector, Vocabulary, find_locks
from mtfix.formats.markup.runs import Paragraph, Run
from mtfix.formats.markup.source import EndTag, Event, StartTag
from mtfix.formats.markup.spelling import Spelled, spell_html
from mtfix.formats.text.ignore import Ignored
from mtfix.types import Kind, Lock

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
        return decode(data, name, encoding, declared)
    except InputError:
        # Bytes that spoil a page in one encoding stay as they are; a page in another than it says is not told.
        if (
            encoding
            or b"\x00" in data
            or not (is_damaged_utf8(data) or (declared == "utf-8" and has_stray_bytes(data)))
        ):
            raise
    declared = "utf-8"
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
