"""`mtfix train`: the recipe of the embedded model, step by step. Each step can be run alone and again."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mtfix.cli.training.adapter import Data, Output, fit_large_adapter
from mtfix.cli.training.calibrate import calibrate
from mtfix.cli.training.newsroom import fit_newsroom
from mtfix.errors import ConfigError, ModelError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.command("adapter")(fit_large_adapter)
app.command("calibrate")(calibrate)
app.command("newsroom")(fit_newsroom)


@app.command("base")
def base(output: Output = Path("build/base"), data: Data = None, at_least: int = 12) -> None:
    """Import the packaged student: keep the pieces that English uses, record licence and hash.

    Example: mtfix train base -o build/base
    """
    from mtfix.training.network.base import build_base, vocabulary_lines

    typer.echo(json.dumps(asdict(build_base(vocabulary_lines(data), output, at_least=at_least)), indent=1))


@app.command("corpus")
def corpus(
    config: Annotated[Path, typer.Option("--config", help="YAML of what goes in.")] = Path(
        "models/configs/corpus.yaml"
    ),
    output: Output = Path("build/corpus"),
    data: Data = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", help="Exported model that looks for hard negatives and edits unlabelled outputs."),
    ] = None,
    held_out: Annotated[
        Path | None, typer.Option("--held-out", help="dev.tsv of an earlier stage, to hold out the same pairs again.")
    ] = None,
) -> None:
    """Build train.tsv and dev.tsv: human post-edits, agreed edits of system outputs, corrupted news, clean text.

    Example: mtfix train corpus --config models/configs/corpus.yaml -o build/corpus
    """
    from mtfix.config import Config
    from mtfix.model.load import load_stage
    from mtfix.training.corpus.build import build_corpus, load_corpus_config
    from mtfix.training.network.batches import read_pairs

    found = build_corpus(
        load_corpus_config(config),
        output,
        data,
        typer.echo,
        stage=None if model is None else load_stage(Config(model=str(model))),
        held_out=() if held_out is None else read_pairs(held_out),
    )
    typer.echo(json.dumps(found, indent=1))


@app.command("fit")
def fit(
    base: Annotated[Path, typer.Option("--base", help="Model folder to start from.")] = Path("build/base"),
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help="Your own mt<TAB>pe lines; a tenth is held out.")
    ] = None,
    corpus: Annotated[Path, typer.Option("--corpus", help="Folder of train.tsv and dev.tsv.")] = Path("build/corpus"),
    config: Annotated[Path | None, typer.Option("--config", help="YAML of settings.")] = None,
    output: Output = Path("build/fit"),
) -> None:
    """Fine-tune on pairs. Resumes from the checkpoint in the output folder, if there is one.

    With --pairs the model's scores before and after on the held-out tenth are printed, and the folder is ready for
    --model.

    Example: mtfix train fit --base models/default --pairs mine.tsv -o build/mine
    """
    from mtfix.training.network.batches import read_pairs
    from mtfix.training.network.fit import FitConfig, load_fit_config
    from mtfix.training.network.fit import fit as run

    if pairs is None:
        settings = FitConfig() if config is None else load_fit_config(config)
        run(base, read_pairs(corpus / "train.tsv"), read_pairs(corpus / "dev.tsv"), output, settings, typer.echo)
        return
    from mtfix.training.network.export import export_model
    from mtfix.training.newsroom import copy_calibration, read_shortlist

    given = read_pairs(pairs)
    if len(given) < 20:
        raise ConfigError(f"{pairs}: {len(given)} pairs; at least 20 are needed to learn from and to hold out a tenth")
    order = random.Random(7).sample(range(len(given)), len(given))
    held_out = [given[i] for i in order[: max(2, len(given) // 10)]]
    inputs = {p.mt for p in held_out}
    train = [given[i] for i in order if given[i].mt not in inputs]
    settings = FitConfig(
        steps=300, passes=6, rate=1e-4, floor=1e-5, warmup=20, batch_pieces=1500, average=0.99, save_every=50
    )
    settings = settings if config is None else load_fit_config(config)
    before = _post_edit(base, [p.mt for p in held_out])
    run(base, train, held_out, output, settings, typer.echo)
    export_model(output, output, (p.pe for p in given), besides=read_shortlist(base))
    if copy_calibration(base, output):
        typer.echo(f"calibration taken over from {base}; `mtfix train calibrate --model {output}` makes its own")
    after = _post_edit(output, [p.mt for p in held_out])
    _compare([p.mt for p in held_out], before, after, [p.pe for p in held_out])


def _post_edit(folder: Path, texts: list[str]) -> list[str]:
    from mtfix.model.runtime.hf import HfPostEditor

    return [h.text for h in HfPostEditor(str(folder)).post_edit(texts)]


def _compare(mt: list[str], before: list[str], after: list[str], pe: list[str]) -> None:
    from mtfix.training.measure import measure

    typer.echo(f"held out: {len(mt)} pairs (raw hypotheses, before guard and confidence)")
    for name, texts in (("do nothing", mt), ("before", before), ("after", after)):
        s = measure(mt, texts, pe)
        typer.echo(
            f"{name:<11} BLEU {s.bleu:6.2f}  TER {s.ter:6.2f}  touched {s.touched}, better {s.improved}, worse {s.worsened}"
        )


@app.command("ngrams")
def ngrams(
    model: Annotated[Path, typer.Option("--model", help="Model folder to write ngrams.npz to.")],
    data: Data = None,
    least: Annotated[int, typer.Option("--least", min=1, help="Sequences seen less often are left out.")] = 3,
) -> None:
    """Count the word sequences of clean English, for features of the confidence model.

    Calibrate afterwards: the judge of hunks learns what the counts are worth.

    Example: mtfix train ngrams --model models/default
    """
    from mtfix.model.ngrams import FILE
    from mtfix.training.calibration.ngrams import build_ngrams

    if not model.is_dir():
        raise ModelError(f"{model}: no such model folder")
    found = build_ngrams(data, typer.echo, least=least)
    found.save(model / FILE)
    typer.echo(f"{len(found):,} sequences, {(model / FILE).stat().st_size / 1e6:.1f} MB")


@app.command("ablate")
def ablate(
    base: Annotated[Path, typer.Option("--base", help="Model folder to start from.")] = Path("build/fit"),
    corpus: Annotated[Path, typer.Option("--corpus", help="Folder of train.tsv and dev.tsv.")] = Path("build/corpus"),
    steps: Annotated[int, typer.Option("--steps", min=1, help="Updates a kind.")] = 20,
    rate: Annotated[float, typer.Option("--rate", min=0.0, help="Learning rate.")] = 1e-4,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Kind of pairs, repeatable. (default: all)")] = None,
) -> None:
    """Show which kinds of pairs help: a few updates on each kind, judged on held-out real translations.

    Prints a Markdown table, kinds that help most first.

    Example: mtfix train ablate --base build/fit --corpus build/corpus2
    """
    from mtfix.evaluation.report.tables import Table, to_markdown
    from mtfix.training.ablation import ablate as run
    from mtfix.training.network.batches import read_pairs
    from mtfix.training.network.fit import FitConfig

    config = FitConfig(steps=steps, rate=rate, warmup=min(5, steps), batch_pieces=1200)
    effects = []
    train, dev = read_pairs(corpus / "train.tsv"), read_pairs(corpus / "dev.tsv")
    for effect in run(base, train, dev, config, kinds=kind or (), report=typer.echo):
        typer.echo(f"{effect.kind}: written {effect.written:+.4f}, copied {effect.copied:+.5f}", err=True)
        effects.append(effect)
    first, *others = effects
    rows = [
        (e.kind, f"{e.pairs:,}", f"{e.written:+.4f}", f"{e.copied:+.5f}")
        for e in (first, *sorted(others, key=lambda e: e.written))
    ]
    typer.echo(
        to_markdown(Table(("kind", "pairs", "loss of written pieces", "loss of copied pieces"), tuple(rows), words=1))
    )


@app.command("compare")
def compare(
    model: Annotated[
        list[Path], typer.Option("--model", help="Folder of a model, repeatable; an export is read with its shortlist.")
    ],
    held_out: Annotated[Path, typer.Option("--held-out", help="dev.tsv of a corpus.")] = Path("build/corpus/dev.tsv"),
    seen: Annotated[
        list[Path] | None,
        typer.Option("--seen", help="train.tsv of a corpus; held-out pairs with one of its targets are left out."),
    ] = None,
    penalty: Annotated[
        list[float] | None,
        typer.Option(
            "--penalty",
            help="Nats that a piece costs which the input does not have, repeatable. (default: the model's own)",
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Compare models before calibration: losses on held-out pairs, and what their hunks bring on newstest2015/16 dev.

    Prints two Markdown tables. All hunks count that the guard lets through, each alone.

    Example: mtfix train compare --model build/fit2 --model build/average --held-out build/corpus2/dev.tsv
    """
    from mtfix.evaluation.report.tables import Table, to_markdown
    from mtfix.model.runtime.hf import HfPostEditor
    from mtfix.training.comparison import leave_out_seen, measure_losses, measure_proposals
    from mtfix.training.data.development import assessed_rows
    from mtfix.training.network.batches import read_pairs
    from mtfix.training.network.fit import FitConfig

    pairs = leave_out_seen(read_pairs(held_out), {p.pe for path in seen or () for p in read_pairs(path)})
    lost = [(str(m), measure_losses(m, pairs, FitConfig())) for m in model]
    columns = f"{len(pairs):,} held-out pairs", "loss of written pieces", "loss of copied pieces"
    rows = tuple((name, f"{x.written:.3f}", f"{x.copied:.3f}") for name, x in lost)
    typer.echo(to_markdown(Table(columns, rows, words=1)))
    read = assessed_rows(data)
    penalties: list[float | None] = [*penalty] if penalty else [None]
    proposed = [
        (str(m) if p is None else f"{m}, penalty {p:g}", measure_proposals(HfPostEditor(str(m), penalty=p), read))
        for m in model
        for p in penalties
    ]
    typer.echo(
        to_markdown(
            Table(
                (f"{len(read):,} sentences", "nearer", "farther", "neither", "word edits gained", "pairs gained"),
                tuple((name, *map(str, (x.nearer, x.farther, x.neither, x.edits, x.pairs))) for name, x in proposed),
                words=1,
            )
        )
    )


