"""The future after "if": "If wages will grow, exports will fall"."""

from __future__ import annotations

from collections.abc import Iterator

from mtfix.english.inflection import inflect_verb
from mtfix.english.nounphrase import guess_number
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import Sentence, classes, is_name

_RESULTS = frozenset("will would can may must should shall cannot won't can't might could need needs".split())
# What somebody may be willing to do, or what may come of it: here "will" is right.
_WILLED = frozenset("help make save please let agree allow excuse listen solve do mean".split())
_SINGULAR = frozenset("he she it this that nobody everyone everybody someone somebody anyone nothing something".split())


def mend_if_will(sentence: Sentence) -> Iterator[Proposal]:
    """ "If wages will grow, exports will fall" -> "If wages grow, exports will fall"."""
    words = sentence.words
    yield from _mend_until(sentence)
    for i, word in enumerate(words):
        if word.key not in ("if", "when", "until", "once") or (
            i and sentence.key(i - 1) not in (",", ".", "and", "but", "“", '"', ":")
        ):
            continue
        if word.key != "if" and i:
            continue
        will = next((j for j in range(i + 2, min(i + 9, len(words))) if words[j].key == "will"), 0)
        comma = next((j for j in range(will, len(words)) if words[j].text == ","), 0) if will else 0
        if (
            not comma
            or comma > will + 16
            or words[-1].text == "?"
            or sentence.key(i + 1) in ("you", "i", "we", "not", "so")
        ):
            continue
        if not any(w.key in _RESULTS or w.key.endswith("'ll") for w in words[comma : comma + 14]):
            continue
        number = _number_of(sentence, i + 1, will)
        verb = will + 1
        if number is not None and verb < comma and sentence.key(verb) not in _WILLED:
            yield from _write_present(sentence, will, number)


def _mend_until(sentence: Sentence) -> Iterator[Proposal]:
    """Behind "until", "as soon as" and "unless" no future stands, wherever they are."""
    words = sentence.words
    for i, word in enumerate(words):
        soon = word.key == "soon" and sentence.key(i - 1) == "as" and sentence.key(i + 1) == "as"
        if not soon and (word.key not in ("until", "unless") or (word.key == "until" and i == 0)):
            continue
        first = i + (2 if soon else 1)
        will = next((j for j in range(first + 1, min(first + 7, len(words))) if words[j].key == "will"), 0)
        number = _number_of(sentence, first, will) if will else None
        if number is not None:
            yield from _write_present(sentence, will, number)


def _write_present(sentence: Sentence, will: int, number: str) -> Iterator[Proposal]:
    """Write "will grow" at word ``will`` in the present tense."""
    verb, adverbs = will + 1, ""
    while sentence.key(verb) in ("also", "still", "really", "again", "soon"):
        adverbs += sentence.key(verb) + " "
        verb += 1
    base = sentence.key(verb)
    if base == "be":
        replacement = f"{'is' if number == 'sg' else 'are'} {adverbs}".strip()
    elif "B" in classes(base) or base in ("have", "do"):
        replacement = f"{adverbs}{inflect_verb(base, 's' if number == 'sg' else 'base')}"
    else:
        return
    yield Proposal(sentence.words[will].start, sentence.words[verb].end, replacement, exact=True)


def _number_of(sentence: Sentence, first: int, last: int) -> str | None:
    """Return the number of the subject between the conjunction and "will", None where it cannot be told."""
    key = sentence.key(first)
    if last == first + 1:
        if key in _SINGULAR:
            return "sg"
        if key == "they":
            return "pl"
        if is_name(sentence.words[first]):
            return "sg"
    if key == "there" and last == first + 1:
        return None
    end = sentence.end_of_np(first, coordinated=True)
    return guess_number(sentence.span(first, end)) if end == last else None
