"""A sentence under corruption: its parse, and what has been done to its tokens so far."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

_CLOSING = frozenset(".,;:!?)]}”’%…")
_OPENING = frozenset("([{“‘$£€#")
_COMMON_ENTITIES = frozenset({"CARDINAL", "ORDINAL", "DATE", "TIME", "PERCENT", "MONEY", "QUANTITY"})


@dataclass(slots=True)
class Draft:
    """``order`` lists token numbers as they stand now; ``text`` overrides words; ``front`` puts words before a token.

    A token that one operation has touched is in ``used``: the next operation leaves it alone.
    """

    doc: Any
    rng: random.Random
    order: list[int] = field(default_factory=list)
    text: dict[int, str] = field(default_factory=dict)
    front: dict[int, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.order = [t.i for t in self.doc]

    def free(self, *numbers: int) -> bool:
        """Whether no operation has touched these tokens."""
        return self.used.isdisjoint(numbers)

    def drop(self, number: int) -> None:
        """Take a token out."""
        self.order.remove(number)
        self.used.add(number)

    def put(self, number: int, word: str) -> None:
        """Write another word in the place of a token, with the token's capital."""
        old = self.doc[number].text
        if old[:1].isupper() and word and not word[0].isupper() and number == 0:
            word = word[0].upper() + word[1:]
        self.text[number] = word
        self.used.add(number)

    def insert(self, number: int, word: str) -> None:
        """Write a word before a token."""
        self.front[number] = word
        self.used.add(number)

    def move(self, first: int, last: int, after: int) -> bool:
        """Move tokens ``first`` to ``last`` behind token ``after`` (-1: to the front); False if they are apart."""
        block = [i for i in self.order if first <= i <= last]
        if not block or after in block:
            return False
        at = self.order.index(block[0])
        if self.order[at : at + len(block)] != block:
            return False
        if after >= 0 and after not in self.order:
            return False
        del self.order[at : at + len(block)]
        to = self.order.index(after) + 1 if after >= 0 else 0
        self.order[to:to] = block
        self.used.update(block)
        return True

    def render(self) -> str:
        """Return the corrupted sentence."""
        words: list[str] = []
        glued: list[bool] = []  # whether a word stands right behind the one before it
        for place, number in enumerate(self.order):
            token = self.doc[number]
            text = self.text.get(number, token.text)
            if self.order[0] != 0:
                text = self._recase(place, number, text)
            previous = self.doc[self.order[place - 1]] if place else None
            glue = previous is not None and (
                (number and previous.i == number - 1 and not previous.whitespace_)
                or (text[:1] in _CLOSING and len(text) == 1)
                or text in ("'s", "’s", "'", "’", "n't", "n’t")
                or previous.text in _OPENING
            )
            if number in self.front:
                head = self.front[number]
                if place == 0:
                    head, text = head[0].upper() + head[1:], self._lower(number, text)
                words.append(head)
                glued.append(glue)
                glue = False
            words.append(text)
            glued.append(glue)
        out = ""
        for word, glue in zip(words, glued, strict=True):
            if word:
                out += word if glue or not out else " " + word
        return _fit_articles(out[:1].upper() + out[1:] if self.doc[0].text[:1].isupper() else out)

    def _lower(self, number: int, text: str) -> str:
        token = self.doc[number]
        named = token.ent_type_ and token.ent_type_ not in _COMMON_ENTITIES
        keep = token.pos_ == "PROPN" or named or text == "I" or text[1:] != text[1:].lower()
        return text if keep else text[:1].lower() + text[1:]

    def _recase(self, place: int, number: int, text: str) -> str:
        if place == 0:
            return text[:1].upper() + text[1:]
        return self._lower(number, text) if number == 0 else text


_ARTICLE = re.compile(r"\b([Aa])(n?) (?=([A-Za-z]+))")
_VOWEL_EXCEPTIONS = re.compile(r"(?:uni|use|usu|euro|one|once|ubi|uk|us\b)", re.I)
_SILENT_H = re.compile(r"(?:hour|honest|honou?r|heir)", re.I)


def _fit_articles(text: str) -> str:
    """Choose a or an by the word that follows now: systems rarely get that wrong."""

    def fit(found: re.Match[str]) -> str:
        word = found[3]
        vowel = (word[0].lower() in "aeiou" and not _VOWEL_EXCEPTIONS.match(word)) or bool(_SILENT_H.match(word))
        if word.isupper() and len(word) > 1:
            return found[0]
        return f"{found[1]}{'n' if vowel else ''} "

    return _ARTICLE.sub(fit, text)
