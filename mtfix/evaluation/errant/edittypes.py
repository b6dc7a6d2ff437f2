"""Types of edits, named as in ERRANT: M(issing), R(eplacement), U(nnecessary), and what kind of words.

NAME and NUM are ours, because names and numbers matter most in news. ERRANT calls the former NOUN and the latter OTHER.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from mtfix.evaluation.errant.wordtags import find_lemmas, share_lemma

if TYPE_CHECKING:
    from mtfix.evaluation.errant.wordtags import Token

_NAMES = {
    "ADP": "PREP", "CCONJ": "CONJ", "SCONJ": "CONJ", "PROPN": "NAME", "AUX": "VERB:TENSE", "DET": "DET", "PRON": "PRON",
    "NOUN": "NOUN", "VERB": "VERB", "ADJ": "ADJ", "ADV": "ADV", "PART": "PART", "PUNCT": "PUNCT", "NUM": "NUM",
}  # fmt: skip
_CLITICS = frozenset("n't n’t 's ’s 're ’re 've ’ve 'll ’ll 'd ’d 'm ’m ca wo".split())
_BASE_SVA = (
    frozenset(("is", "are")),
    frozenset(("was", "were")),
    frozenset(("has", "have")),
    frozenset(("do", "does")),
)
_BE_PAST = frozenset(("was", "were", "been"))
_BE_FORMS = _BE_PAST | {"am", "is", "are", "be", "being"}
DESCRIPTIONS = {
    "ADJ": "adjective", "ADJ:FORM": "comparison of an adjective", "ADV": "adverb", "CONJ": "conjunction",
    "CONTR": "contraction", "DET": "article or determiner", "MORPH": "derivation", "NAME": "name", "NOUN": "noun",
    "NOUN:NUM": "singular or plural", "NOUN:POSS": "possessive", "NUM": "number", "ORTH": "case or spacing",
    "OTHER": "rewording", "PART": "particle", "PREP": "preposition", "PRON": "pronoun", "PUNCT": "punctuation",
    "SPELL": "spelling", "VERB": "verb", "VERB:FORM": "infinitive, gerund, participle", "VERB:SVA": "agreement",
    "VERB:TENSE": "tense, voice, auxiliary", "WO": "word order",
}  # fmt: skip


def classify_edit(left: Sequence[Token], right: Sequence[Token]) -> str:
    """Return the type of an edit that turns tokens ``left`` into ``right``; not both empty."""
    if not left:
        return "M:" + _one_side(right)
    if not right:
        return "U:" + _one_side(left)
    if left[-1].text.lower() == right[-1].text.lower() and len(left) + len(right) > 2:
        return classify_edit(left[:-1], right[:-1])  # Cat -> The cat: what counts is the rest
    return "R:" + _two_sides(left, right)


def _one_side(tokens: Sequence[Token]) -> str:
    tags = {t.tag for t in tokens}
    words = [t.text.lower() for t in tokens]
    if words[-1] in ("'s", "’s", "'", "’") and "PUNCT" not in tags:
        return "NOUN:POSS"
    if words == ["to"]:
        return "PART" if tokens[0].tag == "PART" else "PREP"
    if any(w in _CLITICS for w in words) and len(words) == 1:
        return "CONTR"
    if tags <= {"AUX", "PART"} and "AUX" in tags:
        return "VERB:TENSE"
    if len(tags) == 1:
        return _NAMES.get(next(iter(tags)), "OTHER")
    return "VERB" if tags <= {"AUX", "PART", "VERB"} else "OTHER"


def _flat(tokens: Sequence[Token]) -> str:
    return re.sub(r"[\s'’‑-]", "", "".join(t.text for t in tokens)).lower()


def _two_sides(left: Sequence[Token], right: Sequence[Token]) -> str:
    if _flat(left) == _flat(right):
        return "ORTH"
    words_left, words_right = [t.text.lower() for t in left], [t.text.lower() for t in right]
    if len(left) > 1 and sorted(words_left) == sorted(words_right):
        return "WO"
    if all(t.tag == "PUNCT" for t in (*left, *right)):
        return "PUNCT"
    if len(left) == len(right) == 1:
        return _one_word(left[0], right[0])
    tags = {t.tag for t in (*left, *right)}
    verbs = {"AUX", "PART", "VERB"}
    if tags <= verbs:
        return _verb_phrases(left, right)
    if "PART" in tags and tags <= {"NOUN", "PROPN", "PART"} and left[0].lemma == right[0].lemma:
        return "NOUN:POSS"
    if len(tags) == 1:
        return _NAMES.get(next(iter(tags)), "OTHER")
    if left[0].tag == right[0].tag == "VERB" and tags <= {"VERB", "ADP", "ADV", "PART"}:  # transferred -> handed over
        return "VERB"
    return "OTHER"


def _verb_phrases(left: Sequence[Token], right: Sequence[Token]) -> str:
    if share_lemma(left[-1].text, right[-1].text):
        to = {"to"} & {left[0].text.lower(), right[0].text.lower()}
        return "VERB:FORM" if to else "VERB:TENSE"
    if all(t.tag != "VERB" for t in (*left, *right)):
        return "VERB:TENSE"
    return "VERB"


def _one_word(a: Token, b: Token) -> str:
    low_a, low_b = a.text.lower(), b.text.lower()
    if low_a in _CLITICS or low_b in _CLITICS:
        return "CONTR" if a.lemma == b.lemma or a.tag == b.tag else "OTHER"
    if "NUM" in (a.tag, b.tag) and (a.tag == b.tag or a.text[:1].isdigit() or b.text[:1].isdigit()):
        return "NUM"
    if _is_misspelt(a, b):
        return "SPELL"
    if share_lemma(low_a, low_b) and not (a.tag == b.tag and a.tag in ("DET", "PRON", "ADP")):
        return _forms(a, b, low_a, low_b)
    if a.tag == b.tag:
        return _NAMES.get(a.tag, "OTHER") if a.tag != "PART" else "PART"
    if {a.tag, b.tag} <= {"DET", "PRON"}:
        return "DET" if b.tag == "DET" else "PRON"
    if {a.tag, b.tag} <= {"AUX", "VERB"}:
        return "VERB"
    if {a.tag, b.tag} <= {"NOUN", "PROPN"}:
        return "NAME" if a.tag == "PROPN" else "NOUN"
    if {a.tag, b.tag} <= {"ADP", "PART", "SCONJ"} and "ADP" in (a.tag, b.tag):
        return "PREP"
    return "MORPH" if len(_stem(low_a, low_b)) >= 4 and a.text[0].isalpha() else "OTHER"


def _stem(a: str, b: str) -> str:
    size = 0
    while size < min(len(a), len(b)) and a[size] == b[size]:
        size += 1
    return a[:size] if size >= 0.6 * min(len(a), len(b)) else ""


def _is_misspelt(a: Token, b: Token) -> bool:
    """Not in the dictionary, written small (names have many spellings), and close to what the editor wrote."""
    if (
        not a.text.isalpha()
        or a.text[0].isupper()
        or find_lemmas(a.text.lower())
        or a.tag not in ("NOUN", "VERB", "ADJ", "ADV")
    ):
        return False
    return SequenceMatcher(None, a.text.lower(), b.text.lower(), autojunk=False).ratio() > 0.6


def _forms(a: Token, b: Token, low_a: str, low_b: str) -> str:
    """Two forms of one lemma."""
    found = find_lemmas(low_a), find_lemmas(low_b)
    if {a.tag, b.tag} <= {"NOUN", "PROPN"}:
        return "NOUN:NUM"
    if frozenset((low_a, low_b)) in _BASE_SVA:
        return "VERB:SVA"
    if {a.tag, b.tag} <= {"AUX", "VERB"} or ("VERB" in found[0] and "VERB" in found[1] and "VERB" in (a.tag, b.tag)):
        return _verb_forms(low_a, low_b)
    if {a.tag, b.tag} <= {"ADJ", "ADV"} and a.tag == b.tag:
        return "ADJ:FORM" if a.tag == "ADJ" else "ADV"
    if "NOUN" in found[0] and "NOUN" in found[1] and a.tag == b.tag:
        return "NOUN:NUM"
    return "MORPH"


def _verb_forms(a: str, b: str) -> str:
    if a.endswith("ing") or b.endswith("ing"):
        return "VERB:FORM"
    if a in _BE_FORMS and b in _BE_FORMS:
        return "VERB:TENSE" if (a in _BE_PAST) != (b in _BE_PAST) else "VERB:FORM"
    past_a, past_b = _is_past(a), _is_past(b)
    if past_a != past_b:
        return "VERB:TENSE"
    if not past_a and (a.endswith("s") != b.endswith("s")):
        return "VERB:SVA"
    return "VERB:FORM"


def _is_past(word: str) -> bool:
    lemmas = find_lemmas(word).get("VERB") or find_lemmas(word).get("AUX") or (word,)
    return word not in lemmas and not word.endswith(("ing", "s"))
