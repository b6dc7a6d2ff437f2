"""Why an edit of the model was made, in a line for an editor: the rule of English that it follows.

The model gives no reasons. What is said here holds for every edit of its kind, whether or not the edit is right: a
general rule, never a claim about this text. What changed is shown beside it, so a reason does not repeat it.
"""

from __future__ import annotations

from itertools import pairwise

from mtfix.english import wordclass as wc
from mtfix.english.calendar import MONTH_NAMES
from mtfix.model.align import Hunk
from mtfix.model.classify import EditType, list_words, subtract_words

_MONTHS = frozenset(m.lower() for m in MONTH_NAMES)
_SINGULAR = frozenset({"is", "was", "has", "does", "isn't", "wasn't", "hasn't", "doesn't"})
_SUBJECTS = frozenset({"he", "she", "it", "they", "we", "i", "you"})

#: By kind: when words are added, dropped, replaced. Kinds that are missing here have a function of their own below.
_REASONS: dict[EditType, tuple[str, str, str]] = {
    EditType.PREPOSITION: (
        "English needs a preposition here; other languages show the relation by an ending.",
        "English needs no preposition where a verb takes its object directly or two nouns stand side by side.",
        "English chooses a preposition by the word that it goes with; it is not translated on its own.",
    ),
    EditType.NOUN_NUMBER: (
        "The number of a noun follows from how many are meant and from the words beside it.",
        "The number of a noun follows from how many are meant and from the words beside it.",
        "The number of a noun follows from how many are meant and from the words beside it.",
    ),
    EditType.WORD_FORM: (
        "The place in the sentence decides whether a noun, an adjective or an adverb is needed.",
        "The place in the sentence decides whether a noun, an adjective or an adverb is needed.",
        "The place in the sentence decides whether a noun, an adjective or an adverb is needed.",
    ),
    EditType.FUNCTION: (
        "English says with a linking word how two parts of a sentence belong together.",
        "English joins parts of a sentence without a linking word where their relation is clear.",
        "The linking word tells how two parts of a sentence belong together; it should say what is meant.",
    ),
    EditType.SPELLING: (
        "The two words differ by one letter: probably a slip of the keyboard. Check a name.",
        "The two words differ by one letter: probably a slip of the keyboard. Check a name.",
        "The two words differ by one letter: probably a slip of the keyboard. Check a name.",
    ),
    EditType.WORD_CHOICE: (
        "The model finds the sentence more usual with more words here; check the meaning.",
        "The model finds the sentence more usual without these words; check that nothing is lost.",
        "The model finds another expression more usual here; check that it means the same.",
    ),
    EditType.REWORDING: (
        "The model finds the same content more usual in another form; check that it means the same.",
        "The model finds the same content more usual in another form; check that it means the same.",
        "The model finds the same content more usual in another form; check that it means the same.",
    ),
}


def explain(hunk: Hunk, kind: EditType) -> str:
    """Return one line for an editor, a sentence with its full stop."""
    before, after = list_words(hunk.before), list_words(hunk.after)
    gone, come = subtract_words(before, after)
    match kind:
        case EditType.ARTICLE:
            return _explain_article(gone, come)
        case EditType.AGREEMENT:
            return _explain_agreement(come)
        case EditType.VERB_FORM:
            return _explain_verb(gone, come)
        case EditType.ORDER:
            return _explain_order(before, after)
        case EditType.PRONOUN:
            return _explain_pronoun(gone, come)
        case EditType.CASE:
            return _explain_case(hunk)
        case EditType.PUNCTUATION:
            return _explain_punctuation(hunk)
    added, dropped, replaced = _REASONS[kind]
    return replaced if gone and come else added if come else dropped


def _explain_article(gone: list[str], come: list[str]) -> str:
    if not come:
        return "Names, and nouns that speak of something in general, take no article in English."
    if set(come) == {"the"}:
        return "English writes “the” before a noun when the reader knows, or is told here, which one is meant."
    if "the" not in come and not set(gone) <= {"a", "an"}:
        return "English writes “a” or “an” before one of several, or one not mentioned before."
    if set(gone) <= {"a", "an"} and gone:
        return "“An” stands before a vowel sound, “a” before all others."
    return "The article shows whether the reader knows which one is meant."


def _explain_agreement(come: list[str]) -> str:
    number = {word in _SINGULAR for word in come}
    if len(number) > 1:
        return "A verb agrees in number with its subject."
    return f"A verb agrees in number with its subject, here read as {'singular' if number == {True} else 'plural'}."


def _explain_verb(gone: list[str], come: list[str]) -> str:
    if not gone and "to" in come:
        return "English marks an infinitive after most verbs and nouns with “to”."
    if not gone and set(come) & {"is", "are", "was", "were", "be", "been", "being"}:
        return "An English clause needs a verb of its own; passives and “-ing” forms need a form of “be”."
    if not gone and set(come) <= wc.AUXILIARIES:
        return "English shows tense with an auxiliary where other languages use an ending."
    if not come:
        return "English uses an auxiliary or “to” only where tense, voice or the verb before asks for it."
    return "The form of a verb follows from its tense and voice and from the word before it."


def _explain_order(before: list[str], after: list[str]) -> str:
    if _puts_month_first(after) and not _puts_month_first(before):
        return "American news agencies write the month before the day."
    if before and after and before[0] in wc.AUXILIARIES and after[0] not in wc.AUXILIARIES:
        return "In an English statement the verb follows its subject."
    if before and after and {before[0], before[-1]} & wc.ADVERBS and (before[0], before[-1]) != (after[0], after[-1]):
        return "A short adverb usually stands after the first auxiliary, or before a verb that has none."
    return (
        "English order is fixed: subject, verb, object, then place and time; what describes a noun stands next to it."
    )


def _puts_month_first(words: list[str]) -> bool:
    return any(a in _MONTHS and b.isdecimal() and len(b) <= 2 for a, b in pairwise(words))


def _explain_pronoun(gone: list[str], come: list[str]) -> str:
    if set(come) & {"who", "whom", "whose"} and set(gone) & {"which", "that", "what"}:
        return "English says “who” of people and “which” of things."
    if not gone and set(come) <= _SUBJECTS:
        return "An English clause needs a subject, if only a pronoun."
    if not come:
        return "English drops a pronoun or determiner that repeats what is already clear."
    return "A pronoun or determiner fits the noun that it stands for or before."


def _explain_case(hunk: Hunk) -> str:
    if sum(t[0].isupper() for t in hunk.after) > sum(t[0].isupper() for t in hunk.before):
        return "English writes names, and the first word of a sentence, with a capital."
    return "English writes common nouns and adjectives without a capital inside a sentence."


def _explain_punctuation(hunk: Hunk) -> str:
    commas = hunk.after.count(",") - hunk.before.count(",")
    if commas < 0:
        return "English sets no comma before a clause that completes or restricts the one before it."
    if commas > 0:
        return "A comma sets off what could be left out, or what comes before the main clause."
    return "Punctuation shows which parts of a sentence belong together."
