"""A batch reads the sentences of many documents together: each document comes out as it would alone."""

from __future__ import annotations

from pathlib import Path

from mtfix.ahead import Ahead
from mtfix.config import Config
from mtfix.formats import read_document
from mtfix.model.load import load_stage
from mtfix.pipeline import Pipeline, build_pipeline
from tests.model.conftest import SENTENCES


def make_pipeline(folder: Path) -> Pipeline:
    config = Config(model=str(folder), fix="all", default_packs=False)
    return build_pipeline(config, model=load_stage(config))


def test_company_makes_no_difference(tiny_model: Path) -> None:
    texts = [" ".join(SENTENCES[i:j]) for i in range(8) for j in (i + 1, i + 3, i + 5)]
    alone = make_pipeline(tiny_model)
    expected = [alone(read_document(t)) for t in texts]
    ahead = Ahead(make_pipeline(tiny_model))
    for text in texts:
        ahead.gather(read_document(text, name="ahead"))
    ahead.flush()
    assert [ahead.pipeline(read_document(t)) for t in texts] == expected
    assert any(d.text != d.mt or any(s.trail for s in d.segments) for d in expected)


def test_what_was_read_ahead_is_not_read_again(tiny_model: Path) -> None:
    ahead = Ahead(make_pipeline(tiny_model))
    texts = [" ".join(SENTENCES[i : i + 3]) for i in range(6)]
    for text in texts:
        ahead.gather(read_document(text))
    ahead.flush()
    stage = ahead._stage
    remembering = stage.model  # type: ignore[attr-defined]
    asked: list[str] = []
    remembering.inner.post_edit = lambda texts: asked.extend(texts) or []
    remembering.inner.score = lambda groups: asked.extend(g[0] for g in groups) or []
    for text in texts:
        document = ahead._before[0](read_document(text))
        stage.propose(stage._readable(document))  # type: ignore[attr-defined]
    assert asked == []
