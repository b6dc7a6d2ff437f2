"""The kind `transliteration`: variants of one name, and names that only look alike."""

from __future__ import annotations

import pytest

from mtfix.rules.kinds.transliteration import level_name
from mtfix.sources.russian.romanization import LEVELS
from mtfix.types import Fix
from tests.rules.conftest import make_document, make_stage

RULE = """
- id: T_NAMES
  kind: transliteration
  stage: document
  tier: suggest
  why: A test.
  examples: [{bad: x, good: y}, {keep: z}]
"""


def fix(*paragraphs: str) -> str:
    return make_stage(RULE, "document", fix=Fix.ALL)(make_document(*paragraphs)).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Baysultanov", "Baisultanov"),
        ("Sergey", "Sergei"),
        ("Dmitry", "Dmitriy"),
        ("Yuriy", "Yuri"),
        ("Mikhail", "Mihail"),
        ("Solovyov", "Soloviov"),
        ("Alexander", "Aleksander"),
    ],
)
def test_one_name(one: str, other: str) -> None:
    assert level_name(one, LEVELS) == level_name(other, LEVELS)


@pytest.mark.parametrize(
    ("one", "other"), [("Ivanov", "Ivanova"), ("Petrov", "Petrovsky"), ("Moscow", "Minsk"), ("Maria", "Marina")]
)
def test_two_names(one: str, other: str) -> None:
    assert level_name(one, LEVELS) != level_name(other, LEVELS)


def test_the_commoner_spelling_wins() -> None:
    assert fix("He met Baysultanov.", "Then Baisultanov left.", "They saw Baysultanov.") == (
        "He met Baysultanov.\n\nThen Baysultanov left.\n\nThey saw Baysultanov."
    )


@pytest.mark.parametrize("text", ["They met Ivanov and Ivanova.", "Sergey left.", "see Sergey.ru and Sergei.ru"])
def test_other_names_stay(text: str) -> None:
    assert fix(text) == text
