"""Coarse word classes and lemmas for comparing edits: closed classes by list, open ones by lemminflect and context.

Not a tagger: good enough to tell a verb form from a noun's number. How often the types that rest on it agree with
those of spaCy's tagger in ERRANT is measured by ``benchmarks/eval.py edits``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from mtfix.extras import hide_packages

_TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|(?:[^\W\d_]\.){2,}|[^\W\d_]+|\w+|\.\.\.|[^\w\s]",
    re.IGNORECASE,
)


CLOSED: dict[str, frozenset[str]] = {
    "DET": frozenset(
        "a an the this that these those some any each every either neither no all both half such what which another "
        "my your his her its our their whose".split()
    ),
    "ADP": frozenset(
        "about above across after against along amid among amongst around as at before behind below beneath beside "
        "besides between beyond by concerning despite down during for from in inside into like near of off on onto out "
        "outside over past per regarding since through throughout till toward towards under until up upon via with "
        "within without than".split()
    ),
    "PRON": frozenset(
        "i you he she it we they me him us them himself herself itself themselves ourselves myself yourself mine yours "
        "hers ours theirs who whom anyone anybody anything everyone everybody everything someone somebody something "
        "nobody nothing none there one".split()
    ),
    "CCONJ": frozenset("and or but nor yet &".split()),
    "SCONJ": frozenset(
        "because although though while whereas if unless whether when where that so once how why".split()
    ),
    "AUX": frozenset(
        "am is are was were be been being have has had having do does did will would shall should can could may might "
        "must ought 'm 're 've 'll 'd wo ca".split()
    ),
    "PART": frozenset("to not n't n’t".split()),
    "NUM": frozenset(
        "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion "
        "trillion".split()
    ),
    "ADV": frozenset(
        "also already still just even very too then however therefore thus only again almost rather".split()
    ),
}
CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV"})
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_PRONOUN_LIKE = frozenset("this that these those his her its their our my your what which".split())


@lru_cache(maxsize=100_000)
def find_lemmas(word: str) -> dict[str, tuple[str, ...]]:
    """Return the lemmas of a lowercased word by coarse class; empty for words that the dictionary does not know."""
    with hide_packages("spacy"):  # it would only be extended, which takes seconds and 150 MB
        from lemminflect import getAllLemmas

    return dict(getAllLemmas(word))


def tag_words(words: Sequence[str]) -> list[str]:
    """Return one Universal POS class a word (PUNCT, DET, ADP, PRON, CCONJ, SCONJ, AUX, PART, NUM, NOUN ...).

    >>> tag_words("He was detained in Kazan .".split())
    ['PRON', 'AUX', 'VERB', 'ADP', 'PROPN', 'PUNCT']
    """
    tags: list[str] = []
    for i, word in enumerate(words):
        before = tags[-1] if tags else ""
        tags.append(_tag(word, i, before, words))
    for i, word in enumerate(words):
        low = word.lower()
        after = tags[i + 1] if i + 1 < len(tags) else ""
        if tags[i] == "DET" and low in _PRONOUN_LIKE and after not in ("NOUN", "ADJ", "PROPN", "NUM", "DET", "ADV"):
            tags[i] = "PRON" if low != "that" or after in ("VERB", "AUX", "PUNCT", "") else "SCONJ"
        if tags[i] == "AUX" and low in _MAIN and not _has_verb(tags, words, i):
            tags[i] = "VERB" if low not in _BE else "AUX"
    return tags


_BE = frozenset("am is are was were be been being".split())
_MAIN = frozenset("have has had having do does did".split())


def _has_verb(tags: Sequence[str], words: Sequence[str], i: int) -> bool:
    """Whether a verb follows soon: then this auxiliary is one."""
    for tag, word in zip(tags[i + 1 : i + 4], words[i + 1 : i + 4], strict=True):
        if tag == "VERB" or word.lower() in ("been", "being", "be"):
            return True
        if tag not in ("ADV", "PART", "PRON"):
            return False
    return False


def _tag(word: str, i: int, before: str, words: Sequence[str]) -> str:
    low = word.lower()
    if not any(c.isalnum() for c in word):
        return "PART" if word in _POSSESSIVES and i and words[i - 1][-1:].lower() == "s" else "PUNCT"
    if low in _POSSESSIVES:
        return "AUX" if before == "PRON" else "PART"
    if word[0].isdigit():
        return "NUM"
    for name, members in CLOSED.items():
        if low in members:
            if low == "that" and before in ("VERB", "NOUN", "PROPN"):
                return "SCONJ"
            return name
    found = find_lemmas(low)
    capital = word[0].isupper()
    if capital and i and words[i - 1] not in (".", ":", '"', "“") and before != "":
        return "PROPN"
    if not found:
        return "PROPN" if capital else _guess(low)
    return _choose(found, low, before)


def _guess(low: str) -> str:
    if low.endswith("ly"):
        return "ADV"
    if low.endswith(("ed", "ing", "ize", "ise")):
        return "VERB"
    return "ADJ" if re.search(r"(?:ous|ful|less|able|ible|ian|ish|ive|ic|al)$", low) else "NOUN"


def _choose(found: dict[str, tuple[str, ...]], low: str, before: str) -> str:
    """Choose among the classes that the dictionary allows by the class of the word before."""
    if len(found) == 1:
        return next(iter(found))
    order = ["NOUN", "VERB", "ADJ", "ADV"]
    if before in ("PRON", "AUX", "PART", "PROPN"):
        order = ["VERB", "ADJ", "ADV", "NOUN"]
    elif before in ("DET", "ADP", "NUM", "ADJ"):
        order = ["ADJ", "NOUN", "VERB", "ADV"] if before == "DET" else ["NOUN", "ADJ", "VERB", "ADV"]
    elif low.endswith(("ed", "ing")):
        order = ["VERB", "ADJ", "NOUN", "ADV"]
    if low.endswith("ly"):
        order = ["ADV", *order]
    return next((tag for tag in order if tag in found), next(iter(found)))


def lemma_of(word: str, tag: str) -> str:
    """Return the lemma of a word of a class; unknown words are their own.

    >>> lemma_of("detained", "VERB"), lemma_of("children", "NOUN")
    ('detain', 'child')
    """
    low = word.lower()
    found = find_lemmas(low)
    if tag in found:
        return found[tag][0]
    if tag == "PROPN" and low.endswith("s") and not found:
        return low
    return next(iter(found.values()))[0] if found else _CLITIC.get(low, low)


_CLITIC = {"n't": "not", "n’t": "not", "'re": "be", "'m": "be", "'ve": "have", "'ll": "will", "wo": "will", "ca": "can",
           "an": "a"}  # fmt: skip


def share_lemma(first: str, second: str) -> bool:
    """Whether two words can be forms of one lemma in any class."""
    if first.lower() == second.lower():
        return True
    a = {lemma for lemmas in find_lemmas(first.lower()).values() for lemma in lemmas}
    b = {lemma for lemmas in find_lemmas(second.lower()).values() for lemma in lemmas}
    return bool(a & b)


class Token(NamedTuple):
    """A word or mark: its text, half-open span in code points, coarse class and lemma."""

    text: str
    start: int
    end: int
    tag: str
    lemma: str


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text``; clitics ("n't", "'s") are tokens, as in spaCy."""
    spans = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    tags = tag_words([s[0] for s in spans])
    return [Token(w, s, e, tag, lemma_of(w, tag)) for (w, s, e), tag in zip(spans, tags, strict=True)]
