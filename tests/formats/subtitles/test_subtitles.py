"""Subtitles: words of cues change, sentences are read over cues, every other byte stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError, OutputError
from mtfix.formats import ReadOptions
from mtfix.formats.subtitles.cues import read_srt, read_vtt
from mtfix.formats.subtitles.format import SubtitleFile, SubtitleFormat
from mtfix.formats.subtitles.notation import SRT as SUBRIP
from mtfix.formats.subtitles.notation import VTT as WEBVTT
from tests.formats.replacing import replace_words, write_replaced

SRT = """1
00:00:01,000 --> 00:00:03,000
{\\an8}<i>Up to 2,5</i>
thousand people came

2
00:00:03,100 --> 00:00:05,000 X1:10 X2:20 Y1:30 Y2:40
and the fighters of the IG were on the territory

3
00:00:05,000 --> 00:00:07,500
of the city.

4
00:00:08,000 --> 00:00:09,000
- The IG came. a < b and c > d
- <font color="IG">It</font> left.
"""
VTT = """WEBVTT - IG

NOTE the IG
IG

STYLE
::cue(IG) { color: red }

REGION
id:IG

IG
00:01.000 --> 00:03.000 align:start
<v IG>Up to <c.IG>2,5</c> thousand &amp; more,

00:03.000 --> 00:05.000
said the<00:04.000> IG&nbsp;men.

