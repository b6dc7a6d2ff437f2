"""Markdown: what is prose, what is locked, and that every byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.formats import read_document


def read(text: str) -> list[tuple[str, str, list[str]]]:
    """Kind, text and the parts of each segment that nobody may touch; those locked for single rules are left out."""
    document = read_document(text, format="markdown")
    assert document.mt == text
    return [
        (s.kind.value, s.mt, [s.mt[lock.start : lock.end] for lock in s.locks if not lock.rules])
        for s in document.segments
    ]


SEGMENTS: list[tuple[str, str, list[tuple[str, str, list[str]]]]] = [
    ("empty", "", []),
    ("heading", "# It *is* here #\n", [("heading", "It *is* here", ["*", "*"])]),
    ("underlined heading", "It is\nhere\n====\n", [("heading", "It is\nhere", [])]),
    ("wrapped paragraph", "It is\nhere. It was.", [("sentence", "It is\nhere.", []), ("sentence", "It was.", [])]),
    ("dateline", "KAZAN, May 5. It is.", [("dateline", "KAZAN, May 5.", []), ("sentence", "It is.", [])]),
    ("caption", "Photo: a court", [("caption", "Photo: a court", [])]),
    ("items", "- One is. Two is.\n- Three is\n  here.\n", [
        ("item", "One is.", []), ("item", "Two is.", []), ("item", "Three is\n  here.", ["  "])
    ]),
    ("numbers", "1. One is.\n2) Two is.\n", [("item", "One is.", []), ("item", "Two is.", [])]),
    ("after a list", "- One is.\n\nTwo is.\n", [("item", "One is.", []), ("sentence", "Two is.", [])]),
    ("quotation", "> It is\n> here. It\nwas.\n", [("sentence", "It is\n> here.", ["> "]), ("sentence", "It\nwas.", [])]),
    ("quotation in an item", "- > It is\n  > here.\n", [("item", "It is\n  > here.", ["  > "])]),
    ("table", "| Who | What. Why |\n|---|---|\n| he | **they** and we |\n| he | he |\n", [
        ("item", "Who", []), ("item", "What.", []), ("item", "Why", []), ("item", "he", []),
        ("item", "they** and we", ["**"]), ("item", "he", []), ("item", "he", []),
    ]),
    ("bold at both ends", "**It is. It was.**", [("sentence", "It is.", []), ("sentence", "It was.", [])]),
    ("marks within", "It **is** _so_ ~~x~~ z.", [("sentence", "It **is** _so_ ~~x~~ z.", ["**", "**", "_", "_", "~~", "~~"])]),
    ("not a mark", "The snake_case_word is.", [("sentence", "The snake_case_word is.", [])]),
    ("code", "It is `a. B`. It was.", [("sentence", "It is `a. B`.", ["`a. B`"]), ("sentence", "It was.", [])]),
    ("code at the start", "It is. `a` was.", [("sentence", "It is.", []), ("sentence", "`a` was.", ["`a`"])]),
    ("code with ticks in it", "It ``is ` so`` z.", [("sentence", "It ``is ` so`` z.", ["``is ` so``"])]),
    ("an open tick", "It ` is. It was.", [("sentence", "It ` is.", []), ("sentence", "It was.", [])]),
    ("link", "See [the IG](http://a.b/c_(d) 'T. U') here.", [
        ("sentence", "See [the IG](http://a.b/c_(d) 'T. U') here.", ["[", "](http://a.b/c_(d) 'T. U')"])
    ]),
    ("link at the end", "It is. [See it.](a.html)", [("sentence", "It is.", []), ("sentence", "See it.", [])]),
    ("reference link", "See [the IG][1].\n\n[1]: http://a.b", [("sentence", "See [the IG][1].", ["[", "][1]"])]),
    ("defined short reference", "See [The  ig] z.\n\n[the IG]: a.html 'A. B'", [("sentence", "See [The  ig] z.", ["[The  ig]"])]),
    ("brackets of the prose", "The [IG] is.", [("sentence", "The [IG] is.", [])]),
    ("brackets around a sentence", "It is. [The *IG* is.]", [("sentence", "It is.", []), ("sentence", "[The *IG* is.]", ["*", "*"])]),
    ("image", "![A court. It is](a.png)\n\nSee ![x](y) z.", [("sentence", "See ![x](y) z.", ["![x](y)"])]),
    ("address", "See <http://a.b> or <a@b.ru> z.", [("sentence", "See <http://a.b> or <a@b.ru> z.", ["<http://a.b>", "<a@b.ru>"])]),
    ("tags", "It <b>is</b> <br/> z.", [("sentence", "It <b>is</b> <br/> z.", ["<b>", "</b>", "<br/>"])]),
    ("code tag", "It <code>is IG</code> z.", [("sentence", "It <code>is IG</code> z.", ["<code>is IG</code>"])]),
    ("less than", "It is < 5 and > 3.", [("sentence", "It is < 5 and > 3.", [])]),
    ("comment", "It <!-- is. It --> was.", [("sentence", "It <!-- is. It --> was.", ["<!-- is. It -->"])]),
    ("entities", "It&nbsp;is &ldquo;so&rdquo; z.", [("sentence", "It&nbsp;is &ldquo;so&rdquo; z.", ["&nbsp;", "&ldquo;", "&rdquo;"])]),
    ("escape", "It \\*is\\* z.", [("sentence", "It \\*is\\* z.", ["\\*", "\\*"])]),
    ("footnote", "It is[^1]. It was.\n", [("sentence", "It is[^1].", ["[^1]"]), ("sentence", "It was.", [])]),
    ("hard breaks", "It is  \nhere\\\nand there.", [("sentence", "It is", []), ("sentence", "here", []), ("sentence", "and there.", [])]),
    ("only an address", "<http://a.b>\n\n[](a.html)", [("sentence", "<http://a.b>", ["<http://a.b>"])]),
]  # fmt: skip

NOTHING = [
    "```python\nIt is. It was.\n```\n",
    "~~~\nIt is.\n",
    "    It is.\n\n    It was.\n",
    "<div>\nIt is.\n</div>\n",
    "<!-- It is.\n\nIt was. -->\n",
    "[it]: http://a.b 'It is.'\n",
    "---\nslug: It is. It was.\n---\n",
    "+++\ntitle = 'It is.'\n+++\n",
    "---\n",
    "***\n\n---\n\n___\n",
    "> ```\n> It is.\n> ```\n",
    "- ```\n  It is.\n  ```\n",
    "|||\n|---|---|\n|||\n",
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in SEGMENTS], ids=[case[0] for case in SEGMENTS])
def test_segments(text: str, expected: list[tuple[str, str, list[str]]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_prose_is_never_a_segment(text: str) -> None:
    assert read(text) == []
    assert [kind for kind, *_ in read(text + "\n\nIt is.\n")][-1:] == ([] if text.startswith("~~~") else ["sentence"])


def test_crlf_reads_as_lf_does() -> None:
    text = "\n".join(case[1] for case in SEGMENTS)
    unix, windows = read(text), read(text.replace("\n", "\r\n"))
    assert [(kind, mt.replace("\r\n", "\n")) for kind, mt, _ in windows] == [(kind, mt) for kind, mt, _ in unix]


MARKS = [
    "# ",
    "> ",
    "- ",
    "1. ",
    "    ",
    "\t",
    "|",
    "|---|\n",
    "```",
    "`",
    "``",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "]",
    "](a.b)",
    "][x]",
]
MARKS += [
    "[x]: y\n",
    "![",
    "<b>",
    "<http://a>",
    "<!--",
    "-->",
    "<div>",
    "&amp;",
    "\\",
    "---\n",
    "a: b\n",
    "===\n",
    "[^1]",
]
WORDS = [
    "It is. ",
    "He",
    "said",
    ".",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "  \n",
    "\u00a0",
    "\ufeff",
    "\x00",
    "\u2028",
    "x",
    "5",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(MARKS + WORDS), max_size=40).map("".join)))
def test_nothing_is_lost(text: str) -> None:
    document = read_document(text, format="markdown")
    assert document.mt == text
    for segment in document.segments:
        assert text[segment.start : segment.start + len(segment.mt)] == segment.mt
        assert segment.locks or any(map(str.isalnum, segment.mt))
        assert list(segment.locks) == sorted(segment.locks, key=lambda lock: lock[:2])
        assert all(0 <= lock.start < lock.end <= len(segment.mt) for lock in segment.locks)
