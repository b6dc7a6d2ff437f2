"""Verdicts on segments, and what counts as lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import InputError
from mtfix.evaluation.harm.judgement import DeadBand, Verdict, harm_figures, judge_segment
from mtfix.evaluation.harm.losses import find_losses, find_names

gains = st.floats(-100, 100, allow_nan=False)


@given(gains, gains)
def test_turning_the_gains_round_turns_the_verdict_round(ter: float, chrf: float) -> None:
    mirror = {Verdict.IMPROVED: Verdict.WORSENED, Verdict.WORSENED: Verdict.IMPROVED}
    verdict = judge_segment(ter, chrf)
    assert judge_segment(-ter, -chrf) is mirror.get(verdict, verdict)


@pytest.mark.parametrize(
    ("ter", "chrf", "verdict"),
    [
        (5.0, 3.0, Verdict.IMPROVED),
        (0.0, 3.0, Verdict.IMPROVED),
        (-5.0, 0.4, Verdict.WORSENED),
        (1.0, 0.5, Verdict.NEUTRAL),  # the dead band includes its edge
        (-5.0, 3.0, Verdict.MIXED),
    ],
)
def test_verdicts(ter: float, chrf: float, verdict: Verdict) -> None:
    assert judge_segment(ter, chrf, DeadBand(1.0, 0.5)) is verdict


def test_figures_of_four_segments() -> None:
    reference = "The minister did not visit the town of Kazan on Monday."
    mt = ["The minister not visited town of Kazan on Monday.", reference, reference, "It  is fine here."]
    hypotheses = [reference, reference, "The minister did visit the town on Monday.", "It is fine here."]
    references = [[reference], [reference], [reference], ["It is fine here."]]
    figures = harm_figures(mt, hypotheses, references)
    assert (figures.segments, figures.touched, figures.improved, figures.worsened) == (4, 2, 1, 1)
    assert (figures.perfect, figures.perfect_touched) == (3, 1)  # white space alone touches nothing
    assert figures.losses["negation"] == (1, 1)
    assert figures.losses["name"] == (1, 1)
    assert figures.losses["number"] == (0, 0)


def test_any_of_several_references_may_be_equalled() -> None:
    figures = harm_figures(["Two cats sat."], ["Two cats were sitting."], [["A pair of cats sat.", "Two cats sat."]])
    assert (figures.perfect, figures.perfect_touched) == (1, 1)


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(InputError, match="mt has 2 segments, but hypothesis has 1"):
        harm_figures(["a", "b"], ["a"], [["a"], ["b"]])


@pytest.mark.parametrize(
    ("mt", "hypothesis", "kind"),
    [
        ("It cost 2.5 million rubles.", "It cost 25 million rubles.", "number"),
        ("He was 45.", "He was old.", "number"),
        ("The FSB denied it.", "The service denied it.", "name"),
        ("Later Petrov said so to Sidorov.", "Later Petrov said so.", "name"),
        ("He did not go.", "He went.", "negation"),
        ("Nobody doesn't come.", "Nobody comes.", "negation"),
        ("Click {name} here.", "Click here.", "placeholder"),
        ("A <b>bold</b> word", "A bold word", "markup"),
        ("See https://example.org/a for more.", "See the site for more.", "address"),
    ],
)
def test_losses_are_found(mt: str, hypothesis: str, kind: str) -> None:
    assert kind in {loss.kind for loss in find_losses(mt, hypothesis)}


@pytest.mark.parametrize(
    ("mt", "hypothesis"),
    [
        ("up to 2,5 thousand people", "up to 2,500 people"),
        ("It cost 5 mln rubles.", "It cost 5 million rubles."),
        ("In Russia so it is.", "That is how it is in Russia."),
        ("The Russian side agreed.", "Russia agreed."),
        ("Sergey Ivanov said.", "Sergei Ivanov said."),
        ("On Monday he came.", "He came."),  # a day is not a name
        ("The Police came to the house in town.", "Police came to the house."),
        ("He did not manage to come.", "He was unable to come."),
        ("It isn't so.", "It is not so."),
        ("See No. 5 on the list.", "See number 5 on the list."),
    ],
)
def test_honest_edits_lose_nothing(mt: str, hypothesis: str) -> None:
    assert find_losses(mt, hypothesis) == []


def test_a_reference_licenses_the_same_change() -> None:
    lost = find_losses("He paid 50 rubles.", "He paid 500 rubles.", ["He paid 500 rubles."])
    assert lost and all(loss.licensed for loss in lost)
    kept = find_losses("He paid 50 rubles.", "He paid 500 rubles.", ["He had to pay 50 rubles."])
    assert kept and not any(loss.licensed for loss in kept)


def test_title_case_and_sentence_starts_name_nobody() -> None:
    assert find_names("Minister Opens New Bridge Over River") == []
    assert find_names("Yesterday it rained. Then it snowed.") == []


@given(st.text(max_size=80))
def test_an_untouched_text_loses_nothing(text: str) -> None:
    assert find_losses(text, text) == []
