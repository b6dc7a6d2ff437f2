"""One run of the pipeline for a command: configuration, documents, model if there is one, and what to say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mtfix.cli.console import say, track

if TYPE_CHECKING:
    from mtfix.config import Config
    from mtfix.formats import Container
    from mtfix.pipeline import Pipeline
    from mtfix.types import Document

STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file as it was read, and its documents after the pipeline (one; of a table or feed one a record)."""

    container: Container
    documents: tuple[Document, ...]

    @property
    def changed(self) -> bool:
        return any(d.text != d.mt for d in self.documents)

    def encode(self) -> bytes:
        """Return the repaired file. Raises OutputError for a character that its encoding cannot write."""
        return self.container.write(self.documents)


def choose_files(files: list[Path] | None) -> list[Path]:
    """Return the files to read; nothing means standard input, unless that is a terminal nobody types into."""
    import sys

    if not files:
        if sys.stdin.isatty():
            raise typer.BadParameter("give a file, or '-' to read standard input")
        return [STDIN]
    if files.count(STDIN) > 1:
        raise typer.BadParameter("standard input can be read only once")
    return files


def build(config: Config, *, model: bool = True) -> Pipeline:
    """Return the pipeline; says in one line when no model is installed and none was refused."""
    from mtfix.pipeline import build_pipeline

    if config.rules_only or not model:
        return build_pipeline(config)
    from mtfix.model import load_stage

    stage = load_stage(config)
    pipeline = build_pipeline(config, model=stage)
    if stage is None:
        say("no model is installed, so only the rules run (with --rules-only this line goes away)")
    return pipeline


def repair(files: Sequence[Path], config: Config) -> list[Repaired]:
    """Read all files, then repair them: a file that cannot be read stops the run before anything is written.

    Raises InputError, PackError, ConfigError, ModelError.
    """
    from mtfix.formats import open_file

    containers = [open_file(f, config.format, config.encoding, config.fields, config.field_format) for f in files]
    pipeline = build(config)
    documents = [d for c in containers for d in c.documents]
    for note in dict.fromkeys(note for d in documents for note in d.notes):
        say(note)
    repaired = (pipeline(d) for d in track(documents, len(documents), "Repairing"))
    return [Repaired(c, tuple(islice(repaired, len(c.documents)))) for c in containers]
