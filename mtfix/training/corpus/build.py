"""Build the training corpus: human post-edits, system outputs with agreed edits, corrupted news, and clean text.

What goes in, and how much of it, is in a YAML file (`CorpusConfig`). Everything is seeded; evaluation text is kept out
(`contamination`). The result is ``train.tsv`` and ``dev.tsv`` (mt, pe, kind) and ``corpus.json`` with the counts.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from mtfix.errors import ConfigError, unknown_name
from mtfix.model.stage import ModelStage
from mtfix.training.corpus.hard_negatives import mine_hard
from mtfix.training.corpus.human import human_pairs
from mtfix.training.corpus.round_trip import round_trip_pairs
from mtfix.training.corpus.self_training import Limits, find_unlabelled, read_unlabelled, self_training_pairs
from mtfix.training.corpus.translations import translation_pairs
from mtfix.training.corpus.variation import dress
from mtfix.training.data.contamination import EvaluationText, drop_contaminated, evaluation_texts
from mtfix.training.data.pairs import Pair
from mtfix.training.data.readers import data_folder, open_lines


@dataclass(frozen=True, slots=True)
class CorpusConfig:
    """What a corpus is made of. Mappings give a share (copies of each pair) or a count by source."""

    human: Mapping[str, float] = field(default_factory=dict)  # copies of each edited pair, by kind; others 1
    human_same: float = 0.5  # share of the post-edits that changed nothing
    sets: Mapping[str, int] = field(default_factory=dict)  # WMT sets, outputs a sentence
    outputs: int = 36000  # edited outputs to keep
    synthetic: Mapping[str, int] = field(default_factory=dict)  # sentences to corrupt, by file of clean text
    versions: int = 2  # corruptions of each
    without: Sequence[str] = ()  # kinds of corruptions to leave out
    # clean sentences to send into another language and back, by way and by file
    round_trips: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    identity: Mapping[str, int] = field(default_factory=dict)  # clean sentences to leave alone, by file
    hard: Mapping[str, int] = field(default_factory=dict)  # clean sentences to look for hard negatives in, by file
    self_training: Mapping[str, int] = field(default_factory=dict)  # outputs that an earlier model edits, by file
    sure: float = 0.6  # the probability from which on a hunk of self-training is applied ...
    unsure: float = 0.3  # ... and below which it is disbelieved
    held_out: int = 800
    dressed: float = 0.2  # share with other quotes, dashes, foreign words
    seed: int = 7


def load_corpus_config(path: Path) -> CorpusConfig:
    """Read a YAML file of `CorpusConfig` fields. Raises ConfigError for an unknown key."""
    try:
        values: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    known = [f.name for f in fields(CorpusConfig)]
    for key in values:
        if key not in known:
            raise ConfigError(f"{path}: {unknown_name('key', key, known)}")
    return CorpusConfig(**values)


def clean_sentences(name: str, count: int, rng: random.Random, folder: Path | None, longest: int = 45) -> list[str]:
    """Return ``count`` single sentences of a file of clean text, drawn at random."""
    found = []
    for line in open_lines(data_folder(folder) / "mono" / f"{name}.txt.xz"):
        text = line.strip()
        single = text.count(". ") < 2 and "\t" not in text
        if single and 5 <= len(text.split()) <= longest and text[0].isupper() and text[-1] in '.”"!?':
            found.append(text)
    return rng.sample(found, min(count, len(found)))


def _times(pair: Pair, copies: float, rng: random.Random) -> Iterator[Pair]:
    whole = int(copies)
    for _ in range(whole + (rng.random() < copies - whole)):
        yield pair


def gather_pairs(
    config: CorpusConfig, folder: Path | None, report: Callable[[str], None], stage: ModelStage | None = None
) -> Iterator[Pair]:
    """Yield the pairs of a corpus, source by source; ``stage`` looks for hard negatives and edits unlabelled outputs."""
    # What cannot be done is said before minutes of reading.
    if config.hard and stage is None:
        raise ConfigError("'hard' looks for sentences that an earlier model touches: give that model (--model)")
    if config.self_training and stage is None:
        raise ConfigError("'self_training' lets an earlier model edit outputs: give that model (--model)")
    for name in config.self_training:
        find_unlabelled(name, folder)
    rng = random.Random(config.seed)
    edited: set[str] = set()  # outputs of which people, or other translations, have said what is wrong with them
    for pair in human_pairs(folder):
        edited.add(pair.mt)
        copies = config.human_same if pair.mt == pair.pe else config.human.get(pair.kind, 1.0)
        yield from _times(pair, copies, rng)
    report("human post-edits read")
    outputs: list[Pair] = []
    for name, count in config.sets.items():
        for pair in translation_pairs(name, count, random.Random(f"{config.seed}{name}"), folder):
            edited.add(pair.mt)
            if pair.mt == pair.pe:
                yield pair
            else:
                outputs.append(pair)
        report(f"{name}: {len(outputs)} outputs with agreed edits")
    yield from rng.sample(outputs, min(config.outputs, len(outputs)))
    if config.synthetic:
        from mtfix.training.corpus.corrupt import choose_kinds, corrupt_all  # spaCy takes seconds to load

        kinds = choose_kinds(config.without)
        sentences = [
            s for name, count in config.synthetic.items() for s in clean_sentences(name, count, rng, folder, longest=36)
        ]
        rng.shuffle(sentences)
        yield from corrupt_all(sentences, config.seed, config.versions, kinds)
        report(f"{len(sentences)} sentences corrupted")
    for way, files in config.round_trips.items():
        sentences = [s for name, count in files.items() for s in clean_sentences(name, count, rng, folder, longest=36)]
        rng.shuffle(sentences)
        yield from round_trip_pairs(way, sentences)
        report(f"{len(sentences)} sentences sent through {way} and back")
    for name, count in config.identity.items():
        for sentence in clean_sentences(name, count, rng, folder):
            yield Pair(sentence, sentence, "identity")
    if config.hard and stage is not None:
        read = [s for name, count in config.hard.items() for s in clean_sentences(name, count, rng, folder)]
        yield from mine_hard(stage.model, read)
        report(f"{len(read)} clean sentences read for hard negatives")
    if config.self_training and stage is not None:
        limits = Limits(config.sure, config.unsure)
        for name, runs in read_unlabelled(config.self_training, config.seed, folder):
            found = [p for p in self_training_pairs(stage, runs, limits) if p.mt not in edited]
            yield from found
            report(f"{name}: {len(found)} pairs by self-training from {sum(map(len, runs))} outputs")


def write_pairs(path: Path, pairs: list[Pair]) -> None:
    """Write pairs as TSV (mt, pe, kind)."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(f"{p.mt}\t{p.pe}\t{p.kind}\n" for p in pairs)


