"""Borrowed post-edits: who may borrow, and what is kept of it."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from mtfix.training.corpus.borrowed import FIRST, borrow, borrowing_pairs, first_pairs, other_pairs
from mtfix.training.data.pairs import Pair
from tests.training.conftest import pack

PE = "Two suspects were detained in Samara on Monday."


def found(*outputs: str, post_edits: tuple[str, ...] = (PE,), reference: str = "") -> list[tuple[str, str]]:
    return [(p.mt, p.pe) for p in borrow(outputs, post_edits, reference)]


def test_an_output_near_a_post_edit_borrows_it() -> None:
    mt = "Two suspects was detained in the Samara on Monday."
    assert found(mt) == [(mt, PE)]


def test_the_nearest_post_edit_is_borrowed() -> None:
    mt = "Two suspects was detained in Samara on Monday."
    other = "On Monday the police of Samara arrested a pair of men."
    assert found(mt, post_edits=(other, PE)) == [(mt, PE)]


def test_far_outputs_and_post_edited_ones_borrow_nothing() -> None:
    assert found("The weather will be fine tomorrow in all of the regions.", PE, PE.lower()) == []
    assert found("Two suspects was detained in Samara on Monday.", post_edits=()) == []


def test_another_number_is_no_edit() -> None:
    assert found("Three suspects were detained in Samara on Monday.") == []


def test_a_right_word_is_not_paraphrased() -> None:
    mt = "Two suspects was arrested in Samara on Monday."
    assert found(mt, reference="In Samara two suspects were arrested on Monday.") == []


def data_folder(root: Path) -> Path:
    sentence = "Two suspects was detained in the Samara on Monday."
    for language in ("ru", "cs"):
        pe = [f"1\tonline-A\tIn Samara detained two suspects Monday.\t{PE}\t", f"2\tx\tBad bad text here.\t{PE}\tg"]
        pack(root / "ape" / f"pe-{language}-en.newstest2013.train.tsv.xz", ["seg\tsystem\tmt\tpe\tgarbled", *pe])
        rows = [f"1\ts\tr\t{sentence}\tIn Samara detained two suspects Monday.", f"2\ts\tr\t{sentence[4:]}\tx"]
        pack(root / "wmt" / f"newstest2013.{language}-en.train.tsv.xz", ["seg\tsrc\tref\thyp.A\thyp.B", *rows])
    return root


def test_pairs_come_from_ungarbled_post_edits_of_the_same_sentence(tmp_path: Path) -> None:
    pairs = borrowing_pairs(10, random.Random(1), data_folder(tmp_path))
    assert [(p.kind, p.pe) for p in pairs] == [("borrowed", PE)] * 2
    assert len(borrowing_pairs(1, random.Random(1), tmp_path)) == 1


def whole_folder(root: Path) -> Path:
    """The same with all corpora of human post-edits, the others empty."""
    folder = data_folder(root)
    pack(folder / "ape" / "lig-news.fr-en.train.tsv.xz", ["mt_moses\tpe\tgoogle\tbing"])
    pack(folder / "ape" / "taraxu-news.de-en.train.tsv.xz", ["mt\tpe"])
    pack(folder / "ape" / "accept-forum.fr-en.train.tsv.xz", ["mt\tpe_a"])
    for language in ("ru", "et", "ro", "ne", "si"):
        pack(folder / "ape" / f"mlqe-pe.{language}-en.train.tsv.xz", ["mt\tpe"])
    return folder


def test_evaluation_text_is_never_among_the_other_pairs(tmp_path: Path) -> None:
    folder = whole_folder(tmp_path)
    assert len(other_pairs(1, folder)) == 2
    pack(folder / "ape" / "pe-ru-en.newstest2016.dev.tsv.xz", ["seg\tmt\tpe", f"9\tx\t{PE}"])
    assert other_pairs(1, folder) == []


def test_the_first_stage_reads_so_many_of_a_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIRST, "wmt", 2)
    corpus = [
        Pair(f"Output number {i} are here.", "x", kind) for i in range(3) for kind in ("wmt", "synthetic:tense", "lig")
    ]
    kinds = Counter(p.kind for p in first_pairs(corpus, 1, whole_folder(tmp_path)))
    assert kinds == {"wmt": 2, "synthetic:tense": 3, "borrowed": 2}
