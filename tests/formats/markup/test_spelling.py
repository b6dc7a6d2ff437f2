"""Spelling: what an edit leaves alone keeps its entities; what it brings in is escaped as its place needs."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.formats.markup.spelling import Joined, Spelled, Style, apply_splices, spell_html, spell_xml


def change(source: str, old: str, new: str, style: Style = Style.TEXT, encoding: str = "utf-8") -> str:
    """Change the first ``old`` in the text of ``source``."""

    def fits(character: str) -> bool:
        return character.encode(encoding, "ignore") != b""

    spelled = spell_html(source, 0, len(source), style)
    at = spelled.text.index(old)
    return apply_splices(source, spelled.splice([(at, at + len(old), new)], fits))


@pytest.mark.parametrize(
    ("source", "old", "new", "after"),
    [
        ("the&nbsp;IG&mdash;now", "IG", "IS", "the&nbsp;IS&mdash;now"),
        ("a&#160;b c", "a\xa0b c", "a\xa0d c", "a&#160;d c"),
        ("x &lt;b&gt; y", "x <b> y", "x <b> z", "x &lt;b&gt; z"),
        ("AT&T is it", "is", "was", "AT&T was it"),
        ("AT&T is it", "AT&T is", "AT&T was", "AT&T was it"),
        ("a b", "b", "<i> & c", "a &lt;i&gt; &amp; c"),
        ("caf&eacute; now", "café", "cafe", "cafe now"),
        ("&copy2010 x", "x", "y", "&copy2010 y"),
        ("5 &ndash 6 x", "x", "y", "5 &ndash 6 y"),
        ("a&amp;b x", "b x", "c x", "a&amp;c x"),
        ("&notin; x &unknown; x", "; x", "; y", "&notin; x &unknown; y"),
    ],
)
def test_text(source: str, old: str, new: str, after: str) -> None:
    assert change(source, old, new) == after


def test_characters_that_the_encoding_lacks_are_references() -> None:
    assert change('said "no"', '"no"', "“no”", encoding="cp1251") == "said “no”"
    assert change('said "no"', '"no"', "“no”", encoding="latin-1") == "said &#8220;no&#8221;"
    assert change("a b", "b", "—]]>", Style.CDATA, "ascii") == "a ]]>&#8212;<![CDATA[]]]]><![CDATA[>"


def test_attributes_are_escaped_as_they_are_quoted() -> None:
    assert change("a b", "b", "\"c\" 'd'", Style.DOUBLE_QUOTED) == "a &quot;c&quot; 'd'"
    assert change("a b", "b", "\"c\" 'd'", Style.SINGLE_QUOTED) == 'a "c" &#39;d&#39;'
    assert change("ab", "b", "c d", Style.UNQUOTED) == "ac&#32;d"


def test_an_entity_of_two_characters_changes_as_a_whole() -> None:
    source = "a&NotEqualTilde;b"
    spelled = spell_html(source, 0, len(source))
    assert len(spelled.text) == 4
    after = apply_splices(source, spelled.splice([(2, 3, "x")]))
    assert spell_html(after, 0, len(after)).text == spelled.text[:2] + "x" + spelled.text[3:]


PARTS = st.lists(
    st.sampled_from(["a", " ", "IG", "&nbsp;", "&amp;", "&#8211;", "&lt;", "&bne;", "&", "&copy", "é", "2,5"]),
    max_size=8,
)


@given(PARTS, PARTS, st.data())
def test_the_text_after_is_the_text_with_the_change(parts: list[str], new: list[str], data: st.DataObject) -> None:
    source = "".join(parts)
    spelled = spell_html(source, 0, len(source))
    assert spelled.text == html.unescape(source)
    start = data.draw(st.integers(0, len(spelled.text)))
    end = data.draw(st.integers(start, len(spelled.text)))
    text = html.unescape("".join(new)).replace("&", "+")
    after = apply_splices(source, spelled.splice([(start, end, text)]))
    wanted = spelled.text[:start] + text + spelled.text[end:]
    if "&" not in html.unescape(source):  # a bare & may melt with what comes to stand behind it
        assert html.unescape(after) == wanted


@given(PARTS)
def test_places_of_text_and_source_agree(parts: list[str]) -> None:
    source = "".join(parts)
    spelled = spell_html(source, 0, len(source))
    inside = {at for unit in spelled.units for at in range(unit.at + 1, unit.stop)}
    for at in range(len(spelled.text) + 1):
        if at not in inside:
            assert spelled.locate(spelled.find(at)) == at


@given(st.lists(st.text(st.sampled_from("ab &<"), max_size=4), min_size=1, max_size=4), st.data())
def test_joined_pieces_change_as_one(texts: list[str], data: st.DataObject) -> None:
    source = "|".join(texts)
    pieces: list[Spelled] = []
    at = 0
    for text in texts:
        pieces.append(Spelled(at, at + len(text), text, style=Style.CDATA))
        at += len(text) + 1
    joined = Joined(tuple(pieces))
    start = data.draw(st.integers(0, len(joined.text)))
    end = data.draw(st.integers(start, len(joined.text)))
    after = apply_splices(source, joined.splice([(start, end, "X")]))
    assert after.replace("|", "") == joined.text[:start] + "X" + joined.text[end:]
    assert after.count("|") == source.count("|")


def test_names_of_html_are_understood_in_xml() -> None:
    assert spell_xml("a&nbsp;&apos;&#x2014;", 0, 21, "f").text == "a\xa0'—"
