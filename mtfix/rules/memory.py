"""A cache of rule matches by sentence: agency copy repeats, and a document is read several times."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Generic, TypeVar

#: Entries that a memory keeps; what was asked about longest ago goes first.
ENTRIES = 8192
#: Code points of the longest text that is kept, so that entries have a size.
LONGEST = 2000

Answer = TypeVar("Answer")


class Memory(Generic[Answer]):
    """The last answers of ``work``, a function that depends only on a text and its other arguments.

    Holds at most ``entries`` answers, about texts of at most `LONGEST` code points; safe to ask from several threads.
    """

    __slots__ = ("_recall", "_work")

    def __init__(self, work: Callable[..., Answer], entries: int = ENTRIES) -> None:
        self._work = work
        self._recall = lru_cache(maxsize=entries)(work)

    def __call__(self, text: str, *more: Hashable) -> Answer:
        """Return what ``work`` says of the text."""
        return self._recall(text, *more) if len(text) <= LONGEST else self._work(text, *more)

    def __len__(self) -> int:
        return self._recall.cache_info().currsize
