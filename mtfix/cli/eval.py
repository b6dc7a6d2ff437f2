"""The commands `mtfix eval score`, `run`, `compare` and `gate`. Libraries are imported when a command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mtfix.cli.console import find_width, report_error, say, shows_progress
from mtfix.cli.options import Backend, Beams, Device, Endpoint, Prefix

if TYPE_CHECKING:
    from mtfix.evaluation.result import Run
    from mtfix.evaluation.scoring import ScoreSettings

FINDINGS = 1
COULD_NOT_RUN = 2

app = typer.Typer(no_args_is_help=True, help="Score post-editors: BLEU, and what BLEU does not say.")

data = typer.Typer(no_args_is_help=True, help="Build test sets, and see which of a suite are here.")
app.add_typer(data, name="data")

Json = Annotated[
    Path | None,
    typer.Option("--json", help="Write the result as JSON (eval/result.schema.json); - for standard output."),
]
Html = Annotated[Path | None, typer.Option("--html", help="Write one self-contained page.")]
Md = Annotated[Path | None, typer.Option("--md", help="Write Markdown tables.")]
Latex = Annotated[Path | None, typer.Option("--latex", help="Write the headline table as a LaTeX tabular.")]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write every figure in long form.")]
Metrics = Annotated[
    str, typer.Option(help="Metrics, with commas: bleu, chrf, chrf++, ter. Without ter it is much faster.")
]
Seed = Annotated[int, typer.Option(help="Seed of all resampling; sacrebleu's own default.")]
Samples = Annotated[int, typer.Option(min=0, help="Bootstrap samples; 0: no intervals.")]
Trials = Annotated[int, typer.Option(min=0, help="Trials of approximate randomisation; 0: none.")]
Tokenize = Annotated[str, typer.Option(help="BLEU's tokeniser.")]
Lowercase = Annotated[bool, typer.Option("--lowercase", help="Fold case in BLEU and chrF.")]
BandTer = Annotated[float, typer.Option(min=0, help="Dead band: a change of sentence TER up to this is none.")]
BandChrf = Annotated[float, typer.Option(min=0, help="Dead band: a change of sentence chrF up to this is none.")]
Keep = Annotated[int, typer.Option(min=0, help="Segments x systems whose statistics are kept for resampling.")]
Neural = Annotated[
    list[str] | None, typer.Option("--neural", help="comet=PATH or bertscore=PATH: a model on this machine.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no table.")]


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turn the input's faults into one line and exit code 2, also where the command is called without `mtfix`."""
    from mtfix.errors import MtfixError

    try:
        yield
    except MtfixError as error:
        report_error(str(error))
        raise typer.Exit(COULD_NOT_RUN) from None


def _settings(
    metrics: str,
    seed: int,
    samples: int,
    trials: int,
    tokenize: str,
    lowercase: bool,
    bands: tuple[float, float],
    keep: int,
) -> ScoreSettings:
    from mtfix.evaluation.harm.judgement import DeadBand
    from mtfix.evaluation.metrics.metrics import MetricSettings
    from mtfix.evaluation.scoring import ScoreSettings

    names = tuple(dict.fromkeys(m.strip().lower() for m in metrics.split(",") if m.strip()))
    return ScoreSettings(
        metrics=names,
        metric=MetricSettings(tokenize=tokenize, lowercase=lowercase),
        band=DeadBand(*bands),
        samples=samples,
        trials=trials,
        seed=seed,
        row_limit=keep,
    )


