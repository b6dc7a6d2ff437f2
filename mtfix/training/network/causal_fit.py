"""Fit the adapter of `large` on human post-edits: read top to bottom.

A pair becomes ``<start> mt <end> pe <start>``; the loss is on the post-edit alone, and pieces that the editor changed weigh
more: most pieces are copies, from which there is little to learn. Pairs of about equal length share a batch. A checkpoint is the adapter; a run that
was interrupted goes on from it with the rate of its time.
"""

from __future__ import annotations

import difflib
import json
import math
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
import yaml
from safetensors.torch import load_file, save_file
from torch import Tensor

from mtfix.errors import ConfigError, ModelError, unknown_name
from mtfix.model.runtime.adapt import ADAPTER, TOKENIZER, find_base
from mtfix.model.runtime.causal import END, LONGEST, SHORTLIST, START
from mtfix.training.corpus.variation import mend_partly
from mtfix.training.network.causal import CausalNetwork, read_tensors
from mtfix.training.network.causal_graph import SMOLLM2_135M, write_graphs
from mtfix.training.network.vocabulary_loss import weigh_losses


@dataclass(frozen=True, slots=True)
class AdapterConfig:
    """Settings of a run, each with its reason."""

    minutes: float = 95.0  # of training; the rate falls along a half cosine to `floor` at the last
    rate: float = 5e-4  # AdamW on adapters
    floor: float = 0.03  # share of the rate at the end
    warmup: int = 30  # updates
    rank: int = 16
    scale: float = 2.0
    batch_pieces: int = 1100  # input and post-edit, padded: updates are what is short, not throughput
    longest: int = 300  # pieces of a pair; longer ones are left out
    changed_weight: float = 3.0
    weight_decay: float = 0.01
    clip: float = 1.0
    clean: int = 600  # pairs of clean text in each pass, which are to stay as they are
    other: int = 0  # pairs in each pass that are no post-edits of Russian news: borrowed and other post-edits
    save_every: float = 9.0  # minutes
    first_minutes: float = 0.0  # of `minutes`, at the start, on the pairs of the first stage
    partly: float = (
        0.0  # share of post-edits, from the second pass on, whose input has some of the editor's changes already
    )
    half: bool = False  # products in bfloat16: five times as fast on processors with AMX, slower on others
    compiled: bool = False  # layers compiled by torch: a minute at the start, then a third faster
    seed: int = 1
    threads: int = 2


def load_adapter_config(path: Path) -> AdapterConfig:
    """Read a YAML file of `AdapterConfig` fields. Raises ConfigError for an unknown key or a wrong type."""
    known = {f.name: f for f in fields(AdapterConfig)}
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{path}: {unknown_name('key', key, known)}")
        is_switch = isinstance(getattr(AdapterConfig(), key), bool)
        if not isinstance(value, (int, float)) or isinstance(value, bool) is not is_switch:
            raise ConfigError(f"{path}: {key} must be {'true or false' if is_switch else 'a number'}, not {value!r}")
    return AdapterConfig(**values)


@dataclass(frozen=True, slots=True)
class Example:
    """A pair in pieces: ``ids`` of the whole, where the post-edit begins, and a weight for each of its pieces and the end."""

    ids: list[int]
    first: int
    weights: list[float]


def weigh(mt: Sequence[int], pe: Sequence[int], changed: float) -> list[float]:
    """Return a weight for each piece of ``pe`` and its end: ``changed`` where the editor did something, else 1.

    The first copied piece after words were left out is a decision, too.

    >>> weigh([5, 6, 7, 8], [5, 9, 8], 3.0)
    [1.0, 3.0, 1.0, 1.0]
    >>> weigh([5, 6, 7], [5, 7], 3.0)
    [1.0, 3.0, 1.0]
    """
    weights = [changed] * (len(pe) + 1)
    for i, j, count in difflib.SequenceMatcher(None, mt, pe, autojunk=False).get_matching_blocks():
        weights[j : j + count] = [1.0] * count
        if count and i and j and mt[i - 1] != pe[j - 1] and weights[j - 1] == 1.0:
            weights[j] = changed
    if mt and pe and mt[-1] == pe[-1]:
        weights[-1] = 1.0
    return weights


