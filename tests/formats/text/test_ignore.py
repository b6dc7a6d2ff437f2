"""Ignore comments: what they lock, that they are never touched, and what is said about mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.formats import read_document
from mtfix.formats.text.ignore import DIRECTIVES, read_ignored


def locked(text: str, format: str = "text") -> list[tuple[str, set[str]]]:
    """The locked parts of a document's segments but for the comments, with the rules that are locked out."""
    document = read_document(text, format=format)
    assert document.mt == text
    parts = [(s.mt[lock.start : lock.end], set(lock.rules)) for s in document.segments for lock in s.locks]
    return [(part, rules) for part, rules in parts if not part.startswith("<!--") and part != " "]


CASES = [
    (
        "Off. <!-- mtfix off -->It rained. It snowed.<!-- mtfix on --> On.",
        [("It rained.", set()), ("It snowed.", set())],
    ),
    ("One.\n\n<!-- mtfix off -->\n\nTwo here.\n\n<!-- mtfix on -->\n\nThree.", [("Two here.", set())]),
    ("The <!-- mtfix off -->IG<!-- mtfix on --> left.", [("IG", set())]),
    ("The <!-- mtfix off NAME_X, typography -->IG<!-- mtfix on --> left.", [("IG", {"NAME_X", "typography"})]),
    ("<!-- mtfix off A_B -->One.<!-- mtfix off C_D -->Two.", [("One.", {"A_B"}), ("Two.", {"A_B", "C_D"})]),
    ("<!-- mtfix off A_B C_D -->One.<!-- mtfix on A_B -->Two.", [("One.", {"A_B", "C_D"}), ("Two.", {"C_D"})]),
    ("<!-- mtfix off A_B -->One.<!-- mtfix off -->Two.", [("One.", {"A_B"}), ("Two.", set())]),
    ("<!-- mtfix ignore-next-line -->\nOne is here.\nTwo is here.", [("One is here.", set())]),
    ("<!-- mtfix ignore-next-line A_B -->\r\n\r\nOne is here.\r\nTwo is here.", [("One is here.", {"A_B"})]),
    ("One is here. <!-- mtfix ignore-line -->\nTwo is here.", [("One is here.", set())]),
    ("<!--mtfix:off-->One.<!--MTFIX ON-->Two.", [("One.", set())]),
    ("<!-- mtfix\noff -->One.", [("One.", set())]),
    # nothing is locked
    ("<!-- mtfix on -->One is here.", []),
    ("<!-- mtfix offf -->One is here.", []),
    ("<!-- mtfixoff -->One is here.", []),
    ("<!-- mtfix off One is here.", []),
    ("mtfix off. One is here.", []),
    ("<!-- mtfix off --><!-- mtfix on -->One is here.", []),
    ("One is here.\n<!-- mtfix ignore-next-line -->", []),
    ("<!-- mtfix off -->\n\n<!-- mtfix on -->\n\nOne is here.", []),
]


@pytest.mark.parametrize("format", ["text", "markdown"])
@pytest.mark.parametrize(("text", "expected"), CASES)
def test_locks(text: str, expected: list[tuple[str, set[str]]], format: str) -> None:
    if format == "markdown" and text.startswith("<!--") and "-->One" in text:
        text = "Text. " + text  # a comment that starts a line makes an HTML block of the line
    assert locked(text, format) == expected


def test_a_comment_is_no_segment_and_is_locked_inside_one() -> None:
    document = read_document("<!-- mtfix off -->\nOne <!-- mtfix on --> two here.\n<!-- mtfix ignore-line -->")
    assert [s.mt for s in document.segments] == ["One <!-- mtfix on --> two here."]
    assert (4, 21, frozenset()) in [tuple(lock) for lock in document.segments[0].locks]


NOTES = [
    ("One.\n  <!-- mtfix of -->", "w.txt:2:3: unknown mtfix comment 'of': did you mean 'off'? Known: "),
    ("<!-- mtfix -->", "w.txt:1:1: unknown mtfix comment ''"),
    ("a\r\nb\r<!-- mtfix on -->", "w.txt:3:1: 'mtfix on' without 'mtfix off'"),
    ("<!-- mtfix off A_B -->x<!-- mtfix on C_D -->", "w.txt:1:24: 'mtfix on' names what is not off: C_D"),
    ("<!-- mtfix off -->x<!-- mtfix on C_D -->", "w.txt:1:20: 'mtfix on' cannot let single rules in"),
    ("One <!-- mtfix off", "w.txt:1:5: the comment is not closed"),
]


@pytest.mark.parametrize(("text", "start"), NOTES)
def test_mistakes_are_noted_with_their_place(text: str, start: str) -> None:
    (note,) = read_document(text, name="w.txt").notes
    assert note.startswith(start)


def test_an_unknown_directive_lists_the_known_ones() -> None:
    (note,) = read_ignored("<!-- mtfix stop -->").notes
    assert all(word in note for word in DIRECTIVES)


@pytest.mark.parametrize("text", ["", "A plain text.", "<!-- a comment -->", "<!-- mtfix off -->x<!-- mtfix on -->"])
def test_no_note_without_a_mistake(text: str) -> None:
    assert read_ignored(text).notes == ()


def test_markdown_code_may_show_directives() -> None:
    text = "```\n<!-- mtfix off -->\n```\n\nUse `<!-- mtfix off -->` here.\n\n    <!-- mtfix off -->\n\nIt rained.\n"
    document = read_document(text, format="markdown")
    assert document.notes == ()
    assert document.segments[-1].locks == ()


PIECES = [
    "<!-- mtfix off",
    "<!-- mtfix on",
    "<!-- mtfix ignore-line",
    "<!-- mtfix ignore-next-line",
    " A_B",
    " tag,C",
    "-->",
    " -->",
]
TEXTS = st.lists(
    st.sampled_from([*PIECES, "\n", "\r\n", "\r", "One is. ", "two", "<!--", "--", "`", "> "]), max_size=30
).map("".join)


@given(TEXTS)
def test_locks_stay_within_the_text_and_blanks_keep_its_length(text: str) -> None:
    ignored = read_ignored(text)
    assert all(0 <= lock.start < lock.end <= len(text) for lock in ignored.locks)
    blank = ignored.blank(text)
    assert len(blank) == len(text)
    assert [c for c in blank if c in "\r\n"] == [c for c in text if c in "\r\n"]
    assert read_ignored(blank).comments == ()


@given(TEXTS, st.sampled_from(["text", "markdown"]))
def test_documents_with_comments_lose_nothing(text: str, format: str) -> None:
    document = read_document(text, format=format)
    assert document.mt == text
    for segment in document.segments:
        assert all(0 <= lock.start < lock.end <= len(segment.mt) for lock in segment.locks)
