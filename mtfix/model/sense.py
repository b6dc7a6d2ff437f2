"""Function words that carry meaning: what a hunk does to modality, quantity, conditions, time and measure.

Without the source nobody can say that "to 30 percent" was meant where "on 30 percent" stands, or "a number of crimes" where
"number of crimes" does. The guard (`mtfix.model.guard`) refuses hunks of which one of these functions has something to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from mtfix.english import wordclass as wc
from mtfix.model.align import Hunk

_MODALS = {"could": "can", "would": "will", "shall": "will", "might": "may"}
# How many, and what depends on what: words of one line may stand for one another, a change of line is a change of sense.
_QUANTITIES = {
    "all": "all", "every": "all", "each": "all", "both": "both", "some": "some", "any": "any", "another": "another",
}  # fmt: skip
_LOGIC = {
    "or": "or", "but": "but", "yet": "but", "if": "if", "unless": "unless", "because": "because", "although": "although",
    "though": "although", "while": "while", "whereas": "while", "whether": "whether",
}  # fmt: skip
_REFLEXIVE = frozenset("himself herself itself themselves ourselves myself yourself such own".split())


def find_lost_sense(before: Sequence[str], after: Sequence[str]) -> str | None:
    """Return what little word with a sense of its own a hunk adds or loses: a modal, an adverb, "all", "or", "in".

    Words are in lower case. "of" comes and goes with genitives, "to" with infinitives; other prepositions may be
    exchanged, not dropped.
    """

    def count(words: Sequence[str], of: Collection[str], sense: Mapping[str, str]) -> Counter[str]:
        return Counter(sense.get(w, w) for w in words if w in of)

    for name, of, sense in (
        ("a modal verb", wc.MODALS, _MODALS),
        ("an adverb", wc.ADVERBS, {}),
        ("a word of quantity", _QUANTITIES, _QUANTITIES),
        ("a linking word", _LOGIC, _LOGIC),
    ):
        if count(before, of, sense) != count(after, of, sense):
            return name
    if count(before, _REFLEXIVE, {}) - count(after, _REFLEXIVE, {}):
        return "a word of emphasis"
    if before.count("than") > after.count("than"):
        return "a linking word"
    held = wc.PREPOSITIONS - {"of", "to", "as", "like", "past"}
    if sum(w in held for w in before) > sum(w in wc.PREPOSITIONS for w in after):
        return "a preposition"
    return None


# "increased by", "to", "from" and "over 30 percent" are four different things; "on 5 May" and "in May" are not.
_MEASURING = frozenset(
    "to by from over under above below before after since within between about around up past beyond".split()
)
_SAME_MEASURE = {"until": "to", "till": "to"}
_AMOUNT = re.compile(
    r"[$€£₽]?\d|(?:end|beginning|start|middle|evening|morning|night|spring|"
    r"summer|autumn|winter|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|"
    r"september|october|november|december)$"
)
_LEADS = frozenset({"the", "a", "an", "about", "around", "nearly", "almost", "some"})
_POINTING = frozenset({"this", "that", "these", "those"})
_TIMES = frozenset(
    """second minute hour day night morning evening afternoon week weekend month year quarter season spring summer autumn
    winter decade century time times moment point period seconds minutes hours days nights weeks months years decades
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december""".split()
)
_SEVERAL = re.compile(r"\ba (?:number|few|little|couple|variety|lot|bit)\b", re.I)
_OBLIGED = re.compile(r"\b(?:have|has|had|having) to (?!do with\b)\w", re.I)
# "The number of crimes has": not "have", though a number of crimes have and those who were counted were.
_NUMBERED = re.compile(
    r"(?<!\ba )\bnumber of(?: (?!who\b|which\b|that\b|and\b)[\w’'-]+){1,6}? (?:have|are|were)\b", re.I
)
_BARE = frozenset({"it", "they", "them", "this", "that", "these", "those"})
_CLAUSE_ENDS = ("", ",", ";", ":", "–", "—")
_WORD = re.compile(r"[\w'’$€£₽-]+")


def find_changed_sense(text: str, hunk: Hunk) -> str | None:
    """Return what a hunk would change in the sense of its sentence ``text``, beyond its own words; None if nothing.

    >>> from mtfix.model.align import align
    >>> text = "The number of crimes fell on 30 percent."
    >>> [find_changed_sense(text, h) for h in align(text, text.replace("on", "to"))]
    ['a measure or a time']
    """
    edited = text[: hunk.start] + hunk.replacement + text[hunk.end :]
    if len(_SEVERAL.findall(text)) != len(_SEVERAL.findall(edited)):
        return "how many are meant"
    if len(_OBLIGED.findall(text)) != len(_OBLIGED.findall(edited)):
        return "what has to be"
    if len(_NUMBERED.findall(text)) < len(_NUMBERED.findall(edited)):
        return "what the verb belongs to"
    before, after = [t.lower() for t in hunk.before], [t.lower() for t in hunk.after]
    following = [w.lower() for w in _WORD.findall(text[hunk.end : hunk.end + 60])[:2]]
    if _changes_measure(_measures([*before, *following], len(before)), _measures([*after, *following], len(after))):
        return "a measure or a time"
    lost = Counter(before) - Counter(after)
    if "to" in before[:1] and lost["to"] and text[: hunk.start].rstrip()[-1:] in _CLAUSE_ENDS:
        return "what the clause begins with"  # "to the court trust few": without the "to" the court does the trusting
    if any(lost[w] for w in _POINTING) and (set(before) | {*following[:1]}) & _TIMES:
        return "which time is meant"
    previous = _WORD.findall(text[max(0, hunk.start - 40) : hunk.start].lower())[-1:]
    if after or len(before) != 1 or not previous:
        return None
    return _find_need(before[0], previous[0])


def _find_need(word: str, previous: str) -> str | None:
    """Return what is lost with a ``word`` that only goes away."""
    # "Has said" may become "said"; in "does not have" and "could have gone" the word is needed.
    if word in wc.HAVE | wc.DO and (previous in wc.DO | wc.MODALS | {"to"} or wc.is_negation(previous)):
        return "what is done"
    # "of those countries" can do without; "before it I lived" and "does that mean" cannot.
    if word in _BARE and (previous in wc.AUXILIARIES or (previous in wc.PREPOSITIONS and word not in _POINTING)):
        return "what is spoken of"
    return None


def _measures(words: Sequence[str], own: int) -> Counter[str]:
    """Count the prepositions among the first ``own`` of ``words`` that stand before an amount or a time."""
    found: Counter[str] = Counter()
    for i, word in enumerate(words[:own]):
        rest = [w for w in words[i + 1 : i + 3] if w not in _LEADS]
        if word in wc.PREPOSITIONS | {"up"} and rest and _is_amount(rest[0]):
            found[_SAME_MEASURE.get(word, word)] += 1
    return found


def _is_amount(word: str) -> bool:
    return word in wc.NUMERALS or _AMOUNT.match(word) is not None


def _changes_measure(before: Counter[str], after: Counter[str]) -> bool:
    gone, come = set(before - after), set(after - before)
    # Russian says "from" for "of", and "on" or "for" for "by".
    if (gone, come) == ({"from"}, {"of"}) or (come == {"by"} and gone <= {"on", "for"}):
        return False
    return bool((gone | come) & _MEASURING)
