"""XML: every tag and text with its place, well-formedness checked, hostile files refused in one line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mtfix.errors import InputError
from mtfix.formats.markup.source import EndTag, StartTag, Text
from mtfix.formats.markup.spelling import Style, spell_xml
from mtfix.formats.xml.scan import MAX_DEPTH, read_xml, scan_xml


def list_events(data: bytes) -> list[tuple[str, str]]:
    """Return kind and source of every event."""
    source = read_xml(data, "f.xml")
    return [(type(e).__name__, source.text[e.start : e.end]) for e in scan_xml(source)]


def test_every_tag_and_text_has_its_place() -> None:
    data = '<?xml version="1.0"?><!-- c --><a x="/>"><b/>т&#8211;x<![CDATA[ <y> ]]>z<c></c><?p i?></a>\n'
    assert list_events(data.encode()) == [
        ("Aside", "<!-- c -->"),
        ("StartTag", '<a x="/>">'),
        ("StartTag", "<b/>"),
        ("EndTag", ""),
        ("Text", "т&#8211;x"),
        ("Text", " <y> "),
        ("Text", "z"),
        ("StartTag", "<c>"),
        ("EndTag", "</c>"),
        ("Aside", "<?p i?>"),
        ("EndTag", "</a>"),
    ]


def test_names_have_their_namespaces_and_undeclared_prefixes_none() -> None:
    source = read_xml(b'<r xmlns="u" xmlns:p="v"><p:a/><q:b/><c xmlns="w"><d/></c><e/></r>', "f.xml")
    tags = [(e.name, e.namespace, e.prefix) for e in scan_xml(source) if isinstance(e, StartTag)]
    assert tags == [
        ("r", "u", ""), ("a", "v", "p"), ("b", "", "q"), ("c", "w", ""), ("d", "w", ""), ("e", "u", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "koi8-r"])
def test_encodings_by_mark_or_declaration_come_back(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    data = f'<?xml version="1.0" encoding="{declared}"?>\r\n<a>тест <b>да</b></a>'.encode(encoding)
    source = read_xml(data, "f.xml")
    assert [source.text[e.start : e.end] for e in scan_xml(source) if isinstance(e, Text)] == ["тест ", "да"]
    assert source.write([]) == data


def test_a_document_type_that_names_a_file_is_tolerated_and_not_read() -> None:
    events = list_events(b'<!DOCTYPE nitf SYSTEM "file:///etc/hostname"><nitf>a&nbsp;b</nitf>')
    assert events[1] == ("Text", "a&nbsp;b")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', r"f\.xml:1:\d+: document types and entities are refused"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', r"f\.xml:1:\d+: document types"),
        ('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://x/"> %p;]><a/>', r"f\.xml:1:\d+: document types"),
        ("<!DOCTYPE a [ ]>\n<a/>", r"f\.xml:1:\d+: document types"),
        ("<a>" * (MAX_DEPTH + 1), rf"f\.xml:1:\d+: more than {MAX_DEPTH} elements"),
        ("<a>AT&T</a>", r"f\.xml:1:8: not valid XML: .*; write & as &amp;"),
        ("<a>\n<b></a>", r"f\.xml:2:6: not valid XML: mismatched tag\Z"),
        ("<a>tail", r"f\.xml:1:8: not valid XML: no element found\Z"),
        ("<a/><a/>", r"f\.xml:1:5: not valid XML: junk after document element"),
        ("<a>\x0b</a>", r"f\.xml:1:4: not valid XML: not well-formed \(invalid token\)\Z"),
        ("", r"f\.xml: is empty, not XML"),
        ("plain text", r"f\.xml:1:1: not valid XML"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', r"f\.xml:1: declares an unknown encoding 'klingon'"),
    ],
    ids=["bomb", "outside", "parameter", "subset", "deep", "ampersand", "crossed", "cut", "two", "control", "empty",
         "text", "encoding"],
)  # fmt: skip
def test_bad_files_are_one_line(data: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        list_events(data.encode())
    assert "\n" not in str(caught.value)


def test_an_entity_that_nobody_knows_is_named_with_its_place() -> None:
    with pytest.raises(InputError, match=r"f:2:3: the entity &foo; is not defined here"):
        spell_xml("a\nb &foo;", 0, 9, "f")


NAMES = st.sampled_from(["a", "b", "p:c", "d"])
WORDS = st.text(st.sampled_from("ax é—\n<>&\"'ю𝄞"), max_size=8)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(NAMES)
    inner = ""
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        kind = draw(st.integers(0, 4))
        words = draw(WORDS)
        if kind == 0:
            inner += draw(elements(depth - 1))
        elif kind == 1:
            inner += f"<![CDATA[{words}]]>"
        elif kind == 2:
            inner += f"<!--{words}-->"
        else:
            inner += words.replace("&", "&amp;").replace("<", "&#60;").replace(">", "&gt;").replace("—", "&#x2014;")
    attribute = draw(st.sampled_from(["", " x='/>'", ' y="&amp;>"']))
    return f"<{name}{attribute}/>" if not inner and draw(st.booleans()) else f"<{name}{attribute}>{inner}</{name}>"


@given(elements())
def test_tags_and_texts_are_those_that_another_parser_sees(element: str) -> None:
    text = f'<r xmlns:p="v">{element}</r>'
    source = read_xml(text.encode(), "f.xml")
    events = list(scan_xml(source))
    root = etree.fromstring(text.encode())
    ours = "".join(spell_xml(text, e.start, e.end, "f", e.style).text for e in events if isinstance(e, Text))
    assert ours == "".join(t for t in root.itertext(etree.Element))
    assert [e.name for e in events if isinstance(e, StartTag)] == [
        etree.QName(e).localname for e in root.iter(etree.Element)
    ]
    assert sum(isinstance(e, EndTag) for e in events) == sum(isinstance(e, StartTag) for e in events)
    assert all(text[e.start : e.end].startswith("<") for e in events if isinstance(e, StartTag))
    assert all(a.end <= b.start for a, b in pairwise(events))


@given(st.text(st.sampled_from('a&;#38xlt<"—'), max_size=12))
def test_cdata_is_not_resolved(text: str) -> None:
    assert spell_xml(text, 0, len(text), "f", Style.CDATA).text == text
