"""What became of a unit, and where its part and its share of the edit log stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mtfix.batch.job import Job
from mtfix.batch.results.tally import Tally

Mark = Callable[[int], None]  # says which document of the unit is in hand, or `NONE`, or `TOGETHER`

NONE, TOGETHER = -1, -2


@dataclass(slots=True)
class Result:
    """What became of a unit: counts, failed documents with reasons, the rows of the edit log."""

    tally: Tally = field(default_factory=Tally)
    failed: list[tuple[str, str]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    files: list[tuple[str, str, int]] = field(default_factory=list)

    def fail(self, name: str, reason: str) -> None:
        """Note a document that is passed on as it was."""
        self.tally.documents += 1
        self.tally.failed += 1
        self.failed.append((name, reason))

    def add(self, name: str, tally: Tally, rows: Sequence[dict[str, Any]]) -> None:
        """Note a document that was repaired."""
        self.tally.add(tally)
        self.rows += ({**row, "document": name} for row in rows)


def part_path(job: Job, number: int) -> Path:
    """Return where the part of a unit stands."""
    return job.state / "parts" / f"{number:08d}.part"


def log_path(job: Job, number: int) -> Path:
    """Return where a unit's share of the edit log stands."""
    return job.state / "parts" / f"{number:08d}.log"
