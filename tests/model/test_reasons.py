"""Reasons of the model's edits say why, not what."""

from __future__ import annotations

import pytest

from mtfix.model.align import align
from mtfix.model.classify import EditType, classify
from mtfix.model.reasons import explain
from tests.model.test_classify import CASES

REASONS = [
    ("on 29 December he left", "on December 29 he left", "American news agencies write the month before the day."),
    ("They signed law.", "They signed the law.", "English writes “the” before a noun when the reader knows, or is told here, which one is meant."),
    ("in the Moscow", "in Moscow", "Names, and nouns that speak of something in general, take no article in English."),
    ("a hour ago", "an hour ago", "“An” stands before a vowel sound, “a” before all others."),
    ("the law passed", "a law passed", "English writes “a” or “an” before one of several, or one not mentioned before."),
    ("One men were hurt", "One men was hurt", "A verb agrees in number with its subject, here read as singular."),
    ("Yesterday were detained 12 men.", "Yesterday 12 men were detained.", "In an English statement the verb follows its subject."),
    ("he also will go", "he will also go", "A short adverb usually stands after the first auxiliary, or before a verb that has none."),
    ("the man which left", "the man who left", "English says “who” of people and “which” of things."),
    ("in moscow now", "in Moscow now", "English writes names, and the first word of a sentence, with a capital."),
    ("said, that he left", "said that he left", "English sets no comma before a clause that completes or restricts the one before it."),
    ("four men detained", "four men were detained", "An English clause needs a verb of its own; passives and “-ing” forms need a form of “be”."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hypothesis", "why"), REASONS)
def test_the_rule_of_english_behind_the_edit(text: str, hypothesis: str, why: str) -> None:
    (hunk,) = align(text, hypothesis)
    assert explain(hunk, classify(hunk)) == why


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("text", "hypothesis", "kind"), [case[:3] for case in CASES] + [(a, b, None) for a, b, _ in REASONS]
)
def test_no_reason_repeats_the_edit_or_is_empty(
    text: str, hypothesis: str, kind: EditType | None, backwards: bool
) -> None:
    for hunk in align(hypothesis, text) if backwards else align(text, hypothesis):
        why = explain(hunk, classify(hunk))
        assert why.endswith(".") and "->" not in why and "\n" not in why and len(why) <= 120
        said = {w.strip("“”.,;:").lower() for w in why.split()}
        assert len(said - {t.lower() for t in (*hunk.before, *hunk.after)}) >= 6


def test_every_kind_has_a_reason_for_words_added_dropped_and_replaced() -> None:
    (added,) = align("It went on", "It went right on")
    (dropped,) = align("It went right on", "It went on")
    (replaced,) = align("It went left on", "It went right on")
    for kind in EditType:
        assert all(len(explain(hunk, kind).split()) > 5 for hunk in (added, dropped, replaced))
