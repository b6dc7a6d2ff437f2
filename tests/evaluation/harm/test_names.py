"""Names in more than one way within a document: spellings by folding, entities by the naming packs."""

from __future__ import annotations

import pytest

from mtfix.evaluation.harm.names import NameCounter, find_forms

CASES = {
    "two names of one group": (["ISIS militants fled.", "The group Daesh lost Raqqa in Syria."], {"isis", "daesh"}),
    "the house's own forms are one": (["Islamic State militants fled Syria.", "Islamic State lost Raqqa."], {""}),
    "one name throughout": (["ISIS militants fled Syria.", "ISIS lost Raqqa."], {"isis"}),
    "a speaker's name is his": (["ISIS militants fled Syria.", "“Daesh is defeated,” he told the troops."], {"isis"}),
}


@pytest.mark.parametrize("name", CASES)
def test_names_of_one_entity(name: str) -> None:
    texts, expected = CASES[name]
    assert dict(find_forms(texts))["NAME_ISLAMIC_STATE"] == expected


def test_what_only_looks_like_the_name_does_not_count() -> None:
    assert "NAME_ISLAMIC_STATE" not in dict(
        find_forms(["IG Metall called a strike.", "The trade union IG Metall won."])
    )


def test_counts_before_and_after() -> None:
    counter = NameCounter()
    rows = [
        ("d1", "ISIS militants fled Syria, said Sergey Ivanov.", "Islamic State militants fled Syria, said Sergei Ivanov."),
        ("d1", "The Daesh militants left Raqqa, Sergei added.", "The Islamic State militants left Raqqa, Sergei added."),
        ("d2", "ISIS lost Raqqa in Syria.", "ISIS lost Raqqa in Syria."),
        ("", "Daesh and ISIS fled Syria.", "Daesh and ISIS fled Syria."),
    ]  # fmt: skip
    for document, mt, text in rows:
        counter.add(document, mt, text)
    found = counter.result()
    assert found is not None
    assert (found.documents, found.entities) == (2, 2)
    assert (found.entities_mixed_before, found.entities_mixed_after) == (1, 0)
    assert (found.inconsistent_before, found.inconsistent_after) == (1, 0)
