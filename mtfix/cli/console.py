"""Consoles for people: colour and progress only where a person looks, and NO_COLOR respected."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")
# Where nobody can say how wide the page is (a pipe, a file), lines of this many columns.
PAGE_WIDTH = 100


def open_console(*, stderr: bool = False) -> Console:
    """Return a console on standard output (or error). Rich leaves colour out for NO_COLOR and for non-terminals."""
    import os

    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PAGE_WIDTH
    return Console(stderr=stderr, highlight=False, width=width)


def say(message: str) -> None:
    """Print one line to standard error."""
    print(f"mtfix: {message}", file=sys.stderr)


def track(items: Iterable[T], total: int, description: str) -> Iterator[T]:
    """Yield ``items``; on a terminal, with a progress bar on standard error that goes when the work is done."""
    if total < 2 or not sys.stderr.isatty():
        yield from items
        return
    from rich.progress import track as rich_track

    yield from rich_track(items, description, total=total, console=open_console(stderr=True), transient=True)
