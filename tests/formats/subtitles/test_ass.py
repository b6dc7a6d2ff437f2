"""ASS and SSA: the text of dialogue lines changes, overrides, drawings, comments and breaks stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError
from tests.formats.markup_stage import fix, list_texts, read

HEAD = """[Script Info]
Title: Up to 2,5 thousand
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname
Style: Default,2,5 thousand

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def line(
    text: str, start: str = "0:00:01.00", end: str = "0:00:02.00", kind: str = "Dialogue", effect: str = ""
) -> str:
    return f"{kind}: 0,{start},{end},Default,Anna,0,0,0,{effect},{text}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Up to 2,5 thousand, he said.", "Up to 2,500, he said."),
        ("Up to {\\i1}2,5{\\i0} thousand men.", "Up to {\\i1}2,500{\\i0} men."),
        ("Up to 2,5\\Nthousand\\Nmen.", "Up to 2,500\\Nmen."),
        ("Up to 2,5\\nthousand men.", "Up to 2,500\\nmen."),
        ("Up to 2,5\\hthousand men.", None),
        ("{2,5 thousand}Here.", None),
        ("{\\p1}m 2,5 thousand l 1 1{\\p0} is 2,5 thousand.", "{\\p1}m 2,5 thousand l 1 1{\\p0} is 2,500."),
        ("{\\an7\\p2}m 0 0 l 2,5 thousand", None),
    ],
)
def test_words_change_and_marks_stay(before: str, after: str | None) -> None:
    assert fix("ass", HEAD + line(before)) == HEAD + line(before if after is None else after)


def test_comments_scripts_and_other_sections_stay() -> None:
    text = (
        HEAD
        + line("Up to 2,5 thousand.", kind="Comment")
        + line("Up to 2,5 thousand.", effect="fx")
        + "\n[Fonts]\nfontname: 2,5 thousand\nDialogue: 2,5 thousand\n"
    )
    assert fix("ass", text) == text


def test_a_sentence_runs_over_lines_of_one_voice() -> None:
    text = HEAD + line("Up to 2,5") + line("thousand came.", "0:00:02.00", "0:00:03.00")
    assert list_texts(read("ass", text)) == [[("sentence", "Up to 2,5 thousand came.")]]
    other = text.replace("Anna,0,0,0,,thousand", "Boris,0,0,0,,thousand")
    assert [words for _, words in list_texts(read("ass", other))[0]] == ["Up to 2,5", "thousand came."]


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_encodings_and_line_ends_come_back(line_end: str, encoding: str) -> None:
    read("ass", (HEAD + line("Up to 2,5 thousand.")).replace("\n", line_end).encode(encoding))


def test_ssa_names_its_own_fields() -> None:
    text = "[Events]\nFormat: Marked, Start, End, Text\nDialogue: Marked=0,0:00:01.00,0:00:02.00,Up, to 2,5 thousand.\n"
    assert fix("ass", text) == text.replace("2,5 thousand", "2,500")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A wire of 2,5 thousand words.\n", r"has no section \[Events\]"),
        (HEAD + "Dialogue: 0,0:00:01.00\n", r":11:1: a line Dialogue: must have 10 fields"),
        (HEAD + line("x", start="soon"), r":11:1: a line Dialogue: must have 10 fields and two times"),
        ("[Events]\nFormat: Text, Start, End\n", r":2:1: its fields are not those of ASS"),
    ],
)
def test_damaged_files_are_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read("ass", text)
    assert "\n" not in str(caught.value)


PIECES = st.sampled_from(
    ["Up to ", "2,5 ", "thousand ", "{\\i1}", "{", "}", "\\N", "\\h", "{\\p1}", "{\\p0}", ", ", "ё. "]
)


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=4))
def test_any_dialogue_comes_back(texts: list[str]) -> None:
    fix("ass", HEAD + "".join(map(line, texts)))
