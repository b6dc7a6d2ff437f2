"""The model across documents: fewer calls, the same documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.ahead import Ahead, PreparedStage
from mtfix.batch.cache import Cache
from mtfix.batch.repair import Repairer
from mtfix.config import Config
from mtfix.formats import read_document
from mtfix.pipeline import Pipeline, build_pipeline
from mtfix.types import Document, Edit, Step


@dataclass(frozen=True)
class Model:
    """Writes YY for every X, sentence by sentence, and remembers; counts what it had to work out, and with whom."""

    calls: list[list[str]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    name: str = "model"

    def __call__(self, document: Document) -> Document:
        self.warm([document])
        return document.replace_segments(
            [
                s.add(
                    Step(
                        "model", tuple(Edit(i, i + 1, "YY", "model:x", "why") for i, c in enumerate(s.text) if c == "X")
                    )
                )
                for s in document.segments
            ]
        )

    def warm(self, documents: Sequence[Document]) -> None:
        new = list(dict.fromkeys(s.text for d in documents for s in d.segments if s.text not in self.known))
        self.known.update(new)
        if new:
            self.calls.append(new)


def make_pipeline(config: Config, model: Model) -> Pipeline:
    return build_pipeline(config, model=model)


SENTENCES = st.sampled_from(["Two persons.", "X came.", "Mr. X saw 2,5 thousand persons.", "It rained.", "XX."])
TEXTS = st.lists(st.lists(SENTENCES, max_size=5).map(" ".join), max_size=6)


@given(texts=TEXTS, together=st.booleans())
@settings(max_examples=40)
def test_documents_are_what_the_pipeline_makes_of_each(config: Config, texts: list[str], together: bool) -> None:
    ahead = Ahead(make_pipeline(config, Model()))
    alone = make_pipeline(config, Model())
    if together:
        for text in texts:
            ahead.gather(read_document(text, name="ahead"))
        ahead.flush()
    assert [ahead.pipeline(read_document(t)) for t in texts] == [alone(read_document(t)) for t in texts]


def test_what_was_prepared_is_not_done_twice_nor_kept(config: Config) -> None:
    ahead = Ahead(make_pipeline(config, Model()))
    ran: list[str] = []
    prepared = ahead.pipeline.stages[0]
    assert isinstance(prepared, PreparedStage)
    inner = prepared.inner
    counted = PreparedStage(lambda d: (ran.append(d.mt), inner(d))[1], prepared.known)  # type: ignore[arg-type]
    ahead._before = (counted,)
    ahead.gather(read_document("Two persons."))
    ahead.gather(read_document("It rained."))
    counted(read_document("Two persons."))
    assert ran == ["Two persons.", "It rained."]
    counted(read_document("Two persons."))
    assert len(ran) == 3
    ahead.begin()
    assert prepared.known == {}


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
