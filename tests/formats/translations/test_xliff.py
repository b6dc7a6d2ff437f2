"""XLIFF: targets change, states and notes say so, sources and everything else stay; lxml reads what comes out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mtfix.errors import InputError
from mtfix.formats import ReadOptions
from mtfix.formats.tracking import Signature
from mtfix.formats.translations.bitext import Bitext
from mtfix.formats.translations.xliff import XliffFormat
from tests.formats.replacing import replace_words, write_replaced

OLD_SPACE = "{urn:oasis:names:tc:xliff:document:1.2}"
NEW_SPACE = "{urn:oasis:names:tc:xliff:document:2.0}"


def old(units: str, language: str = ' target-language="en-US"') -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        f'<file original="IG.html" source-language="ru" datatype="html"{language}>'
        f"<header><note>IG</note></header><body>\n{units}\n</body></file></xliff>\n"
    )


def new(units: str, language: str = ' trgLang="en"') -> str:
    return (
        "<?xml version='1.0'?>\n"
        f'<xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="ru"{language}>'
        f'<file id="f">\n{units}\n</file></xliff>\n'
    )


def unit(target: str, attributes: str = "", state: str = "") -> str:
    return f'<trans-unit id="1"{attributes}><source>the IG</source>\n  <target{state}>{target}</target></trans-unit>'


def segment(target: str, attributes: str = "", state: str = "", before: str = "") -> str:
    return (
        f'<unit id="1"{attributes}>{before}\n <segment{state}><source>the IG</source>'
        f"<target>{target}</target></segment></unit>"
    )


def read(text: str | bytes) -> Bitext:
    return XliffFormat().read(text.encode() if isinstance(text, str) else text, "w.xlf", ReadOptions())


def fix(text: str | bytes, **words: str) -> str:
    return write_replaced(read(text), words or {"IG": "IS"}).decode()


NOTE = '<note from="mtfix" annotates="target">TEST: A test</note>'
NEW_NOTE = '<note category="mtfix" appliesTo="target">TEST: A test</note>'


def test_a_changed_target_gets_its_state_and_a_note() -> None:
    after = fix(old(unit("the IG &amp; x", state=" state='translated' state-qualifier=\"exact-match\"")))
    state = ' state="needs-review-translation" state-qualifier="fuzzy-match"'
    assert after == old(
        f'<trans-unit id="1"><source>the IG</source>\n  <target{state}>the IS &amp; x</target>\n  {NOTE}</trans-unit>'
    )
    after = fix(old(unit("the IG", state=' state-qualifier="mt-suggestion"')))
    assert ' state="needs-review-translation" state-qualifier="mt-suggestion">the IS<' in after
    etree.fromstring(after.encode())


def test_a_changed_segment_gets_its_state_and_its_unit_a_note() -> None:
    assert fix(new(segment("the IG", state=' state="reviewed" subState="my:x"'))) == new(
        f'<unit id="1">\n <notes>{NEW_NOTE}</notes>\n <segment state="translated" subState="mtfix:edited">'
        "<source>the IG</source><target>the IS</target></segment></unit>"
    )
    data = "<originalData><data id='d'>IG</data></originalData>"
    after = fix(new(segment("the IG", before=data)))
    assert f'<unit id="1"><notes>{NEW_NOTE}</notes>{data}' in after
    after = fix(new(segment("the IG", before="<notes><note>IG</note></notes>")))
    assert f"<notes><note>IG</note>{NEW_NOTE}</notes>" in after


def test_a_unit_of_several_segments_gets_one_element_of_notes() -> None:
    text = new(
        '<unit id="1"><segment><source>x</source><target>the IG</target></segment>'
        "<ignorable><source> </source><target> IG </target></ignorable>"
        "<segment><source>x</source><target>the IG</target></segment></unit>"
    )
    after = fix(text)
    assert after.count("<notes>") == after.count("<note ") == 1
    assert re.findall(r"<target>(.*?)</target>", after) == ["the IS", " IG ", "the IS"]


@pytest.mark.parametrize(
    "text",
    [
        old(unit("the IG", attributes=' approved="yes"')),
        old(unit("the IG", attributes=' translate="no"')),
        old(f'<group translate="no">{unit("the IG")}</group>'),
        old(unit("the IG", state=' state="final"')),
        old(unit("the IG", state=' state="signed-off"')),
        old(unit("the IG", attributes=' mq:locked="locked" xmlns:mq="MQXliff"')),
        old(unit("the IG", attributes=' restype="x-gettext-domain-header"')),
        old(unit("the IG", attributes=' mq:status="Proofread" xmlns:mq="MQXliff"')),
        old(unit("the IG", state=' xml:lang="de"')),
        old(unit("the IG"), language=' target-language="de"'),
        old("<trans-unit id='1'><source>x</source><alt-trans><target>IG</target></alt-trans></trans-unit>"),
        old("<trans-unit id='1'><source>IG</source><seg-source>IG</seg-source><target/></trans-unit>"),
        new(segment("the IG", state=' state="final"')),
        new(segment("the IG").replace("<target>", '<target state="final">')),
        new(segment("the IG", attributes=' translate="no"')),
        new(f'<group id="g" translate="no">{segment("the IG")}</group>'),
        new(segment("the IG"), language=' trgLang="ru"'),
        new(
            '<unit id="1"><mtc:matches xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"><mtc:match><source>x</source>'
            "<target>the IG</target></mtc:match></mtc:matches><segment><source>x</source></segment></unit>"
        ),
    ],
    ids=(
        "approved no-translate group final signed-off locked header proofread other-language german alt-trans empty "
        "final-2 final-target-2 no-translate-2 group-2 russian-2 match-2"
    ).split(),
)
def test_left_alone(text: str) -> None:
    assert fix(text) == text
    assert not any(document.segments for document in read(text).documents)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (unit("the IG", attributes=' approved="yes"'), ' approved="no"'),
        (unit("the IG", state=' state="final"'), ' state="needs-review-translation">the IS'),
        (unit("the IG", attributes=' translate="no"'), ' translate="no"'),
        (unit("the IG", attributes=' mq:locked="locked" xmlns:mq="MQXliff"'), 'mq:locked="locked"'),
    ],
    ids="approved final no-translate locked".split(),
)
def test_approved_targets_are_repaired_on_request_and_approved_no_more(text: str, after: str) -> None:
    container = XliffFormat().read(old(text).encode(), "w.xlf", ReadOptions(approved=True))
    written = write_replaced(container, {"IG": "IS"}).decode()
    assert after in written
    assert 'approved="yes"' not in written
    assert (">the IS<" in written) is ("approved" in after or "state" in after)
    etree.fromstring(written.encode())


def test_what_is_left_alone_is_said() -> None:
    assert read(old(unit("IG", attributes=' approved="yes"'))).documents[0].notes == (
        "w.xlf: of 1 targets, 1 are final, approved or locked: left as they are",
    )
    assert read(old(unit("IG"), language=' target-language="de"')).documents[0].notes == (
        "w.xlf: its target language is de, not English: left as it is",
    )
    assert read(old(unit("IG"), language="")).documents[0].notes == (
        "w.xlf: names no target language: taken for English",
    )
    assert read(old(unit("IG"))).documents[0].notes == ()


@pytest.mark.parametrize("inside", ['translate="yes"'])
def test_an_inner_yes_overrides_an_outer_no(inside: str) -> None:
    text = new(f'<group id="g" translate="no">{segment("the IG", attributes=" " + inside)}</group>')
    assert "<target>the IS<" in fix(text)


@pytest.mark.parametrize(
    ("target", "read_as", "after"),
    [
        ('<g id="1">2,5</g> thousand IG', "2,5 thousand IG", '<g id="1">2,500</g> IS'),
        ('2,5<x id="1" ctype="lb"/>thousand', "2,5\ufffcthousand", '2,5<x id="1" ctype="lb"/>thousand'),
        ('2,5 <x id="1" ctype="bold"/>thousand', "2,5 thousand", '2,500<x id="1" ctype="bold"/>'),
        ('a <x id="1" equiv-text="{n}"/> IG', "a \ufffc IG", 'a <x id="1" equiv-text="{n}"/> IS'),
        ('<bpt id="1">&lt;b></bpt>2,5<ept id="1">&lt;/b></ept> thousand', "2,5 thousand", None),
        ('<ph id="1">&lt;b></ph>2,5<ph id="2">&lt;/b></ph> thousand', "2,5 thousand", None),
        ('2,5<ph id="1">&lt;br/></ph>thousand', "2,5\ufffcthousand", '2,5<ph id="1">&lt;br/></ph>thousand'),
        ('<it id="1" pos="open">&lt;b></it>2,5 thousand', "2,5 thousand", '<it id="1" pos="open">&lt;b></it>2,500'),
        ('a <mrk mtype="protected">IG</mrk> IG', "a IG IG", 'a <mrk mtype="protected">IG</mrk> IS'),
        (
            'a <mrk mtype="x-sdl-deleted">IG <g id="1">IG</g></mrk>IG',
            "a IG",
            'a <mrk mtype="x-sdl-deleted">IG <g id="1">IG</g></mrk>IS',
        ),
        ('a <mrk mtype="x-sdl-added">IG</mrk>', "a IG", 'a <mrk mtype="x-sdl-added">IS</mrk>'),
        ('<mrk mtype="seg" mid="1">a IG</mrk>', "a IG", '<mrk mtype="seg" mid="1">a IS</mrk>'),
        ("a &lt;b&gt;2,5&lt;/b&gt; thousand %s IG", "a 2,5 thousand %s IG", "a &lt;b&gt;2,500&lt;/b&gt; %s IS"),
        ("<![CDATA[a <b>2,5</b> thousand & IG]]>", "a 2,5 thousand & IG", "<![CDATA[a <b>2,500</b> & IS]]>"),
        ("a &#8212; IG&#160;&amp;", "a — IG\xa0&", "a &#8212; IS&#160;&amp;"),
        ("a <!-- IG -->IG<?x IG?>", "a IG", "a <!-- IG -->IS<?x IG?>"),
    ],
    ids="g lb bold object pair ph-tag ph-br it protected deleted added seg escaped cdata entities asides".split(),
)
def test_inline_codes(target: str, read_as: str, after: str | None) -> None:
    text = old(unit(target))
    assert read(text).documents[0].mt == read_as
    written = fix(text, **{"2,5 thousand": "2,500", "IG": "IS"})
    wanted = after if after is not None else target.replace("2,5", "2,500").replace(" thousand", "")
    assert re.findall(r"<target[^>]*>(.*?)</target>", written) == [wanted]
    assert "<source>the IG</source>" in written


@pytest.mark.parametrize(
    ("target", "read_as", "after"),
    [
        ('<pc id="1">2,5</pc> thousand IG', "2,5 thousand IG", '<pc id="1">2,500</pc> IS'),
        ('a<ph id="1"/> IG', "a\ufffc IG", 'a<ph id="1"/> IS'),
        ('a<ph id="1" type="fmt" subType="xlf:lb"/>IG', "a\ufffcIG", 'a<ph id="1" type="fmt" subType="xlf:lb"/>IS'),
        ('a<sc id="1"/> IG<ec startRef="1"/>', "a IG", 'a<sc id="1"/> IS<ec startRef="1"/>'),
        ('a <mrk id="m" translate="no">IG</mrk> IG', "a IG IG", 'a <mrk id="m" translate="no">IG</mrk> IS'),
        ('a <sm id="m" translate="no"/>IG<em startRef="m"/> IG', "a IG IG", None),
        ('a <cp hex="001A"/> IG', "a \ufffc IG", 'a <cp hex="001A"/> IS'),
    ],
    ids="pc ph lb sc-ec mrk sm-em cp".split(),
)
def test_inline_codes_of_the_new_version(target: str, read_as: str, after: str | None) -> None:
    text = new(segment(target))
    assert read(text).documents[0].mt == read_as
    written = fix(text, **{"2,5 thousand": "2,500", "IG": "IS"})
    assert re.findall(r"<target[^>]*>(.*?)</target>", written) == [after or target.replace("/> IG", "/> IS")]


def test_locked_segments_of_trados_stay() -> None:
    target = '<mrk mtype="seg" mid="1">the IG.</mrk> <mrk mtype="seg" mid="2">An IG.</mrk>'
    definitions = (
        '<sdl:seg-defs xmlns:sdl="sdl"><sdl:seg id="1" conf="ApprovedSignOff"/><sdl:seg id="2" conf="Draft"/>'
        "</sdl:seg-defs>"
    )
    text = old(f'<trans-unit id="1"><source>x</source><target>{target}</target>{definitions}</trans-unit>')
    assert "the IG.</mrk>" in fix(text)
    assert "An IS.</mrk>" in fix(text)


def test_each_file_is_a_document() -> None:
    text = old(unit("the IG")).replace(
        "</file>", f'</file><file original="b" target-language="en"><body>{unit("an IG")}</body></file>'
    )
    assert [(d.name, d.mt) for d in read(text).documents] == [("w.xlf#IG.html", "the IG"), ("w.xlf#b", "an IG")]
    assert fix(text).count("IS<") == 2


def test_prefixes_are_kept() -> None:
    text = (
        '<x:xliff version="1.2" xmlns:x="urn:oasis:names:tc:xliff:document:1.2"><x:file target-language="en"><x:body>'
        '<x:trans-unit id="1"><x:source>IG</x:source><x:target>IG</x:target></x:trans-unit></x:body></x:file></x:xliff>'
    )
    assert '</x:target><x:note from="mtfix"' in fix(text)
    etree.fromstring(fix(text).encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1251", "iso-8859-1", "koi8-r"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_encodings_and_line_ends_come_back(encoding: str, line_end: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = old(unit("the IG\nwent")).replace('encoding="UTF-8"', f'encoding="{declared}"').replace("\n", line_end)
    data = text.encode(encoding)
    container = read(data)
    assert container.write(container.documents) == data
    after = write_replaced(container, {"IG": "“中”"})
    root = etree.fromstring(after)
    assert root.findtext(f".//{OLD_SPACE}target").split() == ["the", "“中”", "went"]  # type: ignore[union-attr]
    assert after.decode(encoding).count(line_end) == text.count(line_end) + 1  # the note stands on a line of its own


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "IG">]><xliff version="1.2">&a;</xliff>', r":1:\d+: .*entities are refused"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff version="1.2">&a;</xliff>', "are refused"),
        (old(unit("the IG")).encode()[:300], r":\d+:\d+: not valid XML"),
        (old(unit("the IG & co")).encode(), r"not valid XML.*&amp;"),
        (b"<tmx version='1.4'/>", r":1:1: the root element is <tmx>, not <xliff>"),
        (b"<xliff/>", "XLIFF version not said"),
        (b"<xliff version='3.0'/>", "XLIFF version 3.0"),
        (b"", "is empty"),
        (b"<xliff version='1.2'>" + b"<g>" * 600 + b"</g>" * 600 + b"</xliff>", "more than 500 elements"),
        (old(unit("IG \xff")).encode("latin-1"), "is not utf-8"),
        (old(unit("IG")).replace("UTF-8", "klingon").encode(), "unknown encoding 'klingon'"),
    ],
    ids="bomb external truncated ampersand other-root no-version version empty deep bytes encoding".split(),
)
def test_hostile_and_damaged_files_are_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_tracked_changes_are_signed() -> None:
    container = read(old(unit("the IG")))
    after = container.write_tracked([replace_words(container.documents[0], {"IG": "IS"})], Signature('A "B" & C'))
    assert b'<note from="A &quot;B&quot; &amp; C" annotates="target">TEST: A test</note>' in after


PIECES = ["the ", "IG ", '<g id="1">', "</g>", "&amp; ", '<x id="2"/>', "said. ", "2,5", "<bpt id='3'>IG</bpt>", "%s "]


@given(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=8), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_any_file_comes_back_with_its_words_replaced(targets: list[list[str]], is_new: bool, encoding: str) -> None:
    spelt = ["".join(_balance(target)) for target in targets]
    if is_new:
        spelt = [s.replace("<g ", "<pc ").replace("</g>", "</pc>") for s in spelt]
    text = new("".join(map(segment, spelt))) if is_new else old("".join(map(unit, spelt)))
    if encoding == "utf-16":
        text = re.sub(r"<\?xml.*?\?>", '<?xml version="1.0" encoding="utf-16"?>', text)
    data = text.encode(encoding)
    container = read(data)
    assert container.write(container.documents) == data
    words = {"IG": "<Islamic State>", "the": "one & the"}
    after = write_replaced(container, words)
    space = NEW_SPACE if is_new else OLD_SPACE
    before_tree, after_tree = etree.fromstring(data), etree.fromstring(after)
    for name in ("source", "target"):
        old_texts = [_texts(e) for e in before_tree.iter(space + name)]
        new_texts = [_texts(e) for e in after_tree.iter(space + name)]
        if name == "target":
            old_texts = [(t.replace("the", words["the"]).replace("IG", words["IG"]), codes) for t, codes in old_texts]
        assert new_texts == old_texts
    assert len(list(after_tree.iter(space + "note"))) <= len(targets) + 1
    again = read(after)
    assert again.write(again.documents) == after


def _balance(pieces: list[str]) -> list[str]:
    depth = 0
    kept = []
    for piece in pieces:
        if piece == "</g>" and not depth:
            continue
        depth += (piece.startswith("<g")) - (piece == "</g>")
        kept.append(piece)
    return kept + ["</g>"] * depth


def _texts(element: etree._Element) -> tuple[str, list[str]]:
    """Return an element's text but that of codes, and its tags with their texts, in order."""
    parts = [element.text or ""]
    codes: list[str] = []
    for child in element:
        codes.append(f"{child.tag} {dict(child.attrib)}")
        if child.tag.endswith("pt"):
            codes.append(child.text or "")
        else:
            text, inner = _texts(child)
            parts.append(text)
            codes += inner
        parts.append(child.tail or "")
    return "".join(parts), codes
