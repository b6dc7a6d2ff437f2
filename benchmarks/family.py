"""A process and its descendants, watched from outside (Linux): memory and CPU seconds over time, in bounded space."""

from __future__ import annotations

import ctypes
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLES = 512


@dataclass
class Series:
    """The peaks of a quantity over time. However long it runs, it holds at most 512 numbers, each for ``width`` samples."""

    peaks: list[float] = field(default_factory=list)
    width: int = 1
    pending: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        """Take a sample."""
        self.pending.append(value)
        if len(self.pending) < self.width:
            return
        self.peaks.append(max(self.pending))
        self.pending = []
        if len(self.peaks) >= _SAMPLES:
            self.peaks = [max(self.peaks[i : i + 2]) for i in range(0, len(self.peaks), 2)]
            self.width *= 2

    def quarters(self) -> list[float]:
        """Return the peak of each quarter of the time: flat, or growing."""
        values = self.peaks + ([max(self.pending)] if self.pending else [])
        step = max(1, -(-len(values) // 4))
        return [max(values[i : i + step]) for i in range(0, len(values), step)]


def list_family(root: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    family = [root]
    for pid in family:
        family += children.get(pid, [])
    return family


def read_memory(family: list[int]) -> float:
    """Return the memory of processes in MB, shared pages counted once (proportional set size)."""
    total = 0
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


class Clock:
    """CPU seconds of all processes that were ever seen in a family, those that have ended as they were seen last."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, str], float] = {}

    def look(self, family: list[int]) -> float:
        """Return the CPU seconds used until now."""
        for pid in family:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            self._seen[pid, fields[19]] = (int(fields[11]) + int(fields[12])) / _TICKS  # 19: when it began
        return sum(self._seen.values())


def die_with_parent() -> None:
    """Let this process be killed when its parent dies, however it dies: to be run in a child before it starts."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
