"""Fine-tune the network on pairs: read top to bottom.

One process, two or more CPU threads, fp32. Checkpoints hold everything a resumed run needs; the weights that are kept
are an exponential average of those of the run, which is worth about as much as averaging checkpoints.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import datasets
import torch
import torch.nn.functional as F  # noqa: N812
import transformers
import yaml
from torch import Tensor

from mtfix.errors import ConfigError, ModelError, unknown_name
from mtfix.model.runtime.network import SsruForConditionalGeneration
from mtfix.model.runtime.pieces import Pieces
from mtfix.training.data.pairs import Pair
from mtfix.training.network.batches import Batch, Example, collate, commonest_pieces, encode_pair, endless_batches


@dataclass(frozen=True, slots=True)
class FitConfig:
    """Settings of a run, each with its reason."""

    steps: int = 3000  # updates in all; the rate falls to `floor` at the last
    passes: float = 0.0  # over the pairs, at most, if above 0: more would overfit a few hundred pairs
    rate: float = 3e-4  # AdamW; 1e-3 forgets how to copy
    floor: float = 2e-5
    warmup: int = 100
    hold: float = 0.3  # share of the steps before the rate starts to fall
    batch_pieces: int = 2500  # padded pieces a batch: at half of it the gradients are noisy, at twice the updates few
    longest: int = 80  # pieces; longer pairs are left out, the runtime splits long sentences
    changed_weight: float = 3.0  # most target pieces are copies, from which there is little to learn
    shortlist: int = 4000  # commonest pieces scored besides those of the batch: the whole vocabulary costs 1.5 times
    smoothing: float = 0.0
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.998  # decay of the running average of weights
    save_every: int = 100
    seed: int = 7
    threads: int = 2


def load_fit_config(path: Path, **overrides: Any) -> FitConfig:
    """Read a YAML file of `FitConfig` fields. Raises ConfigError for an unknown key or a wrong type."""
    known = {f.name: f for f in fields(FitConfig)}
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    values |= overrides
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{path}: {unknown_name('key', key, known)}")
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise ConfigError(f"{path}: {key} must be a number, not {value!r}")
    return FitConfig(**values)


def limit_steps(config: FitConfig, pieces: int) -> FitConfig:
    """Return the settings with no more steps than make ``config.passes`` over ``pieces`` target pieces."""
    if not config.passes:
        return config
    steps = min(config.steps, max(1, round(config.passes * pieces / config.batch_pieces)))
    return replace(config, steps=steps, warmup=min(config.warmup, steps // 3))


def learning_rate(step: int, config: FitConfig) -> float:
    """Linear warm-up, a plateau, then a straight fall to the floor."""
    if step < config.warmup:
        return config.rate * (step + 1) / config.warmup
    plateau = max(config.warmup, int(config.hold * config.steps))
    if step < plateau:
        return config.rate
    share = min(1.0, (step - plateau) / max(1, config.steps - plateau))
    return config.rate + (config.floor - config.rate) * share


def batch_loss(
    model: SsruForConditionalGeneration, batch: Batch, common: Tensor | None, smoothing: float = 0.0
) -> Tensor:
    """Weighted cross-entropy over the shortlist of a batch (None: over all pieces), per unit of weight."""
    decoder_input = model.prepare_decoder_input_ids_from_labels(batch.labels)
    memory = model.encoder(batch.source, batch.mask)[0]
    hidden = model.decode(decoder_input, model.start(memory), batch.mask)
    real = batch.labels >= 0
    labels = batch.labels[real]
    if common is None:
        logits = model.logits(hidden[real])
    else:
        shortlist = torch.unique(torch.cat([common, labels, batch.source[batch.mask]]))
        labels = torch.searchsorted(shortlist, labels)
        logits = model.logits(hidden[real], shortlist)
    losses = F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
    weights = batch.weights[real]
    return (losses * weights).sum() / weights.sum()


@torch.no_grad()
def mean_loss(model: SsruForConditionalGeneration, examples: Sequence[Example], pad: int) -> float:
    """Mean loss per target piece of ``examples``, all pieces of the vocabulary in play, unweighted."""
    total = count = 0.0
    for at in range(0, len(examples), 32):
        batch = collate(examples[at : at + 32], pad)
        flat = Batch(batch.source, batch.mask, batch.labels, torch.ones_like(batch.weights), batch.pieces)
        total += float(batch_loss(model, flat, None)) * batch.pieces
        count += batch.pieces
    return total / max(count, 1.0)


def encode_pairs(pairs: Sequence[Pair], pieces: Pieces, config: FitConfig) -> list[Example]:
    """Encode pairs with `datasets` (cached in memory), leaving out those that are too long."""
    rows = datasets.Dataset.from_dict({"mt": [p.mt for p in pairs], "pe": [p.pe for p in pairs]}).map(
        lambda row: asdict(encode_pair(Pair(row["mt"], row["pe"], ""), pieces, config.changed_weight)),
        remove_columns=["mt", "pe"],
        keep_in_memory=True,
        new_fingerprint=f"pairs-{len(pairs)}-{config.changed_weight}",
    )
    return [
        Example(tuple(r["source"]), tuple(r["target"]), tuple(r["weights"]))
        for r in rows
        if max(len(r["source"]), len(r["target"])) <= config.longest
    ]


def save_model(model: SsruForConditionalGeneration, weights: dict[str, Tensor], like: Path, output: Path) -> None:
    """Write ``weights`` as safetensors with the config and the vocabulary of ``like``."""
    output.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(output, state_dict={k: v.clone() for k, v in weights.items()})
    for name in ("vocabulary.spm", "base.json"):
        if (like / name).exists():
            (output / name).write_bytes((like / name).read_bytes())


def fit(
    base: Path,
    train: Sequence[Pair],
    dev: Sequence[Pair],
    output: Path,
    config: FitConfig,
    report: Callable[[str], None] = print,
) -> Path:
    """Fine-tune ``base`` on ``train``; write the averaged weights to ``output`` and return it.

    ``output/checkpoint.pt`` and ``output/log.jsonl`` make the run resumable: calling this again goes on where the last
    one stopped. Raises ModelError when ``base`` is not a model folder.
    """
    if not (base / "config.json").exists():
        raise ModelError(f"{base}: no config.json; make the base with `mtfix train base`")
    # `report` says what a run does; the libraries' bars would only break its lines.
    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    random.seed(config.seed)
    pieces = Pieces(base / "vocabulary.spm")
    model = SsruForConditionalGeneration.from_pretrained(base, dtype=torch.float32)
    examples = encode_pairs(train, pieces, config)
    if not examples:
        raise ModelError(f"no pair has at most {config.longest} pieces; nothing to learn from")
    held_out = encode_pairs(dev, pieces, config)
    config = limit_steps(config, sum(len(e.target) for e in examples))
    common = commonest_pieces(examples, config.shortlist)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.rate, weight_decay=config.weight_decay, betas=(0.9, 0.98), fused=True
    )
    average = {k: v.clone() for k, v in model.state_dict().items()}
    step = 0
    output.mkdir(parents=True, exist_ok=True)
    checkpoint = output / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step = saved["average"], int(saved["step"])
        report(f"resumed at step {step}")
    report(f"{len(examples)} pairs, {sum(len(e.target) for e in examples)} target pieces, {len(held_out)} held out")
    batches = endless_batches(examples, config.batch_pieces, config.seed, start=step)
    log = (output / "log.jsonl").open("a", encoding="utf-8")
    running, seen, began, first = 0.0, 0, time.perf_counter(), step
    while step < config.steps:
        rate = learning_rate(step, config)
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = collate([examples[i] for i in next(batches)], pieces.pad)
        loss = batch_loss(model, batch, common, config.smoothing)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        optimizer.step()
        step += 1
        decay = min(config.average, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, value in model.state_dict().items():
                average[name].lerp_(value, 1 - decay)
        running += (loss.item() - running) / min(step - first, 50)
        seen += batch.pieces
        if step % 10 == 0 or step == config.steps:
            row: dict[str, Any] = {"step": step, "loss": round(running, 4), "rate": rate, "pieces": seen}
            if step % config.save_every == 0 or step == config.steps:
                held = _dev_loss(model, average, held_out, pieces.pad)
                row["dev"] = None if math.isnan(held) else round(held, 4)
                speed = seen / (time.perf_counter() - began)
                report(f"step {step}: loss {running:.3f}, held out {held:.3f}, {speed:.0f} pieces/s")
                _save(checkpoint, model, optimizer, average, step)
                save_model(model, average, base, output)
            log.write(json.dumps(row) + "\n")
            log.flush()
    log.close()
    save_model(model, average, base, output)
    return output


def _dev_loss(
    model: SsruForConditionalGeneration, average: dict[str, Tensor], held_out: Sequence[Example], pad: int
) -> float:
    """Loss of the averaged weights on held-out pairs."""
    if not held_out:
        return math.nan
    own = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(average)
    loss = mean_loss(model, held_out, pad)
    model.load_state_dict(own)
    return loss


def _save(
    path: Path,
    model: SsruForConditionalGeneration,
    optimizer: torch.optim.Optimizer,
    average: dict[str, Tensor],
    step: int,
) -> None:
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "average": average, "step": step}
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)
