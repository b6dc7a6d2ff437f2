"""What the program says to people and to other programs: notes, errors, progress. All of it goes to standard error.

``-q`` leaves notes and progress out, ``-v`` adds what was done and how long it took, ``--log-format json`` writes each
line as an object with ``level`` and ``message``. Colour and progress only where a person looks; NO_COLOR is respected.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")
# Where nobody can say how wide the page is (a pipe, a file), lines of this many columns.
PAGE_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Voice:
    """How much is said (``quiet``: only errors; ``verbose``: details, too), and whether as JSON."""

    quiet: bool = False
    verbose: bool = False
    as_json: bool = False


_voice = Voice()


def use_voice(voice: Voice) -> None:
    """Speak in this way from now on."""
    global _voice
    _voice = voice


def shows_progress() -> bool:
    """Whether a bar may be drawn: on a terminal, unless it was asked to be quiet or to write JSON."""
    return sys.stderr.isatty() and not _voice.quiet and not _voice.as_json


def find_width() -> int:
    """Return the columns that a table may have: those of the terminal; 0, as many as it needs, where there is none."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def open_console(*, stderr: bool = False) -> Console:
    """Return a console on standard output (or error). Rich leaves colour out for NO_COLOR and for non-terminals."""
    import os

    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PAGE_WIDTH
    return Console(stderr=stderr, highlight=False, width=width)


def say(message: str) -> None:
    """Print a note as one line, unless the run is quiet."""
    if not _voice.quiet:
        _print("note", message)


def say_detail(message: str) -> None:
    """Print what is said only with ``-v``."""
    if _voice.verbose:
        _print("detail", message)


def report_error(message: str) -> None:
    """Print an error as one line, whatever line breaks the message has."""
    _print("error", " ".join(message.split()))


def _print(level: str, message: str) -> None:
    line = json.dumps({"level": level, "message": message}) if _voice.as_json else f"mtfix: {message}"
    print(line, file=sys.stderr)


class _Lines(logging.Formatter):
    """A line a record. What the server logs of requests is JSON already, and stays as it is."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.name == "mtfix.server":
            return message
        if record.exc_info and record.exc_info[0] is not None:
            message = f"{message}: {record.exc_info[0].__name__}"
        message = " ".join(message.split())
        return (
            json.dumps({"level": record.levelname.lower(), "message": message})
            if _voice.as_json
            else f"mtfix: {message}"
        )


def begin_logging() -> None:
    """Send the logs of a server to standard error: requests and warnings; only errors if quiet, all notes with ``-v``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    usual = logging.INFO if _voice.verbose else logging.WARNING
    logging.basicConfig(level=logging.ERROR if _voice.quiet else usual, handlers=[handler], force=True)
    logging.getLogger("mtfix.server").setLevel(logging.ERROR if _voice.quiet else logging.INFO)


def track(items: Iterable[T], total: int, description: str) -> Iterator[T]:
    """Yield ``items``; on a terminal, with a progress bar on standard error that goes when the work is done."""
    if total < 2 or not shows_progress():
        yield from items
        return
    from rich.progress import track as rich_track

    yield from rich_track(items, description, total=total, console=open_console(stderr=True), transient=True)
