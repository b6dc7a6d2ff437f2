from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtfix.errors import ModelError
from mtfix.model.align import align, tokenize
from mtfix.model.ngrams import EDGE, Ngrams, combine, count_ngrams, fold, load_ngrams, read_hunk, word_key

TEXT = [
    "Four people were hurt in an attack on the capital.",
    "Two men were killed in an attack on a convoy.",
    "The court said the attack was planned in 2012.",
    "The court said the convoy was late in 2013.",
]


@pytest.fixture(scope="module")
def ngrams() -> Ngrams:
    return count_ngrams(([t.text for t in tokenize(s)] for s in TEXT), least=1)


def test_counts_are_those_of_the_text(ngrams: Ngrams) -> None:
    assert ngrams.count(["in", "an", "attack", "on"]) == pytest.approx(2, rel=0.04)
    assert ngrams.count(["the"]) == pytest.approx(5, rel=0.04)
    assert ngrams.count(["attack", "in"]) == 0
    assert ngrams.count(["in", "1999"]) == ngrams.count(["IN", "2012"]) > 1  # case and figures do not matter
    assert ngrams.count([EDGE, "the", "court"]) == pytest.approx(2, rel=0.04)


def test_what_people_write_reads_better(ngrams: Ngrams) -> None:
    text = "Nine soldiers were hurt in attack on the convoy."
    (hunk,) = align(text, "Nine soldiers were hurt in an attack on the convoy.")
    old, new = read_hunk(ngrams, text, hunk)
    assert new.score / new.words > old.score / old.words and new.pair > old.pair == 0 and new.order > old.order
    assert (old.unknown, new.unknown) == (0, 0)


def test_a_word_that_nobody_wrote_is_unknown(ngrams: Ngrams) -> None:
    text = "The court said the attack was planned."
    (hunk,) = align(text, "The court said the zwitch was planned.")
    old, new = read_hunk(ngrams, text, hunk)
    assert new.unknown == 1 and old.unknown == 0 and new.score < old.score


def test_hunks_at_the_ends_and_of_nothing_can_be_read(ngrams: Ngrams) -> None:
    for text, other in (("court said so", "the court said so"), ("Court said so.", "Court said"), ("a", "")):
        for hunk in align(text, other):
            for reading in read_hunk(ngrams, text, hunk):
                assert reading.score <= 0 and reading.words >= 1 and np.isfinite(reading.score)


def test_rare_sequences_are_left_out_and_words_are_kept() -> None:
    counted = count_ngrams([["one", "rare", "pair"], ["a", "b"], ["a", "b"], ["a", "b"]], least=3)
    assert counted.count(["a", "b"]) and counted.count(["a"])
    assert not counted.count(["rare", "pair"]) and not counted.count(["rare"])


def test_counts_are_saved_and_read(ngrams: Ngrams, tmp_path: Path) -> None:
    ngrams.save(tmp_path / "ngrams.npz")
    again = load_ngrams(tmp_path / "ngrams.npz")
    assert again is not None and len(again) == len(ngrams)
    for words in (["in", "an", "attack", "on"], ["the"], ["attack", "in"], [EDGE, "the", "court"]):
        assert again.count(words) == ngrams.count(words)
    again.save(tmp_path / "twice.npz")
    assert (tmp_path / "twice.npz").read_bytes() == (tmp_path / "ngrams.npz").read_bytes()


def test_counts_that_do_not_fit_together_are_an_error(ngrams: Ngrams, tmp_path: Path) -> None:
    ngrams.save(tmp_path / "ngrams.npz")
    with np.load(tmp_path / "ngrams.npz") as values:
        torn = dict(values) | {"levels": values["levels"][:-1]}
    np.savez(tmp_path / "torn.npz", **torn)
    with pytest.raises(ModelError, match=r"torn\.npz: damaged"):
        load_ngrams(tmp_path / "torn.npz")


def test_no_file_is_no_counts_and_another_file_an_error(tmp_path: Path) -> None:
    assert load_ngrams(tmp_path / "none.npz") is None
    for content in (b"not an archive", b"", b"PK\x03\x04 torn"):
        (tmp_path / "bad.npz").write_bytes(content)
        with pytest.raises(ModelError, match=r"bad\.npz"):
            load_ngrams(tmp_path / "bad.npz")


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4))
def test_keys_of_text_and_of_look_ups_agree(words: list[str]) -> None:
    counted = count_ngrams([words], least=1)
    if len(set(map(word_key, words))) == len(words):
        key = word_key(words[0])
        for word in words[1:]:
            key = combine(key, word_key(word))
        halves = np.repeat(np.arange(1 << 16), np.diff(counted._starts))
        assert fold(key) in {*((halves << 16) + counted._rest).tolist()} or len(words) == 1
