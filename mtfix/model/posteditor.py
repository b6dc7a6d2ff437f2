"""A post-editor with a cache: agency copy repeats, and the pipeline reads a repaired document again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol, TypeVar

from mtfix.types import Hypothesis

# Sentences kept; the oldest go first.
CAPACITY = 50_000
Key = TypeVar("Key")
Value = TypeVar("Value")


class RememberingPostEditor:
    """Asks ``inner`` about each different text once. Its answers depend on nothing but the text, so neither do these.

    Safe for threads: two that ask about one text at the same moment may both ask ``inner``, and get the same.
    """

    def __init__(self, inner: ScoringPostEditor) -> None:
        self.inner = inner
        self._lock = Lock()
        self._hypotheses: OrderedDict[str, Hypothesis] = OrderedDict()
        self._scores: OrderedDict[tuple[str, tuple[str, ...]], list[float]] = OrderedDict()

    @property
    def name(self) -> str:
        return self.inner.name

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Return the hypothesis of each text."""
        return _recall(self._lock, self._hypotheses, list(texts), self.inner.post_edit)

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        """Return log P(candidate | input) for every candidate of every input."""
        keys = [(text, tuple(candidates)) for text, candidates in groups]
        return _recall(self._lock, self._scores, keys, self.inner.score)

    def forget(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._hypotheses.clear()
            self._scores.clear()

    def count_pieces(self, text: str) -> int:
        """Return how many pieces ``text`` is cut into."""
        return self.inner.count_pieces(text)

    def normalize(self, text: str) -> str:
        """Return what the model sees of ``text``."""
        return self.inner.normalize(text)

    def fits(self, text: str) -> bool:
        """Whether ``text`` is short enough to be read whole."""
        return self.inner.fits(text)


def _recall(
    lock: Lock, known: OrderedDict[Key, Value], keys: Sequence[Key], ask: Callable[[list[Key]], list[Value]]
) -> list[Value]:
    with lock:
        found = {key: known[key] for key in keys if key in known}
    missing = list(dict.fromkeys(key for key in keys if key not in found))
    if missing:
        fresh = dict(zip(missing, ask(missing), strict=True))
        found |= fresh
        with lock:
            known.update(fresh)
            while len(known) > CAPACITY:
                known.popitem(last=False)
    return [found[key] for key in keys]


class ScoringPostEditor(Protocol):
    """A post-editor that can also say how probable it finds a given output, and how it cuts words."""

    @property
    def name(self) -> str: ...

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]: ...

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]: ...

    def count_pieces(self, text: str) -> int: ...

    def normalize(self, text: str) -> str: ...

    def fits(self, text: str) -> bool: ...