@app.command("average")
def average(
    fitted: Annotated[list[Path], typer.Option("--fitted", help="Folder of a fitted model; give two or more.")],
    output: Output = Path("build/average"),
) -> None:
    """Write the mean of the weights of several runs that started from one another.

    Example: mtfix train average --fitted build/fit2 --fitted build/fit3 -o build/average
    """
    from mtfix.training.network.export import average_models

    average_models(fitted, output)
    typer.echo(f"the mean of {len(fitted)} models in {output}")


@app.command("export")
def export(
    fitted: Annotated[Path, typer.Option("--fitted", help="Folder of the fitted model.")] = Path("build/fit"),
    corpus: Annotated[
        Path, typer.Option("--corpus", help="Folder of train.tsv: its targets make the shortlist.")
    ] = Path("build/corpus"),
    output: Output = Path("models/default"),
    penalty: Annotated[
        float | None,
        typer.Option(
            "--penalty", help="Nats that a piece costs which the input does not have. (default: as fitted, 0)"
        ),
    ] = None,
) -> None:
    """Write the folder that the runtime loads: fp16 safetensors, ONNX graphs, vocabulary, shortlist.

    Example: mtfix train export --fitted build/fit -o models/default
    """
    from mtfix.training.network.batches import read_pairs
    from mtfix.training.network.export import export_model

    export_model(fitted, output, (p.pe for p in read_pairs(corpus / "train.tsv")), penalty=penalty)
    typer.echo(f"{sum(f.stat().st_size for f in output.iterdir() if f.is_file()) / 1e6:.1f} MB in {output}")


@app.command("card")
def card(
    log: Annotated[
        list[Path] | None, typer.Option("--log", help="log.jsonl of a run; give it once a stage, in order.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="Folder of results of `mtfix eval run`; gives the scores.")
    ] = None,
    test: Annotated[
        list[str] | None, typer.Option("--test", help="Test set to show, repeatable. (default: all)")
    ] = None,
    model: Annotated[Path, typer.Option("--model", help="Model folder with the card, README.md.")] = Path(
        "models/default"
    ),
) -> None:
    """Draw the learning curve of the model card, and write its scores.

    Example: mtfix train card --log build/fit/log.jsonl --results eval/results --test newstest2018.online-F
    """
    if not log and results is None:
        raise ConfigError("nothing to write: give --log FILE, --results FOLDER or both")
    if log:
        from mtfix.training.card import draw_learning_curve

        draw_learning_curve(log, model / "learning-curve.png")
    if results is not None:
        from mtfix.evaluation.result import read_run
        from mtfix.training.scores import render_scores, write_scores

        runs = [read_run(path) for path in sorted(results.glob("*.json"))]
        write_scores(model / "README.md", render_scores(runs, test or ()))
