"""A post-editor made of a decoder-only language model: it reads ``mt <end> `` and writes the post-edit behind it.

The input is the draft (aggressive decoding, Sun et al. 2021): the model reads the sentence and its copy in one pass, and
that pass says at which piece it would leave the copy. A sentence without edits costs that pass and nothing more. Where
the copy is left, the rest is guessed from the input again and again until it agrees.
"""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mtfix.errors import ModelError
from mtfix.extras import say_missing
from mtfix.model.runtime.adapt import TOKENIZER, prepare
from mtfix.model.runtime.causal_graphs import CausalGraphs, Ids, Memory, Prediction
from mtfix.model.runtime.weights import hash_weights, read_penalty
from mtfix.types import Hypothesis

END, START = 2, 0  # <|im_end|> parts the input from the post-edit, <|endoftext|> begins and ends
LONGEST = 220  # pieces of a sentence
SHORTLIST = "shortlist.npy"  # pieces that post-edits bring in
_AHEAD = 6  # pieces guessed after the copy was left; a few cost hardly more than one
_AWAY = 16  # pieces written away from the copy, at most
_LAST = 3  # pieces of the input that may be left when the sentence ends
_CONTENT = re.compile(r"[^\W\d_]{4}|[A-ZА-Я]|\d")
Result = TypeVar("Result")
Item = TypeVar("Item")


@dataclass(slots=True)
class _Writing:
    """A sentence being written: what is written of it, and where in the input the copy goes on.

    ``left`` is where the copy was last left: how much was written then, and the place in the input.
    """

    source: list[int]
    spare: Counter[int]  # of each content piece of the input, how often it may still be written
    out: list[int] = field(default_factory=list)
    at: int = 0
    synced: bool = True
    agreed: int = 0
    left: tuple[int, int] = (0, 0)
    closed: set[int] = field(default_factory=set)  # places where the copy may not be left again

    def guess(self) -> list[int]:
        """Return what probably comes next: the rest of the input, or its next few pieces."""
        rest = [*self.source[self.at :], START]
        return rest if self.synced else rest[:_AHEAD]

    def write(self, piece: int, guessed: int) -> None:
        """Write a piece; where it is not the guessed one, guess where in the input the copy goes on."""
        if piece in self.spare:
            self.spare[piece] -= 1
        self.out.append(piece)
        if piece == guessed:
            self.at += 1
            self.agreed += 1
            self.synced = self.synced or self.agreed >= 2  # two of the input side by side: it goes on from there
            return
        if self.synced:
            self.left = (len(self.out) - 1, self.at)
        ahead = self.source[self.at + 1 : self.at + 12]
        if piece in ahead:  # words were left out, or will come later
            self.at += 2 + ahead.index(piece)
        elif not self.synced and not self.agreed:
            self.at = min(self.at + 1, len(self.source))  # the second new piece running: one for one
        # else something was put in, and the input goes on where it was
        self.synced, self.agreed = False, 0

    def return_to_copy(self) -> None:
        """Take back all that was written since the copy was left, and leave it there no more."""
        written, place = self.left
        for piece in self.out[written:]:
            if piece in self.spare:
                self.spare[piece] += 1
        del self.out[written:]
        self.at, self.synced, self.agreed = place, True, 0
        self.closed.add(place)


