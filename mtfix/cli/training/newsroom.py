"""`mtfix train newsroom`: a calibrated model from a newsroom's own post-edits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from mtfix.cli.training.adapter import Output
from mtfix.errors import ModelError


def fit_newsroom(
    pairs: Annotated[Path, typer.Option("--pairs", help="Your own mt<TAB>pe lines, in the order of the articles.")],
    base: Annotated[str, typer.Option("--base", help="Model to start from: a name or a folder.")] = "default",
    config: Annotated[Path | None, typer.Option("--config", help="YAML of settings of `mtfix train fit`.")] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, help="Models that are fitted to calibrate the last one.")] = 3,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Processors to use.")] = 2,
    output: Output = Path("build/newsroom"),
) -> None:
    """Fine-tune and calibrate a model on your own pairs alone; the folder is ready for --model.

    Each pair is held out once, so that what AUTO edits do is measured on pairs that the model has not seen.

    Example: mtfix train newsroom --pairs mine.tsv -o build/mine
    """
    from mtfix.model.load import find_model
    from mtfix.training.network.batches import read_pairs
    from mtfix.training.network.fit import FitConfig, load_fit_config
    from mtfix.training.newsroom import fit_newsroom as run

    folder = find_model(base)
    if folder is None or not (folder / "model.safetensors").is_file():
        raise ModelError(f"{base}: no model.safetensors to fine-tune; give the folder of a model with --base")
    if (output / "model.safetensors").is_file():
        raise ModelError(f"{output}: there is a model already; give another folder with -o, or remove this one")
    usual = {"steps": 300, "passes": 6, "rate": 1e-4, "floor": 1e-5, "warmup": 20, "batch_pieces": 1500}
    settings = (
        FitConfig(**usual, average=0.99, save_every=50, threads=threads)  # type: ignore[arg-type]
        if config is None
        else load_fit_config(config, threads=threads)
    )
    began = time.perf_counter()
    done = run(folder, read_pairs(pairs), output, settings, folds=folds, report=typer.echo)
    typer.echo(f"{done.hunks} hunks pass the guard in {done.clean} held-out pairs and their {done.clean} post-edits")
    for kind, o in done.outcome.items():
        typer.echo(f"{kind:<15} AUTO: {o.good} good, {o.bad} bad, {o.neutral} neutral")
    if not done.outcome:
        typer.echo("no hunk is sure enough to be AUTO: the model suggests only; more pairs may change that")
    typer.echo(f"{(time.perf_counter() - began) / 60:.1f} minutes; try it: mtfix fix --model {output} wire.txt")
