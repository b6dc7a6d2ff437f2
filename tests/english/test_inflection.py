"""Inflection: forms, and telling them apart by what stands around the verb."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.english.inflection import (
    VERB_FORMS,
    identify_noun,
    identify_verb,
    inflect_noun,
    inflect_verb,
    noun_forms,
    spell_nouns,
    spell_verbs,
    verb_forms,
)

VERBS = ["take", "carry out", "detain", "be", "have", "put", "bring", "set up", "plan", "lie", "hang", "wreak"]


@pytest.mark.parametrize(
    ("lemma", "form", "word"),
    [
        ("take", "past", "took"),
        ("take", "part", "taken"),
        ("carry out", "s", "carries out"),
        ("carry out", "ing", "carrying out"),
        ("plan", "ing", "planning"),
        ("be", "pl", "are"),
        ("be", "pastpl", "were"),
        ("detain", "pl", "detain"),
        ("detain", "pastpl", "detained"),
        ("program", "past", "programmed"),
        ("lie", "past", "lay"),
        ("rosfinmonitor", "past", "rosfinmonitored"),  # not in any table
    ],
)
def test_inflects_verbs(lemma: str, form: str, word: str) -> None:
    assert inflect_verb(lemma, form) == word


@pytest.mark.parametrize(
    ("lemma", "form", "number", "word"),
    [
        ("be", "past", "pl", "were"),
        ("be", "pastpl", "sg", "was"),
        ("have", "base", "sg", "has"),
        ("have", "s", "pl", "have"),
        ("detain", "past", "pl", "detained"),
    ],
)
def test_finite_verbs_agree(lemma: str, form: str, number: str, word: str) -> None:
    assert inflect_verb(lemma, form, number) == word  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "lemma", "before", "after", "form"),
    [
        ("took", "take", "he ", "", "past"),
        ("carried out", "carry out", "police ", "", "past"),
        ("carried out", "carry out", "police have ", "", "part"),
        ("carried out", "carry out", "it was not yet ", "", "part"),
        ("carried out", "carry out", "they've already ", "", "part"),
        ("issued", "issue", "a warrant ", " by a court", "part"),
        ("put", "put", "they will ", "", "base"),
        ("put", "put", "they have never ", "", "part"),
        ("put", "put", "they ", "", None),  # past or present? nobody can tell
        ("carry out", "carry out", "they ", "", "pl"),
        ("carry out", "carry out", "failed to ", "", "base"),
        ("carry out", "carry out", "must quickly ", "", "base"),
        ("were", "be", "they ", "", "pastpl"),
        ("carrying out", "carry out", "is ", "", "ing"),
        ("table", "carry out", "", "", None),
    ],
)
def test_tells_forms_apart(word: str, lemma: str, before: str, after: str, form: str | None) -> None:
    assert identify_verb(word, [lemma], before, after) == form


@given(st.sampled_from(VERBS), st.sampled_from(VERB_FORMS))
def test_every_form_is_known_again(lemma: str, form: str) -> None:
    cue = {"base": "to ", "part": "have ", "past": "he "}.get(form, "he ")
    for word in verb_forms(lemma)[form]:
        found = identify_verb(word, [lemma], cue)
        assert found == form or (found is None and form == "past" and word in verb_forms(lemma)["base"])


@pytest.mark.parametrize(
    ("lemma", "singular", "plural"),
    [
        ("person", "person", "people"),
        ("activity", "activity", "activities"),
        ("law enforcement body", "law enforcement body", "law enforcement bodies"),
        ("analysis", "analysis", "analyses"),
        ("man", "man", "men"),
    ],
)
def test_inflects_nouns(lemma: str, singular: str, plural: str) -> None:
    assert (inflect_noun(lemma, "sg"), inflect_noun(lemma, "pl")) == (singular, plural)
    assert identify_noun(singular, [lemma]) == "sg"
    assert identify_noun(plural.upper(), [lemma]) == "pl"


def test_a_noun_without_a_number_stays_unknown() -> None:
    assert identify_noun("staff", ["staff"]) is None


def test_spellings_put_longer_words_first() -> None:
    for words in (spell_verbs(VERBS), spell_nouns(["person", "body"])):
        assert words == sorted(words, key=lambda w: (-len(w), w))
    assert spell_verbs(["be"], ["past"]) == ["were", "was"]
    assert spell_nouns(["person"], ["pl"]) == ["persons", "people"]
    assert set(noun_forms("person")) == {"sg", "pl"}
