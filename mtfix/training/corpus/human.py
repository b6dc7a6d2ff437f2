"""Pairs from human post-edits: detokenised and truecased like news text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from mtfix.training.data.pairs import Pair, Versions, flatten, similarity, supported_edits, words
from mtfix.training.data.readers import data_folder, detokenize, is_tokenized, read_table, truecase

# Below this the post-editor translated anew from the source.
CLOSE_ENOUGH = 0.45


def _pair(mt: str, pe: str, kind: str, reached: float) -> Pair | None:
    mt, pe = detokenize(mt), detokenize(pe)
    if not 3 <= len(mt.split()) <= 70 or "\t" in mt + pe:
        return None
    if similarity(words(mt), words(pe)) < CLOSE_ENOUGH:
        return None
    # What was corrected from the source (another name, a word nobody could guess) teaches only to invent.
    kept = supported_edits(mt, [pe], None)
    if similarity(words(kept), words(pe)) < reached:
        return None
    return Pair(mt, kept, kind) if kept != mt or mt == pe else None


def human_pairs(folder: Path | None = None, reached: float = 0.0) -> Iterator[Pair]:
    """Yield the human post-edits into English: MLQE-PE, LIG news, TARAXU news, ACCEPT forum (``train`` files).

    Edits that need the source are left out; a pair whose other edits do not come as near to the post-edit as ``reached``
    (similarity of tokens, 0 to 1) is left out as a whole.
    """
    ape = data_folder(folder) / "ape"
    for language in ("ru", "et", "ro", "ne", "si"):
        for row in read_table(ape / f"mlqe-pe.{language}-en.train.tsv.xz"):
            yield from filter(None, [_pair(row["mt"], row["pe"], f"mlqe-{language}", reached)])
    for row in read_table(ape / "lig-news.fr-en.train.tsv.xz"):
        yield from filter(None, [_pair(truecase(row["mt_moses"], row["pe"]), row["pe"], "lig", reached)])
        for system in ("google", "bing"):
            other = row[system]
            if other and similarity(words(other), words(row["pe"])) >= 0.6:
                kept = supported_edits(other, [row["pe"]], Versions((flatten(row["pe"]),), ()))
                if kept != other and similarity(words(kept), words(row["pe"])) >= reached:
                    yield Pair(other, kept, "lig-other")
    for row in read_table(ape / "taraxu-news.de-en.train.tsv.xz"):
        yield from filter(None, [_pair(row["mt"], row["pe"], "taraxu", reached)])
    for row in read_table(ape / "accept-forum.fr-en.train.tsv.xz"):
        if is_tokenized(row["mt"]):
            yield from filter(None, [_pair(row["mt"], row["pe_a"], "accept", reached)])


def sample(pairs: list[Pair], count: int, rng: random.Random) -> list[Pair]:
    """Return ``count`` of ``pairs``: repeated when there are fewer."""
    if not pairs:
        return []
    whole, rest = divmod(count, len(pairs))
    return pairs * whole + rng.sample(pairs, rest)
