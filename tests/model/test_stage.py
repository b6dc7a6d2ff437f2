from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.model.confidence import Confidence, Gate, Perceptron
from mtfix.model.evidence import CIRCUMSTANCES, FEATURES, TYPES, Style
from mtfix.model.load import find_model, uncalibrated
from mtfix.model.ngrams import count_ngrams
from mtfix.model.stage import ModelStage
from mtfix.trail import replay
from mtfix.types import Document, Edit, Fix, Hypothesis, Kind, Lock, Segment, Step, Tier


@dataclass
class Scripted:
    """A post-editor that makes the replacements of a table; each is worth ``odds``."""

    table: dict[str, str]
    odds: float = 5.0
    name: str = "scripted@12345678"
    seen: list[str] = field(default_factory=list)

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        self.seen += texts
        return [Hypothesis(self._edit(t)) for t in texts]

    def _edit(self, text: str) -> str:
        for old, new in self.table.items():
            text = text.replace(old, new)
        return text

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        return [[0.0 if c == text else self.odds for c in candidates] for text, candidates in groups]

    def count_pieces(self, text: str) -> int:
        return len(text.split())

    def normalize(self, text: str) -> str:
        return text

    def fits(self, text: str) -> bool:
        return len(text) < 500


def sure(threshold: float = 0.5) -> Confidence:
    everything = {k.value: threshold for k in TYPES}
    return replace(uncalibrated(), auto=everything, suggest=everything)


def document(*texts: str, kind: Kind = Kind.SENTENCE) -> Document:
    return Document("d", tuple(Segment(t, t, kind) for t in texts), ("", *("\n" for _ in texts[1:]), ""))


def test_edits_are_applied_explained_and_replayable() -> None:
    stage = ModelStage(Scripted({"signed law": "signed the law", "games is": "games are"}), sure())
    after = stage(document("They signed law when two games is left.", "Nothing to do here, thank you."))
    first, second = after.segments
    assert first.text == "They signed the law when two games are left."
    assert replay(first.mt, first.trail) == first.text and second.trail == ()
    assert [e.why for e in first.edits] == ["adds the article “the”", "agreement: is -> are"]
    assert {e.by for e in first.edits} == {"model:scripted@12345678"} and {e.tier for e in first.edits} == {Tier.AUTO}


def test_a_second_run_changes_nothing() -> None:
    stage = ModelStage(Scripted({"signed law": "signed the law", "the law": "this law"}), sure())
    once = stage(document("They signed law in the old town."))
    assert stage(document(once.text)).text == once.text


def test_below_the_threshold_an_edit_is_only_suggested_or_dropped() -> None:
    text = "They signed law in the old town."
    shown = replace(uncalibrated(), suggest={k.value: 0.5 for k in TYPES})
    (segment,) = ModelStage(Scripted({"signed law": "signed the law"}), shown)(document(text)).segments
    assert segment.text == text and [e.tier for s in segment.trail for e in s.suggested] == [Tier.SUGGEST]
    (segment,) = ModelStage(Scripted({"signed law": "signed the law"}, odds=-5.0), sure())(document(text)).segments
    assert segment.trail == ()


@pytest.mark.parametrize(("fix", "changed"), [(Fix.SAFE, False), (Fix.ALL, True), (Fix.NONE, False)])
def test_fix_says_whether_suggestions_are_applied(fix: Fix, changed: bool) -> None:
    shown = replace(uncalibrated(), suggest={k.value: 0.5 for k in TYPES})
    stage = ModelStage(Scripted({"signed law": "signed the law"}), shown, fix)
    assert (stage(document("They signed law today again.")).text != "They signed law today again.") is changed


def test_a_refused_hunk_is_recorded_and_the_others_stay() -> None:
    stage = ModelStage(Scripted({"signed law": "signed the law", "15": "16"}), sure())
    (segment,) = stage(document("They signed law on 15 pages.")).segments
    assert segment.text == "They signed the law on 15 pages."
    (refusal,) = segment.trail[0].refused
    assert "number" in refusal.reason


@pytest.mark.parametrize("kind", [Kind.HEADING, Kind.DATELINE])
def test_headings_and_datelines_are_left_alone(kind: Kind) -> None:
    stage = ModelStage(Scripted({"signed law": "signed the law"}), sure())
    assert stage(document("They signed law in the town.", kind=kind)).text == "They signed law in the town."


@pytest.mark.parametrize("text", ["THEY SIGNED LAW IN TOWN.", "signed law", ""])
def test_capitals_and_fragments_are_left_alone(text: str) -> None:
    model = Scripted({"signed law": "signed the law", "LAW": "THE LAW"})
    assert ModelStage(model, sure())(document(text)).text == text and model.seen == []


def test_a_sentence_too_long_is_left_alone_with_a_note() -> None:
    text = "They signed law " * 60
    stage = ModelStage(Scripted({"signed law": "signed the law"}), sure())
    after = stage(document(text))
    assert after.text == text and "too long" in after.notes[0]
    assert stage(after).notes == after.notes  # said once, however often the stages run


def test_locked_text_and_urls_never_reach_the_model() -> None:
    model = Scripted({"signed law": "signed the law"})
    segment = Segment("They signed law `signed law` at https://x.org/signed law.", "", locks=(Lock(16, 28),))
    segment = replace(segment, text=segment.mt)
    after = ModelStage(model, sure())(Document("d", (segment,), ("", "")))
    assert after.text == "They signed the law `signed law` at https://x.org/signed law."
    assert all("https" not in t and "`" not in t for t in model.seen)


PROSE = st.lists(
    st.sampled_from(["He", "signed", "law", "is", "12", "https://a.b/c", "“no”", "not", "in", "Kazan"]),
    min_size=4,
    max_size=10,
)


