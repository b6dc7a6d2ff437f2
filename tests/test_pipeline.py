"""The stage loop: what a stage may not do, and what the user is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from mtfix.errors import TrailError
from mtfix.pipeline import Pipeline, check_contract
from mtfix.profile import Profile
from mtfix.types import Document, Edit, Segment, Step

DOCUMENT = Document("wire", (Segment("a b", "a b"), Segment("c", "c")), ("", " ", "\n"))


@dataclass(frozen=True)
class Rewriter:
    """A stage that replaces the first segment by what it is given."""

    segment: Segment
    name: str = "bad"

    def __call__(self, document: Document) -> Document:
        return document.replace_segments([self.segment, *document.segments[1:]])


def test_an_honest_stage_passes() -> None:
    good = DOCUMENT.segments[0].add(Step("s", (Edit(0, 1, "x", "rule:T", "why"),)))
    result = Pipeline((Rewriter(good),), Profile())(DOCUMENT)
    assert result.text == "x b c\n"
    assert result.mt == "a b c\n"


@pytest.mark.parametrize(
    ("segment", "message"),
    [
        (replace(DOCUMENT.segments[0], text="z"), "stage bad changed segment 0 of wire without an edit"),
        (replace(DOCUMENT.segments[0], mt="z"), "stage bad rewrote the history of segment 0 of wire"),
        (
            replace(DOCUMENT.segments[0], text="z", trail=(Step("s", (Edit(0, 1, "x", "rule:T", "why"),)),)),
            "without an edit",
        ),
    ],
)
def test_a_dishonest_stage_is_named(segment: Segment, message: str) -> None:
    with pytest.raises(TrailError, match=message):
        Pipeline((Rewriter(segment),), Profile())(DOCUMENT)


def test_gaps_and_segment_counts_are_checked() -> None:
    with pytest.raises(TrailError, match="between segments"):
        check_contract("bad", DOCUMENT, replace(DOCUMENT, gaps=("", "\n", "\n")))


def test_a_lost_segment_is_noticed() -> None:
    class Loser:
        name = "bad"

        def __call__(self, document: Document) -> Document:
            object.__setattr__(shorter := replace(document), "segments", document.segments[:1])
            return shorter

    with pytest.raises(TrailError, match="stage bad made 1 segments of 2 in wire"):
        Pipeline((Loser(),), Profile())(DOCUMENT)


def test_edits_that_overlap_are_refused() -> None:
    step = Step("s", (Edit(0, 2, "x", "rule:T", "why"), Edit(1, 3, "y", "rule:T", "why")))
    with pytest.raises(TrailError, match="spans 1:3"):
        DOCUMENT.segments[0].add(step)


def test_a_document_needs_its_gaps() -> None:
    with pytest.raises(TrailError, match="2 segments need 3 gaps"):
        Document("wire", DOCUMENT.segments, ("",))
