"""What a batch is asked to do: inputs, output folder, configuration, and what may go wrong before it stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mtfix.config import Config
from mtfix.pipeline import Pipeline

STATE_FOLDER = ".mtfix-batch"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document and of one unit of work."""

    seconds: float = 300.0  # a document that takes longer is given up
    characters: int = 2_000_000  # a longer document is passed on unread
    unit_bytes: int = 1 << 17
    unit_files: int = 64


@dataclass(frozen=True, slots=True)
class Job:
    """A batch. ``fields`` and ``field_format`` are for tables; ``max_errors`` None means that failures never stop it.

    ``load`` builds the pipeline in each worker; it is a function of a module, for workers are fresh interpreters.
    """

    inputs: tuple[Path, ...]
    out: Path
    config: Config
    load: Callable[[Config], Pipeline]
    fields: tuple[str, ...] = ()
    field_format: str = "text"
    workers: int = 1
    resume: bool = False
    skip_bad: bool = False  # tables that cannot be repaired as asked are passed on, not a reason to stop
    max_errors: int | None = None
    log: Path | None = None
    cache: Path | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def state(self) -> Path:
        """The folder of the manifest and of parts, in the output folder, so that renaming stays on one disk."""
        return self.out / STATE_FOLDER
