"""XML read safely, with the place of every tag and text, so that a file changes by splices and is never re-serialised.

Expat (standard library) checks that the file is well-formed and says where its markup stands. Document types with
declarations of their own and entities are refused: no article needs them, and they are how a hostile file fills the
memory or reads other files. A plain ``<!DOCTYPE nitf SYSTEM "nitf.dtd">`` is tolerated and never loaded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.parsers import expat

from mtfix.errors import InputError
from mtfix.files.encoding import Decoded, decode
from mtfix.files.signatures import guess_wide
from mtfix.formats.markup.source import Aside, EndTag, Event, Source, StartTag, Text
from mtfix.formats.markup.spelling import Style

MAX_DEPTH = 500  # elements within elements
_CHUNK = 1 << 16
_DECLARATION = re.compile(rb"\A\s*<\?xml\s[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_TAG = re.compile(r"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_XML = "http://www.w3.org/XML/1998/namespace"
_NAMESPACES = {"xml": _XML}


def refuse_entities(parser: expat.XMLParserType, name: str, *, doctype: bool = True) -> None:
    """Make ``parser`` refuse declarations of entities, external references and, with ``doctype``, any document type.

    Without ``doctype``, a document type that only names a file is tolerated; the file is not read. The parser then
    raises InputError with line and column.
    """

    def refuse(*_: object) -> None:
        raise InputError(
            f"{name}:{parser.CurrentLineNumber}:{parser.CurrentColumnNumber + 1}: document types and entities are "
            "refused in XML; remove the <!DOCTYPE>"
        )

    def start_doctype(root: str, system: str | None, public: str | None, has_internal: int) -> None:
        if doctype or has_internal:
            refuse()

    parser.StartDoctypeDeclHandler = start_doctype
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = lambda *_: 0


def decode_xml(data: bytes, name: str, encoding: str = "") -> Decoded:
    """Decode an XML file: ``encoding``, its byte order mark, its declaration, then as any text. Raises InputError."""
    declared = _DECLARATION.match(data[:400])
    said = ""
    if not encoding and not guess_wide(data):
        said = declared[1].decode("ascii") if declared else "utf-8"  # which is what no declaration means
        if said.lower().replace("_", "-") in ("utf-16", "ucs-2", "iso-10646-ucs-2"):
            said = "utf-8"  # its bytes say that it is not
        try:
            codecs.lookup(said)
        except (LookupError, ValueError):
            raise InputError(f"{name}:1: declares an unknown encoding {said!r}; name it with --encoding") from None
    try:
        decoded = decode(data, name, encoding, said)
    except InputError as error:
        if declared or encoding or b"\x00" in data:
            raise
        advice = "; XML without a declaration is UTF-8: name another encoding with --encoding"
        raise InputError(f"{str(error).partition(';')[0]}{advice}") from None
    if declared and decoded.mark:  # what the mark says against the declaration is no news to anybody
        return replace(decoded, notes=())
    return decoded


def read_xml(data: bytes, name: str, encoding: str = "") -> Source:
    """Return the decoded file. Raises InputError."""
    return Source(name, decode_xml(data, name, encoding))


def scan_xml(source: Source) -> Iterator[Event]:
    """Yield the tags, texts and comments of an XML file; offsets count code points of ``source.text``.

    What lies between two events is never text. Names with a prefix that nobody declared have no namespace: feeds have
    them.

    Raises:
        InputError: not well-formed, nested too deeply, or with a document type that declares something; with
            ``path:line:column``.
    """
    text = source.text.lstrip("\ufeff \t\r\n")  # blanks before the declaration: feeds have them
    shift = len(source.text) - len(text)
    above = source.text.count("\n", 0, shift)
    scanner = _Scanner(source.name, text)
    if not text.strip():
        raise InputError(f"{source.name}: is empty, not XML")
    try:
        for at in range(0, len(text), _CHUNK):
            yield from scanner.feed(text[at : at + _CHUNK], shift, final=at + _CHUNK >= len(text))
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        line = text.splitlines()[error.lineno - 1 : error.lineno]
        ampersand = bool(line) and "&" in line[0][max(0, error.offset - 40) : error.offset + 1]
        advice = "; write & as &amp;" if ampersand else ""
        raise InputError(
            f"{source.name}:{error.lineno + above}:{error.offset + 1}: not valid XML: {what}{advice}"
        ) from None


class _Scanner:
    """Turns what expat calls into events. Expat counts bytes of the UTF-8 that it is fed, events count characters."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.events: list[Event] = []
        self.open: list[tuple[int, dict[str, str]]] = []  # what is open: where it began, prefixes before it
        self.prefixes: dict[str, str] = _NAMESPACES
        self.done = 0  # where the last markup ended
        self.in_cdata = False
        self._bytes = self._chars = 0
        self._ascii = text.isascii()
        self._utf8 = b"" if self._ascii else text.encode("utf-8")
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        refuse_entities(parser, name, doctype=False)
        parser.UseForeignDTD(True)  # names of characters that a DTD would define are then no errors
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CommentHandler = self._closer("-->")
        parser.ProcessingInstructionHandler = self._closer("?>")
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata

    def feed(self, piece: str, shift: int, *, final: bool) -> Iterator[Event]:
        self.parser.Parse(piece.encode("utf-8"), final)
        events, self.events = self.events, []
        if not shift:
            yield from events
            return
        for event in events:
            yield replace(event, start=event.start + shift, end=event.end + shift)

    def _here(self) -> int:
        """Return the character at which the event in hand begins."""
        index = self.parser.CurrentByteIndex
        if self._ascii:
            return index
        if index > self._bytes:
            self._chars += len(self._utf8[self._bytes : index].decode("utf-8"))
            self._bytes = index
        return self._chars

    def _add_text(self, at: int) -> None:
        if self.done < at and self.open:
            self.events.append(Text(self.done, at, Style.CDATA if self.in_cdata else Style.TEXT))

    def _start(self, name: str, given: list[str]) -> None:
        at = self._here()
        self._add_text(at)
        found = _TAG.match(self.text, at)
        assert found is not None  # expat has read it
        attributes = dict(zip(given[::2], given[1::2], strict=True))
        if len(self.open) == MAX_DEPTH:
            line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            raise InputError(f"{self.name}:{line}:{column}: more than {MAX_DEPTH} elements within each other")
        self.open.append((at, self.prefixes))
        declared = {k.partition(":")[2]: v for k, v in attributes.items() if k == "xmlns" or k.startswith("xmlns:")}
        if declared:
            self.prefixes = {**self.prefixes, **declared}
        prefix, _, local = name.rpartition(":")
        is_empty = found[0].endswith("/>")
        self.events.append(
            StartTag(at, found.end(), local, attributes, self.prefixes.get(prefix, ""), prefix, is_empty)
        )
        self.done = found.end()

    def _end(self, name: str) -> None:
        at = self._here()
        prefix, _, local = name.rpartition(":")
        start, before = self.open[-1]
        is_empty = self.done == at and self.text.startswith("/>", at - 2) and self._is_tag(start, at)
        if not is_empty:
            self._add_text(at)
        end = at if is_empty else self.text.index(">", at) + 1
        self.events.append(EndTag(at, end, local, self.prefixes.get(prefix, ""), prefix))
        self.open.pop()
        self.prefixes = before
        self.done = end

    def _is_tag(self, start: int, end: int) -> bool:
        found = _TAG.match(self.text, start)
        return found is not None and found.end() == end

    def _closer(self, mark: str) -> Callable[..., None]:
        def handle(*_: str) -> None:
            at = self._here()
            self._add_text(at)
            self.done = self.text.index(mark, at + 1 + len(mark)) + len(mark)  # `<!-->` is no whole comment
            self.events.append(Aside(at, self.done))

        return handle

    def _start_cdata(self) -> None:
        at = self._here()
        self._add_text(at)
        self.done = at + len("<![CDATA[")
        self.in_cdata = True

    def _end_cdata(self) -> None:
        at = self._here()
        self._add_text(at)
        self.in_cdata = False
        self.done = at + len("]]>")
