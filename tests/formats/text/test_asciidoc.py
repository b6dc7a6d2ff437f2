"""AsciiDoc: what is prose, what is locked, and that every byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mtfix
from mtfix.formats import find_format, read_document
from mtfix.formats.registry import ReadOptions
from tests.formats.replacing import write_replaced


def read(text: str) -> list[tuple[str, str, list[str]]]:
    document = read_document(text, format="asciidoc")
    assert document.mt == text
    return [
        (s.kind.value, s.mt, sorted({s.mt[lock.start : lock.end] for lock in s.locks if not lock.rules}))
        for s in document.segments
    ]


SEGMENTS: list[tuple[str, str, list[tuple[str, str, list[str]]]]] = [
    ("empty", "", []),
    ("sections", "= The Title\n\n== A section\n\n=== One more\n", [("heading", "The Title", []), ("heading", "A section", []), ("heading", "One more", [])]),
    ("header", "= The Title\nJane Doe <jane@example.org>\nv1.0, 2014-01-02\n:toc: left\n\nIt is.\n", [("heading", "The Title", []), ("sentence", "It is.", [])]),
    ("paragraphs", "It is\nhere. It was.\n\nTwo are.", [("sentence", "It is\nhere.", []), ("sentence", "It was.", []), ("sentence", "Two are.", [])]),
    ("hard break", "It is. +\nIt was.", [("sentence", "It is.", []), ("sentence", "It was.", [])]),
    ("items", "* One is\n  here.\n** Two is.\n. Three is.\n- [x] Four is.\n<1> Five is.\n", [
        ("item", "One is\n  here.", []), ("item", "Two is.", []), ("item", "Three is.", []), ("item", "Four is.", []), ("item", "Five is.", [])
    ]),
    ("item with a continuation", "* One is.\n+\nTwo is.\n", [("item", "One is.", []), ("sentence", "Two is.", [])]),
    ("terms", "the word:: Its text is.\nanother::\n  Its text is, too.\n", [("item", "Its text is.", []), ("item", "Its text is, too.", [])]),
    ("block title", ".A title is\n----\nx is\n----\n", [("heading", "A title is", [])]),
    ("admonition", "NOTE: It is so.", [("sentence", "It is so.", [])]),
    ("frames", "====\nIt is.\n====\n\n****\nIt was.\n****\n\n--\nThey were.\n--\n", [("sentence", "It is.", []), ("sentence", "It was.", []), ("sentence", "They were.", [])]),
    ("quote", "[quote,Somebody]\n____\nIt is so.\n____\n", [("sentence", "It is so.", [])]),
    ("table", "[cols=2]\n|===\n|Name is |What is\n\n|one is\n|two *is*\nl|code is|x is\n|===\n", [
        ("item", "Name is", []), ("item", "What is", []), ("item", "one is", []), ("item", "two *is", ["*"]), ("item", "x is", [])
    ]),
    ("marks", "It *is* _so_ and **bo**ld, #marked# [.role]#text# H~2~O x^2^ it.", [
        ("sentence", "It *is* _so_ and **bo**ld, #marked# [.role]#text# H~2~O x^2^ it.", ["#", "#marked", "#text", "*", "**", "[.role]", "^", "_", "~"])
    ]),
    ("not a mark", "The snake_case_word is 2 * 3 * 4.", [("sentence", "The snake_case_word is 2 * 3 * 4.", [])]),
    ("quotes", "It is \"`so`\" and '`so`'.", [("sentence", "It is \"`so`\" and '`so`'.", ['"`', "'`", '`"', "`'"])]),
    ("code", "It is `a. B` and +c. D+ and ``e``f.", [("sentence", "It is `a. B` and +c. D+ and ``e``f.", ["+c. D+", "``e``", "`a. B`"])]),
    ("links", "See https://a.b/c[the *report*] and xref:id[this] and <<id,that>>.", [
        ("sentence", "See https://a.b/c[the *report*] and xref:id[this] and <<id,that>>.", ["*", "<<id,that>>", "]", "https://a.b/c[", "https://a.b/c[the", "xref:id[this]"])
    ]),
    ("brackets of the prose", "The [so called] court is.", [("sentence", "The [so called] court is.", [])]),
    ("attributes and notes", "It is {so-called}footnote:[Of a court.] here.", [
        ("sentence", "It is {so-called}footnote:[Of a court.] here.", ["footnote:[Of a court.]", "{so-called}"])
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "segments"), [s[1:] for s in SEGMENTS], ids=[s[0] for s in SEGMENTS])
def test_segments(text: str, segments: list[tuple[str, str, list[str]]]) -> None:
    assert read(text) == segments


LEFT_ALONE = [
    ("listing", "[source,python]\n----\nIt cost 2,5 million.\n----\n"),
    ("listing without an end", "----\nIt cost 2,5 million.\n"),
    ("literal block", "....\nIt cost 2,5 million.\n....\n"),
    ("literal paragraph", " It cost 2,5 million.\nand 3,5 million.\n"),
    ("passthrough", "++++\n<b>It cost 2,5 million.</b>\n++++\n"),
    ("fence", "```js\nIt cost 2,5 million.\n```\n"),
    ("comment block", "////\nIt cost 2,5 million.\n////\n"),
    ("comment", "// It cost 2,5 million.\n"),
    ("source paragraph", "[source]\nIt cost 2,5 million.\n"),
    ("source paragraph with a title", "[source]\n.A title\nIt cost 2,5 million.\n"),
    ("verse", "[verse]\nIt cost 2,5 million.\n"),
    ("formula", "[stem]\n++++\n2,5 million\n++++\n"),
    ("attribute", ":description: It cost 2,5 million.\n"),
    ("block attributes", "[quote, It cost 2.5, thousand]\n"),
    ("block macro", "image::a.png[It cost 2,5 million]\n"),
    ("include", "include::a.adoc[lines=2,5 million]\n"),
    ("condition", "ifdef::x[It cost 2,5 million.]\n"),
    ("csv table", ",===\nIt cost 2,5 million,x\n,===\n"),
    ("code in a sentence", "It cost `2,5 million`, +3,5 million+ and pass:[4,5 million].\n"),
    ("escaped cell", "|===\n|It cost \\| 2,5 million\n|===\n"),
    ("verbatim cell", "|===\nl|It cost 2,5 million\n|===\n"),
]


@pytest.mark.parametrize("text", [t for _, t in LEFT_ALONE], ids=[n for n, _ in LEFT_ALONE])
def test_left_alone(text: str) -> None:
    assert mtfix.fix(text, format="asciidoc", rules_only=True).text == text


def test_edits_stay_inside_their_marks() -> None:
    entry = find_format(path="a.adoc")
    text = "= The IG\r\n\r\nSee https://a.b/IG[the *IG*] and `IG`.\r\n\r\n|===\r\n|IG |b\r\n|===\r\n"
    container = entry.load().read(text.encode(), "a.adoc", ReadOptions())
    assert write_replaced(container, {}) == text.encode()
    found = write_replaced(container, {"IG": "Islamic State"}).decode()
    assert found == (
        "= The Islamic State\r\n\r\nSee https://a.b/IG[the *Islamic State*] and `IG`.\r\n\r\n|===\r\n|Islamic State |b\r\n|===\r\n"
    )


LINES = st.sampled_from([
    "It is so.", "= A title", ".A title", "* an item", "term:: text", "----", "....", "|===", "|a |b", "[source]", "", " literal", "////",
    "====", "NOTE: so", "+", ":a: b", "// c", "a *b* _c_ `d` {e}", "https://a.b[c", "x] ]", "`` +", "footnote:[", "((a))", "\ufeff", "```",
])  # fmt: skip


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_byte_stays(lines: list[str], end: str) -> None:
    text = end.join(lines)
    document = read_document(text, format="asciidoc")
    assert document.mt == text
    assert (
        "".join(g + s.mt for g, s in zip(document.gaps, (*document.segments,), strict=False)) + document.gaps[-1]
        == text
    )