def encode(pairs: Iterable[tuple[str, str]], tokenizer: Any, config: AdapterConfig) -> list[Example]:
    """Return the pairs that are not too long, in pieces."""
    found = []
    for mt, pe in pairs:
        a, b = (tokenizer.encode(t, add_special_tokens=False).ids for t in (mt, pe))
        if len(a) <= LONGEST and len(a) + len(b) + 3 <= config.longest:
            found.append(Example([START, *a, END, *b, START], len(a) + 1, weigh(a, b, config.changed_weight)))
    return found


def make_batches(examples: Sequence[Example], pieces: int, rng: random.Random) -> Iterator[list[Example]]:
    """Yield batches of about ``pieces`` padded pieces; pairs meet others of their length among 400 neighbours."""
    for at in range(0, len(examples), 400):
        pool = sorted(examples[at : at + 400], key=lambda e: len(e.ids))
        batches: list[list[Example]] = [[]]
        for example in pool:
            if batches[-1] and (len(batches[-1]) + 1) * len(example.ids) > pieces:
                batches.append([])
            batches[-1].append(example)
        rng.shuffle(batches)
        yield from (b for b in batches if b)


def read_batch(network: CausalNetwork, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the states ``[pieces, D]`` before each piece of the post-edits, the pieces, and their weights."""
    ids = torch.zeros(len(batch), max(len(e.ids) for e in batch), dtype=torch.long)
    rows, places, targets, weights = [], [], [], []
    for row, example in enumerate(batch):
        ids[row, : len(example.ids)] = torch.tensor(example.ids)
        for offset, weight in enumerate(example.weights):
            place = example.first + offset
            rows.append(row)
            places.append(place)
            targets.append(example.ids[place + 1])
            weights.append(weight)
    return network.read(ids)[rows, places], torch.tensor(targets), torch.tensor(weights)


@torch.no_grad()
def mean_losses(network: CausalNetwork, examples: Sequence[Example]) -> tuple[float, float]:
    """Return the mean loss of changed and of copied pieces."""
    sums: dict[bool, list[float]] = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for at in range(0, len(examples), 12):
        states, targets, weights = read_batch(network, examples[at : at + 12])
        found = F.cross_entropy(network.logits(states), targets, reduction="none")
        for is_changed, sum_ in sums.items():
            part = found[(weights > 1) == is_changed]
            sum_[0] += float(part.sum())
            sum_[1] += len(part)
    (changed, changes), (copied, copies) = sums[True], sums[False]
    return changed / max(changes, 1), copied / max(copies, 1)


def find_shortlist(pairs: Iterable[tuple[str, str]], tokenizer: Any, least: int = 2) -> list[int]:
    """Return the pieces that editors brought in at least ``least`` times; figures are never among them."""
    counts: Counter[int] = Counter()
    for mt, pe in pairs:
        a, b = (Counter(tokenizer.encode(t, add_special_tokens=False).ids) for t in (mt, pe))
        counts += b - a
    return sorted(
        i for i, n in counts.items()
        if n >= least and i > END and not any(c.isdigit() or "а" <= c.lower() <= "я" for c in tokenizer.decode([i]))
    )  # fmt: skip


def rate_at(step: int, share: float, config: AdapterConfig) -> float:
    """Return the learning rate: a linear warm-up, then half a cosine over the ``share`` of the time that is gone."""
    fall = config.floor + (1 - config.floor) * (0.5 + 0.5 * math.cos(math.pi * min(share, 1.0)))
    return config.rate * min(1.0, (step + 1) / max(config.warmup, 1)) * fall


@dataclass(frozen=True, slots=True)
class Material:
    """What a run learns from: pairs (mt, pe), and clean sentences that are to stay as they are.

    The first stage reads ``first`` alone; then each pass reads all of ``human``, and as many of ``clean`` and of ``other`` as the
    settings say.
    """

    human: Sequence[tuple[str, str]]
    clean: Sequence[str] = ()
    other: Sequence[tuple[str, str]] = ()
    first: Sequence[tuple[str, str]] = ()

    def draw(self, number: int, config: AdapterConfig, first: bool) -> list[tuple[str, str]]:
        """Return the pairs of pass ``number`` in the order of reading."""
        rng = random.Random(100 * config.seed + number + (5000 if first else 0))
        if first:
            pairs = list(self.first)
        else:
            pairs = [
                (mend_partly(mt, pe, rng), pe) if number and rng.random() < config.partly else (mt, pe)
                for mt, pe in self.human
            ]
            pairs += [(t, t) for t in rng.sample(list(self.clean), min(config.clean, len(self.clean)))]
            pairs += rng.sample(list(self.other), min(config.other, len(self.other)))
        rng.shuffle(pairs)
        return pairs


def fit_adapter(
    folder: Path,
    material: Material,
    held_out: Sequence[tuple[str, str]],
    config: AdapterConfig = AdapterConfig(),
    report: Callable[[str], None] = print,
) -> None:
    """Fit the adapter in ``folder`` (made where there is none); write it, its graphs and its settings.

    The folder must hold ``tokenizer.json``. An adapter that is there already is where the run begins. Raises ModelError.
    """
    from tokenizers import Tokenizer

    if not (folder / TOKENIZER).is_file():
        raise ModelError(f"{folder / TOKENIZER}: no tokenizer; copy the one of models/large")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    network = _open_network(folder, config, report)
    dev = sorted(encode(held_out, tokenizer, config), key=lambda e: len(e.ids))

    def say_losses() -> None:
        report("held out: {:.3f} a changed piece, {:.3f} a copied one".format(*mean_losses(network, dev)))

    learned = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=config.rate, weight_decay=config.weight_decay, betas=(0.9, 0.98))
    began = saved = time.monotonic()
    step = seen = 0
    for stage, batch in _read_batches(material, tokenizer, config, began):
        share = (time.monotonic() - began) / (60 * config.minutes)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, share, config)
        states, targets, weights = read_batch(network, batch)
        loss = weigh_losses(states, network.embedding, targets, weights / weights.sum())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, config.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + len(batch)
        if step % 10 == 0:
            report(f"{step} updates, {seen} pairs, {stage}: loss {loss.item():.3f}")
        if time.monotonic() - saved > 60 * config.save_every:
            saved = time.monotonic()
            _save(network, folder, config)
            say_losses()
    _save(network, folder, config)
    write_graphs(folder, SMOLLM2_135M)
    if not (folder / SHORTLIST).is_file():
        np.save(folder / SHORTLIST, np.array(find_shortlist(material.human, tokenizer), np.int32))
    say_losses()


def _open_network(folder: Path, config: AdapterConfig, report: Callable[[str], None]) -> CausalNetwork:
    dtype = torch.bfloat16 if config.half else torch.float32
    network = CausalNetwork(read_tensors(find_base(), SMOLLM2_135M), SMOLLM2_135M, config.rank, config.scale, dtype)
    if (folder / ADAPTER).is_file():
        network.load_state_dict({n: t.float() for n, t in load_file(folder / ADAPTER).items()})
        report(f"goes on from {folder / ADAPTER}")
    if config.compiled:
        for layer in network.layers:
            layer.compile(dynamic=True)
    return network


def _read_batches(
    material: Material, tokenizer: Any, config: AdapterConfig, began: float
) -> Iterator[tuple[str, list[Example]]]:
    """Yield batches and where they stand until the minutes are over: of the first stage, then of human post-edits."""
    for first, minutes in ((True, config.first_minutes if material.first else 0.0), (False, config.minutes)):
        number = 0
        while time.monotonic() - began < 60 * minutes:
            pairs = material.draw(number, config, first)
            stage = f"pass {number + 1}{' of the first stage' if first else ''}"
            for batch in make_batches(encode(pairs, tokenizer, config), config.batch_pieces, random.Random(number)):
                if time.monotonic() - began >= 60 * minutes:
                    break
                yield stage, batch
            number += 1


def _save(network: CausalNetwork, folder: Path, config: AdapterConfig) -> None:
    """Write the adapter as float16, whole or not at all, and its settings."""
    tensors = {n: p.detach().half().contiguous() for n, p in network.named_parameters()}
    save_file(tensors, str(folder / f".{ADAPTER}"))
    (folder / f".{ADAPTER}").replace(folder / ADAPTER)
    path = folder / "config.json"
    settings = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"penalty": 0.0}
    path.write_text(json.dumps(settings | {"adapter_scale": config.scale}, indent=1) + "\n", encoding="utf-8")
