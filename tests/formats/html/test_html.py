"""HTML: text changes, everything else stays, byte for byte, however broken the page is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from mtfix.errors import InputError
from mtfix.formats import find_format, open_file, read_document
from mtfix.formats.html.paragraphs import find_charset
from mtfix.formats.registry import Container, ReadOptions
from mtfix.types import Edit, Kind, Step
from tests.formats import markup_stage as stage
from tests.formats.markup_stage import count


def read(page: str | bytes, *, attributes: bool = False, encoding: str = "") -> Container:
    return stage.read("html", page, ReadOptions(encoding, attributes=attributes), "p.html")


def fix(page: str, *, attributes: bool = False) -> str:
    return stage.fix("html", page, ReadOptions(attributes=attributes))


# fmt: off
CHANGED = [
    ("<p>about 2,5 thousand men</p>", "<p>about 2,500 men</p>"),
    ("<p>about 2,5 <b>thousand</b> men</p>", "<p>about 2,500<b></b> men</p>"),
    ("<p>about <b>2,5</b> thousand men</p>", "<p>about <b>2,500</b> men</p>"),
    ("<p>about <b>2,5 million</b> men</p>", "<p>about <b>2.5 million</b> men</p>"),
    ("<P CLASS=x>2,5 million&nbsp;men &mdash; <BR>2,5 million", "<P CLASS=x>2.5 million&nbsp;men &mdash; <BR>2.5 million"),
    ("a < b 2,5 million & <3 men", "a < b 2.5 million & <3 men"),
    ("<ul><li>2,5 million<li>x <!-- 2,5 million --></ul>", "<ul><li>2.5 million<li>x <!-- 2,5 million --></ul>"),
    ("<td>2,5 million</td></p></b>", "<td>2.5 million</td></p></b>"),
    ("<title>2,5 million</title>", "<title>2.5 million</title>"),
    ("<div/>2,5 million</div>", "<div/>2.5 million</div>"),
    ("<svg><path d='M1'/></svg>2,5 million", "<svg><path d='M1'/></svg>2.5 million"),
    ("<a href=http://x/>2,5 million</a>", "<a href=http://x/>2.5 million</a>"),
    ("<script src='x'/><p>2,5 million</p>", "<script src='x'/><p>2.5 million</p>"),
    ("<div translate=no>x<p translate=yes>2,5 million", "<div translate=no>x<p translate=yes>2.5 million"),
    ("<html lang=ru><p lang=en-US>2,5 million", "<html lang=ru><p lang=en-US>2.5 million"),
    ("<p>2,5 million<p translate=no>2,5 million<p>2,5 million",
     "<p>2.5 million<p translate=no>2,5 million<p>2.5 million"),
    ("<p>2,5 million <code>2,5 million</code> 2,5 million",
     "<p>2.5 million <code>2,5 million</code> 2.5 million"),
    ("<p>2,5 million<!-- mtfix off --> 2,5 million <!-- mtfix on -->2,5 million",
     "<p>2.5 million<!-- mtfix off --> 2,5 million <!-- mtfix on -->2.5 million"),
    ("<p>about <o-count>2,5</o-count> million", "<p>about <o-count>2.5</o-count> million"),
    ("<div>about 2,5<x-card>million", "<div>about 2,5<x-card>million"),
    ("<p>costs &lt;2,5 million&gt; &amp; more", "<p>costs &lt;2.5 million&gt; &amp; more"),
]
# fmt: on


UNTOUCHED = [
    "<script>2,5 million</script>",
    "<script>if (a<b) '</p>2,5 million'</script>",
    "<SCRIPT>2,5 million",
    "<style>2,5 million</style>",
    "<textarea>2,5 million</textarea>",
    "<pre>2,5 <b>million</b></pre>",
    "<p>x <code>2,5 million</code></p>",
    "<kbd>2,5 million</kbd> <samp>2,5 million</samp>",
    "<svg><text>2,5 million</text></svg>",
    "<math><mi>2,5 million</mi></math>",
    "<p>x <span translate='no'>2,5 million</span></p>",
    "<p>x <span class='a NoTranslate'>2,5 million</span></p>",
    "<div translate=no><p lang=en>2,5 million</p></div>",
    "<p lang=ru>2,5 million</p>",
    "<p>x <i xml:lang='de'>2,5 million</i></p>",
    "<html lang='ru-RU'><p>2,5 million",
    "<!-- 2,5 million -->",
    "<!-- mtfix off --><p>2,5 million",
    "<p>x <!-- mtfix ignore-line --> 2,5 million",
    "<p title='2,5 million'>x",
    "<img alt='2,5 million'>",
    "<?php echo $a->b . '2,5 million'; ?>",
    "<% 2,5 million %>",
    "<p>x {{ 2,5 million }} x {% if 2,5 million %}</p>",
    "<select><option>2,5 million</select>",
    "<title><img alt='2,5 million'>",
    "<template><p>2,5 million</p></template>",
    "<p>was <del>2,5 million</del> more",
    "<p attr='2,5 million",
    "<p>2<sup>,5 million</sup></p>",
    "<iframe>2,5 million</iframe>",
    "<!doctype 2,5 million>",
    "<noframes>2,5 million</noframes>",
    "<code><p translate=yes>2,5 million</p></code>",
]


@pytest.mark.parametrize(("before", "after"), CHANGED, ids=map(str, range(len(CHANGED))))
def test_text_changes_and_tags_stay(before: str, after: str) -> None:
    assert fix(before) == after


@pytest.mark.parametrize("page", UNTOUCHED, ids=map(str, range(len(UNTOUCHED))))
def test_what_is_no_prose_stays(page: str) -> None:
    assert fix(page) == page


def test_blocks_kinds_and_inline_tags() -> None:
    page = (
        "<title>T one</title><h2>Head <i>two</i></h2><p>MOSCOW, May 5. It <b>ra</b>ined. It sn<wbr>owed.</p>"
        "<ul><li>Item</li></ul><figure><img><figcaption>A view</figcaption></figure>"
        "<table><tr><th>Sum<td>Cell one<td><p>A text in a cell.</p></table><p>Photo: AP</p>loose text"
    )
    found = [(s.mt, s.kind.value) for s in read(page).documents[0].segments]
    assert found == [
        ("T one", "heading"),
        ("Head two", "heading"),
        ("MOSCOW, May 5.", "dateline"),
        ("It rained.", "sentence"),
        ("It snowed.", "sentence"),
        ("Item", "item"),
        ("A view", "caption"),
        ("Sum", "item"),
        ("Cell one", "item"),
        ("A text in a cell.", "sentence"),
        ("Photo: AP", "caption"),
        ("loose text", "sentence"),
    ]


def test_attributes_by_option() -> None:
    page = (
        "<meta name=description content='2,5 million'><meta name=x content='2,5 million'>"
        "<meta property='og:title' content=\"2,5 million\">"
        "<img ALT=\"2,5 million\" src='2,5 million'><a title='2,5 million' TITLE='2,5 million'>2,5 million</a>"
        "<p translate=no title='2,5 million'>x</p><code title='2,5 million'>x</code>"
    )
    after = fix(page, attributes=True)
    assert after == (
        "<meta name=description content='2.5 million'><meta name=x content='2,5 million'>"
        "<meta property='og:title' content=\"2.5 million\">"
        "<img ALT=\"2.5 million\" src='2,5 million'><a title='2.5 million' TITLE='2,5 million'>2.5 million</a>"
        "<p translate=no title='2,5 million'>x</p><code title='2,5 million'>x</code>"
    )


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("<meta charset=windows-1251>", "cp1251"),
        ('<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=koi8-r">', "koi8-r"),
        ('<?xml version="1.0" encoding="iso-8859-5"?>', "iso8859-5"),
        ("<meta charset='iso-8859-1'>", "cp1252"),
        ("<meta charset=utf-16>", "utf-8"),
        ("<meta charset=klingon>", ""),
        ("<!-- <meta charset=koi8-r> --><meta charset=cp866>", "cp866"),
        ("<p>charset=koi8-r", ""),
    ],
    ids=["meta", "http-equiv", "declaration", "latin", "wide", "unknown", "comment", "text"],
)
def test_the_head_names_the_encoding(head: str, found: str) -> None:
    assert find_charset(head.encode()) == found


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_page_comes_back_in_its_encoding(encoding: str) -> None:
    label = encoding.removesuffix("-sig")
    page = f"<meta charset={label}><p>Газета Труд sold 2,5 million copies thus.</p>"
    container = read(page.encode(encoding))
    after = container.write([count(d) for d in container.documents])
    assert after.decode(encoding) == page.replace("2,5", "2.5")


def test_bytes_of_no_encoding_stay() -> None:
    page = b"<meta charset=utf-8><p>caf\xe9 sold 2,5 million \xff</p>"
    container = read(page)
    assert container.documents[0].notes == ("p.html: 2 of its bytes are not utf-8; they stay as they are",)
    assert container.write([count(d) for d in container.documents]) == page.replace(b"2,5", b"2.5")


def test_a_named_encoding_must_fit() -> None:
    with pytest.raises(InputError, match=r"p\.html:1:7: byte 0xE9 is not utf-8"):
        read(b"<p>caf\xe9", encoding="utf-8")


def test_characters_that_the_page_lacks_are_references() -> None:
    container = read(b'<meta charset=koi8-r><p>He said "no".</p>')
    (segment,) = container.documents[0].segments
    document = container.documents[0].replace_segments(
        [segment.add(Step("t", (Edit(8, 12, "“no”", "rule:T", "a test"),)))]
    )
    assert container.write([document]) == b"<meta charset=koi8-r><p>He said &#8220;no&#8221;.</p>"


def test_a_page_in_another_language_is_left_alone_with_a_note() -> None:
    page = "<html lang=ru><body><p>Около 2,5 million рублей за год, сообщили в пресс-службе</p>"
    assert fix(page) == page
    assert read(page).documents[0].notes == ("p.html: says that the language is 'ru': left alone",)


def test_a_translated_page_with_the_label_of_its_original_is_repaired_with_a_note() -> None:
    page = (
        "<html lang=ru><title>2,5 million</title><body><p>The head of the department said that 2,5 million were spent.</p>"
        "<p lang=ru>The head of the department said that 2,5 million were spent.</p><p>Около 2,5 million рублей за прошлый год, сообщили"
    )
    after = page.replace("<title>2,5", "<title>2.5", 1).replace("that 2,5", "that 2.5", 1)
    assert fix(page) == after
    assert read(page).documents[0].notes == (
        "p.html: says that the language is 'ru', but the text is English: repaired",
    )


def test_an_empty_page_has_a_note() -> None:
    assert read("").documents[0].notes == ("p.html: is empty",)


def test_binary_files_are_refused() -> None:
    with pytest.raises(InputError, match="looks like"):
        find_format("html").load().read(b"\x89PNG\r\n\x1a\n\x00\x00\x00", "p.html", ReadOptions())


def test_hostile_pages_are_read_in_linear_time() -> None:
    for page in (
        "<b>" * 8_000 + "</i>" * 8_000,
        "<p " * 12_000,
        "<!--" * 12_000,
        "&" * 12_000,
        "<div>" * 8_000 + "2,5 million",
    ):
        assert fix(page).replace("2.5", "2,5") == page


def test_html_as_one_text_keeps_its_tags_locked() -> None:
    text = "<p>About <b>2,5</b> thousand &amp; 2,5 million.</p>\n<p>One. Two <code>2,5 million</code>.</p>"
    document = read_document(text, "t", "html")
    assert document.mt == text
    assert [s.mt for s in document.segments] == [
        "About <b>2,5</b> thousand &amp; 2,5 million.", "One.", "Two <code>2,5 million</code>.",
    ]  # fmt: skip
    assert count(document).text == text.replace("2,5 million.", "2.5 million.")


def test_the_registry_knows_html_by_extension(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert {find_format(path=f"a{e}").name for e in (".html", ".HTM", ".xhtml")} == {"html"}
    path = tmp_path / "a.html"
    path.write_text("<p>One.</p>")
    assert open_file(path).documents[0].segments[0].kind is Kind.SENTENCE


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<i class=x>", "</i>", "<br>", "<div>", "</div>", "<code>", "</code>", "<li>", "<td>",
     "<table>", "</table>", "2,5 million", "2,5 ", "thousand", " men. ", "The end", "&nbsp;", "&amp;", "<", "&", "<!--", "-->",
     "<script>", "</script>", "<span translate=no>", "</span>", "\r\n", "é", "<img alt='2,5 million'>", "<sup>1</sup>", "<a b=\"c", "\">",
     "<title>", "</title>", "<p lang=ru>", "</", "<!x>", "<svg>", "</svg>"]
)  # fmt: skip
TAG = re.compile(r"<[^<>]*>")


@given(st.lists(PIECES, max_size=14))
def test_any_page_comes_back_and_edits_touch_its_text_only(pieces: list[str]) -> None:
    page = "".join(pieces)
    after = fix(page)
    assert TAG.findall(after) == TAG.findall(page)


WORDS = st.sampled_from(["2,5 million", "2,5 ", "thousand ", "men. ", "The end ", "&nbsp;", "&amp; "])


@st.composite
def good_pages(draw: st.DrawFn) -> str:
    def inline(depth: int) -> str:
        parts = []
        for _ in range(draw(st.integers(0, 4))):
            tag = draw(st.sampled_from(["", "", "b", "i", "a"])) if depth else ""
            parts.append(f"<{tag}>{inline(depth - 1)}</{tag}>" if tag else draw(WORDS))
        return "".join(parts)

    blocks = [f"<{t}>{inline(2)}</{t}>" for t in draw(st.lists(st.sampled_from(["p", "h1", "div"]), max_size=4))]
    return f"<html><body><div>{''.join(blocks)}</div></body></html>"


@given(good_pages())
def test_another_parser_sees_the_same_tags_and_the_fixed_text(page: str) -> None:
    container = read(page)
    fixed = count(container.documents[0])
    after = container.write([fixed]).decode()
    before_tree, after_tree = lxml_html.fromstring(page), lxml_html.fromstring(after)
    assert [e.tag for e in after_tree.iter()] == [e.tag for e in before_tree.iter()]
    seen = re.sub(r"\s+", "", after_tree.text_content())
    assert all(re.sub(r"\s+", "", segment.text) in seen for segment in fixed.segments)
