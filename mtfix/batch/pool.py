"""Worker processes: each builds its pipeline once, and takes one task at a time. If one dies, the others go on.

A worker writes the number of its current document where the parent can read it. When it dies (killed for its memory, a
crash in a library), or does not come back, that document is known at once, without bisection.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from typing import Any

from mtfix.batch.job import Job
from mtfix.batch.results.report import NONE, Mark
from mtfix.batch.storage import say_os_error
from mtfix.errors import InputError, MtfixError

_CONTEXT = get_context("spawn")  # a fork would copy the parent's threads and locks as they happen to be
_GRACE = 10.0  # seconds after which a worker that does not heed its own alarm is killed


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work; ``poisoned`` documents of it, by index, are passed on with their reason.

    ``number`` tells it from other work. ``alone`` tells the worker to take one document at a time all the way.
    """

    number: int
    work: Any
    poisoned: dict[int, str] = field(default_factory=dict)
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A task that a worker finished, and what it answered."""

    task: Task
    answer: Any


@dataclass(frozen=True, slots=True)
class Died:
    """A task whose worker died, its current document (`NONE`, or `TOGETHER`), and how it ended.

    ``late`` says that it was killed because it did not come back.
    """

    task: Task
    index: int
    how: str
    late: bool = False


#: Builds a worker's pipeline and returns what does its tasks; a function of a module, for workers are fresh interpreters.
Hire = Callable[[Job, str, Mark], Callable[[Task], Any]]


class Deaths:
    """Who died of what: a task is tried again, and a document that killed twice, or hung, is given up."""

    def __init__(self) -> None:
        self._count: Counter[tuple[int, int]] = Counter()

    def retry(self, died: Died) -> Task:
        """Return the task to be tried now. Raises MtfixError when workers die for another cause than a document."""
        task = died.task
        self._count[task.number, died.index] += 1
        times = self._count[task.number, died.index]
        poisoned = dict(task.poisoned)
        if died.index >= 0 and (times > 1 or died.late):
            poisoned[died.index] = died.how
        elif died.index < 0 and times > 3:
            raise MtfixError(f"{died.how} again and again outside any document; try fewer --workers, then --resume")
        return Task(task.number, task.work, poisoned, alone=True)


class Seat:
    """One worker process and the parent's end of its pipe."""

    def __init__(self, job: Job, fingerprint: str, hire: Hire) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.index = _CONTEXT.RawValue("q", NONE)
        self.since = _CONTEXT.RawValue("d", 0.0)
        self.process = _CONTEXT.Process(
            target=_serve, args=(theirs, job, fingerprint, hire, self.index, self.since), daemon=True
        )
        with _undisturbed():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.ready = False
        self.late = False

    def is_late(self, seconds: float) -> bool:
        """Whether the current document takes longer than its own timeout allows."""
        return bool(self.index.value != NONE and time.monotonic() - self.since.value > seconds + _GRACE)

    def stop(self) -> None:
        """Kill the process. An unfinished output is only a temporary file."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off signals that end the process: a worker whose parent dies while it is started shows a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = {n: signal.signal(n, lambda number, _: heard.append(number)) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])


class Pool:
    """A fixed number of seats (``job.workers``). `submit` needs a free one; `wait` yields what has come back."""

    def __init__(self, job: Job, fingerprint: str, hire: Hire) -> None:
        self._job = job
        self._fingerprint = fingerprint
        self._hire = hire
        self._failed_starts = 0
        self._seats = [Seat(job, fingerprint, hire) for _ in range(job.workers)]

    @property
    def free(self) -> int:
        """Seats without a task; one that still loads its pipeline may have one waiting in its pipe."""
        return sum(seat.task is None for seat in self._seats)

    @property
    def busy(self) -> bool:
        return any(seat.task is not None for seat in self._seats)

    def submit(self, task: Task) -> None:
        """Give a task to a free seat, one that has loaded its pipeline first."""
        free = [seat for seat in self._seats if seat.task is None]
        seat = next((s for s in free if s.ready), free[0])
        seat.task = task
        with contextlib.suppress(OSError):  # died meanwhile: `wait` finds out
            seat.pipe.send(task)

    def wait(self, seconds: float) -> Iterator[Done | Died]:
        """Yield tasks that are done or whose worker died; after ``seconds`` at the latest.

        Raises:
            MtfixError: a worker cannot build its pipeline, cannot write, or found the archive changed.
        """
        for seat in self._seats:
            if not seat.late and seat.is_late(self._job.limits.seconds):
                seat.late = True
                seat.process.kill()
        waitable: list[Any] = [x for seat in self._seats for x in (seat.pipe, seat.process.sentinel)]
        ready = set(connection.wait(waitable, seconds))
        for place, seat in enumerate(self._seats):
            if seat.pipe in ready or seat.process.sentinel in ready:
                result = self._hear(seat)
                # One that still has a task is asked again: its last words may have been heard, not yet its death.
                if seat.task is None and not seat.process.is_alive():
                    self._seats[place] = self._replace(seat)
                if result is not None:
                    yield result

    def _hear(self, seat: Seat) -> Done | Died | None:
        try:
            if seat.pipe.poll():
                kind, answer = seat.pipe.recv()
                if kind == "stop":
                    raise InputError(answer)
                if kind == "ready":
                    seat.ready, self._failed_starts = True, 0
                    return None
                task, seat.task = seat.task, None
                assert task is not None
                return Done(task, answer)
        except (EOFError, OSError):
            seat.process.join(_GRACE)
        if seat.process.is_alive():
            return None
        task, seat.task = seat.task, None
        how = _say_exit(seat.process.exitcode)
        if seat.late:
            how = f"did not come back within {self._job.limits.seconds:g} s"
        if task is not None and seat.ready:
            return Died(task, seat.index.value, how, seat.late)
        return self._restart_unready(task, how)

    def _restart_unready(self, task: Task | None, how: str) -> Died | None:
        self._failed_starts += 1
        if self._failed_starts > 3:
            raise MtfixError(f"workers end before they have loaded their pipeline ({how}); try fewer --workers")
        return Died(task, NONE, how) if task is not None else None

    def _replace(self, seat: Seat) -> Seat:
        seat.stop()
        return Seat(self._job, self._fingerprint, self._hire)

    def close(self) -> None:
        """End all workers, busy ones too."""
        for seat in self._seats:
            seat.stop()


def _say_exit(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"killed the worker ({name}{', perhaps for its memory' if name == 'SIGKILL' else ''})"
    return f"ended the worker (exit code {code})"


def _serve(pipe: Connection, job: Job, fingerprint: str, hire: Hire, index: Any, since: Any) -> None:
    """The life of a worker: load, then one task after the other until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and decides
    threading.Thread(target=_watch_parent, daemon=True).start()

    def mark(document: int) -> None:
        since.value = time.monotonic()
        index.value = document

    try:
        work = hire(job, fingerprint, mark)
        pipe.send(("ready", None))
        while True:
            pipe.send(("done", work(pipe.recv())))
    except (EOFError, BrokenPipeError):
        return
    except MtfixError as error:
        pipe.send(("stop", str(error)))
    except OSError as error:
        pipe.send(("stop", say_os_error(error, job.out)))


def _watch_parent() -> None:
    """End with the parent, however it ended: no worker goes on alone into a run that has begun anew."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