@given(PROSE.map(" ".join))
def test_the_trail_always_gives_the_text(text: str) -> None:
    stage = ModelStage(
        Scripted({"signed law": "signed the law", "is in": "was in", "Kazan": "Moscow", "not": ""}), sure()
    )
    (segment,) = stage(document(text)).segments
    assert replay(segment.mt, segment.trail) == segment.text
    assert ("Kazan" in text) == ("Kazan" in segment.text) and segment.text.count("12") == text.count("12")


def test_a_mere_deletion_must_be_surer() -> None:
    wary = replace(sure(), gate=Gate(deletion=2.0))
    text = "They signed a law in a town of old."
    stage = ModelStage(Scripted({"signed a law": "signed law", "of old": "of the old"}), wary)
    assert stage(document(text)).text == "They signed a law in a town of the old."


def test_edits_that_do_harm_together_are_not_all_made() -> None:
    stage = ModelStage(Scripted({"in law": "on law", "at law": "on law"}), sure())
    (segment,) = stage(document("They agreed in law now and at law now again.")).segments
    assert segment.text.count("on law now") == 1


def test_unknown_model_names_list_the_known_ones() -> None:
    from mtfix.errors import ModelError

    with pytest.raises(ModelError, match="unknown model 'defualt'"):
        find_model("defualt")


def test_weights_must_fit_the_features() -> None:
    assert len(uncalibrated().network.hidden) == FEATURES


class Reads(Scripted):
    """Says of every text how much it reads like machine translation."""

    def __init__(self, changes: dict[str, str], translationese: float) -> None:
        super().__init__(changes)
        self.translationese = translationese

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        return [replace(h, translationese=self.translationese) for h in super().post_edit(texts)]


@pytest.mark.parametrize(
    ("odds", "calm", "repaired"),
    [(2.0, 0, True), (-2.0, 0, False), (2.0, 30, False)],
    ids=["machine translation", "reads like a person", "little to mend"],
)
def test_a_calm_document_is_left_alone(odds: float, calm: int, repaired: bool) -> None:
    gated = replace(sure(), gate=Gate(rates=(0.55, 0.7), needs=(0.6, 0.4), odds=0.0))
    lines = ["They signed law on Friday."] * 8 + ["It rained in the town all day."] * calm
    after = ModelStage(Reads({"signed law": "signed the law"}, odds), gated)(document(*lines))
    assert after.text.count("signed the law") == (8 if repaired else 0)
    shown = [e for s in after.segments for step in s.trail for e in step.suggested]
    assert len(shown) == (0 if repaired else 8)  # what is not done is still shown


def test_a_gate_asks_for_less_where_there_is_more_to_mend() -> None:
    gate = Gate(rates=(0.5, 0.7), needs=(0.6, 0.4), odds=-0.5, deletion=0.1)
    needs = [gate.need(Style(rate, 0.0, 20), deletes=False) for rate in (0.49, 0.5, 0.6, 0.7, 1.4)]
    assert needs == pytest.approx([2.0, 0.6, 0.5, 0.4, 0.4])
    assert gate.need(Style(0.7, 0.0, 20), deletes=True) == pytest.approx(0.5)
    assert gate.need(Style(1.4, -0.6, 20), deletes=False) == 2.0


def test_an_edit_that_people_would_not_write_is_dropped() -> None:
    said = ["they signed the law in the town", "she saw the town in the law", "they saw law"]
    ngrams = count_ngrams([s.split() for s in said], least=1)
    hidden = np.zeros((FEATURES, 1))
    hidden[CIRCUMSTANCES.index("triple gained")] = 4.0
    judge = replace(sure(), network=Perceptron(hidden, np.zeros(1), np.ones(1), -1.0))
    good, bad = Scripted({"signed law": "signed the law"}), Scripted({"signed law": "signed a law"})
    text = "They signed law in the town."
    for model, counts, repaired in ((good, ngrams, True), (bad, ngrams, False), (good, None, False)):
        assert (ModelStage(model, judge, ngrams=counts)(document(text)).text != text) is repaired


NAMED = Step("document", (Edit(0, 4, "Islamic State", "rule:NAME_ISLAMIC_STATE", "", Tier.AUTO),))


@pytest.mark.parametrize(
    ("mt", "edited"),
    [
        ("ISIS claimed the attack in Syria.", "Islamic State claimed the attack in Syria."),
        ("ISIS militant was killed in Syria.", "An Islamic State militant was killed in Syria."),
    ],
)
def test_how_the_house_writes_a_name_is_not_the_models_business(mt: str, edited: str) -> None:
    table = {
        "Islamic State claimed": "The Islamic State claimed",
        "Islamic State militant": "An Islamic State militant",
    }
    segment = Segment(mt, mt).add(NAMED)
    other = Segment("They met in Moscow.", "They met in Moscow.")
    (step, _), _ = ModelStage(Scripted(table), sure()).propose([segment, other])
    after = segment.add(step)
    assert after.text == edited
    assert replay(mt, after.trail) == edited
    assert bool(step.refused) == ("claimed" in mt)


def test_what_a_rule_wrote_is_not_changed() -> None:
    text = "They fired overnight into Thursday near signed law."
    start = text.index("into")
    rule = Edit(start, start + 4, "into", "rule:X", "A reason.")
    (segment,) = document(text).segments
    written = replace(segment, trail=(Step("pre", (rule,)),))
    stage = ModelStage(Scripted({"into Thursday": "on Thursday", "signed law": "signed the law"}), sure())
    after = stage(Document("d", (written,), ("", ""))).segments[0]
    assert after.text == "They fired overnight into Thursday near signed the law."
    assert "would change what a rule wrote" in [r.reason for step in after.trail for r in step.refused]
