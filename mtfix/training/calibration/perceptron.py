"""Fit the small network that says how sure a hunk is (`mtfix.model.confidence.Perceptron`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from mtfix.model.confidence import Perceptron

Array = NDArray[np.float64]
_LEAST_UPDATES = 500  # a few hundred rows are read more often


def fit_perceptron(
    x: Array,
    y: Array,
    weights: Array,
    *,
    hidden: int = 32,
    nets: int = 2,
    epochs: int = 12,  # and `_LEAST_UPDATES`
    decay: float = 0.1,
    dropout: float = 0.1,
    rate: float = 4e-3,
    batch: int = 256,
    seed: int = 0,
) -> Perceptron:
    """Return the network for features ``x [N, F]``, answers ``y [N]`` of 0 or 1 and ``weights [N]`` of the rows.

    The mean of the log odds of ``nets`` networks from different starts, written as one: AdamW on the cross-entropy, the
    rate rising and falling in one cycle (Smith and Topin 2019). One thread, fixed seeds: the same data give the same
    network.
    """
    middle, spread = x.mean(0), x.std(0)
    spread = np.where(spread < 1e-6, 1.0, spread)  # a feature that never varies is left where it is
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        fitted = [
            _fit_one((x - middle) / spread, y, weights, hidden, epochs, decay, dropout, rate, batch, seed + i)
            for i in range(nets)
        ]
    finally:
        torch.set_num_threads(threads)
    found = []
    for inner, start, output, bias in fitted:
        scaled = inner / spread[:, None]  # the features' middle and spread go into the first layer
        found.append(Perceptron(scaled, start - middle @ scaled, output, bias))
    return average(found)


def average(networks: Sequence[Perceptron]) -> Perceptron:
    """Return the network whose log odds are the mean of those of ``networks``."""
    count = len(networks)
    return Perceptron(
        np.concatenate([n.hidden for n in networks], 1),
        np.concatenate([n.hidden_bias for n in networks]),
        np.concatenate([n.output for n in networks]) / count,
        sum(n.bias for n in networks) / count,
    )


def _fit_one(
    x: Array,
    y: Array,
    weights: Array,
    hidden: int,
    epochs: int,
    decay: float,
    dropout: float,
    rate: float,
    batch: int,
    seed: int,
) -> tuple[Array, Array, Array, float]:
    torch.manual_seed(seed)
    rows, answers, counts = (torch.tensor(a, dtype=torch.float32) for a in (x, y, weights))
    net = nn.Sequential(
        nn.Dropout(dropout), nn.Linear(x.shape[1], hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1)
    )
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=decay)
    parts = -(-len(x) // batch)
    epochs = max(epochs, -(-_LEAST_UPDATES // parts))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=epochs * parts)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for at in range(0, len(x), batch):
            part = order[at : at + batch]
            loss = functional.binary_cross_entropy_with_logits(net(rows[part])[:, 0], answers[part], counts[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    first, last = net[1], net[4]
    return (
        first.weight.detach().double().numpy().T,
        first.bias.detach().double().numpy(),
        last.weight.detach().double().numpy()[0],
        float(last.bias.detach()),
    )
