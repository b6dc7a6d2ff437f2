"""Counts of word sequences in clean English: does a hunk read better than what it replaces?

The network that writes a hunk also gives its probability, and both are wrong in the same places. How often people write "in
an attack" and "in attack" is independent of it. Sequences of one to four words are scored by "stupid backoff" (Brants et al.
2007). A sequence is stored as 32 bits of its hash, so about one in two thousand unseen sequences is taken for a
seen one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mtfix.errors import ModelError
from mtfix.model.align import Hunk, tokenize

FILE = "ngrams.npz"
ORDER = 4
EDGE = ""  # what stands before the first word of a sentence and after the last
_STEPS = 15.0  # of a count, for each factor of e: a count is kept in a byte, to 3%
_BACKOFF = math.log(0.4)
_HALVES = 1 << 16  # values of half a key
_MULTIPLIER = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Reading:
    """How some words read in their place."""

    score: float  # natural logarithm of their probability, and of up to three words after them
    words: int  # that were scored
    order: float  # mean number of words before each that were known together with it
    pair: float  # log(1 + count) of the rarest two neighbouring words
    triple: float  # and of the rarest three
    unknown: int  # words that are not known at all


NOTHING = Reading(0.0, 1, 0.0, 0.0, 0.0, 0)


def word_key(word: str) -> int:
    """Return the key of a word: case is ignored, all figures are one."""
    return crc32((word.lower() if not word[:1].isdigit() else "#").encode()) + 1


def combine(key: int, word: int) -> int:
    """Return the key (64 bits) of a sequence that goes on with ``word``."""
    mixed = ((key * _MULTIPLIER) & _MASK) ^ word
    return mixed ^ (mixed >> 29)


def fold(key: int) -> int:
    """Return the 32 bits of a key by which a sequence is stored."""
    return (key ^ (key >> 32)) & 0xFFFFFFFF


class Ngrams:
    """Counts of sequences: ``starts`` ``[65,537]`` say where in ``rest`` those keys begin whose upper half is a given one.

    ``rest`` are the lower halves of the sorted keys, ``levels`` their counts in steps of `_STEPS` a factor of e.
    """

    def __init__(
        self, starts: NDArray[np.uint32], rest: NDArray[np.uint16], levels: NDArray[np.uint8], tokens: int
    ) -> None:
        self._starts = starts
        self._rest = rest
        self._levels = levels
        self._tokens = tokens
        self._count = lru_cache(maxsize=65536)(self._look_up)

    def __len__(self) -> int:
        return len(self._rest)

    def _look_up(self, words: tuple[int, ...]) -> float:
        key = words[0]
        for word in words[1:]:
            key = combine(key, word)
        key = fold(key)
        start, end = (int(i) for i in self._starts[key >> 16 : (key >> 16) + 2])
        sought = np.uint16(key & 0xFFFF)
        at = start + int(np.searchsorted(self._rest[start:end], sought))
        if at < end and self._rest[at] == sought:
            return math.exp(int(self._levels[at]) / _STEPS)
        return 0.0

    def count(self, words: Sequence[str]) -> float:
        """Return how often ``words`` (one to four) stand in a row, to 3%; 0 for what is rare or unknown."""
        return self._count(tuple(map(word_key, words)))

    def _score(self, context: tuple[int, ...], word: int) -> tuple[float, int]:
        """Return the log probability of ``word`` after ``context``, and how many words of that were known with it."""
        penalty = 0.0
        while context:
            together = self._count((*context, word))
            if together and (alone := self._count(context)):
                return penalty + math.log(together / alone), len(context)
            context = context[1:]
            penalty += _BACKOFF
        return penalty + math.log((self._count((word,)) + 0.5) / self._tokens), 0

    def read(self, left: Sequence[str], words: Sequence[str], right: Sequence[str]) -> Reading:
        """Return how ``words`` read between ``left`` and ``right``; `EDGE` marks the ends of a sentence."""
        before, own, after = (tuple(map(word_key, part)) for part in (left[-3:], words, right[:3]))
        row = (*before, *own, *after)
        start = len(before)
        found = [self._score(row[max(0, i - 3) : i], row[i]) for i in range(start, len(row))]
        around = row[max(0, start - 2) : start + len(own) + 2]
        tight = row[max(0, start - 1) : start + len(own) + 1]
        return Reading(
            score=sum(s for s, _ in found),
            words=max(1, len(found)),
            order=sum(known for _, known in found) / max(1, len(found)),
            pair=math.log1p(min((self._count(tight[i : i + 2]) for i in range(len(tight) - 1)), default=0.0)),
            triple=math.log1p(min((self._count(around[i : i + 3]) for i in range(len(around) - 2)), default=0.0)),
            unknown=sum(not self._count((w,)) for w in own),
        )

    def save(self, path: Path) -> None:
        """Write the counts, three bytes a sequence."""
        sizes = np.diff(self._starts).astype(np.uint16)
        np.savez(path, sizes=sizes, rest=self._rest, levels=self._levels, tokens=np.array(self._tokens))


def read_hunk(ngrams: Ngrams, text: str, hunk: Hunk) -> tuple[Reading, Reading]:
    """Return how the words that a hunk replaces and those that it writes read in their place."""
    tokens = tokenize(text)
    left = [t.text for t in tokens if t.end <= hunk.start][-3:]
    right = [t.text for t in tokens if t.start >= hunk.end][:3]
    left = left if len(left) == 3 else [EDGE, *left]
    right = right if len(right) == 3 else [*right, EDGE]
    return ngrams.read(left, hunk.before, right), ngrams.read(left, hunk.after, right)


def load_ngrams(path: Path) -> Ngrams | None:
    """Read what `Ngrams.save` wrote; None when there is no such file. Raises ModelError for another file."""
    if not path.exists():
        return None
    try:
        with np.load(path) as values:
            starts = np.zeros(_HALVES + 1, np.uint32)
            np.cumsum(values["sizes"], out=starts[1:])
            rest, levels = values["rest"], values["levels"]
            if len(rest) != starts[-1] or len(levels) != len(rest):
                raise ModelError(f"{path}: damaged counts of word sequences")
            return Ngrams(starts, rest, levels, int(values["tokens"]))
    except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not counts of word sequences: {error}") from None


def count_ngrams(sentences: Iterable[Sequence[str]], *, least: int = 3) -> Ngrams:
    """Count the sequences of tokenised sentences; those seen fewer than ``least`` times are dropped.

    Single words are kept from two on: a word seen once tells nothing, a name seen twice is a name.
    """
    known: dict[str, int] = {EDGE: word_key(EDGE)}
    row: list[int] = [known[EDGE]]
    for words in sentences:
        for word in words:
            key = known.get(word)
            if key is None:
                key = known[word] = word_key(word)
            row.append(key)
        row.append(known[EDGE])
    single = np.array(row, np.uint64)
    keys, counts = [], []
    running = single
    for order in range(1, ORDER + 1):
        if order > 1:
            running = (running[:-1] * np.uint64(_MULTIPLIER)) ^ single[order - 1 :]
            running ^= running >> np.uint64(29)
        folded = ((running ^ (running >> np.uint64(32))) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        found, times = np.unique(folded, return_counts=True)
        kept = times >= (2 if order == 1 else least)
        keys.append(found[kept])
        counts.append(times[kept])
    together, place = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.zeros(len(together))
    np.maximum.at(total, place, np.concatenate(counts))
    levels = np.clip(np.rint(_STEPS * np.log(np.maximum(total, 1.0))), 0, 255).astype(np.uint8)
    starts = np.searchsorted(together, np.arange(_HALVES + 1, dtype=np.uint64) << np.uint64(16)).astype(np.uint32)
    return Ngrams(starts, (together & np.uint32(0xFFFF)).astype(np.uint16), levels, len(row))
