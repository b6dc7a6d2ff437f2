"""One run of the pipeline for a command: configuration, documents, model if there is one, and what to say about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import typer

from mtfix.cli.console import say, say_detail, track
from mtfix.errors import ConfigError

if TYPE_CHECKING:
    from mtfix.cli.options import Choices
    from mtfix.config import Config
    from mtfix.formats import Container
    from mtfix.formats.tracking import Signature
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

    def encode(self, signature: Signature | None = None) -> bytes:
        """Return the repaired file, with a signature as tracked changes where its format has them.

        Raises OutputError for a character that its encoding cannot write.
        """
        from mtfix.formats.tracking import write_container

        return write_container(self.container, self.documents, signature)


def choose_files(files: list[Path] | None) -> list[Path]:
    """Return the files to read; none means standard input, unless that is a terminal."""
    import sys

    if not files:
        if sys.stdin.isatty():
            raise typer.BadParameter("give a file, or '-' to read standard input")
        return [STDIN]
    if files.count(STDIN) > 1:
        raise typer.BadParameter("standard input can be read only once")
    return files


def choose_signature(files: Sequence[Path], choices: Choices, config: Config) -> Signature | None:
    """Return who signs tracked changes, None without them.

    Raises ConfigError when they are asked for on the command line and a file's format has none.
    """
    if not config.track_changes:
        if "author" in choices.given:
            raise ConfigError("--author signs tracked changes: give --track-changes, too")
        return None
    from mtfix.formats.registry import find_format
    from mtfix.formats.tracking import refuse_tracking, sign

    if "track_changes" in choices.given:
        for file in files:
            refuse_tracking(find_format(config.format, str(file)), str(file))
    return sign(config.author, comments=config.comments)


def build(config: Config, *, model: bool = True) -> Pipeline:
    """Return the pipeline; says in one line when no model is installed and none was refused."""
    from mtfix.pipeline import build_pipeline, load_pipeline

    return load_pipeline(config, say=say, wait=False) if model else build_pipeline(config)


def repair(files: Sequence[Path], config: Config) -> list[Repaired]:
    """Read all files, then repair them: a file that cannot be read stops the run before anything is written.

    Raises InputError, PackError, ConfigError, ModelError.
    """
    from mtfix.formats import open_file

    containers = [
        open_file(
            f, config.format, config.encoding, config.fields, config.field_format, config.attributes, config.approved
        )
        for f in files
    ]
    for file, container in zip(files, containers, strict=True):
        count = len(container.documents)
        say_detail(
            f"{file}: {count} document{'s' * (count != 1)}, {sum(len(d.mt) for d in container.documents):,} characters"
        )
    began = perf_counter()
    pipeline = build(config)
    documents = [d for c in containers for d in c.documents]
    said = dict.fromkeys(note for d in documents for note in d.notes)
    for note in said:
        say(note)
    repaired = (pipeline(d) for d in track(documents, len(documents), "Repairing"))
    found = [Repaired(c, tuple(islice(repaired, len(c.documents)))) for c in containers]
    say_detail(f"repaired in {perf_counter() - began:.1f} s with the profile {config.profile}")
    # What the stages remarked: a sentence too long for the model, for one.
    for name, note in dict.fromkeys(pair for file, r in zip(files, found, strict=True) for pair in _remarks(file, r)):
        if note not in said:
            say(f"{name}: {note}")
    return found


def _remarks(file: Path, repaired: Repaired) -> Iterator[tuple[str, str]]:
    """Yield what the stages remarked of each document of a file; of a table one sum of what was left alone."""
    from mtfix.admission import say_left_alone

    if len(repaired.documents) == 1:
        yield from ((d.name, note) for d in repaired.documents for note in d.notes)
        return
    left: Counter[str] = Counter()
    paragraphs = 0
    for document in repaired.documents:
        total = len(document.paragraphs())
        paragraphs += total
        left.update(dict(document.left_alone))
        counted = {say_left_alone(what, count, total) for what, count in document.left_alone}
        yield from ((document.name, note) for note in document.notes if note not in counted)
    yield from ((str(file), say_left_alone(what, count, paragraphs)) for what, count in left.items())
