"""How words are spelt in the cues of a kind of subtitles: what is a tag, what parts words, what is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mtfix.formats.subtitles.ass import read_ass
from mtfix.formats.subtitles.cues import Cue, read_srt, read_vtt

_ENTITY = r"(?P<entity>&(?:[A-Za-z]{2,8}|\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6});)"
# In SubRip a tag is one of those that players know: an angle bracket may be a word of its own.
_BLANK = r"(?P<locked>\\[Nnh]|<br\s*/?>)"  # line breaks of other formats: they part words
# Words in another language than English, up to where they end.
_FOREIGN = r"(?P<foreign><lang[ \t]+(?!en\b)[A-Za-z][^<>]*>(?:(?!<lang\b|</lang>)[^\r\n])*)"
_SRT = re.compile(
    rf"{_BLANK}|{_FOREIGN}|(?P<tag></?(?:i|b|u|s|font|c|v|lang|ruby)(?:[ .][^<>]*)?>|\{{\\[^{{}}]*\}}|\{{[a-zA-Z]:[^{{}}]*\}})"
    rf"|{_ENTITY}",
    re.IGNORECASE,
)
_VTT = re.compile(rf"{_BLANK}|{_FOREIGN}|(?P<tag><rt(?=[ .>])[^<>]*>[^<]*(?:</rt>)?|<[^<>]*>)|{_ENTITY}", re.IGNORECASE)
# Between {\p1} and {\p0} stand the points of a drawing. ``<`` and ``&`` are no marks.
_ASS = re.compile(
    r"(?P<locked>\\h)|(?P<foreign>(?!))|(?P<entity>(?!))"
    r"|(?P<tag>\{[^{}]*\\p[1-9][^{}]*\}(?:(?!\{[^{}]*\\p0)[^\r\n])*|\{[^}]*\})"
)


@dataclass(frozen=True, slots=True)
class Notation:
    """A kind of subtitles. ``marks`` has the groups ``locked``, ``foreign``, ``tag`` and ``entity``."""

    name: str
    marks: re.Pattern[str]
    read: Callable[[str, str], Sequence[Cue]]
    spelt: Mapping[str, str] = field(default_factory=dict)
    has_entities: bool = False


SRT = Notation("srt", _SRT, read_srt)
VTT = Notation("vtt", _VTT, read_vtt, {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"}, has_entities=True)
ASS = Notation("ass", _ASS, read_ass)
