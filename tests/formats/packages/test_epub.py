"""EPUB books: pages of the spine are read as XHTML, everything else is copied."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.errors import InputError
from mtfix.formats.registry import ReadOptions, find_format
from tests.formats.packages.samples import build_epub, list_texts, pack, read, strip_text, unpack
from tests.formats.replacing import replace_words, write_replaced

PAGE = "OEBPS/text/page 1.xhtml"


def body(inside: str) -> str:
    return f"<head><title/><script src='a.js'/></head><body>{inside}</body>"


def fix(inside: str, words: dict[str, str]) -> str:
    """Return what becomes of a page in which words are replaced."""
    data = build_epub(body(inside))
    old, new = (unpack(one)[PAGE].decode() for one in (data, write_replaced(read(data, "epub"), words)))
    at = old.index(inside)
    assert new.startswith(old[:at])
    assert new.endswith(old[at + len(inside) :])
    return new[at : len(new) - len(old) + at + len(inside)]


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("<p>On rose.</p>", {"On": "It"}, "<p>It rose.</p>"),
        ("<p>by <b>2,5</b> thousand</p>", {"2,5 thousand": "2,500"}, "<p>by <b>2,500</b></p>"),
        ("<p><i>the terri</i>tory of Omsk</p>", {"the territory of Omsk": "Omsk"}, "<p><i></i>Omsk</p>"),
        (
            "<p>On&nbsp;rose &amp; fell<a id='x'/>.</p>",
            {"fell": "< so"},
            "<p>On&nbsp;rose &amp; &lt; so<a id='x'/>.</p>",
        ),
        ("<p>On <code>On</code></p>", {"On": "It"}, "<p>It <code>On</code></p>"),
        ("<p>On <span lang='de'>On</span> came</p>", {"On": "It"}, "<p>It <span lang='de'>On</span> came</p>"),
    ],
)
def test_an_edit_changes_only_its_words(before: str, words: dict[str, str], after: str) -> None:
    assert fix(before, words) == after


def test_pages_are_documents_in_the_order_of_the_spine_and_all_else_is_copied() -> None:
    data = build_epub(body("<p>It came second.</p>"), body("<h1>First</h1>"), body("<p> </p>"))
    assert list_texts(data, "epub") == ["First", "It came second."]
    container = read(data, "epub")
    assert [d.name for d in container.documents] == [
        "wire.epub: OEBPS/text/page 2.xhtml",
        "wire.epub: OEBPS/text/page 1.xhtml",
    ]
    assert container.write(container.documents) == data
    written = write_replaced(container, {"second": "last"})
    old, new = unpack(data), unpack(written)
    assert list(old) == list(new)
    assert [name for name in old if old[name] != new[name]] == [PAGE]
    assert written[30:58] == b"mimetypeapplication/epub+zip"


@pytest.mark.parametrize(
    ("language", "inside", "after", "note"),
    [
        ("ru", "<p>On said that the work of the plant was over.</p>", "<p>It said that the work of the plant was over.</p>",
         "wire.epub: says that the language is 'ru', but the text is English: repaired"),
        ("de", "<p>On war in Berlin und will die Arbeit bis Mai beenden.</p>", None,
         "wire.epub: says that the language is 'de': left alone"),
        ("en-GB", "<p>On rose.</p>", "<p>It rose.</p>", None),
    ],
)  # fmt: skip
def test_the_language_of_the_book(language: str, inside: str, after: str | None, note: str | None) -> None:
    data = build_epub(body(inside), language=language)
    container = read(data, "epub")
    assert list(container.documents[0].notes) == ([note] if note else [])
    assert unpack(write_replaced(container, {"On": "It"}))[PAGE].decode().count(after or inside) == 1


def test_pages_of_html_are_read_as_browsers_do() -> None:
    data = build_epub("<body><p>On rose.<br>On fell.<p>On came.</body>", media="text/html")
    new = unpack(write_replaced(read(data, "epub"), {"On": "It"}))[PAGE].decode()
    assert "<body><p>It rose.<br>It fell.<p>It came.</body>" in new


def test_encrypted_fonts_are_no_protection_of_the_text() -> None:
    cipher = b"<encryption><EncryptedData><CipherData><CipherReference URI='OEBPS/a.otf'/></CipherData></EncryptedData></encryption>"
    data = pack({**GOOD, "META-INF/encryption.xml": cipher})
    assert list_texts(data, "epub") == ["It rained."]


GOOD = unpack(build_epub(body("<p>It rained.</p>")))
CIPHER = b"<encryption><EncryptedData><CipherData><CipherReference URI='OEBPS/text/page%201.xhtml'/></CipherData></EncryptedData></encryption>"
ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"It rained.", r"is no ZIP archive, not an EPUB book \(epub\)"),
        (pack(GOOD)[:400], "damaged ZIP archive"),
        (pack({"a.txt": b"x"}), "not an EPUB book: it has no META-INF/container.xml"),
        (pack({**GOOD, "META-INF/container.xml": b"<container/>"}), "names no package"),
        (pack({**GOOD, "OEBPS/book.opf": b"<html/>"}), "book.opf holds <html>, so it is no EPUB book"),
        (pack({k: v for k, v in GOOD.items() if k != "OEBPS/book.opf"}), "has no OEBPS/book.opf"),
        (pack({k: v for k, v in GOOD.items() if k != PAGE}), "has no OEBPS/text/page 1.xhtml"),
        (pack({**GOOD, PAGE: GOOD[PAGE][:-5]}), r"page 1.xhtml:2:\d+: not valid XML"),
        (pack({**GOOD, PAGE: ENTITY + b"<html>&b;</html>"}), "document types and entities are refused"),
        (pack({**GOOD, "OEBPS/book.opf": ENTITY + b"<package/>"}), "document types and entities are refused"),
        (pack({**GOOD, "META-INF/encryption.xml": CIPHER}), "is encrypted; mtfix reads books without copy protection"),
        (pack({**GOOD, "OEBPS/x.jpg": bytes(20_000_000)}), "would inflate"),
        (pack({**GOOD, "../evil": b"x"}), "leads out of the archive"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        find_format("epub").load().read(data, "wire.epub", ReadOptions())
    assert str(caught.value).startswith("wire.epub: ")
    assert "\n" not in str(caught.value)


PIECES = [
    "On ",
    " in ",
    "came",
    ". ",
    "<br/>",
    "<i>On</i>",
    "<b>i</b>n ",
    "<code>On</code>",
    "&nbsp;",
    "&amp;",
    "<img src='a'/>",
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=10), min_size=1, max_size=3))
def test_text_outside_edits_stays(drawn: list[list[str]]) -> None:
    data = build_epub(body("".join(f"<p>{''.join(pieces)}</p>" for pieces in drawn)))
    container = read(data, "epub")
    assert container.write(container.documents) == data
    written = write_replaced(container, {"On": "It", " in ": " at "})
    new, old = (unpack(one)[PAGE].decode() for one in (written, data))
    assert strip_text(new) == strip_text(old)
    replaced = [replace_words(document, {"On": "It", " in ": " at "}) for document in container.documents]
    assert [d.mt for d in read(written, "epub").documents] == [d.text for d in replaced]
