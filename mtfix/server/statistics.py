"""What the decisions of a desk say: accepted and rejected by rule and by confidence over time; words changed; time a wire."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from mtfix.server.store.documents import latest
from mtfix.server.store.models import StoredDecision, StoredDocument
from mtfix.sureness import BANDS


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was taken, turned down, or written anew."""

    name: str
    accepted: int
    rejected: int
    edited: int

    @property
    def total(self) -> int:
        return self.accepted + self.rejected + self.edited

    @property
    def rate(self) -> float:
        """The share that was taken as proposed."""
        return self.accepted / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """A count as a whole, and period by period."""

    whole: Count
    periods: tuple[Count, ...]

    @property
    def busiest(self) -> int:
        """The most decisions of a period."""
        return max((c.total for c in self.periods), default=0) or 1


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of the statistics page. ``hters`` and ``times`` are those of the documents done in each period."""

    documents: int
    done: int
    decisions: int
    hter: float | None
    seconds: float | None
    unit: str
    periods: tuple[str, ...]
    whole: Course
    rules: tuple[Course, ...]
    bands: tuple[Course, ...]
    hters: tuple[float | None, ...]
    times: tuple[float | None, ...]


def measure(database: Engine, desk: str) -> Figures:
    """Return the figures of a desk. Sentences that an editor retyped count in the HTER and for no rule."""
    query = select(StoredDocument).where(StoredDocument.desk == desk).options(selectinload(StoredDocument.decisions))
    with Session(database) as session:
        documents = list(session.scalars(query))
        said = [d for document in documents for d in latest(document.decisions).values() if d.rule]
    done = [d for d in documents if d.state == "done"]
    unit, periods = list_periods([d.created.date() for d in said] + [d.updated.date() for d in done])
    finished = [[d for d in done if name_period(d.updated.date(), unit) == period] for period in periods]
    bands = {
        word.value: [d for d in said if d.confidence is not None and _band(d.confidence) == word.value]
        for _, word in BANDS
    }
    rules: dict[str, list[StoredDecision]] = defaultdict(list)
    for d in said:
        rules[d.rule].append(d)
    follow = partial(_follow, unit=unit, periods=periods)
    return Figures(
        len(documents), len(done), len(said), _find_hter(done), _find_seconds(done), unit, tuple(periods),
        follow("all", said),
        tuple(sorted((follow(*r) for r in rules.items()), key=lambda c: (-c.whole.total, c.whole.name))),
        tuple(follow(*b) for b in bands.items() if b[1]),
        tuple(_find_hter(d) for d in finished),
        tuple(_find_seconds(d) for d in finished),
    )  # fmt: skip


def list_periods(days: Sequence[date]) -> tuple[str, list[str]]:
    """Return days, weeks or months, whichever are few enough for a plot, from the first to the last of ``days``.

    >>> list_periods([date(2026, 3, 1), date(2026, 3, 3)])
    ('day', ['2026-03-01', '2026-03-02', '2026-03-03'])
    >>> list_periods([date(2026, 1, 1), date(2026, 3, 1)])[1][:2]
    ['2025-12-29', '2026-01-05']
    """
    if not days:
        return "day", []
    first, last = min(days), max(days)
    span = (last - first).days
    unit = "day" if span <= 31 else "week" if span <= 210 else "month"
    every = (first + timedelta(days=n) for n in range(span + 1))
    return unit, list(dict.fromkeys(name_period(day, unit) for day in every))[-60:]


def name_period(day: date, unit: str) -> str:
    """Return the day, the Monday of its week, or its month."""
    if unit == "month":
        return f"{day:%Y-%m}"
    return (day - timedelta(days=day.weekday()) if unit == "week" else day).isoformat()


def _follow(name: str, said: Sequence[StoredDecision], *, unit: str, periods: Sequence[str]) -> Course:
    counts = {c.name: c for c in count_by(said, [name_period(d.created.date(), unit) for d in said])}
    [whole] = count_by(said, [name] * len(said)) or [Count(name, 0, 0, 0)]
    return Course(whole, tuple(counts.get(p, Count(p, 0, 0, 0)) for p in periods))


def _find_hter(done: Sequence[StoredDocument]) -> float | None:
    words = sum(d.words for d in done)
    return sum(d.word_edits for d in done) / words if words else None


def _find_seconds(done: Sequence[StoredDocument]) -> float | None:
    timed = [d.seconds for d in done if d.seconds]
    return sum(timed) / len(timed) if timed else None


def _band(confidence: float) -> str:
    return next(word.value for least, word in BANDS if confidence >= least)


def count_by(said: Iterable[StoredDecision], names: Iterable[str]) -> list[Count]:
    """Count verdicts by name, one name for each decision."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for decision, name in zip(said, names, strict=True):
        counts[name][decision.verdict] += 1
    return [Count(name, c["accept"], c["reject"], c["edit"]) for name, c in counts.items()]
