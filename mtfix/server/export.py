"""What an editor takes away: the original format, text, HTML, a report, Word (clean or tracked), JSON, the decisions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import PurePath
from urllib.parse import quote

from mtfix.about import __version__
from mtfix.decisions import render_decisions
from mtfix.findings import list_findings
from mtfix.formats.registry import Container, find_format
from mtfix.formats.tracking import Signature, sign, write_container
from mtfix.report.editlog import describe_finding
from mtfix.report.html import render_html
from mtfix.server.api import wire
from mtfix.server.docx import write_docx
from mtfix.server.store.models import StoredDocument
from mtfix.types import Document, Kind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {
    "text": ("text/plain; charset=utf-8", ".txt"),
    "html": ("text/html; charset=utf-8", ".html"),
    "report": ("text/html; charset=utf-8", ".report.html"),
    "json": ("application/json", ".json"),
    "docx": (DOCX, ".docx"),
    "tracked": (DOCX, ".tracked.docx"),
    "decisions": ("application/json", ".decisions.json"),
}
ORIGINAL = "application/octet-stream"
MEDIA_TYPES = sorted({ORIGINAL, *(kind for kind, _ in _KINDS.values())})


def list_exports(stored: StoredDocument) -> list[str]:
    """Return what a document can be exported to."""
    return ["original", *_KINDS]


def export(stored: StoredDocument, to: str, limit: int, author: str) -> tuple[bytes, str, str]:
    """Return the exported bytes, their media type and a file name. Raises InputError, OutputError."""
    container, documents = wire.finish(stored, limit)
    stem = PurePath(stored.name).name
    for extension in find_format(stored.format).extensions:
        stem = stem.removesuffix(extension)
    if to == "original":
        return container.write(documents), ORIGINAL, stored.name
    kind, suffix = _KINDS[to]
    return _write(to, stored, container, documents, sign(author if author != "local" else "mtfix")), kind, stem + suffix


def _write(
    to: str, stored: StoredDocument, container: Container, documents: Sequence[Document], signature: Signature
) -> bytes:
    if to == "text":
        return "\n\n".join(_write_text(d) for d in documents).encode()
    if to == "html":
        return _write_html(stored.name, documents).encode()
    if to == "report":
        return render_html(documents, version=__version__, configuration=f"profile {stored.profile}").encode()
    if to == "decisions":
        return render_decisions(zip(container.documents, wire.settle_document(stored), strict=True)).encode()
    if to == "json":
        records = [
            {"name": d.name, "original": d.mt, "text": d.text, "edits": [describe_finding(f) for f in list_findings(d)]}
            for d in documents
        ]
        return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode()
    tracked = signature if to == "tracked" else None
    if stored.format == "docx":
        return write_container(container, documents, tracked)
    return write_docx(documents, tracked)


def _paragraphs(document: Document) -> list[tuple[Kind, str]]:
    """Return the paragraphs of a document as they read now, without the markup between them."""
    found = []
    for paragraph in document.paragraphs():
        words = [
            document.segments[i].text + (wire.plain_gap(document.gaps[i + 1]) if i + 1 < paragraph.stop else "")
            for i in paragraph
        ]
        found.append((document.segments[paragraph.start].kind, "".join(words)))
    return found


def _write_text(document: Document) -> str:
    if document.format in ("text", "markdown", "mdx", "asciidoc"):
        return document.text
    return "\n\n".join(text for _, text in _paragraphs(document)) + "\n"


def _write_html(name: str, documents: Sequence[Document]) -> str:
    body = "\n".join(
        f"<h2>{escape(text)}</h2>" if kind is Kind.HEADING else f"<p>{escape(text)}</p>"
        for d in documents
        for kind, text in _paragraphs(d)
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(name)}</title></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def disposition(name: str) -> str:
    """Return the header that names a download, also for names beyond ASCII.

    >>> disposition("й.txt")
    'attachment; filename="_.txt"; filename*=UTF-8\\'\\'%D0%B9.txt'
    """
    plain = "".join(c if " " <= c < "\x7f" and c not in '"\\' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