class CausalPostEditor:
    """The model in ``folder`` (adapter, graphs, tokenizer, ``config.json``).

    ``penalty`` is how much more probable, in nats, a piece must be than the copied one to take its place; None: the
    model's own. ``read_odds`` tells how much texts read like machine translation, where somebody can. Raises ModelError when a part or a package is missing.
    """

    def __init__(
        self,
        folder: Path,
        *,
        threads: int = 0,
        penalty: float | None = None,
        read_odds: Callable[[Sequence[str]], Sequence[float | None]] | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError:
            raise ModelError(say_missing("the model “large”", "tokenizers", "large")) from None
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # noqa: BLE001 - tokenizers raises plain exceptions
            raise ModelError(f"{folder / TOKENIZER}: {error}") from None
        self.graphs = CausalGraphs(prepare(folder, say))
        self.penalty = read_penalty(folder) if penalty is None else penalty
        self.name = f"{folder.name}@{hash_weights(folder)}"
        self.threads = threads or _count_cores()
        self._read_odds = read_odds
        vocabulary = self.graphs.shape.vocabulary
        self._bias = np.full(vocabulary, -1e9, np.float32)
        self._bias[_read_shortlist(folder / SHORTLIST)] = 0.0
        self._bias[START] = 0.0
        # Words of four letters and more, capitals and figures.
        self.content = frozenset(i for i in range(3, vocabulary) if _CONTENT.search(self.decode([i])))

    def encode(self, text: str) -> list[int]:
        """Return the pieces of ``text``; decoding them gives it back."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of pieces."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Return what the model makes of each text. A text that is empty or too long comes back as it is."""

        def write(text: str) -> str:
            ids = self.encode(text)
            return self.decode(self.write(ids)) if 1 < len(ids) <= LONGEST else text

        written = self._spread(write, texts, [len(t) for t in texts])
        odds = [None] * len(texts) if self._read_odds is None else self._read_odds(texts)
        return [Hypothesis(text, translationese=z) for text, z in zip(written, odds, strict=True)]

    def write(self, source: list[int]) -> list[int]:
        """Return the pieces of the post-edit of ``source``.

        What is written are pieces of the input and of the shortlist; words of content and figures of the input stand
        in it as often as there, not more. Where the copy is left for more than `_AWAY` pieces, or the sentence would
        end early, it is taken back.
        """
        state = _Writing(source, Counter(i for i in source if i in self.content))
        bias = self._bias.copy()
        bias[source] = 0.0
        memory = self.graphs.begin()
        pending = [START, *source, END]  # not read yet; what follows the last of them is asked
        limit = int(1.4 * len(source)) + 6
        while True:
            draft = state.guess()
            states, longer = self.graphs.read([*pending, *draft[:-1]], memory)
            found = self.graphs.predict(states[len(pending) - 1 :], draft, bias)
            for t, guessed in enumerate(draft):
                piece = self._choose(state, guessed, found, t)
                if piece == START:
                    return state.out
                state.write(piece, guessed)
                if piece != guessed:
                    break
            away = len(state.out) - state.left[0]
            if not state.synced and (away > _AWAY or len(state.out) > limit):
                state.return_to_copy()
            # In memory are the input, the separator, and what is written but for the last piece.
            memory = longer.cut(len(source) + 1 + len(state.out))
            pending = [state.out[-1]] if state.out else [END]

    def _choose(self, state: _Writing, guessed: int, found: Prediction, t: int) -> int:
        if state.synced and (
            state.at in state.closed or float(found.best_log[t, 0] - found.asked_log[t]) < self.penalty
        ):
            return guessed
        for piece in map(int, found.best[t]):
            if piece == START and len(state.source) - state.at > _LAST:
                continue
            if piece in state.spare and state.spare[piece] < 1:
                continue
            return piece
        return guessed

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        """Return log P(candidate | input) for every candidate of every input, by teacher forcing."""
        return list(self._spread(self._score, groups, [len(t) * len(c) for t, c in groups]))

    def _score(self, group: tuple[str, Sequence[str]]) -> list[float]:
        text, candidates = group
        states, memory = self.graphs.read([START, *self.encode(text), END], self.graphs.begin())
        last = states[-1:]
        first = memory.length
        read: list[tuple[list[int], list[float], Memory]] = []  # pieces, their log-probabilities, memory
        sums = []
        for candidate in candidates:
            ids = [*self.encode(candidate), START]
            same, known = 0, None
            for other in read:
                length = _shared(ids, other[0])
                if length > same:
                    same, known = length, other
            # The state that predicts piece ``same`` comes from reading the one before it.
            begin = max(0, same - 1)
            logs = list(known[1][:same]) if known is not None else []
            if same < len(ids):
                past = memory if known is None else known[2].cut(first + begin)
                more, longer = self.graphs.read(ids[begin:-1], past) if ids[begin:-1] else (last[:0], past)
                rows = np.concatenate([last, more]) if begin == same else more
                asked = ids[same:]
                logs += [float(x) for x in self.graphs.predict(rows[-len(asked) :], asked).asked_log]
                read.append((ids, logs, longer))
            sums.append(math.fsum(logs))
        return sums

    def count_pieces(self, text: str) -> int:
        """Return how many pieces ``text`` is cut into where a space stands before it."""
        return len(self.encode(f" {text}"))

    def normalize(self, text: str) -> str:
        """Return what the model sees of ``text``: all of it."""
        return text

    def fits(self, text: str) -> bool:
        """Whether ``text`` is short enough to be read whole."""
        return len(text) < 1500 and len(self.encode(text)) <= LONGEST

    def _spread(self, work: Callable[[Item], Result], items: Sequence[Item], sizes: Sequence[int]) -> Iterator[Result]:
        """Yield the result of each item, the largest worked on first, by all threads."""
        if self.threads == 1 or len(items) < 2:
            yield from map(work, items)
            return
        order = sorted(range(len(items)), key=lambda i: -sizes[i])
        with ThreadPoolExecutor(self.threads) as pool:
            found = dict(zip(order, pool.map(work, [items[i] for i in order]), strict=True))
        for i in range(len(items)):
            yield found[i]


def _read_shortlist(path: Path) -> Ids:
    try:
        return np.asarray(np.load(path, allow_pickle=False), np.int64)
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: {error}; a part of the model is missing") from None


def _shared(first: Sequence[int], second: Sequence[int]) -> int:
    """Return how many pieces two sequences begin with in common."""
    count = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        count += 1
    return count


def _count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
