"""Borrowed post-edits: an output that nobody edited, with the post-edit of another output of the same sentence.

"In Samara two suspects detained" may borrow "Two suspects were detained in Samara", written for "In Samara detained two
suspects". Only edits that an editor could have made without the source are kept, and the pair only if they lead almost all
the way to the post-edit: half-mended sentences teach to leave faults behind.
"""

from __future__ import annotations

import html
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mtfix.english import wordclass as wc
from mtfix.training.corpus.human import human_pairs
from mtfix.training.data.contamination import EvaluationText, drop_contaminated, evaluation_texts
from mtfix.training.data.pairs import Pair, similarity, supported_edits, words
from mtfix.training.data.readers import data_folder, read_table

#: What the large model learns beside post-edits of Russian news: pairs by kind; news first, and no more than half of it borrowed.
SHARES = {"borrowed": 9000, "lig": 3500, "lig-other": 1200, "taraxu": 400, "mlqe-ru": 1700}
#: What it learns before: pairs by kind, from `mtfix train corpus` and from `other_pairs`.
FIRST = {"synthetic": 8000, "wmt": 4000, "identity": 1800, "wmt-same": 700}
FIRST_BORROWED = 5000
NEAR = 0.7  # token similarity of an output and the post-edit that it borrows
REACHED = 0.92  # the same after the edits: what is left is a word or two
_LANGUAGES = ("ru", "cs")


def borrow(outputs: Sequence[str], post_edits: Sequence[str], reference: str = "") -> Iterator[Pair]:
    """Yield the outputs that come near one of the post-edits of their sentence, mended towards the nearest.

    An output is passed over if the edits would replace a word of meaning that another post-edit or the reference has:
    the word was right, and the pair would teach to paraphrase.

    >>> [p.pe for p in borrow(["Two suspects was detained in the Samara."], ["Two suspects were detained in Samara."])]
    ['Two suspects were detained in Samara.']
    """
    keyed = [(words(p), p) for p in post_edits]
    right = {w for tokens, _ in keyed for w in tokens} | set(words(reference))
    for mt in dict.fromkeys(outputs):
        if not keyed or mt.islower() or mt in post_edits or not 4 <= len(mt.split()) <= 45:
            continue
        own = words(mt)
        nearest, pe = max((similarity(own, tokens), p) for tokens, p in keyed)
        if nearest < NEAR:
            continue
        kept = supported_edits(mt, [pe], None)
        after = words(kept)
        lost = set(own) - set(after) - wc.FUNCTION
        if kept != mt and similarity(after, words(pe)) >= REACHED and not lost & right:
            yield Pair(mt, kept, "borrowed")


def read_post_edits(folder: Path | None = None) -> Mapping[str, list[str]]:
    """Return the post-edits of newstest2013 (train) by segment, without garbled rows. Raises InputError."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for language in _LANGUAGES:
        for row in read_table(data_folder(folder) / "ape" / f"pe-{language}-en.newstest2013.train.tsv.xz"):
            if not row["garbled"]:
                found[row["seg"]].append(row["pe"])
    return found


def borrowing_pairs(count: int, rng: random.Random, folder: Path | None = None) -> list[Pair]:
    """Return at most ``count`` pairs from the outputs of newstest2013, drawn at random."""
    post_edits = read_post_edits(folder)
    edited = {
        row["mt"]
        for language in _LANGUAGES
        for row in read_table(data_folder(folder) / "ape" / f"pe-{language}-en.newstest2013.train.tsv.xz")
    }
    found: list[Pair] = []
    for language in _LANGUAGES:
        for row in read_table(data_folder(folder) / "wmt" / f"newstest2013.{language}-en.train.tsv.xz"):
            outputs = [html.unescape(v) for k, v in row.items() if k.startswith("hyp.") and v]
            outputs = [o for o in outputs if o not in edited]
            found += borrow(outputs, post_edits.get(row["seg"], ()), html.unescape(row["ref"]))
    return rng.sample(found, min(count, len(found)))


def other_pairs(seed: int, folder: Path | None = None) -> list[Pair]:
    """Return borrowed pairs and those of other human post-edits that need no source, as many of a kind as `SHARES` says.

    Nothing that stands in a development or test set is among them. Raises InputError.
    """
    rng = random.Random(seed)
    found: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in human_pairs(folder, REACHED):
        if pair.kind in SHARES:
            found[pair.kind].append(pair)
    found["borrowed"] = borrowing_pairs(SHARES["borrowed"], rng, folder)
    drawn = [p for kind, count in SHARES.items() for p in rng.sample(found[kind], min(count, len(found[kind])))]
    return drop_contaminated(drawn, EvaluationText(evaluation_texts(folder, {"newstest2013"})))[0]


def first_pairs(corpus: Sequence[Pair], seed: int, folder: Path | None = None) -> list[Pair]:
    """Return the pairs of the first stage: `FIRST` of a corpus, fewer of the borrowed, and all others of `other_pairs`.

    Raises InputError.
    """
    rng = random.Random(seed)
    found: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in corpus:
        found[pair.kind.partition(":")[0]].append(pair)
    drawn = [p for kind, count in FIRST.items() for p in rng.sample(found[kind], min(count, len(found[kind])))]
    others = other_pairs(seed, folder)
    borrowed = [p for p in others if p.kind == "borrowed"]
    drawn += rng.sample(borrowed, min(FIRST_BORROWED, len(borrowed)))
    return drawn + [p for p in others if p.kind != "borrowed"]
