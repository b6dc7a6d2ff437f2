"""Plain text: paragraphs, wrapped lines, headings, captions, items; and that every byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.formats import read_document
from mtfix.types import Kind

LONG = "The court in Kazan has extended the arrest of the four suspects, " * 2 + "the press service said."
WRAPPED = """\
The regional court on Thursday extended by two months the arrest of the
former head of the district Ivan Petrov, who is accused of fraud. He did
not admit guilt. Article 159 of the
Criminal Code provides for up to 10 years."""


def read(text: str) -> list[tuple[str, str]]:
    document = read_document(text)
    assert document.mt == text
    return [(segment.kind.value, segment.mt) for segment in document.segments]


CASES: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("empty", "", []),
    ("only blanks", " \r\n\t\n\u00a0\n\f", []),
    ("one fragment is no heading", "a wire agency said", [("sentence", "a wire agency said")]),
    ("one capitalised fragment", "The agency said", [("sentence", "The agency said")]),
    ("one line of capitals", "COURT EXTENDS ARREST", [("heading", "COURT EXTENDS ARREST")]),
    ("one wire title", "Source: the court extends arrest", [("heading", "Source: the court extends arrest")]),
    (
        "title and body",
        "The court extended the arrest\n\nIt rained. It snowed.\n",
        [("heading", "The court extended the arrest"), ("sentence", "It rained."), ("sentence", "It snowed.")],
    ),
    (
        "one paragraph a line",
        f"{LONG} It rained.\n{LONG}\nNobody was hurt.\n",
        [("sentence", LONG), ("sentence", "It rained."), ("sentence", LONG), ("sentence", "Nobody was hurt.")],
    ),
    (
        "title right above long lines",
        f"Arrest is extended\n{LONG}\n",
        [("heading", "Arrest is extended"), ("sentence", LONG)],
    ),
    (
        "short lines that are not wrapped",
        "It rained in Perm.\nIt snowed in Omsk.\nThe wind fell\n",
        [("sentence", "It rained in Perm."), ("sentence", "It snowed in Omsk."), ("heading", "The wind fell")],
    ),
    (
        "wrapped at 72 columns",
        WRAPPED,
        [
            (
                "sentence",
                "The regional court on Thursday extended by two months the arrest of the\n"
                "former head of the district Ivan Petrov, who is accused of fraud.",
            ),
            ("sentence", "He did\nnot admit guilt."),
            ("sentence", "Article 159 of the\nCriminal Code provides for up to 10 years."),
        ],
    ),
    (
        "wrapped before a name, as elsewhere in the text",
        WRAPPED.replace("\n", "\r\n") + "\r\n\r\n"
        "The lawyers of the accused will appeal to the Supreme Court in the city\r\nMoscow on Friday.",
        [
            (
                "sentence",
                "The regional court on Thursday extended by two months the arrest of the\r\n"
                "former head of the district Ivan Petrov, who is accused of fraud.",
            ),
            ("sentence", "He did\r\nnot admit guilt."),
            ("sentence", "Article 159 of the\r\nCriminal Code provides for up to 10 years."),
            (
                "sentence",
                "The lawyers of the accused will appeal to the Supreme Court in the city\r\nMoscow on Friday.",
            ),
        ],
    ),
    (
        "a dash that wrapping put first is no marker",
        """\
The regional court on Thursday extended by two months the arrest
- and the fine - of the former head of the district, accused of
fraud. It also fined two witnesses who did not come, on March
15. They paid.""",
        [
            (
                "sentence",
                """\
