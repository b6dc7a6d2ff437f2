"""The model card and its figures: learning curve and reliability diagram."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from mtfix.errors import InputError

mpl.use("Agg")
from matplotlib import pyplot as plt


def draw_learning_curve(logs: Sequence[Path], output: Path) -> None:
    """Draw the losses of one or more runs, one after the other, from their ``log.jsonl``. Raises InputError."""
    steps: list[int] = []
    loss: list[float] = []
    dev_steps: list[int] = []
    dev: list[float] = []
    start = 0
    for log in logs:
        try:
            rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        except (OSError, ValueError) as error:
            raise InputError(f"{log}: not a training log: {error}") from None
        for row in rows:
            steps.append(start + row["step"])
            loss.append(row["loss"])
            if row.get("dev") is not None:
                dev_steps.append(start + row["step"])
                dev.append(row["dev"])
        start = steps[-1] if steps else 0
    figure, axes = plt.subplots(figsize=(7, 4))
    axes.plot(steps, loss, label="training (changed pieces weighted)", linewidth=1)
    axes.plot(dev_steps, dev, "o-", label="held out", markersize=3)
    axes.set_xlabel("updates")
    axes.set_ylabel("loss a piece (nats)")
    lowest = min([*(v for v in dev if v is not None), *loss[5:], 0.5])
    axes.set_ylim(min(0.4, 0.9 * lowest), max(1.6, *(v for v in loss[5:] or [1.6])))
    axes.legend()
    figure.tight_layout()
    figure.savefig(output, dpi=110)
    plt.close(figure)


def draw_reliability(table: Sequence[tuple[float, float, int]], output: Path) -> None:
    """Draw (mean probability, share of good hunks, count) rows against the diagonal."""
    figure, axes = plt.subplots(figsize=(4.5, 4.5))
    axes.plot([0, 1], [0, 1], "--", color="grey", linewidth=1)
    axes.plot([p for p, _, _ in table], [g for _, g, _ in table], "o-")
    for p, g, n in table:
        axes.annotate(str(n), (p, g), textcoords="offset points", xytext=(4, -9), fontsize=7)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share of hunks nearer to the human text")
    figure.tight_layout()
    figure.savefig(output, dpi=110)
    plt.close(figure)
