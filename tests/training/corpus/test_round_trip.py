from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("rapidfuzz")
pytest.importorskip("yaml")

from mtfix.errors import ConfigError, ModelError
from mtfix.training.corpus import round_trip
from mtfix.training.corpus.build import CorpusConfig, gather_pairs
from mtfix.training.corpus.round_trip import find_trip, keep_undoable, round_trip_pairs, through_apertium
from mtfix.training.data.pairs import Pair

CLEAN = "Officials say the man was wounded in an attack on Monday."


@pytest.mark.parametrize(
    ("sentence", "back", "kept"),
    [
        (CLEAN, "The officials say the man was wounded in attack Monday.", "The officials say the man was wounded in attack Monday."),
        ("The city council met on Friday.", "The council of the city met Friday.", "The council of the city met Friday."),
        ("He said they were late.", "Him said they was late.", "Him said they was late."),
    ],
)  # fmt: skip
def test_what_an_editor_can_undo_stays(sentence: str, back: str, kept: str) -> None:
    assert keep_undoable(sentence, back) == kept


@pytest.mark.parametrize(
    ("sentence", "back"),
    [
        (CLEAN, "Officials say the man was murdered in an attack on Monday."),  # a synonym, and not the same
        ("About 40 people came.", "About 14 people came."),
        ("The people were not hurt.", "The people were hurt."),
        ("Talks in Vienna failed.", "Talks in Venice failed."),
        ("Snow fell on Monday.", "Snow fell on Friday."),
        (CLEAN, CLEAN),
    ],
)
def test_what_an_editor_could_not_know_is_taken_back(sentence: str, back: str) -> None:
    assert keep_undoable(sentence, back) == sentence


def test_pairs_end_in_the_clean_sentence() -> None:
    def trip(sentences: Sequence[str]) -> list[str]:
        return [s.replace("an attack", "attack").replace("wounded", "murdered") for s in sentences]

    found = list(round_trip_pairs("esperanto", [CLEAN, "Nothing changes here."], trip))
    assert found == [Pair(CLEAN.replace("an attack", "attack"), CLEAN, "trip:esperanto")]


def test_a_sentence_that_comes_back_as_another_gives_no_pair() -> None:
    def trip(sentences: Sequence[str]) -> list[str]:
        return ["The rooms of the house of the king of the hill"] * len(sentences)

    assert list(round_trip_pairs("spanish", ["King Hill house rooms"], trip)) == []


def test_an_unknown_way_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="esperanto"):
        find_trip("esparanto")


def _install(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    command = folder / "apertium"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_apertium_gets_a_line_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, monkeypatch, "[ $3 = en-eo ] && sed 's/an attack/attack/'")
    assert through_apertium("en-eo", [CLEAN, "He  came."]) == [CLEAN.replace("an attack", "attack"), "He came."]


@pytest.mark.parametrize(
    ("script", "says"),
    [("echo one", "2 lines went in, 1 came out"), ("echo 'Mode en-eo does not exist' >&2; exit 1", "does not exist")],
)
def test_an_apertium_that_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    _install(tmp_path, monkeypatch, script)
    with pytest.raises(ModelError, match=says):
        through_apertium("en-eo", ["One.", "Two."])


def test_without_apertium_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelError, match="apt install"):
        through_apertium("en-eo", ["One."])


def test_a_corpus_sends_its_sentences_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtfix.training.corpus.build.human_pairs", lambda folder: iter(()))
    monkeypatch.setattr("mtfix.training.corpus.build.clean_sentences", lambda *_, **__: [CLEAN])
    monkeypatch.setattr(
        round_trip, "through_apertium", lambda direction, sentences: [s.replace("an ", "") for s in sentences]
    )
    config = CorpusConfig(round_trips={"esperanto": {"wire": 1}})
    assert [(p.kind, p.pe) for p in gather_pairs(config, tmp_path, lambda line: None)] == [("trip:esperanto", CLEAN)]