The regional court on Thursday extended by two months the arrest
- and the fine - of the former head of the district, accused of
fraud.""",
            ),
            ("sentence", "It also fined two witnesses who did not come, on March\n15."),
            ("sentence", "They paid."),
        ],
    ),
    (
        "a signature is not joined",
        "It rained in Perm.\nIvan Petrov\nTel. 55",
        [("sentence", "It rained in Perm."), ("heading", "Ivan Petrov"), ("heading", "Tel. 55")],
    ),
    (
        "an unfinished line before a quotation",
        "The participants of the cell is looking for a permanent\n\n“The work goes on,” said a source.",
        [
            ("heading", "The participants of the cell is looking for a permanent"),
            ("sentence", "“The work goes on,” said a source."),
        ],
    ),
    (
        "a heading with a colon at its end is a sentence",
        "The following were detained:\n- Ivanov\n- Petrov, born in 1986. He is from Omsk.\n",
        [
            ("sentence", "The following were detained:"),
            ("item", "Ivanov"),
            ("item", "Petrov, born in 1986."),
            ("item", "He is from Omsk."),
        ],
    ),
    (
        "markers of items",
        "• One is here.\n1) Two is here.\n2. Three is here.\n(4) Four is here.\na) Five is here.\n* Six is here.",
        [("item", f"{n} is here.") for n in ("One", "Two", "Three", "Four", "Five", "Six")],
    ),
    (
        "an item goes on",
        "- The court extended the arrest of four\n  suspects.\n- The rest were\n  freed.",
        [("item", "The court extended the arrest of four\n  suspects."), ("item", "The rest were\n  freed.")],
    ),
    (
        "a dash of speech is no marker",
        "– We will stay, – said the pilot.\n- We will stay, - said the pilot.",
        [("sentence", "– We will stay, – said the pilot."), ("sentence", "- We will stay, - said the pilot.")],
    ),
    (
        "captions",
        "Photo: Ivan Petrov\n\nCaption: The court\n\nImage caption The court\n\nPhoto by Ivan Petrov\n\nIt rained.",
        [
            ("caption", "Photo: Ivan Petrov"),
            ("caption", "Caption: The court"),
            ("caption", "Image caption The court"),
            ("caption", "Photo by Ivan Petrov"),
            ("sentence", "It rained."),
        ],
    ),
    (
        "what only begins like a caption",
        "Photographs of the court were lost.\n\nPhoto and video are banned.",
        [("sentence", "Photographs of the court were lost."), ("sentence", "Photo and video are banned.")],
    ),
    (
        "a dateline",
        "Arrest\n\nKAZAN, March 18. The court sat. It rained.",
        [
            ("heading", "Arrest"),
            ("dateline", "KAZAN, March 18."),
            ("sentence", "The court sat."),
            ("sentence", "It rained."),
        ],
    ),
    ("rules and stars are nothing", "***\n\nIt rained.\n\n-----\n. . .", [("sentence", "It rained.")]),
    ("a byte order mark", "\ufeffIt rained.", [("sentence", "It rained.")]),
    ("line ends of all kinds", "One is.\rTwo is.\r\nThree is.\n\u2028Four is.\fFive is.\x85Six is.", [
        ("sentence", f"{n} is.") for n in ("One", "Two", "Three", "Four", "Five", "Six")
    ]),
    ("blanks of all kinds", "\t It rained.\u00a0\u2009 It\u00a0snowed. \t\n", [
        ("sentence", "It rained."), ("sentence", "It\u00a0snowed.")
    ]),
    ("a question as a subheading", "It rained.\n\nWho is to blame?\n\nIt snowed.", [
        ("sentence", "It rained."), ("sentence", "Who is to blame?"), ("sentence", "It snowed.")
    ]),
    ("a speech without a final stop", "It rained.\n\n“We will stay”, – said the source\n\nIt snowed.", [
        ("sentence", "It rained."), ("sentence", "“We will stay”, – said the source"), ("sentence", "It snowed.")
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_segments(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


def test_segments_know_where_they_start() -> None:
    text = "\ufeff  Title\r\n\r\nKAZAN, March 18. It rained.\r\n- One. Two.\r\n"
    for segment in read_document(text).segments:
        assert text[segment.start : segment.start + len(segment.mt)] == segment.mt


LINES = st.sampled_from(
    ["It rained.", "The court has extended the arrest of the", "four suspects", "- item", "1) Two.", "Photo: x", "***",
     "MOSCOW, May 5. It", "“We,”", "\u00a0", "\t", "\ufeff", "<!-- mtfix off -->", LONG, "x" * 100]
)  # fmt: skip
BREAKS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", " \n", "\f", "\u2028", " ", ""])


@given(
    st.one_of(st.text(), st.lists(st.tuples(LINES, BREAKS), max_size=12).map(lambda x: "".join(a + b for a, b in x)))
)
def test_nothing_is_lost(text: str) -> None:
    document = read_document(text)
    assert document.mt == text == document.text
    for segment in document.segments:
        assert segment.mt == segment.mt.strip() != ""
        assert text[segment.start : segment.start + len(segment.mt)] == segment.mt
        assert isinstance(segment.kind, Kind)


@given(st.lists(LINES, max_size=8))
def test_line_ends_do_not_matter(lines: list[str]) -> None:
    readings = {
        tuple((s.kind, s.mt.split()[0]) for s in read_document(end.join(lines)).segments)
        for end in ("\n", "\r\n", "\r")
    }
    assert len(readings) == 1
