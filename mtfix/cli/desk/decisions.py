"""`mtfix decisions`: what editors decided at the desk, as data for training and evaluation, and as advice on rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mtfix.cli.console import say
from mtfix.cli.desk.serve import Database, default_database

app = typer.Typer(no_args_is_help=True, help="Learn from what editors decided.")


@app.command("export")
def export(
    out: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder for the files.")],
    db: Database = "",
) -> None:
    """Write post-edited pairs, calibration rows and an evaluation suite.

    pairs.tsv has the sentences of documents that are done, calibration.jsonl each decision on an edit of the model,
    suite.toml describes pairs.tsv for 'mtfix eval'.
    """
    from mtfix.cli.outputs import prepare_folder, write_outputs
    from mtfix.server import lessons
    from mtfix.server.store.database import open_database

    prepare_folder(out)
    documents = lessons.load(open_database(db or default_database()))
    pairs = lessons.list_pairs(documents)
    rows = lessons.list_calibration(documents)
    write_outputs(
        {
            out / "pairs.tsv": lessons.render_pairs(pairs).encode(),
            out / "calibration.jsonl": lessons.render_rows(rows).encode(),
            out / "suite.toml": lessons.render_suite(out / "pairs.tsv").encode(),
        }
    )
    say(f"{len(pairs)} pairs, {len(rows)} decisions on edits of the model")


@app.command("report")
def report(
    db: Database = "",
    least: Annotated[int, typer.Option("--least", min=1, help="Decisions that a proposal needs behind it.")] = 5,
    rate: Annotated[
        float, typer.Option("--rate", min=0, max=1, help="A rule below this share is rarely accepted.")
    ] = 0.5,
) -> None:
    """Print rules that are rarely accepted, and the same manual change made many times, as a ready rule."""
    from mtfix.server import lessons
    from mtfix.server.store.database import open_database

    print(lessons.advise(lessons.load(open_database(db or default_database())), least, rate), end="")
