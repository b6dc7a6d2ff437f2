"""Roles: no hunk turns an agent into a patient; a passive and a genitive may be written another way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.model.align import align
from mtfix.model.classify import classify
from mtfix.model.guard import refuse
from mtfix.model.roles import find_changed_roles

PEOPLE = ("police", "smugglers", "rebels", "soldiers", "miners", "students", "farmers", "doctors")
NAMES = ("Petrov", "Ivanova", "Turkey", "Georgia", "Moscow", "Dinamo", "Reuters", "Gazprom")
VERBS = ("detained", "attacked", "accused", "beat", "caught", "sued", "questions", "threatened")


def refused(text: str, hypothesis: str) -> bool:
    hunks = align(text, hypothesis)
    return bool(hunks) and all(refuse(text, h, classify(h), at_start=h.start == 0) is not None for h in hunks)


@given(st.permutations(PEOPLE), st.sampled_from(VERBS), st.sampled_from(("", " on Friday", " near the border")))
def test_agent_and_patient_never_change_places(people: list[str], verb: str, end: str) -> None:
    a, b = people[:2]
    assert refused(f"Yesterday the {a} {verb} the {b}{end}.", f"Yesterday the {b} {verb} the {a}{end}.")


@given(st.permutations(NAMES), st.sampled_from(VERBS))
def test_names_never_change_places(names: list[str], verb: str) -> None:
    a, b = names[:2]
    assert refused(f"Yesterday {a} {verb} {b} again.", f"Yesterday {b} {verb} {a} again.")
    text = f"Yesterday {a} {verb} {b} again."
    found = {
        h.after: refuse(text, h, classify(h), at_start=False)
        for h in align(text, f"Yesterday {a} was {verb} by {b} again.")
    }
    assert all(reason for after, reason in found.items() if "by" in after)


@given(st.permutations(PEOPLE), st.sampled_from(VERBS[:3]))
def test_an_owner_never_becomes_the_one_who_did_it(people: list[str], verb: str) -> None:
    a, b = people[:2]
    text = f"Yesterday {verb} the leader of the {b} and {a}."
    assert refused(text, f"Yesterday the leader was {verb} by the {b} and {a}.")


@pytest.mark.parametrize(
    ("text", "hypothesis"),
    [
        ("In Perm detained three suspects.", "In Perm three suspects were detained."),
        ("Arrested the lawyer of the minister.", "The lawyer of the minister was arrested."),
        ("The wife of Petrov came.", "Petrov's wife came."),
        ("On Sunday arrived the delegation.", "On Sunday the delegation arrived."),
        ("He signed law.", "He signed the law."),
        ("It is also will help.", "It will also help."),
    ],
)
def test_what_keeps_the_roles_is_let_through(text: str, hypothesis: str) -> None:
    assert [find_changed_roles(h) for h in align(text, hypothesis)] == [None] * len(align(text, hypothesis))
