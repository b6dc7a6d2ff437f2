"""A Word document made of paragraphs, for wires that came as something else; clean, or with tracked changes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from mtfix.formats.tracking import Signature
from mtfix.server.api.wire import plain_gap
from mtfix.trail import compose
from mtfix.types import Document, Kind, Segment

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ),
}


def write_docx(documents: Sequence[Document], signature: Signature | None) -> bytes:
    """Return a Word document with the text of ``documents``; with a signature every edit is a tracked change."""
    numbers = count(1)
    body = "".join(
        _write_paragraph(document, paragraph, signature, numbers)
        for document in documents
        for paragraph in document.paragraphs()
    )
    parts = {**_PARTS, "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), _HEAD + content)
    return buffer.getvalue()


def _write_paragraph(document: Document, paragraph: range, signature: Signature | None, numbers: Iterator[int]) -> str:
    bold = document.segments[paragraph.start].kind is Kind.HEADING
    runs: list[str] = []
    for i in paragraph:
        runs += _write_segment(document.segments[i], signature, numbers, bold)
        if i + 1 < paragraph.stop:
            runs.append(_run(plain_gap(document.gaps[i + 1]), bold))
    return f"<w:p>{''.join(runs)}</w:p>"


def _write_segment(segment: Segment, signature: Signature | None, numbers: Iterator[int], bold: bool) -> Iterator[str]:
    if signature is None:
        yield _run(segment.text, bold)
        return
    author = f"w:author={quoteattr(signature.author)} w:date={quoteattr(signature.date)}"
    at = 0
    for change in compose(segment.mt, segment.trail):
        yield _run(segment.mt[at : change.start], bold)
        if change.end > change.start:
            words = _run(segment.mt[change.start : change.end], bold, "w:delText")
            yield f'<w:del w:id="{next(numbers)}" {author}>{words}</w:del>'
        if change.replacement:
            yield f'<w:ins w:id="{next(numbers)}" {author}>{_run(change.replacement, bold)}</w:ins>'
        at = change.end
    yield _run(segment.mt[at:], bold)


def _run(text: str, bold: bool, tag: str = "w:t") -> str:
    if not text:
        return ""
    words = escape(_NOT_XML.sub("\ufffd", text.replace("\r\n", "\n")).replace("\n", " "))
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{look}<{tag} xml:space="preserve">{words}</{tag}></w:r>'
