"""TMX: English translations change, the language they come from and everything else stay; lxml reads what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mtfix.errors import InputError
from mtfix.formats import ReadOptions, open_file
from mtfix.formats.tracking import Signature
from mtfix.formats.translations.bitext import Bitext
from mtfix.formats.translations.tmx import TmxFormat
from tests.formats.replacing import replace_words, write_replaced

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def memory(*units: str, srclang: str = "ru", head: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<tmx version="1.4">\n'
        f'<header creationtool="IG" srclang="{srclang}" adminlang="en" datatype="plaintext"><note>IG</note></header>\n'
        f"<body>\n{''.join(units)}</body>\n</tmx>\n"
    )


def unit(english: str, language: str = "en-GB", attributes: str = "") -> str:
    return (
        f'<tu tuid="IG"{attributes}>\n<note>IG</note>\n<tuv xml:lang="ru"><seg>ИГ IG</seg></tuv>\n'
        f'<tuv xml:lang="{language}" changedate="20140101T000000Z">\n<prop type="x">IG</prop>\n<seg>{english}</seg></tuv>\n'
        "</tu>\n"
    )


def read(text: str | bytes) -> Bitext:
    return TmxFormat().read(text.encode() if isinstance(text, str) else text, "w.tmx", ReadOptions())


def fix(text: str, **words: str) -> str:
    return write_replaced(read(text), words or {"IG": "IS"}).decode()


def test_only_english_segments_change() -> None:
    text = memory(unit("the IG"), unit("an IG", language="EN-US"), unit("das IG", language="de"))
    assert fix(text) == text.replace("<seg>the IG", "<seg>the IS").replace("<seg>an IG", "<seg>an IS")
    assert read(text).documents[0].mt == "the IG\n\nan IG"


@pytest.mark.parametrize(
    ("srclang", "language", "attributes", "is_read"),
    [
        ("ru", "en", "", True),
        ("*all*", "en", "", True),
        ("en", "en", "", False),
        ("en", "en-US", "", False),
        ("EN-us", "en", "", False),
        ("en-US", "en-GB", "", True),
        ("en", "en-GB", ' srclang="ru"', True),
        ("ru", "en", ' srclang="en"', False),
        ("ru", "", "", False),
        ("", "en", "", True),
    ],
    ids="ru all same region no-region other-region own-ru own-en none unsaid".split(),
)
def test_the_source_is_never_touched(srclang: str, language: str, attributes: str, is_read: bool) -> None:
    text = memory(unit("the IG", language=language, attributes=attributes), srclang=srclang)
    assert ("<seg>the IS" in fix(text)) is is_read
    assert ("has no English translations" in "".join(read(text).documents[0].notes)) is not is_read


@pytest.mark.parametrize(
    ("first", "is_repaired"),
    [
        ('<tuv xml:lang="en">', False),
        ('<tuv xml:lang="en" creationid="ANNA">', False),
        ('<tuv xml:lang="en" creationid="MT!">', True),
        ('<tuv xml:lang="en" creationtool="NMT">', True),
        ('<tuv xml:lang="en"><prop type="x-origin">mt</prop>', True),
        ('<tuv xml:lang="en"><prop type="x-origin">tm</prop>', False),
        ('<tuv xml:lang="en"><note>mt</note>', False),
    ],
)
def test_where_any_variant_may_be_the_source_the_first_is(first: str, is_repaired: bool) -> None:
    for srclang in ("*all*", "*ALL*"):
        text = memory(f'<tu>{first}<seg>the IG</seg></tuv><tuv xml:lang="ru"><seg>IG</seg></tuv></tu>', srclang=srclang)
        assert fix(text) == (text.replace("<seg>the IG", "<seg>the IS") if is_repaired else text)


def test_without_srclang_the_first_variant_is_the_source() -> None:
    text = memory(
        '<tu><tuv xml:lang="en"><seg>the IG</seg></tuv><tuv xml:lang="en-GB"><seg>IG</seg></tuv></tu>', srclang=""
    )
    assert fix(text) == text
    text = text.replace('"en"><seg>', '"ru"><seg>')
    assert fix(text) == text.replace("<seg>IG", "<seg>IS")


@pytest.mark.parametrize(
    ("segment", "after"),
    [
        ('<bpt i="1">&lt;b></bpt>2,5<ept i="1">&lt;/b></ept> thousand', None),
        ("<hi>2,5</hi> thousand", None),
        ('<ph x="1">&lt;b></ph>2,5 thousand', None),
        ("2,5<ph>&lt;br></ph>thousand", "2,5<ph>&lt;br></ph>thousand"),
        ("a <ph>IG</ph> IG", "a <ph>IG</ph> IS"),
        ("a <it pos='begin'>IG</it>IG", "a <it pos='begin'>IG</it>IS"),
        ("a <bpt i='1'>IG <sub>IG</sub></bpt>IG<ept i='1'/>", "a <bpt i='1'>IG <sub>IG</sub></bpt>IS<ept i='1'/>"),
        ("a <ut>IG</ut>IG", "a <ut>IG</ut>IS"),
        ("a &#x2014; IG", "a &#x2014; IS"),
    ],
    ids="pair hi ph-tag ph-br ph it sub ut entity".split(),
)
def test_inline_codes(segment: str, after: str | None) -> None:
    wanted = after if after is not None else segment.replace("2,5", "2,500").replace(" thousand", "")
    written = fix(memory(unit(segment)), **{"2,5 thousand": "2,500", "IG": "IS"})
    assert written == memory(unit(wanted))


def test_a_plain_document_type_is_tolerated_and_not_read() -> None:
    text = memory(unit("the IG"), head='<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n')
    assert fix(text) == text.replace("<seg>the IG", "<seg>the IS")


def test_a_memory_may_be_one_long_line(tmp_path: Path) -> None:
    path = tmp_path / "w.tmx"
    text = (
        memory(unit("the IG").replace("ИГ", "x")).replace("\n", "").replace("<body>", f"<body><!--{'x' * 5_100_000}-->")
    )
    path.write_text(text, encoding="utf-8")
    assert write_replaced(open_file(path), {"IG": "IS"}).decode() == text.replace("<seg>the IG", "<seg>the IS")
    with pytest.raises(InputError, match="has a line longer than 5 MB"):
        open_file(path, format="text")


def test_tracked_changes_are_dated_and_signed() -> None:
    container = read(memory(unit("the IG"), unit("the IS")))
    documents = [replace_words(container.documents[0], {"IG": "IS"})]
    after = container.write_tracked(documents, Signature("Anna & co", "2026-01-31T12:00:00Z")).decode()
    wanted = unit("the IS").replace('changedate="20140101T000000Z"', 'changedate="20260131T120000Z"')
    wanted = wanted.replace('<tuv xml:lang="en', '<tuv changeid="Anna &amp; co" xml:lang="en')
    wanted = wanted.replace('<prop type="x">', '<note>Anna &amp; co: TEST: A test</note>\n<prop type="x">')
    assert after == memory(wanted, unit("the IS"))
    undated = container.write_tracked(documents, Signature("Anna")).decode()
    assert 'changeid="Anna"' in undated
    assert undated.count('changedate="20140101T000000Z"') == 2
    etree.fromstring(after.encode())
    assert container.write_tracked(container.documents, Signature()) == container.write(container.documents)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1251"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_encodings_and_line_ends_come_back(encoding: str, line_end: str) -> None:
    text = memory(unit("the IG")).replace("UTF-8", encoding.removesuffix("-sig")).replace("\n", line_end)
    data = text.encode(encoding)
    container = read(data)
    assert container.write(container.documents) == data
    after = write_replaced(container, {"IG": "“中”"})
    assert etree.fromstring(after).xpath("//tuv[2]/seg/text()") == ["the “中”"]
    assert after.decode(encoding).count(line_end) == text.count(line_end)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (memory(head='<!DOCTYPE tmx [<!ENTITY a "IG">]>\n').encode(), r":2:\d+: .*entities are refused"),
        (memory(unit("the IG")).encode()[:300], "not valid XML"),
        (memory(unit("the &x; IG")).encode(), "the entity &x; is not defined"),
        (b"<xliff version='1.2'/>", r":1:1: the root element is <xliff>, not <tmx>"),
        (memory(unit("IG")).encode("utf-16").replace(b"U\0T\0F\0-\08\0", b"X\0X\0X\0-\08\0"), None),
    ],
    ids="bomb truncated entity other-root misdeclared".split(),
)
def test_hostile_and_damaged_files(data: bytes, said: str | None) -> None:
    if said is None:  # the byte order mark is right, whatever the declaration says
        assert read(data).write(read(data).documents) == data
        return
    with pytest.raises(InputError, match=said) as caught:
        read(data)
    assert "\n" not in str(caught.value)


PIECES = ["the ", "IG ", "<hi>", "</hi>", "&amp; ", "<ph>IG</ph>", "said. ", "2,5", "<![CDATA[ IG <]]>"]


@given(st.lists(st.tuples(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(["en", "de"])), max_size=4))
def test_any_memory_comes_back_with_its_words_replaced(segments: list[tuple[list[str], str]]) -> None:
    units = []
    for pieces, language in segments:
        depth = 0
        kept = []
        for piece in pieces:
            if piece == "</hi>" and not depth:
                continue
            depth += (piece == "<hi>") - (piece == "</hi>")
            kept.append(piece)
        units.append(unit("".join(kept) + "</hi>" * depth, language=language))
    data = memory(*units).encode()
    container = read(data)
    assert container.write(container.documents) == data
    after = write_replaced(container, {"IG": "<Islamic State>", "the": "one & the"})
    trees = etree.fromstring(data), etree.fromstring(after)
    for old, new in zip(*(tree.iter() for tree in trees), strict=True):
        assert (old.tag, dict(old.attrib)) == (new.tag, dict(new.attrib))
        for before, now, owner in ((old.text, new.text, old), (old.tail, new.tail, old.getparent())):
            if before and owner is not None and owner.tag in ("seg", "hi") and _language(owner) == "en":
                before = before.replace("the", "one & the").replace("IG", "<Islamic State>")
            assert now == before
    again = read(after)
    assert again.write(again.documents) == after


def _language(element: etree._Element) -> str:
    return next((e.get(LANG, "") for e in element.iterancestors("tuv")), "")
