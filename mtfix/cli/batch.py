"""`mtfix batch`: an archive in, the repaired archive out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mtfix.cli import options as opt
from mtfix.cli.console import open_console, say, shows_progress
from mtfix.cli.exits import FINDINGS
from mtfix.errors import ConfigError, OutputError

if TYPE_CHECKING:
    from mtfix.batch.progress import Progress, Watch
    from mtfix.batch.results.summary import Summary


class EngineChoice(str, Enum):
    """Where the work is done."""

    LOCAL = "local"
    RAY = "ray"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
@opt.configurable()
def batch(
    inputs: Annotated[list[str], typer.Argument(metavar="IN...", help="Files and folders; with ray also URLs.")],
    out: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="Folder for the repaired archive.")],
    engine: Annotated[EngineChoice, typer.Option("--engine", help="Where the work is done.")] = EngineChoice.LOCAL,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Worker processes. (default: one a core)")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a batch was; take new and changed files.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Copy tables that cannot be repaired as asked, and list them.")
    ] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first document that fails.")] = False,
    max_errors: Annotated[
        int | None,
        typer.Option("--max-errors", min=0, metavar="N", help="Stop when more documents fail. (default: never)"),
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="Write every edit: .parquet, or JSON Lines.")
    ] = None,
    summary: Annotated[
        Path | None, typer.Option("--summary", metavar="FILE", help="Write the summary: .html, or JSON.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", metavar="FILE", help="Keep results by content for later batches.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.01, metavar="SECONDS", help="Give a document up after this time.")
    ] = 300.0,
    max_chars: Annotated[
        int, typer.Option("--max-chars", min=1, metavar="N", help="Pass longer documents on unread.")
    ] = 2_000_000,
    address: Annotated[
        str | None,
        typer.Option("--ray-address", metavar="ADDRESS", help="Cluster for --engine ray. (default: this machine)"),
    ] = None,
    *,
    choices: opt.Choices,
) -> None:
    """Repair an archive.

    Folders go over file by file under the same names; in JSONL, CSV, TSV and Parquet every record is a document, and
    only the fields given change. A batch may be killed at any moment: the same command with --resume finishes it, and
    the result is the same. Documents that fail are copied as they are and listed.

    Exit codes: 0 done, 1 done but some documents failed, 2 could not run or was stopped, 130 interrupted (Ctrl-C).
    """
    from mtfix.batch.job import Job, Limits
    from mtfix.batch.loading import load_on_one_core
    from mtfix.batch.local import run_batch
    from mtfix.batch.results.summary import describe_summary
    from mtfix.formats import find_format
    from mtfix.formats.tables.fieldpath import parse_fields

    chosen = choices.configure()
    parse_fields(chosen.fields)
    find_format(chosen.field_format)
    if fail_fast and max_errors:
        raise ConfigError("--fail-fast stops at the first failure: leave out --max-errors")
    for target in (log, summary, cache):
        if target is not None and not target.parent.is_dir():
            raise OutputError(f"{target}: there is no folder {target.parent}; make it first")
    job = Job(
        inputs=tuple(map(Path, inputs)),
        out=Path(out),
        config=chosen,
        load=load_on_one_core,
        fields=chosen.fields,
        field_format=chosen.field_format or "text",
        workers=workers or count_cores(),
        resume=resume,
        skip_bad=skip_bad,
        max_errors=0 if fail_fast else max_errors,
        log=log,
        cache=cache,
        limits=Limits(seconds=timeout, characters=max_chars),
    )
    try:
        with show_progress() as watch:
            if engine is EngineChoice.RAY:
                from mtfix.batch.ray.engine import run_ray

                done = run_ray(job, inputs, out, address, watch)
            else:
                done = run_batch(job, watch)
    except KeyboardInterrupt:
        say("stopped; what is done stays done: go on with --resume")
        raise
    for line in describe_summary(done):
        say(line)
    if summary is not None:
        _write_summary(done, summary)
    if done.tally.failed:
        raise typer.Exit(FINDINGS)


def count_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _write_summary(summary: Summary, target: Path) -> None:
    from mtfix.files.reading import write_file

    if target.suffix in (".html", ".htm"):
        from mtfix.batch.results.page import render_page

        write_file(target, render_page(summary).encode("utf-8", "backslashreplace"))
        return
    write_file(target, (json.dumps(summary.to_json(), indent=1) + "\n").encode())


@contextmanager
def show_progress() -> Iterator[Watch]:
    """Yield what shows a batch's progress: a bar with rate and time left, where there is no terminal a line a minute."""
    from mtfix.batch.progress import describe_progress, watch_in_lines

    if not shows_progress():
        yield watch_in_lines(say)
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.description}"))
    with Bar(*columns, console=open_console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1)

        def watch(progress: Progress) -> None:
            bar.update(
                task, total=max(progress.size, 1), completed=progress.done, description=describe_progress(progress)
            )

        yield watch
