"""Reasons of rules: true of every text that the rule matches, and more than the edit repeated."""

from __future__ import annotations

import re

import pytest

import mtfix
from mtfix.rules.packs.select import gather_packs, select_rules

RULES = select_rules(gather_packs())


def test_every_reason_is_a_sentence() -> None:
    assert [p.model.id for p in RULES if not re.fullmatch(r"[^\s].{8,}[.!?\"”)]", p.model.why)] == []
    assert [p.model.id for p in RULES if "->" in p.model.why] == []


def test_no_institution_names_one_wrong_form_as_if_it_were_the_only_one() -> None:
    rules = [p.model for p in RULES if p.model.kind == "institution"]
    assert len(rules) > 200
    assert [m.id for m in rules if re.search(r", not [A-Z“'\"]", m.why)] == []


@pytest.mark.parametrize(
    ("text", "after", "why"),
    [
        (
            "Told about it № 5 in Russia in FSB.",
            "Federal Security Service (FSB)",
            "The first mention gives the full name; later ones may say FSB alone.",
        ),
        (
            "In Moscow the Federal Security Service (FSB) said № 5. A letter of the FSB of Russia came.",
            "Russia's FSB",
            "English puts the country before the name of an institution, not “of Russia” behind it.",
        ),
        ("The interior Ministry of Russia said so on Monday in Moscow.", "Interior Ministry", None),
    ],
)
def test_an_institution_gives_the_reason_of_what_it_did(text: str, after: str, why: str | None) -> None:
    found = [e.edit for e in mtfix.fix(text, rules_only=True).edits if after in e.edit.replacement]
    assert found, text
    if why is not None:
        assert found[0].why == why
