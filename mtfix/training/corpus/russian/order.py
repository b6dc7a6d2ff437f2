"""Corruptions of word order and of what holds a clause together, as Russian clauses come out of old systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lemminflect import getInflection

from mtfix.training.corpus.russian.draft import Draft

SUBJECTS = ("nsubj", "nsubjpass")
ADVERBS = frozenset("also already still now often always never only just soon again recently earlier currently".split())


def _span(token: Any) -> tuple[int, int]:
    return token.left_edge.i, token.right_edge.i


def _verbs(doc: Any) -> Iterator[tuple[Any, Any, list[Any]]]:
    """Yield (verb, its subject before it, its auxiliaries) of finite clauses."""
    for verb in doc:
        if verb.pos_ not in ("VERB", "AUX"):
            continue
        subject = next((c for c in verb.lefts if c.dep_ in SUBJECTS), None)
        if subject is None or subject.tag_ in ("WP", "WDT", "PRP", "EX"):
            continue
        aux = [c for c in verb.lefts if c.dep_ in ("aux", "auxpass") and c.i > subject.i]
        yield verb, subject, aux


def _adverbial(verb: Any) -> Any | None:
    """A phrase of place or time after the verb that Russian would put first."""
    for child in verb.rights:
        low, high = _span(child)
        if child.dep_ in ("prep", "npadvmod") and 1 <= high - low <= 5 and child.text.lower() in (
            "in", "on", "at", "during", "since", "after", "near"
        ):  # fmt: skip
            return child
    return None


def invert_passive(draft: Draft) -> bool:
    """ "Twelve citizens were detained in Moscow" -> "[In Moscow] were detained twelve citizens"."""
    for verb, subject, aux in _verbs(draft.doc):
        low, high = _span(subject)
        if subject.dep_ != "nsubjpass" or high - low > 7 or not aux or not draft.free(low, high, verb.i, aux[0].i):
            continue
        if aux[-1].i + 3 < verb.i or verb.i <= high:
            continue
        place = _adverbial(verb)
        if not draft.move(low, high, verb.i):
            continue
        draft.used.update((verb.i, *(a.i for a in aux)))
        if place is not None and low == 0 and draft.rng.random() < 0.6:
            draft.move(*_span(place), after=-1)
        return True
    return False


def lose_subject(draft: Draft) -> bool:
    """ "Twelve citizens were detained in Moscow" -> "In Moscow detained twelve citizens"."""
    for verb, subject, aux in _verbs(draft.doc):
        low, high = _span(subject)
        passive = [a for a in aux if a.dep_ == "auxpass"]
        if subject.dep_ != "nsubjpass" or high - low > 7 or not passive or not draft.free(low, high, verb.i):
            continue
        if any(c.dep_ == "agent" for c in verb.children) or verb.i <= high or not draft.free(*(a.i for a in aux)):
            continue
        place = _adverbial(verb)
        if draft.rng.random() < 0.75 and not draft.move(low, high, verb.i):
            continue
        for a in aux:
            draft.drop(a.i)
        draft.used.update(range(low, verb.i + 1))
        if place is not None and low == 0 and draft.rng.random() < 0.7:
            draft.move(*_span(place), after=-1)
        return True
    return False


def invert_active(draft: Draft) -> bool:
    """ "A meeting took place in Moscow" -> "In Moscow took place a meeting"; "the source said" -> "said the source"."""
    for verb, subject, aux in _verbs(draft.doc):
        low, high = _span(subject)
        if subject.dep_ != "nsubj" or high - low > 6 or not draft.free(low, high, verb.i) or verb.i <= high:
            continue
        if any(c.dep_ in ("dobj", "xcomp", "ccomp", "neg", "attr", "acomp", "prt") for c in verb.children):
            continue
        if verb.lemma_ == "be" or verb.i - high > 3:
            continue
        place = _adverbial(verb)
        if not draft.move(low, high, verb.i):
            continue
        draft.used.update((verb.i, *(a.i for a in aux)))
        if place is not None and low == 0:
            draft.move(*_span(place), after=-1)
        return True
    return False


def front_object(draft: Draft) -> bool:
    """ "He received the instructions from a member" -> "The instructions he received from a member"."""
    for verb in draft.doc:
        if verb.pos_ != "VERB" or verb.dep_ not in ("ROOT", "conj"):
            continue
        subject = next((c for c in verb.lefts if c.dep_ == "nsubj"), None)
        thing = next((c for c in verb.rights if c.dep_ == "dobj"), None)
        if subject is None or thing is None or subject.tag_ in ("WP", "WDT"):
            continue
        low, high = _span(thing)
        start = subject.left_edge.i
        if high - low > 4 or low == high or verb.i - start > 5 or not draft.free(low, high, verb.i, start):
            continue
        if draft.move(low, high, start - 1):
            draft.used.update(range(start, verb.i + 1))
            return True
    return False


def lift_adverb(draft: Draft) -> bool:
    """ "will also be" -> "also will be"; "has already left" -> "already has left"."""
    for token in draft.doc:
        inside = token.lower_ in ADVERBS and token.i > 1 and token.nbor(-1).pos_ == "AUX"
        if inside and draft.free(token.i, token.i - 1) and draft.move(token.i, token.i, token.i - 2):
            draft.used.add(token.i - 1)
            return True
    return False


def front_participle(draft: Draft) -> bool:
    """ "an organization banned in Russia" -> "a banned in Russia organization"."""
    for token in draft.doc:
        if token.dep_ == "acl" and token.tag_ in ("VBN", "VBG") and token.head.pos_ == "NOUN":
            low, high = _span(token)
            noun = token.head
            if low != noun.i + 1 or high - low > 4 or not draft.free(*range(noun.i, high + 1)):
                continue
            if any(c.tag_ in (",", "TO") for c in draft.doc[low : high + 1]):
                continue
            if draft.move(low, high, noun.i - 1):
                draft.used.add(noun.i)
                return True
    return False


def lose_relative(draft: Draft) -> bool:
    """ "those who caused suspicion" -> "those caused suspicion"; "who is preparing" -> "preparing"."""
    for token in draft.doc:
        if (
            token.tag_ in ("WP", "WDT")
            and token.dep_ in SUBJECTS
            and token.head.dep_ == "relcl"
            and draft.free(token.i)
        ):
            draft.drop(token.i)
            return True
    return False


def gain_relative(draft: Draft) -> bool:
    """ "a man preparing an attack" -> "a man, which prepares an attack"."""
    for token in draft.doc:
        if token.dep_ == "acl" and token.tag_ == "VBG" and token.i > 0 and token.head.pos_ == "NOUN":
            if token.head.i != token.i - 1 or not draft.free(token.i, token.i - 1):
                continue
            plural = token.head.tag_ == "NNS"
            form = token.lemma_ if plural else next(iter(getInflection(token.lemma_, "VBZ")), "")
            if not form:
                continue
            which = "who" if draft.rng.random() < 0.4 else "which"
            draft.put(token.i, f"{', ' if draft.rng.random() < 0.4 else ''}{which} {form}".strip())
            return True
    return False


def lose_copula(draft: Draft) -> bool:
    """ "The group is a terrorist organization" -> "The group terrorist organization" (Russian has no present copula)."""
    for token in draft.doc:
        if token.lemma_ == "be" and token.tag_ in ("VBZ", "VBP") and draft.free(token.i) and token.text[0] not in "'’":
            following = token.nbor(1) if token.i + 1 < len(draft.doc) else None
            if following is None or following.text.lower() in ("n't", "n’t", "not") or token.i == 0:
                continue
            if draft.rng.random() < 0.3 and token.dep_ == "ROOT":
                draft.put(token.i, "–")
            else:
                draft.drop(token.i)
            return True
    return False


def lose_expletive(draft: Draft) -> bool:
    """ "There were no victims" -> "Were no victims"; "it is necessary" -> "is necessary"."""
    for token in draft.doc:
        empty = token.dep_ == "expl" or (token.lower_ == "it" and token.dep_ == "nsubj" and token.head.lemma_ == "be")
        if empty and draft.free(token.i) and token.i + 1 < len(draft.doc) and token.nbor(1).text[0] not in "'’":
            draft.drop(token.i)
            return True
    return False


def comma_clause(draft: Draft) -> bool:
    """ "said that" -> "said, that"; "the man who" -> "the man, who"."""
    for token in draft.doc:
        clause = token.lower_ in ("that", "who", "which", "if", "because", "where") and token.i > 1
        if clause and token.dep_ in ("mark", *SUBJECTS, "advmod") and token.nbor(-1).is_alpha and draft.free(token.i):
            draft.put(token.i - 1, draft.text.get(token.i - 1, token.nbor(-1).text) + ",")
            return True
    return False
