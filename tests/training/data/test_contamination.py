from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rapidfuzz")

from mtfix.training.data.contamination import evaluation_texts
from tests.training.conftest import pack


@pytest.fixture
def data(tmp_path: Path) -> Path:
    pack(tmp_path / "wmt" / "old.ru-en.train.tsv.xz", ["seg\tref\thyp.A", "1\tlearnt from\tan output"])
    pack(tmp_path / "wmt" / "new.cs-en.train.tsv.xz", ["seg\tref\thyp.A", "1\tcalibrated &amp; on\tread by the model"])
    pack(tmp_path / "wmt" / "new.ru-en.dev.tsv.xz", ["seg\tref\thyp.A", "1\tjudged by\tjudged"])
    pack(tmp_path / "ape" / "some.et-en.train.tsv.xz", ["mt\tpe", "a post-edit\tto learn from"])
    return tmp_path


def test_evaluation_text_is_dev_test_and_the_references_that_nothing_is_learnt_from(data: Path) -> None:
    assert sorted(evaluation_texts(data, {"old"})) == ["calibrated & on", "judged", "judged by"]


def test_a_set_that_nothing_is_learnt_from_keeps_its_references(data: Path) -> None:
    assert "learnt from" in set(evaluation_texts(data))
    assert "to learn from" not in set(evaluation_texts(data))
