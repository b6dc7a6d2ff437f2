"""The end of a batch: the edit log in order, the list of failures, and what was done in numbers."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtfix.batch.job import Job
from mtfix.batch.manifest import Manifest
from mtfix.batch.results.editlog import read_rows, write_log
from mtfix.batch.results.report import log_path
from mtfix.batch.results.tally import Tally
from mtfix.files.atomic import open_whole, sync_folder, write_whole

SHOWN = 100  # failures that the summary itself lists


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in an archive since its last run: files that are new, that differ, and the names of those gone."""

    new: int
    changed: int
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished batch. ``tally`` covers all runs, ``seconds`` and ``rate`` (documents a second) this one."""

    tally: Tally
    seconds: float
    rate: float
    reasons: tuple[tuple[str, str], ...]
    failures: Path
    changes: Changes | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            **self.tally.to_json(),
            "seconds": round(self.seconds, 1),
            "documents_per_second": round(self.rate, 1),
            "failures": [{"document": name, "reason": reason} for name, reason in self.reasons],
        }


def finish_outputs(job: Job, manifest: Manifest, seconds: float, tally: Tally, done_now: int) -> Summary:
    """Write log, failures and summary in the order of the archive, then clear the parts away. Raises OSError."""
    scratch = job.state / "scratch"
    failures = job.state / "failures.jsonl"
    first: list[tuple[str, str]] = []
    with open_whole(failures, scratch) as file:
        for name, reason in _list_failures(manifest):
            file.write(json.dumps({"document": name, "reason": reason}).encode() + b"\n")
            if len(first) < SHOWN:
                first.append((name, reason))
    if job.log is not None and not (manifest.finished and job.log.exists()):
        _write_log(job, manifest, job.log)
    rate = done_now / seconds if seconds > 0 else 0.0
    summary = Summary(tally, seconds, rate, tuple(first), failures)
    write_whole(job.state / "summary.json", json.dumps(summary.to_json(), indent=1).encode() + b"\n", scratch)
    sync_folder(job.state)
    if not manifest.finished:
        manifest.append({"finished": True})
    shutil.rmtree(job.state / "parts", ignore_errors=True)
    shutil.rmtree(scratch, ignore_errors=True)
    return summary


def _list_failures(manifest: Manifest) -> Iterator[tuple[str, str]]:
    for entry in manifest.entries():
        yield from entry["failed"]


def _write_log(job: Job, manifest: Manifest, target: Path) -> None:
    """Join the units' shares of the edit log; Parquet or, by any other name, JSON Lines."""
    near = job.state / "scratch"
    scratch = near if near.stat().st_dev == target.parent.stat().st_dev else target.parent  # renaming needs one disk
    parts = (log_path(job, entry["unit"]) for entry in manifest.entries())
    if target.suffix == ".parquet":
        write_log(read_rows(parts), target, scratch)
        return
    with open_whole(target, scratch) as out:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out, 1 << 20)


def describe_summary(summary: Summary) -> list[str]:
    """Return the summary as lines for people: counts, the busiest authors, what failed and where the list is."""
    tally = summary.tally
    lines = [
        f"{tally.documents} documents, {tally.segments} segments; {tally.changed} documents changed, "
        f"{sum(tally.edits.values())} edits, {sum(tally.suggested.values())} suggestions, "
        f"{sum(tally.refused.values())} refused; {summary.rate:.1f} documents a second"
    ]
    if summary.changes is not None:
        names = summary.changes.gone
        listed = ": " + ", ".join(names[:5]) + " ..." * (len(names) > 5) if names else ""
        lines.append(
            f"since the last run {summary.changes.new} files are new, {summary.changes.changed} changed, "
            f"{len(names)} gone (their outputs were removed){listed}"
        )
    if tally.skipped:
        lines.append(f"{tally.skipped} files of other kinds (no format known, or not text) were copied as they are")
    lines += (f"{count} paragraphs were left alone: {what}" for what, count in sorted(tally.left_alone.items()))
    lines += (f"{count:>9}  {by}" for by, count in _busiest(tally.edits))
    if tally.failed:
        lines.append(
            f"{tally.failed} documents failed and were copied as they are; all are listed in {summary.failures}"
        )
        lines += (f"  {name}: {reason}" for name, reason in summary.reasons[:10])
    return lines


def _busiest(edits: Counter[str], shown: int = 15) -> list[tuple[str, int]]:
    return sorted(edits.items(), key=lambda item: (-item[1], item[0]))[:shown]
