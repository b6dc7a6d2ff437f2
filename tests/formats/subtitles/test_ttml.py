"""TTML and DFXP: the words of cues change; times, styles, spans and line breaks stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError
from tests.formats.markup_stage import fix, list_texts, read


def subtitles(*cues: str, language: str = "en", body: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="{language}">\n'
        "<head><metadata><title>Up to 2,5 thousand</title></metadata></head>\n"
        f"<body{body}><div>\n" + "".join(cues) + "</div></body></tt>\n"
    )


def cue(text: str, begin: str = "1s", end: str = "2s") -> str:
    return f'  <p begin="{begin}" end="{end}" style="s 2,5 thousand">{text}</p>\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Up to 2,5 thousand &amp; more.", "Up to 2,500 &amp; more."),
        ("Up to <span tts:color='red'>2,5</span> thousand.", "Up to <span tts:color='red'>2,500</span>."),
        ("Up to 2,5<br/>thousand men.", "Up to 2,500<br/> men."),
        ("\n    Up to 2,5\nthousand men.\n  ", "\n    Up to 2,500 men.\n  "),
        ("Up to 2,5<br></br>thousand men.", "Up to 2,500<br></br> men."),
        ("Here <span xml:lang='ru'>2,5 thousand</span>.", None),
        ("Here <span translate='no'>2,5 thousand</span>.", None),
        ("Here <metadata>2,5 thousand</metadata>.", None),
        ("Here <span tts:ruby='text'>2,5 thousand</span>.", None),
    ],
)
def test_words_change_and_tags_stay(before: str, after: str | None) -> None:
    got = fix("ttml", subtitles(cue(before)))
    assert " ".join(got.split()) == " ".join(subtitles(cue(before if after is None else after)).split())


def test_a_sentence_runs_over_cues() -> None:
    text = subtitles(cue("Up to 2,5"), cue("thousand came.", "00:00:02.100", "00:00:03.000"), cue("They left.", "3s"))
    assert [words for _, words in list_texts(read("ttml", text))[0]] == ["Up to 2,5 thousand came.", "They left."]
    later = text.replace("00:00:02.100", "00:00:08.100")
    assert [words for _, words in list_texts(read("ttml", later))[0]][:2] == ["Up to 2,5", "thousand came."]
    untimed = text.replace("00:00:02.100", "")
    assert [words for _, words in list_texts(read("ttml", untimed))[0]][:2] == ["Up to 2,5", "thousand came."]


def test_a_language_is_checked_against_the_words() -> None:
    words = "The head of the department said that it was up to 2,5 thousand and that the work would be done by May."
    assert "2,500" in fix("ttml", subtitles(cue(words), language="ru"))
    foreign = subtitles(
        cue("Der Leiter war in Berlin, 2,5 thousand, und will die Arbeit bis Mai beenden."), language="de"
    )
    assert fix("ttml", foreign) == foreign
    part = subtitles(cue("Here 2,5 thousand."), body=' xml:lang="de"')
    assert fix("ttml", part) == part


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<svg/>", "its root element is <svg>, not <tt>"),
        ('<!DOCTYPE tt [<!ENTITY a "b">]><tt/>', "document types and entities are refused"),
        ("<tt><body>", "not valid XML"),
        ("<tt>" + "<div>" * 600, "more than 500 elements"),
        ("A wire.", "not valid XML"),
    ],
)
def test_hostile_and_damaged_files_are_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read("ttml", text)
    assert "\n" not in str(caught.value)


def test_xml_is_known_by_its_root() -> None:
    text = subtitles(cue("Up to 2,5 thousand."))
    assert fix("xml", text) == fix("ttml", text)


PIECES = st.sampled_from(
    ["Up to ", "2,5 ", "thousand ", "<br/>", "<span>x </span>", "\n ", "&lt;", "<!-- a -->", "ё. "]
)


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=4))
def test_any_cues_come_back(texts: list[str]) -> None:
    fix("ttml", subtitles(*map(cue, texts)))