def build_corpus(
    config: CorpusConfig,
    output: Path,
    folder: Path | None = None,
    report: Callable[[str], None] = print,
    *,
    stage: ModelStage | None = None,
    held_out: Sequence[Pair] = (),
) -> dict[str, int]:
    """Write the corpus to ``output``; return the number of pairs by kind.

    ``held_out`` are the pairs that an earlier stage held out, to be held out again; without them
    ``config.held_out`` pairs are drawn. Raises InputError when data are missing, ConfigError when hard negatives or
    self-training are asked for and no ``stage`` is given.
    """
    rng = random.Random(config.seed + 1)
    pairs = [p for p in gather_pairs(config, folder, report, stage) if "\t" not in p.mt + p.pe]
    pairs, dropped = drop_contaminated(pairs, EvaluationText(evaluation_texts(folder, config.sets)))
    report(f"{dropped} pairs dropped: they share text with a dev or test file or a reference of another set")
    rng.shuffle(pairs)
    kept = list(held_out) or pairs[: config.held_out]
    inputs = {p.mt for p in kept}
    train = [dress(p, rng, config.dressed) for p in pairs if p.mt not in inputs]
    output.mkdir(parents=True, exist_ok=True)
    write_pairs(output / "train.tsv", train)
    write_pairs(output / "dev.tsv", kept)
    counts = Counter(p.kind.split(":")[0] for p in train)
    summary = {"train": len(train), "dev": len(kept), "dropped": dropped, **dict(counts.most_common())}
    (output / "corpus.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    return summary
