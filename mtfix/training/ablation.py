"""Which kinds of pairs help? A few updates on each kind alone, from the same weights, judged on real translations.

A full ablation (train without a kind, compare) costs a training a kind. This approximates it, without interactions between kinds: every kind gets the same few
updates beside text to leave alone, and what they do to the loss of held-out *real* pairs (post-edits and agreed edits,
no corrupted ones) is compared with what the same updates on text to leave alone do. Two numbers matter: the loss of the
pieces that an edit wrote, which should fall, and that of the pieces that were copied, which should not rise.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
import transformers

from mtfix.errors import ConfigError, InputError, unknown_name
from mtfix.model.runtime.network import SsruForConditionalGeneration
from mtfix.model.runtime.pieces import Pieces
from mtfix.training.data.pairs import Pair
from mtfix.training.network.batches import (
    Batch,
    Example,
    collate,
    commonest_pieces,
    cut_batches,
    encode_pair,
    endless_batches,
)
from mtfix.training.network.fit import FitConfig, batch_loss

NOTHING = "nothing"  # the updates on text to leave alone
_MARK = 2.0  # weight of pieces that an edit wrote, to tell them from copied ones
_LEAST = 60  # pairs of a kind
_MADE = ("synthetic:", "trip:")  # kinds of pairs whose mt we made ourselves


@dataclass(frozen=True, slots=True)
class Loss:
    """Mean loss a piece (natural log) of real pairs, of the pieces that an edit wrote and of the copied ones."""

    written: float
    copied: float


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of updates on a kind on the losses, against the same updates on text to leave alone."""

    kind: str
    pairs: int
    written: float
    copied: float


def kinds_of(pair: Pair) -> tuple[str, ...]:
    """Return the kinds of a pair: every corruption in it, or its source.

    >>> kinds_of(Pair("", "", "synthetic:agreement+tense")), kinds_of(Pair("", "", "lig"))
    (('agreement', 'tense'), ('lig',))
    """
    source, _, corruptions = pair.kind.partition(":")
    return tuple(corruptions.split("+")) if corruptions else (source,)


@torch.no_grad()
def measure_loss(model: SsruForConditionalGeneration, batches: Sequence[Batch]) -> Loss:
    """Return the mean losses over batches whose weights mark the pieces that an edit wrote."""
    sums = {True: 0.0, False: 0.0}
    counts = {True: 0, False: 0}
    for batch in batches:
        given = model.prepare_decoder_input_ids_from_labels(batch.labels)
        hidden = model.decode(given, model.start(model.encoder(batch.source, batch.mask)[0]), batch.mask)
        real = batch.labels >= 0
        losses = F.cross_entropy(model.logits(hidden[real]), batch.labels[real], reduction="none")
        for written in sums:
            mine = losses[(batch.weights[real] > 1) == written]
            sums[written] += float(mine.sum())
            counts[written] += len(mine)
    return Loss(sums[True] / max(counts[True], 1), sums[False] / max(counts[False], 1))


def mark_written(pairs: Sequence[Pair], pieces: Pieces, longest: int) -> list[Example]:
    """Encode pairs of at most ``longest`` pieces for `measure_loss`: what an edit wrote is marked by its weight."""
    found = [encode_pair(p, pieces, _MARK) for p in pairs]
    return [e for e in found if max(len(e.source), len(e.target)) <= longest]


def _learn(base: Path, examples: Sequence[Example], config: FitConfig, pad: int) -> SsruForConditionalGeneration:
    torch.manual_seed(config.seed)
    model = SsruForConditionalGeneration.from_pretrained(base, dtype=torch.float32)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.rate, betas=(0.9, 0.98))
    common = commonest_pieces(examples, config.shortlist)
    batches = endless_batches(examples, config.batch_pieces, config.seed)
    for step in range(config.steps):
        for group in optimizer.param_groups:
            group["lr"] = config.rate * min(1.0, (step + 1) / max(config.warmup, 1))
        optimizer.zero_grad(set_to_none=True)
        batch_loss(model, collate([examples[i] for i in next(batches)], pad), common).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        optimizer.step()
    return model


def ablate(
    base: Path,
    train: Sequence[Pair],
    dev: Sequence[Pair],
    config: FitConfig,
    *,
    kinds: Collection[str] = (),
    pairs: int = 600,
    report: Callable[[str], None] = print,
) -> Iterator[Effect]:
    """Yield the effect of every kind in ``train`` with enough pairs (of ``kinds`` only, if given), `NOTHING` first.

    Half of each run's pairs are text to leave alone; the effect of `NOTHING` is that against no update. Raises InputError
    when ``dev`` has no real pair or ``train`` no text to leave alone, ConfigError for an unknown kind.
    """
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(config.threads)
    pieces = Pieces(base / "vocabulary.spm")
    real = [p for p in dev if p.mt != p.pe and not p.kind.startswith(_MADE)]
    same = [p for p in train if p.mt == p.pe]
    if not real or not same:
        raise InputError("needs real pairs in dev.tsv, and pairs that change nothing in train.tsv")
    by_kind: dict[str, list[Pair]] = {}
    for pair in train:
        if pair.mt != pair.pe:
            for kind in kinds_of(pair):
                by_kind.setdefault(kind, []).append(pair)
    for kind in kinds:
        if kind not in by_kind:
            raise ConfigError(unknown_name("kind of pairs", kind, by_kind))
    rng = random.Random(config.seed)
    encoded = mark_written(real, pieces, config.longest)
    held_out = [collate([encoded[i] for i in b], pieces.pad) for b in cut_batches(encoded, config.batch_pieces, rng)]
    rest = rng.sample(same, min(pairs, len(same)))

    def run(chosen: Sequence[Pair]) -> Loss:
        examples = [encode_pair(p, pieces, config.changed_weight) for p in (*chosen, *rest)]
        kept = [e for e in examples if max(len(e.source), len(e.target)) <= config.longest]
        return measure_loss(_learn(base, kept, config, pieces.pad), held_out)

    untouched = measure_loss(SsruForConditionalGeneration.from_pretrained(base, dtype=torch.float32), held_out)
    nothing = run(())
    report(
        f"{len(encoded)} real pairs held out; before: written {untouched.written:.3f}, copied {untouched.copied:.4f}"
    )
    yield Effect(NOTHING, len(rest), nothing.written - untouched.written, nothing.copied - untouched.copied)
    for kind in sorted(kinds or by_kind):
        mine = by_kind[kind]
        if len(mine) >= _LEAST:
            # Pairs with one corruption first: they say most about it.
            mine = sorted(rng.sample(mine, len(mine)), key=lambda p: len(kinds_of(p)))[:pairs]
            found = run(mine)
            yield Effect(kind, len(mine), found.written - nothing.written, found.copied - nothing.copied)
