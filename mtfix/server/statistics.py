"""What the decisions of a desk say: accepted and rejected by rule, by confidence, by day; words changed; time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
class Figures:
    """The numbers of the statistics page."""

    documents: int
    done: int
    decisions: int
    hter: float | None
    seconds: float | None
    rules: tuple[Count, ...]
    bands: tuple[Count, ...]
    days: tuple[Count, ...]

    @property
    def busiest(self) -> int:
        """The most decisions of a day."""
        return max((d.total for d in self.days), default=1)


def measure(database: Engine, desk: str) -> Figures:
    """Return the figures of a desk. Sentences that an editor retyped count in the HTER and for no rule."""
    query = select(StoredDocument).where(StoredDocument.desk == desk).options(selectinload(StoredDocument.decisions))
    with Session(database) as session:
        documents = list(session.scalars(query))
        said = [d for document in documents for d in latest(document.decisions).values() if d.rule]
        done = [d for d in documents if d.state == "done"]
        words = sum(d.words for d in done)
        timed = [d.seconds for d in done if d.seconds]
        return Figures(
            len(documents),
            len(done),
            len(said),
            sum(d.word_edits for d in done) / words if words else None,
            sum(timed) / len(timed) if timed else None,
            tuple(sorted(count_by(said, [d.rule for d in said]), key=lambda c: (-c.total, c.name))),
            tuple(_count_bands(said)),
            tuple(sorted(count_by(said, [d.created.date().isoformat() for d in said]), key=lambda c: c.name))[-60:],
        )


def _count_bands(said: Sequence[StoredDecision]) -> list[Count]:
    sure = [d for d in said if d.confidence is not None]
    names = [next(word.value for least, word in BANDS if (d.confidence or 0) >= least) for d in sure]
    found = {c.name: c for c in count_by(sure, names)}
    return [found[word.value] for _, word in BANDS if word.value in found]


def count_by(said: Iterable[StoredDecision], names: Iterable[str]) -> list[Count]:
    """Count verdicts by name, one name for each decision."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for decision, name in zip(said, names, strict=True):
        counts[name][decision.verdict] += 1
    return [Count(name, c["accept"], c["reject"], c["edit"]) for name, c in counts.items()]
