"""The model across documents: it reads the sentences of many documents together before their turns.

A model is faster on full batches of sentences of equal length, and agency copy repeats. So the documents of a unit go through
the stages before the model first; the model then reads all their sentences at once and caches its answers. Each document
then passes through its pipeline as usual and finds the answers in the cache. No result changes: what the model answers to a
sentence does not depend on the sentences beside it (`docs/decisions/model-whole-numbers.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from mtfix.pipeline import Pipeline
from mtfix.types import Document, Segment, Stage

_COMPANY = 1024  # segments read together, of which the model makes batches by length


@runtime_checkable
class WarmStage(Protocol):
    """A stage that can read many documents at once, to answer sooner when they come one by one."""

    @property
    def name(self) -> str: ...

    def __call__(self, document: Document) -> Document: ...

    def warm(self, documents: Sequence[Document]) -> None: ...


Known = dict[tuple[tuple[Segment, ...], tuple[str, ...]], tuple[Segment, ...]]


@dataclass(frozen=True, slots=True)
class PreparedStage:
    """A stage that keeps what it made of the documents that were read ahead, until their turns."""

    inner: Stage
    known: Known

    @property
    def name(self) -> str:
        return self.inner.name

    def __call__(self, document: Document) -> Document:
        """Run the stage on a document, or return what it made of it before: the document's name decides nothing."""
        found = self.known.pop((document.segments, document.gaps), None)
        return self.inner(document) if found is None else document.replace_segments(found)

    def prepare(self, document: Document) -> Document:
        """Run the stage and keep the result."""
        after = self.inner(document)
        self.known[document.segments, document.gaps] = after.segments
        return after


class Ahead:
    """The part of a pipeline up to its model, which gathers documents and lets the model read them together."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Raises ValueError when no stage of the pipeline reads ahead."""
        place = find_warm_stage(pipeline)
        if place is None:
            raise ValueError("no stage reads ahead")
        stage = pipeline.stages[place]
        assert isinstance(stage, WarmStage)
        self._stage = stage
        self._before = tuple(PreparedStage(s, {}) for s in pipeline.stages[:place])
        self.pipeline = replace(pipeline, stages=(*self._before, *pipeline.stages[place:]))
        self._waiting: list[Document] = []

    def begin(self) -> None:
        """Forget documents that were read ahead and whose turn never came."""
        self._waiting = []
        for stage in self._before:
            stage.known.clear()

    def gather(self, document: Document) -> bool:
        """Take a document; return whether enough are waiting."""
        document = self.pipeline.admit(document)
        for stage in self._before:
            document = stage.prepare(document)
        self._waiting.append(document)
        return sum(len(d.segments) for d in self._waiting) >= _COMPANY

    def flush(self) -> None:
        """Let the model read what is waiting."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._stage.warm(waiting)


def find_warm_stage(pipeline: Pipeline) -> int | None:
    """Return the place of the first stage that can read ahead, None if there is none."""
    return next((i for i, stage in enumerate(pipeline.stages) if isinstance(stage, WarmStage)), None)
