"""A content word that stands twice: "techniques techniques of the old masters"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import AUXILIARIES, Sentence, classes

# Words that English doubles for weight, in names, or where two clauses meet.
_DOUBLED_ON_PURPOSE = frozenset(
    """that had very really many much long more well never again bye blah far away there here so no yes please hush knock
    tick ding beep boom bang ha la na choo night same old bad good big down up round over and now go run work win talk
    chop tut pom yo can wow hey hello ever too higher lower faster faster better bigger jobs money love fire help out
    million billion trillion stop slowly fast hear now drill wait do""".split()
)


def mend_doubled(sentence: Sentence) -> Iterator[Proposal]:
    """ "studied techniques techniques of" -> "studied techniques of"."""
    words = sentence.words
    for first, second in pairwise(words):
        if first.text != second.text or not first.text.isalpha() or not first.text.islower() or len(first.text) < 3:
            continue
        if first.key in _DOUBLED_ON_PURPOSE or not sentence.text[first.end : second.start].isspace():
            continue
        found = classes(first.key)
        if first.key in AUXILIARIES:
            continue
        if set(found) & set("NSBZDPGJ") or first.key in ("their", "his", "with", "from"):
            yield Proposal(first.end, second.end, "", exact=True)
