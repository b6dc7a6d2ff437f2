"""Word documents that are damaged, hostile or none at all: one line each, and nothing is unpacked that need not be."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest

from mtfix.errors import InputError
from mtfix.formats.docx.format import DocxFormat
from mtfix.formats.packages import archive
from mtfix.formats.registry import ReadOptions
from tests.formats.docx.samples import build_docx, pack, paragraph, unpack

GOOD = build_docx(paragraph("It rained."), header=paragraph("Head."))
ENTITIES = b'<!DOCTYPE w:document [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


def replaced(**parts: bytes) -> bytes:
    return pack({**unpack(GOOD), **{f"word/{name}.xml": content for name, content in parts.items()}})


def without(name: str) -> bytes:
    return pack({k: v for k, v in unpack(GOOD).items() if k != name})


def renamed(name: str) -> bytes:
    return pack({**unpack(GOOD), name: b"x"})


def flagged() -> bytes:
    """An archive whose entries say that they are encrypted."""
    data = bytearray(GOOD)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def twice() -> bytes:
    out = io.BytesIO(GOOD)
    with pytest.warns(UserWarning), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/document.xml", b"<x/>")
    return out.getvalue()


def damaged() -> bytes:
    """An archive in which one byte of the body's compressed data is another."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        info = archive.getinfo("word/document.xml")
    at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    return GOOD[:at] + bytes([GOOD[at] ^ 0xFF]) + GOOD[at + 1 :]


