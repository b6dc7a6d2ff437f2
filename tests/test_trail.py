"""Invariants of the trail, on random edits of random texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mtfix.findings import list_findings
from mtfix.trail import compose, map_back, map_forward, replay, revert_edit
from mtfix.types import Document, Edit, Segment, Step, apply_edits


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> tuple[Edit, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits, last_end = [], -1
    for start, end in pairs:
        if start <= last_end:  # like the engine's, edits of one step never touch
            continue
        edits.append(Edit(start, end, draw(st.text("xyz ", max_size=4)), "rule:TEST", "a test"))
        last_end = end
    return tuple(edits)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    mt = draw(st.text("abcde .“é", max_size=30))
    segment = Segment(mt, mt)
    for number in range(draw(st.integers(0, 4))):
        segment = segment.add(Step(f"s{number}", draw(edits_of(segment.text))))
    return segment


@given(segments())
def test_replay_gives_text(segment: Segment) -> None:
    assert replay(segment.mt, segment.trail) == segment.text


@given(segments())
def test_composed_changes_give_text(segment: Segment) -> None:
    changes = compose(segment.mt, segment.trail)
    as_edits = [Edit(c.start, c.end, c.replacement, "rule:TEST", "a test") for c in changes]
    assert apply_edits(segment.mt, as_edits) == segment.text


@given(segments(), st.data())
def test_revert_one_edit(segment: Segment, data: st.DataObject) -> None:
    places = [(s, e) for s, step in enumerate(segment.trail) for e in range(len(step.edits))]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    reverted = revert_edit(segment, *place)
    assert replay(reverted.mt, reverted.trail) == reverted.text
    assert len(reverted.edits) < len(segment.edits)


@given(segments())
def test_revert_all_gives_the_original(segment: Segment) -> None:
    while segment.edits:
        step = next(i for i, s in enumerate(segment.trail) if s.edits)
        segment = revert_edit(segment, step, 0)
    assert segment.text == segment.mt


def test_revert_leaves_independent_edits_of_other_steps() -> None:
    segment = Segment("one two three", "one two three")
    segment = segment.add(Step("a", (Edit(0, 3, "1", "rule:A", "digit"),)))
    segment = segment.add(Step("b", (Edit(2, 5, "2", "rule:B", "digit"), Edit(6, 11, "3", "rule:C", "digit"))))
    assert segment.text == "1 2 3"
    assert revert_edit(segment, 0, 0).text == "one 2 3"
    assert revert_edit(segment, 1, 0).text == "1 two 3"
    assert revert_edit(segment, 1, 1).text == "1 2 three"


def test_revert_takes_the_edits_that_stand_on_it() -> None:
    segment = Segment("it cost 2,5 thousand", "it cost 2,5 thousand")
    segment = segment.add(Step("a", (Edit(8, 20, "2,500", "rule:A", "number"),)))
    segment = segment.add(
        Step("b", (Edit(8, 13, "$2,500", "rule:B", "currency"), Edit(0, 2, "It", "rule:C", "case"))[::-1])
    )
    assert segment.text == "It cost $2,500"
    assert revert_edit(segment, 0, 0).text == "It cost 2,5 thousand"


@given(st.data())
def test_map_forward_then_back_covers_untouched_spans(data: st.DataObject) -> None:
    text = data.draw(st.text("abcde ", min_size=1, max_size=30))
    edits = data.draw(edits_of(text))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    after = apply_edits(text, edits)
    low, high = map_forward((start, end), edits)
    if any((e.start < end and start < e.end) or start < e.start == e.end < end for e in edits):
        return
    assert after[low:high] == text[start:end]
    assert map_back((low, high), edits) == (start, end)


def test_findings_count_in_the_original_document() -> None:
    first = Segment("a b", "a b").add(Step("s", (Edit(0, 1, "xxxx", "rule:A", "w"),)))
    first = first.add(Step("t", (Edit(5, 6, "c", "rule:B", "w"),)))
    document = Document(
        "-", (first, Segment("q", "q").add(Step("s", (), (Edit(0, 1, "r", "rule:C", "w"),)))), ("\n", " ", "")
    )
    found = [(document.mt[x.start : x.end], x.before, x.applied) for x in list_findings(document)]
    assert found == [("a", "a", True), ("b", "b", True), ("q", "q", False)]
