"""Anchors: findings in translations and subtitles name the line and the column of the file."""

from __future__ import annotations

import pytest

from mtfix.files.lines import LineIndex
from mtfix.findings import list_findings
from mtfix.formats import ReadOptions, find_format
from mtfix.types import Anchor
from tests.formats.replacing import replace_words

FILES = {
    "po": (
        'msgid ""\nmsgstr "Language: en\\n"\n\n#: IG\nmsgid "IG"\nmsgstr ""\n"the \\"IG\\" <b>IG</b>\\n\\nIG "\n'
        '"%s IG"\n\n#~ msgstr "IG"\n\nmsgid "x"\nmsgstr "IG"\n'
    ),
    "srt": "1\n00:00:01,000 --> 00:00:02,000\n<i>the</i> IG\nIG\n\n2\n00:00:02,000 --> 00:00:03,000\nan IG.\n",
    "vtt": "WEBVTT IG\n\nNOTE IG\n\n00:01.000 --> 00:02.000\n<v IG>the &amp; IG\nIG\n",
    "html": "<html>\n<body title='IG'><p>a &amp; IG\n<b>IG and\n\n IG</b></p></body></html>",
    "ninjs": (
        '{"uri": "IG",\n"headline": "An IG \\"IG\\"",\n'
        '"body_html": "<p>One &amp; IG.\\nIG</p>\\n<p>In <b>IG</b> it is.</p>"}'
    ),
    "nitf": "<nitf>\n<body><body.content><p>a &#8212; IG\n<em>IG</em></p></body.content></body></nitf>",
    "tmx": (
        '<tmx version="1.4">\n<header srclang="ru"/><body>\n<tu><tuv xml:lang="ru"><seg>IG</seg></tuv>\n'
        '<tuv xml:lang="en"><seg>the &amp; IG <hi>IG</hi>\n  IG</seg></tuv></tu></body></tmx>'
    ),
    "xliff": (
        '<xliff version="1.2"><file target-language="en"><body>\n<trans-unit id="1"><source>IG</source>\n'
        "<target>the &lt;b>IG&lt;/b> <g id='1'>\nIG</g></target></trans-unit>\n"
        '<trans-unit id="2"><source>IG</source><target><![CDATA[a IG]]></target></trans-unit></body></file></xliff>'
    ),
}


COUNTS = {"po": 5, "srt": 3, "vtt": 2, "html": 3, "ninjs": 5, "nitf": 2, "tmx": 3, "xliff": 3}


@pytest.mark.parametrize("format", sorted(FILES))
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_findings_name_places_of_the_file(format: str, line_end: str) -> None:
    text = FILES[format].replace("\n", line_end)
    container = find_format(format).load().read(text.encode(), "w", ReadOptions())
    lines = text.split(line_end)
    found = [f for d in container.documents for f in list_findings(replace_words(d, {"IG": "IS"}))]
    assert len(found) == COUNTS[format]
    for finding in found:
        assert lines[finding.line - 1][finding.column - 1 :].startswith("IG")
        assert (finding.end_line, finding.end_column) == (finding.line, finding.column + 2)
    assert len({(f.line, f.column) for f in found}) == len(found)


def test_without_anchors_the_text_is_the_file() -> None:
    lines = LineIndex("ab\ncd")
    assert [lines.locate(at) for at in (0, 3, 5)] == [(1, 1), (2, 1), (2, 3)]
    assert lines.locate_end(0, 3) == (2, 1)


def test_a_span_ends_where_its_last_character_stands() -> None:
    lines = LineIndex("ab cd\n\nef", [Anchor(0, 7, 11), Anchor(3, 9, 2), Anchor(7, 20, 1)])
    assert [lines.locate(at) for at in (0, 2, 3, 4, 7, 8)] == [(7, 11), (7, 13), (9, 2), (9, 3), (20, 1), (20, 2)]
    assert lines.locate_end(0, 3) == (7, 14)
    assert lines.locate_end(7, 9) == (20, 3)