DOCUMENT = unpack(GOOD)["word/document.xml"]
CASES = [
    ("empty", lambda: b"", "is empty"),
    ("text", lambda: b"It rained.", "is no ZIP archive"),
    ("pdf", lambda: b"%PDF-1.7 x", "looks like a PDF"),
    ("old word", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"old Word file \(.doc\) or has a password"),
    ("cut short", lambda: GOOD[: len(GOOD) // 2], "damaged ZIP archive"),
    ("only a signature", lambda: b"PK\x03\x04", "damaged ZIP archive"),
    ("damaged data", damaged, "word/document.xml is damaged"),
    ("another archive", lambda: pack({"a.txt": b"x"}), r"not a Word document: it has no \[Content_Types\].xml"),
    ("no body", lambda: without("word/document.xml"), "has no word/document.xml"),
    ("no types", lambda: without("[Content_Types].xml"), "not a Word document"),
    ("not XML", lambda: replaced(document=b"It rained."), r"word/document.xml:1:\d+: is not XML"),
    ("cut XML", lambda: replaced(document=DOCUMENT[:-30]), r"word/document.xml:\d+:\d+: is not XML"),
    ("other XML", lambda: replaced(document=b"<html/>"), "word/document.xml is no Word document"),
    ("entities", lambda: replaced(document=ENTITIES + b"<w>&a;&b;</w>"), "document types and entities are refused"),
    ("entities in a header", lambda: replaced(header=ENTITIES + b"<w/>"), "word/header.xml: declares a document type"),
    ("entities in styles", lambda: replaced(styles=ENTITIES + b"<w/>"), "word/styles.xml: declares a document type"),
    (
        "entities in UTF-16",
        lambda: replaced(document=('<?xml version="1.0" encoding="utf-16"?>' + ENTITIES.decode() + "<w/>").encode("utf-16")),
        "declares a document type",
    ),
    ("deep", lambda: replaced(document=b"<a>" * 5000 + b"</a>" * 5000), "is not XML"),
    ("parent folder", lambda: renamed("../../evil.xml"), "leads out of the archive"),
    ("root", lambda: renamed("/etc/evil.xml"), "leads out of the archive"),
    ("drive", lambda: renamed("C:evil.xml"), "leads out of the archive"),
    ("backslashes", lambda: renamed("word\\..\\..\\evil.xml"), "leads out of the archive"),
    ("two of one name", twice, "holds two files named 'word/document.xml'"),
    ("encrypted", flagged, "is encrypted; save it without a password"),
    ("bomb", lambda: renamed("word/x.xml") and pack({**unpack(GOOD), "word/x.xml": bytes(20_000_000)}), "would inflate"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_refused_in_one_line(make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message) as caught:
        DocxFormat().read(make(), "wire.docx", ReadOptions())
    assert str(caught.value).startswith("wire.docx: ")
    assert "\n" not in str(caught.value)


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 5)
    with pytest.raises(InputError, match="holds 6 files"):
        DocxFormat().read(GOOD, "wire.docx", ReadOptions())


def test_too_large_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_INFLATED", 1000)
    with pytest.raises(InputError, match="would inflate to"):
        DocxFormat().read(GOOD, "wire.docx", ReadOptions())


def test_a_part_too_large_to_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_PART", 500)
    with pytest.raises(InputError, match=r"has [0-9,]+ bytes, more than 500"):
        DocxFormat().read(GOOD, "wire.docx", ReadOptions())


def test_a_long_monotonous_document_is_no_bomb() -> None:
    data = build_docx(paragraph("It rained.") * 4_000)
    assert len(DocxFormat().read(data, "wire.docx", ReadOptions()).document.segments) == 4_000


def test_a_word_document_is_no_text() -> None:
    with pytest.raises(InputError, match="is not a text"):
        DocxFormat().read_text("x", "wire.docx")


ODD = [
    ("no relationships", lambda: without("word/_rels/document.xml.rels")),
    ("no package relationships", lambda: without("_rels/.rels")),
    ("no styles", lambda: without("word/styles.xml")),
    ("a lost header", lambda: without("word/header.xml")),
    ("a lonely field end", lambda: build_docx(paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "It rained."))),
    ("a field that never ends", lambda: build_docx(paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>') + paragraph("It rained."))),
    ("no paragraphs", lambda: build_docx("")),
    ("text outside of runs", lambda: build_docx("<w:p>It rained.<w:t>It snowed.</w:t></w:p>")),
    ("controls without content", lambda: build_docx("<w:sdt/><w:p><w:sdt/><w:fldSimple/><w:ins/><w:r/></w:p>")),
    ("choices without content", lambda: build_docx("<mc:AlternateContent/><w:p><w:r><mc:AlternateContent/></w:r></w:p>")),
    ("numbers that are none", lambda: build_docx('<w:p><w:pPr><w:outlineLvl w:val="x"/><w:numPr/></w:pPr></w:p>')),
]  # fmt: skip


def nest(depth: int, opening: str, inside: str, closing: str) -> str:
    return opening * depth + inside + closing * depth


DEEP = [
    ("choices", nest(120, "<mc:AlternateContent><mc:Choice>", "", "</mc:Choice></mc:AlternateContent>")),
    ("choices in a run", paragraph("It rained.", f"<w:r>{nest(110, '<mc:AlternateContent><mc:Choice>', '', '</mc:Choice></mc:AlternateContent>')}</w:r>")),
    ("both ways", nest(14, "<mc:AlternateContent><mc:Fallback/><mc:Choice>", paragraph("It rained."), "</mc:Choice></mc:AlternateContent>")),
    ("controls", nest(110, "<w:sdt><w:sdtContent>", paragraph("It rained."), "</w:sdtContent></w:sdt>")),
    ("controls in a paragraph", paragraph(nest(110, "<w:sdt><w:sdtContent>", "<w:r><w:t>It rained.</w:t></w:r>", "</w:sdtContent></w:sdt>"))),
    ("links", paragraph(nest(240, "<w:hyperlink>", "<w:r><w:t>It rained.</w:t></w:r>", "</w:hyperlink>"))),
    ("tables", nest(75, "<w:tbl><w:tr><w:tc>", paragraph("It rained."), "</w:tc></w:tr></w:tbl>")),
    ("text boxes", nest(60, "<w:p><w:r><w:pict><w:txbxContent>", paragraph("It rained."), "</w:txbxContent></w:pict></w:r></w:p>")),
    ("fields", paragraph(*['<w:r><w:fldChar w:fldCharType="begin"/></w:r>'] * 3000, "It rained.")),
]  # fmt: skip


@pytest.mark.parametrize("body", [c[1] for c in DEEP], ids=[c[0] for c in DEEP])
def test_deep_documents_are_read_once(body: str) -> None:
    """Without a limit of their own: no parser goes deeper than 256, and nothing is walked twice at each step."""
    data = build_docx(body)
    container = DocxFormat().read(data, "wire.docx", ReadOptions())
    assert len(container.document.segments) == ("It rained" in body and "fldChar" not in body)
    assert container.write(container.documents) == data


@pytest.mark.parametrize("make", [c[1] for c in ODD], ids=[c[0] for c in ODD])
def test_odd_documents_are_read_and_stay(make) -> None:  # type: ignore[no-untyped-def]
    data = make()
    container = DocxFormat().read(data, "wire.docx", ReadOptions())
    assert container.write(container.documents) == data


def test_without_lxml_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    with pytest.raises(InputError, match=r"the format docx needs the package lxml: pip install 'mtfix\[docx\]'"):
        DocxFormat().read(GOOD, "wire.docx", ReadOptions())
