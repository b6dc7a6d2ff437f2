"""The prefilter: which rules may match a text. One pass finds the words that their patterns cannot match without.

It has false positives and no false negatives, and its cost does not grow with the number of rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import re2

from mtfix.rules.literals import Literals, find_literals, fold, may_match
from mtfix.rules.memory import ENTRIES, Memory
from mtfix.rules.rule import IndexedRule

# What an automaton may take while it reads; it is built state by state, by the texts that it meets.
_AUTOMATON = 32 << 20
# Size of what stands in one automaton (code points of words, steps of patterns): more would not leave room for states.
_MOST = 100_000
# Words of so few letters stand in most texts: their patterns are tried together instead, unless they are larger than this.
_WEAK = 2
_MOST_STEPS = 8000
# After so many texts words are put into an automaton, and patterns with weak words are compiled together: that takes as long
# as reading a wire.
_WORTH_A_GATE = 200


class Starts:
    """Finds which of many words stand in a text by their first characters: slower than an automaton, but made at once.

    Words have more than `_WEAK` characters.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, list[tuple[int, str]]] = {}
        for number, word in enumerate(words):
            self._words.setdefault(word[: _WEAK + 1], []).append((number, word))

    def find(self, text: str) -> Iterator[int]:
        """Yield the numbers of those that stand in ``text``, in no order."""
        width = _WEAK + 1
        for start in {text[i : i + width] for i in range(len(text) - _WEAK)} & self._words.keys():
            for number, word in self._words[start]:
                if word in text:
                    yield number


class Automata:
    """Finds which of many words, or patterns, match a text, in one pass; each comes with its size."""

    def __init__(self, sources: Iterable[tuple[str, int]], *, literal: bool) -> None:
        self._parts: list[tuple[int, Any]] = []
        held = _MOST
        for number, (source, size) in enumerate(sources):
            if held >= _MOST:
                held = 0
                options = _options()
                options.literal = literal
                self._parts.append((number, re2.Set.SearchSet(options)))
            self._parts[-1][1].Add(source.encode("utf-8", "surrogatepass"))
            held += size
        for _, part in self._parts:
            part.Compile()

    def find(self, text: str) -> Iterator[int]:
        """Yield the numbers of those that match ``text``, in no order."""
        data = text.encode("utf-8", "surrogatepass")
        for first, part in self._parts:
            for number in part.Match(data) or ():
                yield first + number


# The sets of words of one pattern (see `find_literals`); of each, a text must hold a word.
Sets = tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Sheet:
    """What is known of a segment's text: the numbers of the rules with a pattern that matches it, and what they noted."""

    rules: tuple[int, ...]
    notes: dict[Any, Any] = field(default_factory=dict)


class RuleIndex:
    """Rules in file order, and the words that the prefilter finds them by. ``entries`` bounds what is kept about texts (see `Memory`)."""

    def __init__(self, rules: Sequence[IndexedRule], entries: int = ENTRIES) -> None:
        self.rules = tuple(rules)
        self.entries = entries
        #: Rules that the document's whole text may wake, beside those that a segment wakes.
        self.whole = [n for n, rule in enumerate(self.rules) if rule.info.whole]
        #: Returns the sheet of a segment's text.
        self.read = Memory(lambda text: Sheet(tuple(n for n in self.find(text) if self.matches(n, text))), entries)
        self._patterns: list[tuple[Any, ...] | None] = [None] * len(self.rules)
        self._owners: list[list[tuple[int, Sets]]] = []  # by word: rules that it may wake, and what else they need
        self._weak: list[tuple[int, Literals]] = []  # rules that a gate is worth building for
        self._words = self._share_words()
        # What looks for words; the rules whose words are tried one by one; the gate and the rule of each of its patterns.
        # One attribute, because another thread may just be changing it.
        self._search: tuple[Starts | Automata, list[tuple[int, Literals]], Automata | None, list[int]]
        self._search = (Starts(self._words), self._weak, None, [])
        self._left = _WORTH_A_GATE
        self._lock = Lock()

    def _share_words(self) -> list[str]:
        """Give each pattern to the words of its most telling set; the other sets are looked at when one stands there."""
        owners: dict[str, list[tuple[int, Sets]]] = defaultdict(list)
        for number, rule in enumerate(self.rules):
            known: Literals | None = getattr(rule, "literals", None)  # a dormant rule brings them from the cache
            literals = find_literals(rule.patterns) if known is None else known
            if any(not sets or min(len(word.strip()) for word in sets[0]) <= _WEAK for sets in literals):
                self._weak.append((number, literals))
                continue
            for sets in literals:
                for word in sets[0]:
                    owners[word].append((number, tuple(sets[1:])))
        self._owners = list(owners.values())
        return list(owners)

    def find(self, text: str) -> list[int]:
        """Return the numbers of the rules that a text may concern, in order: all that match it, and few others."""
        if self._search[2] is None:
            self._expect_more()
        words, weak, gate, owners = self._search
        folded = fold(text)
        found = {number for number, literals in weak if may_match(literals, folded)}
        if gate is not None:
            found.update(owners[pattern] for pattern in gate.find(text))
        for word in words.find(folded):
            for number, others in self._owners[word]:
                if number not in found and (not others or may_match((others,), folded)):
                    found.add(number)
        return sorted(found)

    def _expect_more(self) -> None:
        """Count a text; after many of them, compile what finds words and weak patterns in one pass.

        Of rules with weak patterns exactly those that match are returned.
        """
        with self._lock:
            self._left -= 1
            if self._left >= 0 or self._search[2] is not None:
                return
            owners: list[int] = []
            sources: list[tuple[str, int]] = []
            large: list[tuple[int, Literals]] = []
            for number, literals in self._weak:
                sizes = [pattern.programsize for pattern in self._compile(number)]
                if max(sizes, default=0) > _MOST_STEPS:
                    large.append((number, literals))
                    continue
                owners += [number] * len(sizes)
                sources += zip(self.rules[number].patterns, sizes, strict=True)
            words = Automata(((word, len(word)) for word in self._words), literal=True)
            self._search = (words, large, Automata(sources, literal=False), owners)

    def _compile(self, number: int) -> tuple[Any, ...]:
        patterns = self._patterns[number]
        if patterns is None:
            patterns = tuple(re2.compile(p, _options()) for p in self.rules[number].patterns)
            self._patterns[number] = patterns
        return patterns

    def matches(self, number: int, text: str) -> bool:
        """Whether a pattern of a rule matches."""
        return any(pattern.search(text) is not None for pattern in self._compile(number))

    def wake(self, text: str) -> list[IndexedRule]:
        """Return the rules with a pattern that matches, in order."""
        return [self.rules[n] for n in self.find(text) if self.matches(n, text)]


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _AUTOMATON
    return options
