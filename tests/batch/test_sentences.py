"""The model across documents: fewer calls, the same documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.batch.cache import Cache
from mtfix.batch.repair import Repairer
from mtfix.batch.sentences import Ahead
from mtfix.config import Config
from mtfix.formats import read_document
from mtfix.pipeline import Pipeline, build_pipeline
from mtfix.types import Document, Edit, Segment, Step


@dataclass(frozen=True)
class Model:
    """Writes YY for every X, sentence by sentence; counts what it was asked."""

    calls: list[list[str]] = field(default_factory=list)
    name: str = "model"

    alone = True

    def __call__(self, document: Document) -> Document:
        steps = self.propose(document.segments)
        return document.replace_segments([s.add(t) for s, t in zip(document.segments, steps, strict=True)])

    def propose(self, segments: Sequence[Segment]) -> list[Step]:
        self.calls.append([s.text for s in segments])
        return [
            Step("model", tuple(Edit(i, i + 1, "YY", "model:x", "a reason") for i, c in enumerate(s.text) if c == "X"))
            for s in segments
        ]


def make_pipeline(config: Config, model: Model) -> Pipeline:
    return build_pipeline(config, model=model)


SENTENCES = st.sampled_from(["Two persons.", "X came.", "Mr. X saw 2,5 thousand persons.", "It rained.", "XX."])
TEXTS = st.lists(st.lists(SENTENCES, max_size=5).map(" ".join), max_size=6)


@given(texts=TEXTS, together=st.booleans())
@settings(max_examples=40, deadline=None)
def test_documents_are_what_the_pipeline_makes_of_each(config: Config, texts: list[str], together: bool) -> None:
    ahead = Ahead(make_pipeline(config, Model()))
    alone = make_pipeline(config, Model())
    if together:
        for text in texts:
            ahead.gather(read_document(text))
        ahead.flush()
    assert [ahead.pipeline(read_document(t)) for t in texts] == [alone(read_document(t)) for t in texts]


def test_each_sentence_is_run_once_and_in_company(config: Config) -> None:
    model = Model()
    repairer = make_repairer(config, model)
    texts = [f"Wire {i}, by X. It rained. X came." for i in range(5)]
    repairer.look_ahead([lambda t=t: read_document(t) for t in texts], lambda: None)  # type: ignore[misc]
    assert len(model.calls) == 1
    assert len(model.calls[0]) == len(set(model.calls[0])) == 7
    for text in texts:
        found = repairer.repair((text,), lambda t=text: read_document(t), lambda d: (d.text,), "text")  # type: ignore[misc]
        assert found.texts == (text.replace("X", "YY"),)
    # The pipeline reads each repaired sentence once more, to be sure.
    asked = [text for call in model.calls for text in call]
    assert len(asked) == len(set(asked)) == 7 + 6


def test_a_document_that_fails_ahead_leaves_the_others(config: Config) -> None:
    model = Model()
    repairer = make_repairer(config, model)

    def fail() -> Document:
        raise ValueError

    repairer.look_ahead([fail, lambda: read_document("X came.")], lambda: None)
    assert model.calls == [["X came."]]


def make_repairer(config: Config, model: Model) -> Repairer:
    pipeline = make_pipeline(config, model)
    return Repairer(pipeline, cache=Cache(), fingerprint="", seconds=5, characters=9999, logged=True)


def test_the_cache_on_disk_keeps_repairs_apart_by_fingerprint(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"

    def run(fingerprint: str) -> int:
        model = Model()
        pipeline = make_pipeline(config, model)
        repairer = Repairer(
            pipeline, cache=Cache(path), fingerprint=fingerprint, seconds=5, characters=9999, logged=True
        )
        found = repairer.repair(("X came.",), lambda: read_document("X came."), lambda d: (d.text,), "text")
        assert found.texts == ("YY came.",)
        assert [row["by"] for row in found.rows] == ["model:x"]
        return len(model.calls)

    assert [run("one"), run("one"), run("two")] == [2, 0, 2]