@app.command()
def score(
    mt: Annotated[str, typer.Option("--mt", help="The machine translation: FILE or FILE:COLUMN.")],
    hyp: Annotated[list[str], typer.Option("--hyp", help="What a post-editor made of it; repeat for more systems.")],
    ref: Annotated[list[str] | None, typer.Option("--ref", help="A reference; repeat for more.")] = None,
    pe: Annotated[str | None, typer.Option("--pe", help="A human post-edit of this very machine translation.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="The source text, for the sentence browser.")] = None,
    json: Json = None,
    html: Html = None,
    md: Md = None,
    latex: Latex = None,
    csv: Csv = None,
    metrics: Metrics = "bleu,chrf,chrf++,ter",
    seed: Seed = 12345,
    samples: Samples = 1000,
    trials: Trials = 10000,
    tokenize: Tokenize = "13a",
    lowercase: Lowercase = False,
    band_ter: BandTer = 1.0,
    band_chrf: BandChrf = 0.5,
    keep: Keep = 250_000,
    encoding: Annotated[str, typer.Option(help="Encoding of the files.")] = "utf-8",
    neural: Neural = None,
    quiet: Quiet = False,
) -> None:
    """Score outputs against references or a post-edit, with intervals, tests and do-no-harm figures.

    Files are plain lines, TSV, JSONL, SGML or WMT XML (.gz and .xz too). Example:

    mtfix eval score --mt mt.txt --hyp fixed.txt --ref ref.txt --html report.html
    """
    with _one_line_errors():
        from mtfix.evaluation.files import score_files

        run = score_files(
            mt=mt,
            hypotheses=hyp,
            references=ref or [],
            post_edit=pe,
            source=source,
            encoding=encoding,
            settings=_settings(metrics, seed, samples, trials, tokenize, lowercase, (band_ter, band_chrf), keep),
            neural=neural or [],
            track=_track,
        )
        _deliver(run, json=json, html=html, md=md, latex=latex, csv=csv, quiet=quiet)


@app.command("run")
def run_command(
    suite: Annotated[Path, typer.Argument(help="A suite, such as eval/suites/seeds.toml.")],
    system: Annotated[
        list[str] | None,
        typer.Option(
            "--system",
            help="do-nothing, rules, model, full, model:NAME, full:NAME (full:large), raw:NAME, guarded:NAME, file:PATH, a checkpoint's folder or hub name; repeat for more.",
        ),
    ] = None,
    test: Annotated[list[str] | None, typer.Option("--test", help="Only this test set; repeat for more.")] = None,
    sample: Annotated[int | None, typer.Option(min=0, help="Draw so many segments of each set; 0: all.")] = None,
    profile: Annotated[str | None, typer.Option(help="House profile of mtfix's own systems.")] = None,
    backend: Backend = None,
    endpoint: Endpoint = None,
    prefix: Prefix = None,
    beams: Beams = None,
    device: Device = None,
    cache: Annotated[Path | None, typer.Option(help="Folder for outputs, so that a run can be resumed.")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Compute everything anew.")] = False,
    no_speed: Annotated[bool, typer.Option("--no-speed", help="Do not measure speed and memory.")] = False,
    json: Json = None,
    html: Html = None,
    md: Md = None,
    latex: Latex = None,
    csv: Csv = None,
    metrics: Metrics = "bleu,chrf,chrf++,ter",
    seed: Seed = 12345,
    samples: Samples = 1000,
    trials: Trials = 10000,
    neural: Neural = None,
    quiet: Quiet = False,
) -> None:
    """Run systems on the test sets of a suite and score them.

    mtfix eval run eval/suites/seeds.toml --system do-nothing --system rules --json eval/results/seeds.json
    """
    with _one_line_errors():
        from mtfix.evaluation.data.suite import load_suite
        from mtfix.evaluation.running import RunSettings, run_suite
        from mtfix.evaluation.systems.cache import default_folder
        from mtfix.evaluation.systems.systems import make_system

        loaded = load_suite(suite)
        folder = None if no_cache else (cache or default_folder())
        names = dict.fromkeys(system or ["do-nothing", "rules"])
        options = {"endpoint": endpoint, "prefix": prefix, "beams": beams, "device": device}
        options["backend"] = None if backend is None else backend.value
        systems = [make_system(name, profile=profile, options=options, answers=folder) for name in names]
        settings = RunSettings(
            score=_settings(metrics, seed, samples, trials, "13a", False, (1.0, 0.5), 250_000),
            sample=sample,
            tests=tuple(test or ()),
            cache=folder,
            neural=tuple(neural or ()),
            speed=not no_speed,
        )
        with _bar() as progress:
            result = run_suite(loaded, systems, settings, progress)
        for reason in result.skipped.values():
            say(f"skipped: {reason}")
        _deliver(result, json=json, html=html, md=md, latex=latex, csv=csv, quiet=quiet)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A result as JSON.")],
    second: Annotated[Path, typer.Argument(help="Another one.")],
    md: Md = None,
) -> None:
    """Compare two results figure by figure: mtfix eval compare before.json after.json"""
    with _one_line_errors():
        from mtfix.evaluation.report.compare import compare_table, match_entries
        from mtfix.evaluation.report.tables import to_markdown, to_text
        from mtfix.evaluation.result import read_run

        pairs = match_entries(read_run(first), read_run(second))
        table = compare_table(pairs)
        print(to_text(table, find_width()), end="")
        for warning in dict.fromkeys(w for p in pairs for w in p.warnings):
            say(warning)
        if md:
            _write(md, to_markdown(table))


@app.command()
def gate(
    result: Annotated[Path, typer.Argument(help="A result as JSON.")],
    minimum: Annotated[
        list[str] | None, typer.Option("--min", help="FIGURE>=NUMBER; a signed number is a change.")
    ] = None,
    maximum: Annotated[
        list[str] | None, typer.Option("--max", help="FIGURE<=NUMBER; a signed number is a change.")
    ] = None,
    system: Annotated[list[str] | None, typer.Option("--system", help="Only this system; repeat for more.")] = None,
    test: Annotated[list[str] | None, typer.Option("--test", help="Only this test set; repeat for more.")] = None,
) -> None:
    """Exit with 1 when a result does not meet the conditions, for CI.

    mtfix eval gate result.json --min 'bleu>=+0.2' --max 'worsened<=0.3'
    """
    with _one_line_errors():
        from mtfix.errors import ConfigError, unknown_name
        from mtfix.evaluation.report.gate import check_gate, parse_condition
        from mtfix.evaluation.result import read_run

        run = read_run(result)
        for wanted, known, what in (
            (system or (), {e.system.name for e in run.entries}, "system"),
            (test or (), {e.test_set.name for e in run.entries}, "test set"),
        ):
            for name in wanted:
                if name not in known:
                    raise ConfigError(unknown_name(what, name, known))
        entries = [
            e for e in run.entries if (not system or e.system.name in system) and (not test or e.test_set.name in test)
        ]
        conditions = [parse_condition(c, kind="min") for c in minimum or ()]
        conditions += [parse_condition(c, kind="max") for c in maximum or ()]
        failures = check_gate(run.model_copy(update={"entries": entries}), conditions)
    for failure in failures:
        print(failure)
    if failures:
        raise typer.Exit(FINDINGS)
    print(f"{len(conditions)} conditions hold for {len(entries)} entries")


def _track(items: Any, total: int | None, what: str) -> Any:
    """Yield ``items``; on a terminal, with a progress bar."""
    with _bar() as progress:
        done = 0
        for done, item in enumerate(items, 1):
            yield item
            if done % 100 == 0:
                progress(what, done, total)
        progress(what, done, done)


@contextmanager
def _bar() -> Iterator[Any]:
    """Give a function (task, done, total) that shows a progress bar on a terminal and nothing elsewhere.

    A total of None is not known: the bar then only moves and counts.
    """
    if not shows_progress():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                # One bar at a time, with a clock of its own.
                for task in tasks.values():
                    progress.update(task, visible=False)
                tasks[name] = progress.add_task(name, total=total)
            progress.update(tasks[name], completed=done, total=total)

        yield show


def _write(path: Path, text: str) -> None:
    from mtfix.cli.outputs import prepare_folder, write_outputs

    prepare_folder(path.parent)
    write_outputs({path: text.encode("utf-8")})


def _deliver(
    run: Run,
    *,
    json: Path | None,
    html: Path | None,
    md: Path | None,
    latex: Path | None,
    csv: Path | None,
    quiet: bool,
) -> None:
    """Write what was asked for and print the headline table, the signatures and every note."""
    from mtfix.evaluation.report.tables import headline, legend, signatures, to_csv, to_latex, to_text
    from mtfix.evaluation.result import dump_run, strip_sentences, write_run

    if json and str(json) == "-":
        print(dump_run(strip_sentences(run)), end="")
        quiet = True  # standard output is for the JSON
    elif json:
        write_run(run, json)
    if html:
        from mtfix.evaluation.report.page import render_page

        _write(html, render_page(run))
    if md:
        from mtfix.evaluation.report.markdown import render_markdown

        _write(md, render_markdown(run))
    if latex:
        _write(latex, to_latex(headline(run), "; ".join(signatures(run))))
    if csv:
        _write(csv, to_csv(run))
    if not quiet:
        print(to_text(headline(run), find_width()))
        print("\n".join((*signatures(run), *legend(run))))
    for note in dict.fromkeys(f"{e.test_set.name}: {n}" for e in run.entries for n in e.notes):
        say(f"note: {note}")


@data.command("list")
def list_data(
    suites: Annotated[list[Path], typer.Argument(help="Suites, such as eval/suites/ru-news.toml.")],
) -> None:
    """Say which test sets of suites are on this machine, and where the others come from.

    Exit code 1: some are missing. Example: mtfix eval data list eval/suites/ru-news-pe.toml
    """
    with _one_line_errors():
        from mtfix.evaluation.data.sacrebleu_sets import MissingDataError
        from mtfix.evaluation.data.suite import find_files, load_suite

        missing = False
        for path in suites:
            loaded = load_suite(path)
            for test in loaded.suite.test:
                try:
                    count = len(find_files(test, loaded.base))
                    state = "here" if count == 1 else f"here, {count} files"
                except MissingDataError as error:
                    missing, state = True, f"missing: {str(error).removeprefix(f'{test.name}: ')}; from {test.origin}"
                typer.echo(f"{test.name}: {state}")
    if missing:
        raise typer.Exit(FINDINGS)


@data.command("make")
def make_data(
    target: Annotated[Path, typer.Argument(help="The table to write: .tsv, .tsv.xz or .tsv.gz.")],
    mt: Annotated[
        list[str] | None,
        typer.Option("--mt", help="The machine translation, a segment a line: FILE, or SYSTEM=FILE for several."),
    ] = None,
    ref: Annotated[list[Path] | None, typer.Option("--ref", help="A reference; repeat for more.")] = None,
    pe: Annotated[Path | None, typer.Option("--pe", help="Post-edits of the machine translation.")] = None,
    source: Annotated[Path | None, typer.Option("--source", help="The source text.")] = None,
    sacrebleu: Annotated[
        str,
        typer.Option(
            "--sacrebleu", metavar="NAME/LANGUAGES", help="All fields of a test set that sacrebleu has fetched."
        ),
    ] = "",
) -> None:
    """Make a table for a suite from parallel files, or from a test set of sacrebleu and outputs for it. Opens no connection.

    mtfix eval data make wmt/newstest2018.ru-en.test.tsv.xz --sacrebleu wmt18/ru-en --mt online-F=online-F.txt
    """
    with _one_line_errors():
        from mtfix.evaluation.data.building import build_table, name_columns

        columns = name_columns(sacrebleu=sacrebleu, source=source, references=ref or (), post_edit=pe, outputs=mt or ())
        count = build_table(target, columns)
        say(f"{target}: {count:,} segments, columns seg, {', '.join(columns)}")
