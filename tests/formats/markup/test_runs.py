"""Runs: one text over inline tags, and every edit back where it belongs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import OutputError
from mtfix.formats.markup.runs import MARK, OBJECT, Paragraph, Run, apply_changes, read_runs, spread_edits
from mtfix.types import Document, Edit, Kind, Step

WHY = "a test"


def paragraph(*runs: str | Run) -> Paragraph:
    return Paragraph(tuple(run if isinstance(run, Run) else Run(run) for run in runs))


def edit(document: Document, old: str, new: str) -> Document:
    """Apply one edit to the one segment that holds ``old``."""
    segments = list(document.segments)
    (n,) = [i for i, s in enumerate(segments) if old in s.text]
    at = segments[n].text.index(old)
    segments[n] = segments[n].add(Step("test", (Edit(at, at + len(old), new, "rule:T", WHY),)))
    return document.replace_segments(segments)


def fix(paragraphs: list[Paragraph], old: str, new: str) -> list[list[str]]:
    document = edit(read_runs(paragraphs, "t", "x"), old, new)
    return apply_changes(paragraphs, spread_edits(paragraphs, document))


@pytest.mark.parametrize(
    ("runs", "old", "new", "after"),
    [
        (["Fighters of ", "IG", " fled."], "IG", "IS", ["Fighters of ", "IS", " fled."]),
        (["Fighters of the ", "IG", " fled."], "the IG", "Islamic State", ["Fighters of ", "Islamic State", " fled."]),
        (["They took ", "part in", " it."], "took part", "joined", ["They joined", " in", " it."]),
        (["About ", "2,5 ", "thousand men."], "2,5 thousand", "2,500", ["About ", "2,500", " men."]),
        (["It ", "was ", "in ", "fact so."], "was in fact", "was", ["It ", "was", "", " so."]),
        (["K", "iev said so."], "Kiev", "Kyiv", ["K", "yiv said so."]),
        (["K", "iev said so."], "Kiev", "Moscow", ["M", "oscow said so."]),
        (["He saw ", "the", " man."], "saw the", "saw all of the", ["He saw all of ", "the", " man."]),
        (["The head", " of it ", "left."], "of it left", "left", ["The head", " ", "left."]),
        (["A", " militants fled."], "A militants", "Militants", ["", "Militants fled."]),
        (["Held ", "in the ", "course of", " it."], "in the course of", "during", ["Held ", "during", "", " it."]),
        (["It was in the ", "course of", " it."], "in the course of", "during", ["It was ", "during", " it."]),
        (["One", ". Two fled."], "One", "Three", ["Three", ". Two fled."]),
    ],
    ids=[
        "one-run",
        "cross",
        "verb",
        "number",
        "gone",
        "drop-cap",
        "drop-cap-new",
        "new-word",
        "cut",
        "first",
        "both",
        "link",
        "plain",
    ],
)
def test_an_edit_goes_where_its_words_stand(runs: list[str], old: str, new: str, after: list[str]) -> None:
    assert fix([paragraph(*runs)], old, new) == [after]


def test_the_text_reads_across_runs_and_paragraphs_stand_apart() -> None:
    paragraphs = [
        Paragraph((Run("IG in "), Run("Syria")), Kind.HEADING),
        paragraph("The IG fled. It ", "left", " Mosul."),
    ]
    document = read_runs(paragraphs, "t", "x")
    assert document.text == "IG in Syria\n\nThe IG fled. It left Mosul."
    assert [(s.mt, s.kind, s.block) for s in document.segments] == [
        ("IG in Syria", Kind.HEADING, 0),
        ("The IG fled.", Kind.SENTENCE, 1),
        ("It left Mosul.", Kind.SENTENCE, 1),
    ]


def test_unchanged_documents_change_no_run() -> None:
    paragraphs = [paragraph("One ", "two."), paragraph("Three.")]
    assert spread_edits(paragraphs, read_runs(paragraphs, "t", "x")) == []


def test_locked_runs_are_locks() -> None:
    paragraphs = [paragraph("Type ", Run("IG.exe", is_locked=True), Run(OBJECT, is_locked=True), " now.")]
    (segment,) = read_runs(paragraphs, "t", "x").segments
    assert [tuple(lock[:2]) for lock in segment.locks] == [(5, 12)]  # nothing may come between the two


def test_a_mark_is_cut_from_the_ends_of_a_sentence() -> None:
    placeholder = Run(OBJECT, is_locked=True, mask=MARK)
    document = read_runs([paragraph(placeholder, "One. ", placeholder, "Two.", placeholder)], "t", "x")
    assert [s.mt for s in document.segments] == ["One.", "Two."]


def test_new_text_at_a_locked_run_goes_to_its_neighbour() -> None:
    code = Run("x", is_locked=True)
    assert fix([paragraph("See ", code, " there.")], " there", " over there") == [["See ", "x", " over there."]]
    document = read_runs([paragraph("See ", code, " there.")], "t", "x")
    after = document.segments[0].add(Step("t", (Edit(5, 5, ", too,", "rule:T", WHY),)))
    paragraphs = [paragraph("See ", code, " there.")]
    changes = spread_edits(paragraphs, document.replace_segments([after]))
    assert apply_changes(paragraphs, changes) == [["See ", "x", ", too, there."]]


def test_new_text_with_locked_runs_alone_stands_at_their_edge() -> None:
    paragraphs = [paragraph(Run("x", is_locked=True), " is old.")]
    document = read_runs(paragraphs, "t", "x")
    after = document.segments[0].add(Step("t", (Edit(0, 0, "The ", "rule:T", WHY),)))
    (change,) = spread_edits(paragraphs, document.replace_segments([after]))
    assert (change.index, change.start, change.end, change.replacement) == (0, 0, 0, "The ")


def test_an_edit_of_locked_text_is_refused() -> None:
    paragraphs = [paragraph("See ", Run("IG", is_locked=True), " there.")]
    with pytest.raises(OutputError, match=r"t: rule:T reaches into text that is locked"):
        spread_edits(paragraphs, edit(read_runs(paragraphs, "t", "x"), "See IG", "Look at it"))


def test_another_files_document_is_refused() -> None:
    with pytest.raises(OutputError, match="is not the text of that file"):
        spread_edits([paragraph("One.")], read_runs([paragraph("Two.")], "t", "x"))


def test_one_edit_over_several_runs_has_one_number_and_its_reason() -> None:
    paragraphs = [paragraph("They took ", "part in", " it.")]
    changes = spread_edits(paragraphs, edit(read_runs(paragraphs, "t", "x"), "took part in", "joined"))
    assert len(changes) > 1
    assert {change.number for change in changes} == {0}
    assert {e.why for change in changes for e in change.edits} == {WHY}


WORDS = st.text(st.sampled_from("ab I.,2\n"), max_size=6)
RUNS = st.lists(st.builds(Run, WORDS, is_locked=st.booleans()), min_size=1, max_size=6)


@given(st.lists(RUNS, min_size=1, max_size=3), st.data())
def test_runs_after_are_the_text_after(groups: list[list[Run]], data: st.DataObject) -> None:
    paragraphs = [Paragraph(tuple(runs)) for runs in groups]
    document = read_runs(paragraphs, "t", "x")
    segments = []
    for segment in document.segments:
        for _ in range(data.draw(st.integers(0, 2))):
            free = [
                (a, b)
                for a in range(len(segment.text) + 1)
                for b in range(a, len(segment.text) + 1)
                if not segment.trail
                and not any(a < lock.end and lock.start < b for lock in segment.locks)
                and not (a == b and any(lock.start < a < lock.end for lock in segment.locks))
            ]
            if free:
                a, b = data.draw(st.sampled_from(free))
                segment = segment.add(Step("t", (Edit(a, b, data.draw(WORDS), "rule:T", WHY),)))
        segments.append(segment)
    document = document.replace_segments(segments)
    changes = spread_edits(paragraphs, document)
    texts = apply_changes(paragraphs, changes)
    assert "\n\n".join(map("".join, texts)) == document.text
    for change in changes:
        assert change.run == paragraphs[change.paragraph].runs[change.index]
        assert not change.run.is_locked or change.start == change.end in (0, len(change.run.text))
