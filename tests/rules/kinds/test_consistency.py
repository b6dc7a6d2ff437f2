"""The kind `consistency`: the profile decides, else the document's own habit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mtfix.errors import PackError
from mtfix.profile import Profile
from mtfix.rules.kinds.consistency import PROOFS
from mtfix.rules.kinds.styles import find_clocks, find_dashes, find_percents, find_quotes, parse_families
from mtfix.rules.origin import Origin
from mtfix.rules.reading import Reading
from mtfix.types import Edit, Step
from tests.rules.conftest import make_document, make_stage

BRITISH = Profile(settings={"spelling": "british", "dates": "dmy"})
AMERICAN = Profile(settings={"spelling": "american", "dates": "mdy"})
SPELLING = """
- id: T_SPELLING
  kind: consistency
  stage: document
  setting: spelling
  styles: [american, british]
  mixed: dominant
  words: ['color/colour s ed', 'organiz-/organis- e ed', 'program<programme s', 'labor/labour']
  why: A test.
  examples: [{bad: x, good: y}, {keep: z}]
"""
DATES = """
- id: T_DATES
  kind: consistency
  stage: document
  setting: dates
  finds: dates
  why: A test.
  examples: [{bad: x, good: y}, {keep: z}]
"""


def fix(yaml: str, *paragraphs: str, profile: Profile | None = None) -> str:
    return make_stage(yaml, "document", profile=profile)(make_document(*paragraphs)).text


@pytest.mark.parametrize("text", ["The colour is organised.", "The color is organized.", "A programme of colours."])
def test_a_document_of_one_habit_keeps_it(text: str) -> None:
    assert fix(SPELLING, text) == text


def test_the_profile_decides_where_it_sets_the_setting() -> None:
    assert fix(SPELLING, "The color is organized.", profile=BRITISH) == "The colour is organised."
    assert fix(SPELLING, "The programme of colours.", profile=AMERICAN) == "The program of colors."


def test_one_way_families_never_go_back() -> None:
    assert fix(SPELLING, "The program.", profile=BRITISH) == "The program."


def test_a_slip_in_a_mixed_document_follows_the_habit() -> None:
    assert (
        fix(SPELLING, "Colours, colours.", "The colour is organized.")
        == "Colours, colours.\n\nThe colour is organised."
    )


def test_a_document_in_two_minds_is_left_alone() -> None:
    text = "The colour and the color."
    assert fix(SPELLING, text) == text


@pytest.mark.parametrize(
    "text", ["He joined Labour.", "The Colour Party left.", "see colour.example/colour", "Labour left."]
)
def test_names_and_addresses_keep_their_spelling(text: str) -> None:
    assert fix(SPELLING, text, profile=AMERICAN) == text


def test_mixed_dates_take_the_default_order() -> None:
    assert fix(DATES, "On 15 October.", "On October 16.") == "On October 15.\n\nOn October 16."


def test_dates_of_one_style_stay() -> None:
    assert fix(DATES, "On 15 October.", "On 16 October.") == "On 15 October.\n\nOn 16 October."


def test_a_title_between_quotation_marks_keeps_its_date() -> None:
    assert fix(DATES, "The film “16 October” opened.", profile=AMERICAN) == "The film “16 October” opened."


def test_translations_take_the_profiles_default() -> None:
    document = make_document("On 15 October they left.", "On 16 October they came.")
    origin = Origin(rules=frozenset(("rule:RU_ONE", "rule:RU_TWO")))
    assert Reading(document, Profile(), origin=origin).repaired == 0
    step = Step("pre", (Edit(14, 14, "", "rule:RU_ONE", "x"), Edit(15, 15, "", "rule:RU_TWO", "x")))
    document = document.replace_segments([document.segments[0].add(step), document.segments[1]])
    assert Reading(document, Profile(), origin=origin).repaired == PROOFS
    assert (
        replace(make_stage(DATES, "document"), origin=origin)(document).text
        == "On October 15 they left.\n\nOn October 16 they came."
    )


def test_twice_is_once() -> None:
    once = fix(DATES, "On 15 October 2006 it rained.", "On October 16 it snowed.")
    assert fix(DATES, *once.split("\n\n")) == once


def test_families_must_be_well_formed() -> None:
    with pytest.raises(ValueError, match="is no family of words"):
        parse_families(["color colour"], ["american", "british"])
    with pytest.raises(ValueError, match="stands twice"):
        parse_families(["color/colour", "color/couleur"], ["american", "british"])


def test_a_setting_that_does_not_exist_is_named() -> None:
    with pytest.raises(PackError, match="unknown profile setting 'spellling'"):
        fix(SPELLING.replace("setting: spelling", "setting: spellling"), "x")


def test_percent_signs_change_only_on_demand() -> None:
    (sign,) = find_percents("rose by 5%")
    assert not sign.counts
    assert sign.forms["two-words"] == " per cent"


def test_an_ambiguous_hour_is_no_24_hour_clock() -> None:
    assert [o.style for o in find_clocks("at 10:30 and at 21:30 and at 9 p.m.")] == ["12h", "24h"]


def test_scores_and_routes_have_no_dash() -> None:
    assert [o.start for o in find_dashes("won 2 - 1 on the Moscow - Omsk train - again")] == [37]


def test_inch_marks_are_no_quotation_marks() -> None:
    assert [o.forms["curly"] for o in find_quotes('a 6" nail and a "big" one')] == ["“", "”"]


def test_torn_compounds_are_no_dashes() -> None:
    from mtfix.rules.kinds.styles import find_dashes

    for text in ("the six - member team", "a 40 - mile trip", "the 17 - story pagoda"):
        assert list(find_dashes(text)) == []
    assert [o.style for o in find_dashes("He came - late - and left.")] == ["hyphen", "hyphen"]
