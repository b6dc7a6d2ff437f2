"""Sentence segmentation: the cases of segment_cases.txt, and that nothing is ever lost."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mtfix.english.dateline import find_dateline
from mtfix.english.sentences import join, segment, split_sentences

BOUNDARY = " | "
CASES = [
    line
    for line in (Path(__file__).parent / "sentence_cases.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PIECES = """Lt.|U.S.|a.m.|No.|5|21|he|He|Ivanov|A.|MOSCOW,|October|Oct.|[1]|(Reuters)|Я|ß|İ|😀|said"""
NEWSY = st.lists(
    st.sampled_from([*"“”\"'().!?…«»-–—/:,;\n\r\t\u00a0\u2028\x00\ufeff", *[" "] * 4, *PIECES.split("|")]), max_size=40
).map("".join)


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    text = case.replace(BOUNDARY, " ")
    assert [text[a:b] for a, b in split_sentences(text)] == case.split(BOUNDARY)


def test_cases_are_many_and_half_of_them_stay_whole() -> None:
    whole = [case for case in CASES if BOUNDARY not in case]
    assert len(CASES) >= 100
    assert 0.4 < len(whole) / len(CASES) < 0.7


@pytest.mark.parametrize("case", [case for case in CASES if BOUNDARY in case])
def test_a_line_break_between_sentences_is_like_a_blank(case: str) -> None:
    text = case.replace(BOUNDARY, "\r\n")
    assert [text[a:b] for a, b in split_sentences(text)] == case.split(BOUNDARY)


@given(st.one_of(st.text(), NEWSY), st.booleans())
@example("\u2028 . A", False)
@example("No. \u00bd 5", True)
def test_nothing_is_lost(text: str, with_dateline: bool) -> None:
    spans = segment(text) if with_dateline else split_sentences(text)
    assert join(text, spans, [text[a:b] for a, b in spans]) == text
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    for a, b in spans:
        assert text[a:b] == text[a:b].strip()
    if not with_dateline:
        gaps = [text[left[1] : right[0]] for left, right in pairwise([(0, 0), *spans, (len(text), len(text))])]
        assert "".join(gaps).strip() == ""


@given(NEWSY)
def test_the_start_offset_only_shifts(text: str) -> None:
    assert split_sentences("Xx " + text, 3) == [(a + 3, b + 3) for a, b in split_sentences(text)]


DATELINES = [
    ("MOSCOW, October 21.", " ", "Russian troops left."),
    ("MOSCOW, Oct 21 /TASS/.", " ", "The court sat."),
    ("MOSCOW, October 21. /ITAR-TASS/.", " ", "The court sat."),
    ("KIEV, March 3 (Reuters)", " - ", "Ukraine said on Monday"),
    ("WASHINGTON (AP)", " — ", "The Senate voted"),
    ("NEW YORK, Oct. 21, 2014", " — ", "Stocks fell"),
    ("Moscow. October 21. INTERFAX.RU", " - ", "The bank said"),
    ("Ekaterinburg. 14 May.", " ", "The court sat."),
    ("MOSCOW, 21 Oct - RIA Novosti.", " ", "The court sat."),
    ("ROSTOV-ON-DON, 5 March.", " ", "The court sat."),
    ("Rostov-on-Don, 5 March.", " ", "The court sat."),
    ("ST. PETERSBURG, October 21 (Itar-Tass)", " -- ", "The court sat."),
    ("October 21, Minsk /Corr. BELTA/.", " ", "The court sat."),
    ("UN, October 21. /Corr. TASS Oleg Orlov/.", "\n", "The court sat."),
    ("GROZNY, 1 September 2014.", "  ", "The court sat."),
    ("DONETSK, Ukraine (Reuters)", " – ", "Shelling went on"),
]
NO_DATELINES = [
    "October 13, at the visiting session of the committee, he spoke.",
    "16 October in the Krasnodar region was arrested a man.",
    "On October 21. Russian troops left.",
    "Monday, October 21. The session begins.",
    "The group (ISIS) - an organization banned in Russia.",
    "Hizb ut-Tahrir (HT) – a party.",
    "MOSCOW was silent on October 21. Nobody came.",
    "Moscow, October 21 – the day of the session – was quiet.",
    "Islamic State (IS) — the militants said.",
    "In Moscow, October 21. It rained.",
    "President Putin. October 21 was his day.",
    "FSB – the security service.",
    "IS, Syria and others",
    "",
]


@pytest.mark.parametrize(("dateline", "separator", "rest"), DATELINES)
def test_a_dateline_is_a_span_of_its_own(dateline: str, separator: str, rest: str) -> None:
    text = "  " + dateline + separator + rest
    spans = segment(text)
    assert text[slice(*spans[0])] == dateline
    assert text[spans[0][1] : spans[1][0]] == separator
    assert text[slice(*spans[1])] == rest


@pytest.mark.parametrize("text", NO_DATELINES)
def test_what_looks_like_a_dateline_is_left_in_its_sentence(text: str) -> None:
    assert find_dateline(text) is None
