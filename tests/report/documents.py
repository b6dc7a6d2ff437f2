"""Documents with trails of any shape, for the tests of everything that reads trails."""

from __future__ import annotations

from hypothesis import strategies as st

from mtfix.types import Document, Edit, Refusal, Segment, Step, Tier

TEXT = st.text(alphabet="ab 2,.<&\"'\n\r“é\U0001f600", max_size=14)
GAP = st.sampled_from([" ", "\n\n", "\r\n", "", "\r", "  "])
AUTHORS = st.sampled_from(["rule:A_RULE", "rule:B_RULE", "model:<script>@1"])


@st.composite
def edits(draw: st.DrawFn, text: str, tier: Tier) -> tuple[Edit, ...]:
    """Sorted edits of ``text`` that do not overlap."""
    found: list[Edit] = []
    at = 0
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(at, len(text)))
        end = draw(st.integers(start, len(text)))
        if found and start == end == found[-1].end:
            continue
        confidence = draw(st.sampled_from([None, 0.25, 0.5]))
        found.append(Edit(start, end, draw(TEXT), draw(AUTHORS), "Why <b>not</b>?", tier, confidence))
        at = end
    return tuple(found)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    """A segment with up to three steps, each with edits, suggestions (some of them flags) and refusals."""
    mt = draw(TEXT)
    segment = Segment(mt, mt)
    for number in range(draw(st.integers(0, 3))):
        suggested = draw(edits(segment.text, Tier.SUGGEST))
        refused = tuple(Refusal(e, "it is <i>unsafe</i>") for e in draw(edits(segment.text, Tier.AUTO)))
        segment = segment.add(Step(f"s{number}", draw(edits(segment.text, Tier.AUTO)), suggested, refused))
    return segment


@st.composite
def documents(draw: st.DrawFn) -> Document:
    own = draw(st.lists(segments(), max_size=4))
    gaps = draw(st.lists(GAP, min_size=len(own) + 1, max_size=len(own) + 1))
    return Document("wire <1>.txt", tuple(own), tuple(gaps))
