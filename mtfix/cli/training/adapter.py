"""The adapter of the large model: `mtfix train adapter`, and its part of `mtfix train calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the corpora; default: the variable MTFIX_DATA.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")]


def calibrate_by_post_edits(model: Path, data: Path | None) -> None:
    """Fit confidence and thresholds of a model with an adapter on development post-edits; prints what AUTO hunks do."""
    from mtfix.model.load import find_ngrams, load_odds
    from mtfix.model.ngrams import load_ngrams
    from mtfix.model.posteditor import RememberingPostEditor
    from mtfix.model.runtime.causal import CausalPostEditor
    from mtfix.training.calibration import postedits
    from mtfix.training.calibration.calibrate import collect, with_styles

    editor = RememberingPostEditor(CausalPostEditor(model, read_odds=load_odds(), say=typer.echo))
    rows = postedits.calibration_rows(data)
    samples, odds = collect(
        editor, rows, lambda done: typer.echo(f"{done} sentences read"), load_ngrams(find_ngrams(model))
    )
    samples = with_styles(samples, rows, odds, postedits.DOCUMENT)
    clean = sum(r.group.startswith("clean") for r in rows)
    typer.echo(f"{len(samples):,} hunks pass the guard in {len(rows):,} sentences, {clean} of them clean")
    pairs = list(zip(samples, postedits.cross_fit(samples), strict=True))
    confidence = postedits.choose_thresholds(postedits.fit(samples), pairs, clean)
    confidence.save(model / "confidence.json")
    for kind, outcome in postedits.measure_outcome(confidence, pairs).items():
        typer.echo(f"{kind:<15} AUTO: {outcome.good} good, {outcome.bad} bad, {outcome.neutral} neutral")


def fit_large_adapter(
    output: Output = Path("models/large"),
    data: Data = None,
    config: Annotated[Path | None, typer.Option("--config", help="YAML of settings.")] = Path(
        "models/configs/large.yaml"
    ),
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus", help="train.tsv of 'mtfix train corpus': pairs for the first stage, and beside post-edits."
        ),
    ] = None,
) -> None:
    """Fit the adapter of the large model on post-edits; goes on from the one in the output folder, if there is one.

    The folder must hold tokenizer.json. Calibrate afterwards.

    Example: mtfix train adapter --config models/configs/large.yaml -o models/large
    """
    from mtfix.training.calibration.postedits import post_edit_rows
    from mtfix.training.corpus.borrowed import first_pairs, other_pairs
    from mtfix.training.data.development import clean_rows
    from mtfix.training.network.batches import read_pairs
    from mtfix.training.network.causal_fit import AdapterConfig, Material, fit_adapter, load_adapter_config

    sets = ("pe-ru-en.newstest2013.train", "pe-cs-en.newstest2013.train")
    human = [(r.mt, r.references[0]) for r in post_edit_rows(data, sets)]
    clean = [r.mt for name in ("gmb-voa", "au-pm-media") for r in clean_rows(name, 1000, data)]
    held_out = [(r.mt, r.references[0]) for r in post_edit_rows(data, ("pe-ru-en.newstest2016.dev",))][:160]
    settings = AdapterConfig() if config is None else load_adapter_config(config)
    other = [(p.mt, p.pe) for p in other_pairs(settings.seed, data)] if settings.other and corpus is None else []
    first = [] if corpus is None else [(p.mt, p.pe) for p in first_pairs(read_pairs(corpus), settings.seed, data)]
    material = Material(human, clean, other or first, first if settings.first_minutes else ())
    typer.echo(
        f"{len(human):,} post-edits, {len(material.other):,} other pairs, {len(material.first):,} of the first stage, "
        f"{len(clean):,} clean sentences, {settings.minutes:.0f} minutes"
    )
    fit_adapter(output, material, held_out, settings, typer.echo)
