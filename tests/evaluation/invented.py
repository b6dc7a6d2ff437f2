"""Invented sentences and noisy systems: enough text for statistics, none of it from a corpus."""

from __future__ import annotations

import random

_NAMES = "Orlova Petrenko Kazan Tverskaya Ivolga Sadko Rybinsk Malkov".split()
_VERBS = "opened closed visited reported praised blamed repaired".split()
_NOUNS = "the bridge,a school,the old mill,two boats,the council,its budget,a letter".split(",")
_ENDS = ("on Monday", "in 2014", "for 2.5 million rubles", "without a permit", "near the river", "with 12 guests")


def make_references(count: int, seed: int = 7) -> list[str]:
    rng = random.Random(seed)
    return [
        f"{rng.choice(_NAMES)} {rng.choice(_VERBS)} {rng.choice(_NOUNS)} and {rng.choice(_VERBS)} "
        f"{rng.choice(_NOUNS)} {rng.choice(_ENDS)}, {rng.choice(_NAMES)} said."
        for _ in range(count)
    ]


def damage(sentences: list[str], share: float, seed: int) -> list[str]:
    """Drop, swap and replace words: a system that is wrong in ``share`` of its words."""
    rng = random.Random(seed)
    found = []
    for sentence in sentences:
        words = sentence.split()
        for i in range(len(words)):
            if rng.random() < share:
                words[i] = rng.choice(["the", "of", "it", words[i].lower(), words[rng.randrange(len(words))]])
        if rng.random() < share:
            del words[rng.randrange(len(words))]
        found.append(" ".join(words))
    return found
