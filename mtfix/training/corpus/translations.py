"""Pairs from WMT system outputs: each hypothesis with the edits that other translations of it agree on."""

from __future__ import annotations

import html
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mtfix.training.data.pairs import Pair, Versions, flatten, similarity, supported_edits, words
from mtfix.training.data.readers import data_folder, read_table

# How many systems of a language may vote, best first: systems trained alike err alike.
VOTERS = 4
NEAREST = 3
_OLD_STYLE = re.compile(
    r"rbmt|commercial|PROMT|balagur|online-[AFG]|JHU|SYSTRAN|cu-zeman|FDA|jxpaco|LIMSI|mixed|DCU", re.I
)


@dataclass(slots=True)
class Sentence:
    """One sentence of a test set: references, and outputs by (language, system)."""

    references: set[str] = field(default_factory=set)
    outputs: dict[tuple[str, str], str] = field(default_factory=dict)


def gather(paths: list[Path]) -> dict[str, Sentence]:
    """Gather sets that share their English side, by reference."""
    sentences: dict[str, Sentence] = defaultdict(Sentence)
    for path in paths:
        language = path.name.split(".")[1]
        for row in read_table(path):
            references = {html.unescape(v) for k, v in row.items() if k.startswith("ref") and v}
            if not references:
                continue
            sentence = sentences[min(references)]
            sentence.references |= references
            for name, value in row.items():
                if name.startswith("hyp.") and value:
                    sentence.outputs[language, name[4:]] = html.unescape(value)
    return sentences


def is_old_style(system: str) -> bool:
    """Whether the name of a system is one of rule-based or statistical, or else awkward, systems."""
    return bool(_OLD_STYLE.search(system))


def rank_systems(sentences: dict[str, Sentence]) -> dict[tuple[str, str], float]:
    """Return the mean token similarity of each system with the reference, on at most 300 sentences."""
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for sentence in list(sentences.values())[:300]:
        reference = words(min(sentence.references))
        for system, text in sentence.outputs.items():
            scores[system].append(similarity(words(text), reference))
    return {system: sum(s) / len(s) for system, s in scores.items()}


def translation_pairs(
    name: str, per_sentence: int, rng: random.Random, folder: Path | None = None, languages: str = "*"
) -> Iterator[Pair]:
    """Yield pairs of the ``train`` files of one WMT set; old-style and Russian outputs are drawn first.

    ``name`` is the set's ("newstest2013"). A quarter of the outputs without any supported edit stay as identity pairs.
    """
    paths = sorted((data_folder(folder) / "wmt").glob(f"{name}.{languages}-en.train.tsv.xz"))
    sentences = gather(paths)
    quality = rank_systems(sentences)
    best: set[tuple[str, str]] = set()
    for language in {system[0] for system in quality}:
        ranked = sorted((s for s in quality if s[0] == language), key=lambda s: -quality[s])
        best.update(ranked[:VOTERS])
    for sentence in sentences.values():
        texts = {s: t for s, t in sentence.outputs.items() if 3 <= len(t.split()) <= 60}
        keyed = {s: words(t) for s, t in texts.items() if s in best}
        order = sorted(texts, key=lambda s: rng.random() - 0.5 * is_old_style(s[1]) - 0.5 * s[0].startswith("ru"))
        seen: set[str] = set()
        for system in order:
            mt = texts[system]
            if mt in seen or mt.islower():
                continue
            if len(seen) >= per_sentence:
                break
            seen.add(mt)
            own = words(mt)
            near = sorted((s for s in keyed if s != system), key=lambda s: -similarity(own, keyed[s]))
            others = tuple(flatten(texts[s]) for s in near)
            references = tuple(map(flatten, sorted(sentence.references)))
            candidates = [*sentence.references, *(texts[s] for s in near[:NEAREST])]
            pe = supported_edits(mt, candidates, Versions(references, others))
            if pe != mt or rng.random() < 0.25:
                yield Pair(mt, pe, "wmt" if pe != mt else "wmt-same")
