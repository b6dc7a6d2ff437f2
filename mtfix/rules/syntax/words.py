"""Words of a sentence with what a small dictionary knows of them: enough to tell a noun phrase from a clause.

The dictionary (``lexicon.tsv``) holds the 15,000 most frequent words of public English news and speeches, each with its
possible classes (``N`` noun, ``S`` plural, ``B`` base form, ``Z`` third person, ``D`` past, ``P`` participle, ``G`` -ing form,
``J`` adjective, ``C`` comparison, ``R`` adverb) and, for a verb form, its base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from mtfix.english.nounphrase import DETERMINERS, Token, measure_np, tokenize

BE = frozenset("am is are was were isn't aren't wasn't weren't".split())
AUXILIARIES = BE | frozenset(
    "has have had hasn't haven't hadn't do does did don't doesn't didn't will would can could may might must should shall "
    "cannot can't couldn't won't wouldn't shouldn't mustn't".split()
)
PRONOUNS = frozenset("i you he she it we they who which that there".split())
_VERBAL = frozenset("BZDPG")
PREPOSITIONS = frozenset(
    "in on at near for with from to of by about after before during under over through into against between among as outside "
    "inside around behind like within without since until per via".split()
)
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = frozenset("january february march april may june july august september october november december".split())


@lru_cache(maxsize=1)
def _lexicon() -> Mapping[str, tuple[str, str]]:
    text = (resources.files("mtfix.rules.syntax") / "lexicon.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {row[0]: (row[1], row[2] if len(row) > 2 else "") for row in rows}


def classes(word: str) -> str:
    """Return the classes of a word in small letters, empty where the dictionary does not have it.

    >>> classes("detained"), classes("quickly")
    ('DP', 'R')
    """
    return _lexicon().get(word.lower(), ("", ""))[0]


def base_form(word: str) -> str | None:
    """Return the base of a verb form, None for what is no form of a verb or is the base.

    >>> base_form("went"), base_form("table")
    ('go', None)
    """
    return _lexicon().get(word.lower(), ("", ""))[1] or None


def is_only(word: str, wanted: str) -> bool:
    """Whether the dictionary knows the word, and in the ``wanted`` classes alone."""
    found = classes(word)
    return bool(found) and set(found) <= set(wanted)


def is_finite(token: Token) -> bool:
    """Whether a word in small letters can be nothing but a finite verb or an auxiliary."""
    return token.key in AUXILIARIES or (token.text[0].islower() and is_only(token.key, "BZD"))


def may_be_finite(token: Token) -> bool:
    """Whether a word may be a finite verb."""
    found = classes(token.key)
    if token.key in PREPOSITIONS:
        return False
    return token.key in AUXILIARIES or (token.text[0].islower() and any(c in found for c in "BZD"))


def is_plural_noun(token: Token) -> bool:
    """Whether a word in small letters is a plural noun and no singular."""
    found = classes(token.key)
    return token.key in ("people", "police") or ("S" in found and not set(found) - set("SZ"))


def is_name(token: Token) -> bool:
    """Whether a word has a capital and letters behind it."""
    return token.text[0].isupper() and token.text[0].isalpha()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The text of a segment and its words; punctuation marks are words of one character."""

    text: str
    words: tuple[Token, ...]

    def end_of_np(self, at: int, *, coordinated: bool = False) -> int:
        """Return the index behind the longest noun phrase that begins at word ``at`` (``at`` itself: there is none)."""
        end = at + self._cut(at, measure_np(self.words[at:]))
        while coordinated and at < end < len(self.words):
            i = end + (self.words[end].text == ",")
            joined = i < len(self.words) and self.words[i].key in ("and", "or")
            i += joined
            more = self._cut(i, measure_np(self.words[i:])) if i > end else 0
            if not more or (not joined and not self._goes_on(i + more)):
                break
            end = i + more
        return end

    def _goes_on(self, at: int) -> bool:
        """Whether a list goes on behind word ``at`` and comes to an "and"."""
        return at < len(self.words) and (
            self.words[at].key in ("and", "or")
            or (self.words[at].text == "," and self._goes_on(self.end_of_np(at + 1)))
        )

    def _cut(self, at: int, count: int) -> int:
        """Return how many of ``count`` words go before the first that is a verb and nothing else."""
        for i in range(at + 1, at + count):
            word = self.words[i]
            if word.text[0].islower() and is_only(word.key, "BZD") and word.key not in DETERMINERS:
                return i - at if self.words[i - 1].key not in DETERMINERS and self.words[i - 1].key != "of" else 0
        return count

    def span(self, first: int, last: int) -> str:
        """Return the text from word ``first`` up to the end of the word before ``last``."""
        return self.text[self.words[first].start : self.words[last - 1].end] if last > first else ""

    def key(self, at: int) -> str:
        """Return a word in small letters, empty beyond the ends."""
        return self.words[at].key if 0 <= at < len(self.words) else ""

    def ends(self, at: int) -> bool:
        """Whether only closing punctuation follows from word ``at`` on."""
        return at >= len(self.words) or (
            all(w.text in '.!…”"»)' for w in self.words[at:]) and self.words[at].text in '.!…”"»)'
        )


@lru_cache(maxsize=256)
def read_sentence(text: str) -> Sentence:
    """Return the sentence of a text; several rules ask for the same one."""
    return Sentence(text, tuple(tokenize(text, 0, len(text))))


def has_finite(words: Sequence[Token]) -> bool:
    """Whether one of the words may be a finite verb."""
    return any(may_be_finite(w) for w in words)


def is_verb_at(sentence: Sentence, at: int) -> bool:
    """Whether the word may be a finite verb where it stands: behind an article or a preposition it is a noun."""
    before = sentence.key(at - 1)
    return may_be_finite(sentence.words[at]) and before not in PREPOSITIONS and before not in DETERMINERS
