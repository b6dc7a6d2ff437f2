"""The model across documents: the sentences of many documents in one call, each different one once.

A model is quick in company (long batches of equal length) and agency copy repeats, so a unit's sentences are repaired
ahead, together, and remembered; each document then passes through its pipeline as always and finds its sentences done.
That needs a stage that looks at each segment alone and a model that does not care for the company of a sentence.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from mtfix.pipeline import Pipeline
from mtfix.rules.engine import locked_spans
from mtfix.types import Document, Segment, Stage, Step

_CAPACITY = 100_000  # sentences remembered by one worker
_COMPANY = 512  # sentences in one call, of which the model makes batches by length


@runtime_checkable
class SegmentStage(Protocol):
    """A stage that proposes a step for each segment, whatever else the document says; ``alone`` is its word for it.

    The embedded model's stage is none: how sure it is of an edit depends on how much the document needs.
    """

    @property
    def name(self) -> str: ...

    @property
    def alone(self) -> bool: ...

    def __call__(self, document: Document) -> Document: ...

    def propose(self, segments: Sequence[Segment]) -> list[Step]: ...


def _key(segment: Segment) -> tuple[Any, ...]:
    return (segment.text, segment.kind, tuple(locked_spans(segment)))


@dataclass(frozen=True, slots=True)
class RememberingStage:
    """A segment stage that runs each different segment once."""

    inner: SegmentStage
    known: OrderedDict[Any, tuple[Step, ...]]

    @property
    def name(self) -> str:
        return self.inner.name

    def __call__(self, document: Document) -> Document:
        keys = [_key(s) for s in document.segments]
        steps = self.learn(document.segments, keys)
        return document.replace_segments(
            [_extend(s, steps[key]) for s, key in zip(document.segments, keys, strict=True)]
        )

    def learn(self, segments: Sequence[Segment], keys: Sequence[Any]) -> dict[Any, tuple[Step, ...]]:
        """Return the new steps of segments by key; those not known yet run together, in the order given."""
        found: dict[Any, tuple[Step, ...]] = {}
        missing: dict[Any, Segment] = {}
        for segment, key in zip(segments, keys, strict=True):
            if key in self.known:
                self.known.move_to_end(key)
                found[key] = self.known[key]
            else:
                missing.setdefault(key, segment)
        if missing:
            before = list(missing.values())
            together = Document("batch", tuple(before), ("",) * (len(before) + 1))
            after = self.inner(together).segments
            for key, old, new in zip(missing, before, after, strict=True):
                found[key] = self.known[key] = new.trail[len(old.trail) :]
        while len(self.known) > _CAPACITY:
            self.known.popitem(last=False)
        return found


def _extend(segment: Segment, steps: Iterable[Step]) -> Segment:
    for step in steps:
        segment = segment.add(step)
    return segment


class Ahead:
    """The part of a pipeline up to its model, which gathers sentences and has them repaired together."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Raises ValueError when no stage of the pipeline works segment by segment."""
        place = next((i for i, stage in enumerate(pipeline.stages) if isinstance(stage, SegmentStage)), -1)
        if place < 0:
            raise ValueError("no stage works segment by segment")
        inner = pipeline.stages[place]
        assert isinstance(inner, SegmentStage)
        self._before: tuple[Stage, ...] = pipeline.stages[:place]
        self._stage = RememberingStage(inner, OrderedDict())
        stages = (*self._before, self._stage, *pipeline.stages[place + 1 :])
        self.pipeline = replace(pipeline, stages=stages)
        self._waiting: dict[Any, Segment] = {}

    def gather(self, document: Document) -> bool:
        """Take the sentences of a document that are not known yet; return whether enough are waiting."""
        for stage in self._before:
            document = stage(document)
        for segment in document.segments:
            key = _key(segment)
            if key not in self._stage.known:
                self._waiting.setdefault(key, segment)
        return len(self._waiting) >= _COMPANY

    def flush(self) -> None:
        """Run what is waiting."""
        waiting, self._waiting = self._waiting, {}
        self._stage.learn(list(waiting.values()), list(waiting))