1:00:05.000 --> 1:00:06.000
<v Anna>The &lt;IG&gt; <ruby>so<rt>IG</rt></ruby>
"""


def read(text: str | bytes, *, is_vtt: bool = False) -> SubtitleFile:
    data = text.encode() if isinstance(text, str) else text
    return SubtitleFormat(WEBVTT if is_vtt else SUBRIP).read(data, "w.srt", ReadOptions())  # type: ignore[return-value]


def fix(text: str, *, is_vtt: bool = False, **words: str) -> str:
    return write_replaced(read(text, is_vtt=is_vtt), words).decode()


def cue(*lines: str, start: float = 1, end: float = 2) -> str:
    def time(seconds: float) -> str:
        return f"00:00:{int(seconds):02},{round(seconds % 1 * 1000):03}"

    return f"1\n{time(start)} --> {time(end)}\n" + "".join(line + "\n" for line in lines) + "\n"


def sentences(*cues: str) -> list[str]:
    return [s.mt for s in read("".join(cues)).document.segments]


def test_a_sentence_is_read_over_lines_and_cues() -> None:
    assert [s.mt for s in read(SRT).document.segments] == [
        "Up to 2,5 thousand people came and the fighters of the IG were on the territory of the city.",
        "The IG came. a < b and c > d",
        "It left.",
    ]
    assert [s.mt for s in read(VTT, is_vtt=True).document.segments] == [
        "Up to 2,5 thousand & more, said the IG\xa0men.",
        "The <IG> so",
    ]


def test_edits_go_back_to_their_lines() -> None:
    words = {"2,5 thousand": "2,500", "IG": "Islamic State", "on the territory of the": "in the", "It": "She"}
    after = fix(SRT, **words)
    assert after == (
        SRT.replace("2,5</i>\nthousand people", "2,500</i>\npeople")
        .replace("the IG", "the Islamic State")
        .replace("The IG", "The Islamic State")
        .replace("were on the territory\n", "were in\n")
        .replace("\nof the city", "\nthe city")
        .replace(">It<", ">She<")
    )
    assert fix(after, **words) == after


def test_webvtt_changes_only_words_and_escapes_them() -> None:
    after = fix(VTT, is_vtt=True, **{"2,5 thousand": "2,500", "IG": "<IS> & co", "more, said": "more said"})
    assert after == (
        VTT.replace("2,5</c> thousand &amp; more,", "2,500</c> &amp; more").replace(
            "> IG&nbsp;men", "> &lt;IS&gt; &amp; co&nbsp;men"
        )
    )


@pytest.mark.parametrize("is_vtt", [False, True], ids=["srt", "vtt"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_is_not_changed_is_the_same_bytes(is_vtt: bool, line_end: str, encoding: str) -> None:
    data = (VTT if is_vtt else SRT).replace("\n", line_end).encode(encoding)
    container = read(data, is_vtt=is_vtt)
    assert container.write(container.documents) == data
    after = write_replaced(container, {"people": "men"}).decode(encoding)
    assert after == (VTT if is_vtt else SRT).replace("\n", line_end).replace("people", "men")


def test_old_encodings_come_back() -> None:
    data = SRT.replace("people", "люди были здесь, в городе").encode("windows-1251")
    container = read(data)
    assert "windows-1251" in container.document.notes[0]
    assert write_replaced(container, {"IG": "IS"}) == data.replace(b"the IG", b"the IS").replace(b"The IG", b"The IS")
    with pytest.raises(OutputError, match=r"U\+4E2D"):
        write_replaced(container, {"IG": "中"})


@pytest.mark.parametrize(
    ("cues", "read_as"),
    [
        ([cue("We came", end=2), cue("home.", start=2.1, end=3)], ["We came home."]),
        ([cue("We came."), cue("We left.", start=2, end=3)], ["We came.", "We left."]),
        ([cue("We came", end=2), cue("home.", start=5, end=6)], ["We came", "home."]),  # a pause
        ([cue("We came", end=3), cue("home.", start=1.5, end=4)], ["We came", "home."]),  # shown together
        ([cue("We came"), cue("- Who?", start=2, end=3)], ["We came", "Who?"]),
        ([cue("- We came", "- home.")], ["We came", "home."]),
        ([cue("We came"), cue("[Applause]", start=2, end=3)], ["We came", "[Applause]"]),
        ([cue("We came"), cue("ANNA: Who?", start=2, end=3)], ["We came", "ANNA: Who?"]),
        ([cue("MOSCOW TODAY"), cue("The day began.", start=2, end=3)], ["MOSCOW TODAY", "The day began."]),
        ([cue("so it is"), cue("so it is", start=2, end=3)], ["so it is", "so it is"]),  # rolling captions
        ([cue("He met with", "Ivanov and"), cue("Petrov.", start=2, end=3)], ["He met with Ivanov and Petrov."]),
        ([cue("He said. And", end=2), cue("left.", start=2, end=3)], ["He said.", "And left."]),
    ],
    ids="sentence two pause together dash dashes sound speaker capitals rolling lines middle".split(),
)
def test_where_a_sentence_ends(cues: list[str], read_as: list[str]) -> None:
    assert sentences(*cues) == read_as


def test_voices_are_read_apart() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>We came <v B>and so\n<v B>did I\n\n00:02.000 --> 00:03.000\n<v A>he said\n"
    assert [s.mt for s in read(text, is_vtt=True).document.segments] == ["We came", "and so did I", "he said"]


@pytest.mark.parametrize("is_vtt", [False, True], ids=["srt", "vtt"])
@pytest.mark.parametrize("mark", ["<br>", "<BR />", "\\N", "\\h"], ids=["br", "br-empty", "ass-break", "ass-blank"])
def test_breaks_of_other_formats_part_words_and_stay(is_vtt: bool, mark: str) -> None:
    text = ("WEBVTT\n\n" if is_vtt else "") + cue(f"up to 2,5{mark}thousand IG.{mark}They left.").replace(
        ",000", ".000"
    )
    assert [s.mt for s in read(text, is_vtt=is_vtt).document.segments] == [f"up to 2,5{mark}thousand IG.", "They left."]
    assert fix(text, is_vtt=is_vtt, **{f"2,5{mark}thousand": "?", "IG": "IS"}) == text.replace("IG", "IS")


@pytest.mark.parametrize("is_vtt", [False, True], ids=["srt", "vtt"])
def test_words_of_another_language_are_locked(is_vtt: bool) -> None:
    head = "WEBVTT\n\n" if is_vtt else "1\n"
    for tag, is_kept in [("<lang ru>", True), ("<lang de-AT>", True), ("<lang en>", False), ("<lang en-GB>", False)]:
        text = f"{head}00:00:01.000 --> 00:00:02.000\nThe {tag}IG <i>IG</i></lang> and the IG.\n"
        inside = text if is_kept else text.replace(f"{tag}IG <i>IG", f"{tag}IS <i>IS")
        assert fix(text, is_vtt=is_vtt, IG="IS") == inside.replace("the IG", "the IS")


def test_a_line_that_loses_its_words_goes() -> None:
    text = cue("up to 2,5", "thousand", "came", end=2)
    assert fix(text, **{"2,5 thousand": "2,500"}) == text.replace("2,5\nthousand\n", "2,500\n")
    text = cue("that", "so it is", end=2)
    assert fix(text, **{"that so": "so"}) == text.replace("that\n", "")
    text = cue("up to 2,5", end=2) + cue("thousand", start=2, end=3)
    assert fix(text, **{"2,5 thousand": "2,500"}) == text.replace("2,5", "2,500").replace("thousand", "")


def test_new_words_at_a_line_break_go_beside_it() -> None:
    text = cue("He came", "home, they", "said", end=2)
    assert fix(text, **{"came home": "came, home"}) == text.replace("came", "came,")
    assert fix(text, **{"came home": "came back home"}) == text.replace("\nhome", "\nback home")
    assert fix(text, **{" ": " "}) == text


def test_odd_but_playable_files_are_read() -> None:
    text = "\ufeff\n\n00:01 --> 00:02.5\nno index IG\n\nstill the cue\n12\n0:0:3,1-->0:0:4\nIG --> IS\n\n\n\n"
    assert [(c.start, c.end) for c in read_srt(text, "w")] == [(1000, 2500), (3100, 4000)]
    assert fix(text, IG="IS") == text.replace("IG", "IS")
    assert [s.mt for s in read(text).document.segments] == ["no index IG", "still the cue", "IG --> IS"]
    assert read("").document.notes == ("w.srt: is empty",)
    assert read(" \n").document.segments == ()


@pytest.mark.parametrize(
    ("text", "is_vtt", "said"),
    [
        ("This is a wire.\n", False, "holds no line of times"),
        ("1\n00:00:01,000 --> 00:\nIG\n", False, r":2:1: '00:00:01,000 --> 00:' is no pair of times"),
        ("1\n00:00:01,000 -->", False, r":2:1: .* is no pair of times"),
        ("1\n00:00:01,000 --> 00:00:02,000\nIG\n", True, r":1:1: does not begin with WEBVTT"),
        ("WEBVTTX\n", True, r":1:1: does not begin with WEBVTT"),
        ("WEBVTT\n\n00:01.000 --> \nIG", True, r":3:1: .* is no pair of times"),
    ],
    ids="prose damaged truncated not-vtt longer-word vtt-damaged".split(),
)
def test_damaged_files_are_refused_in_one_line(text: str, is_vtt: bool, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read(text, is_vtt=is_vtt)
    assert "\n" not in str(caught.value)


@given(st.lists(st.sampled_from(["NOTE", "STYLE", "a", "", "00:01.000 --> 00:02.000", "IG --> x", " ", "-->x"])))
def test_any_webvtt_is_read_to_its_end(lines: list[str]) -> None:
    text = "\n".join(["WEBVTT", *lines])
    assert (
        len(read_vtt(text, "w")) == sum(line.startswith("00:") for line in lines) or "NOTE" in lines or "STYLE" in lines
    )


LINES = st.lists(
    st.sampled_from(["the ", "IG ", "<i>", "</i>", "said. ", "- ", "&amp;", "x ", "2,5", ", ", "<v Anna>", "{\\an8}"]),
    max_size=7,
).map("".join)
CUES = st.lists(st.tuples(st.lists(LINES, min_size=1, max_size=3), st.integers(0, 3000)), max_size=5)


@given(CUES, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_any_file_comes_back_with_its_words_replaced(
    cues: list[tuple[list[str], int]], is_vtt: bool, line_end: str
) -> None:
    rows = ["WEBVTT", ""] if is_vtt else ["1", "00:00:00.000 --> 00:00:00.500", "", ""]
    at = 1000
    for number, (lines, pause) in enumerate(cues):
        at += pause
        rows += [str(number), f"00:00:{at // 1000:02}.{at % 1000:03} --> 00:00:{at // 1000 + 1:02}.{at % 1000:03}"]
        rows += [*(line for line in lines if line.strip()), ""]
        at += 1000
    text = line_end.join(rows)
    container = read(text, is_vtt=is_vtt)
    assert container.write(container.documents) == text.encode()
    words = {"IG": "Islamic State", "the": ""}
    after = write_replaced(container, words).decode()
    read_again = (read_vtt if is_vtt else read_srt)(after, "w")
    assert [(c.start, c.end) for c in read_again] == [(c.start, c.end) for c in container.cues]
    # The same words but for the two, and the same tags in the same order.
    assert _words(after) == _words(_replace(text, words))
    assert re.findall(r"<[^>]*>|\{\\an8\}", after) == re.findall(r"<[^>]*>|\{\\an8\}", text)
    again = read(after, is_vtt=is_vtt)
    assert write_replaced(again, words).decode() == after
    assert replace_words(again.document, words).text == again.document.text


def _replace(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _words(text: str) -> list[str]:
    return re.sub(r"<[^>]*>|\{\\an8\}", "", text).split()
