"""How far a batch is, in numbers and in words."""

from __future__ import annotations

import time
from collections.abc import Callable

from mtfix.batch.results.tally import Tally

_PAUSE = 60.0  # seconds between two lines where there is no terminal


class Progress:
    """How far a batch is: bytes and files of the archive, bytes done before this run and in all, and the counts."""

    def __init__(self, files: int, size: int) -> None:
        self.files = files
        self.size = size
        self.resumed = 0
        self.done = 0
        self.fresh = 0  # documents of this run
        self.tally = Tally()
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since this run began."""
        return time.monotonic() - self.started


Watch = Callable[[Progress], None]


def watch_in_lines(say: Callable[[str], None], pause: float = _PAUSE) -> Watch:
    """Return a thread that reports progress every ``pause`` seconds."""
    last = 0.0

    def watch(progress: Progress) -> None:
        nonlocal last
        if progress.seconds - last >= pause:
            last = progress.seconds
            say(f"{progress.done / max(progress.size, 1):4.0%}: {describe_progress(progress)}")

    return watch


def describe_progress(progress: Progress) -> str:
    """Return documents done, rate and time left, for a line of progress."""
    seconds = progress.seconds
    fresh = progress.done - progress.resumed
    line = f"{progress.tally.documents} documents, {progress.tally.failed} failed"
    if fresh > 0 and seconds > 0:
        left = (progress.size - progress.done) / (fresh / seconds)
        line += f", {progress.fresh / seconds:.1f} a second, {format_seconds(left)} left"
    return line


def format_seconds(seconds: float) -> str:
    """Return hours, minutes and seconds.

    >>> format_seconds(3725)
    '1:02:05'
    """
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
