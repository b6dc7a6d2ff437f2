"""Proposals, decisions, and the documents they give."""

from __future__ import annotations

import pytest

import mtfix
from mtfix.decisions import (
    Verdict,
    apply_decisions,
    choose_rules,
    list_proposals,
    read_decisions,
    render_decisions,
    settle,
)
from mtfix.errors import InputError, TrailError
from mtfix.formats import read_document
from mtfix.types import Document, Edit, Kind, Segment, Step, Tier


def make(mt: str, *steps: Step) -> Document:
    segment = Segment(mt, mt, Kind.SENTENCE)
    for step in steps:
        segment = segment.add(step)
    return Document("wire.txt", (segment,), ("", ""))


def auto(start: int, end: int, text: str, rule: str = "A") -> Edit:
    return Edit(start, end, text, f"rule:{rule}", "because", Tier.AUTO)


def suggest(start: int, end: int, text: str, rule: str = "S") -> Edit:
    return Edit(start, end, text, f"rule:{rule}", "maybe", Tier.SUGGEST)


def fresh(document: Document) -> Document:
    return read_document(document.mt, "wire.txt")


def test_nothing_to_decide() -> None:
    document = make("All is well.")
    assert list_proposals(document) == []
    assert apply_decisions(document, []) == document


def test_edits_of_two_steps_on_the_same_words_are_one_proposal() -> None:
    document = make("one two three", Step("a", (auto(4, 7, "2"),)), Step("b", (auto(4, 5, "second"),)))
    [p] = list_proposals(document)
    assert (p.before, p.after, p.applied, len(p.findings)) == ("two", "second", True, 2)


def test_a_suggestion_beside_an_edit_is_a_proposal_of_its_own() -> None:
    document = make("one two three", Step("a", (auto(0, 3, "1"),), (suggest(8, 13, "3"),)))
    assert [(p.before, p.after, p.applied) for p in list_proposals(document)] == [
        ("one", "1", True),
        ("three", "3", False),
    ]


def test_a_suggestion_on_an_edit_is_another_option() -> None:
    document = make("one two three", Step("a", (auto(4, 7, "2"),)), Step("b", (), (suggest(4, 7, "both 2 and 3"[:6]),)))
    [p] = list_proposals(document)
    assert (p.before, p.after, p.applied) == ("two three"[: len(p.before)], p.after, True)
    assert len(p.options) == 1


def test_two_suggestions_on_one_word_are_two_options() -> None:
    document = make("one two three", Step("a", (), (suggest(4, 7, "2"), suggest(4, 7, "deux"))))
    [p] = list_proposals(document)
    assert (p.after, p.options, p.applied) == ("2", ("deux",), False)


def test_a_flag_proposes_nothing() -> None:
    document = make("one two three", Step("a", (), (suggest(4, 7, "two"),)))
    [p] = list_proposals(document)
    assert p.is_flag
    assert (p.start, p.end, p.after, p.options) == (4, 7, "two", ())


def test_settling_without_a_word_gives_what_the_run_gave() -> None:
    document = make("one two three", Step("a", (auto(0, 3, "1"),), (suggest(8, 13, "3"),)))
    assert apply_decisions(fresh(document), settle(list_proposals(document))).text == document.text


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ((Verdict.REJECT, ""), (Verdict.ACCEPT, ""), "one two 3"),
        ((Verdict.EDIT, "uno"), (Verdict.REJECT, ""), "uno two three"),
        ((Verdict.ACCEPT, ""), (Verdict.EDIT, ""), "1 two "),
    ],
)
def test_verdicts(first: tuple[Verdict, str], second: tuple[Verdict, str], text: str) -> None:
    document = make("one two three", Step("a", (auto(0, 3, "1"),), (suggest(8, 13, "3"),)))
    proposals = list_proposals(document)
    decisions = settle(proposals, {proposals[0].id: first, proposals[1].id: second})
    assert apply_decisions(fresh(document), decisions).text == text
    [(_, again)] = read_decisions(render_decisions([(document, decisions)]).encode(), "d.json")
    assert again == decisions


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"before": "x"}, "wire.txt:1:1: the words of a decision are not there"),
        ({"start": 40, "end": 41}, "wire.txt:1:14: a decision reaches over the end"),
        ({"end": 99}, "reaches over the end"),
    ],
)
def test_decisions_on_other_words_are_turned_down(change: dict[str, object], words: str) -> None:
    from dataclasses import replace

    document = make("one two three", Step("a", (auto(0, 3, "1"),)))
    [decision] = settle(list_proposals(document))
    with pytest.raises(InputError, match=words):
        apply_decisions(fresh(document), [replace(decision, **change)])  # type: ignore[arg-type]


def test_two_decisions_on_the_same_words() -> None:
    document = make("one two three", Step("a", (auto(0, 3, "1"),)))
    with pytest.raises(InputError, match="same words"):
        apply_decisions(fresh(document), settle(list_proposals(document)) * 2)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"mtfix-decisions": 2, "documents": []}', b"\xff"])
def test_files_that_are_none(content: bytes) -> None:
    with pytest.raises(InputError, match=r"^d\.json: not a file of decisions: [^\n]*$"):
        read_decisions(content, "d.json")


def test_a_result_accepts_a_suggestion() -> None:
    result = mtfix.fix("Up to 2,5 thousand people came, reported in the ministry.", rules_only=True)
    taken = result.accept(0)
    assert taken.text == "Up to 2,500 people came, the ministry reported."
    assert taken.suggestions == []
    assert taken.revert(1).text == result.text
    with pytest.raises(IndexError):
        result.accept(1)


def test_a_flag_cannot_be_accepted() -> None:
    document = make("one two three", Step("a", (), (suggest(4, 7, "two"),)))
    with pytest.raises(TrailError, match="offers no correction"):
        mtfix.Result(document).accept(0)


def test_words_changed_since_cannot_be_accepted() -> None:
    document = make("one two three", Step("a", (), (suggest(4, 7, "2"),)), Step("b", (auto(4, 7, "zwei"),)))
    with pytest.raises(TrailError, match="later edit"):
        mtfix.Result(document).accept(0)


@pytest.mark.parametrize(
    ("accept", "reject", "text", "acted"),
    [
        (["S"], [], "1 two 3", {"S", "all", "rule:S"}),
        ([], ["A"], "one two three", {"A", "all", "rule:A"}),
        (["all"], ["all"], "one two 3", {"A", "S", "all", "rule:A", "rule:S"}),
        (["NO_SUCH"], ["model"], "1 two three", set()),
    ],
)
def test_rules_are_chosen_whole(accept: list[str], reject: list[str], text: str, acted: set[str]) -> None:
    document = make("one two three", Step("a", (auto(0, 3, "1"),), (suggest(8, 13, "3"),)))
    chosen, names = choose_rules(document, accept, reject)
    assert (chosen.text, names) == (text, acted)
