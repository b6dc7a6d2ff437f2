"""Compare two results figure by figure, and say where they cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mtfix.errors import InputError
from mtfix.evaluation.report.tables import Table, figures, signed
from mtfix.evaluation.result import Entry, Run

SHOWN = (
    "bleu", "chrf", "chrf++", "ter", "comet", "bertscore", "hter", "touched", "improved", "worsened", "perfect_touched", "lost",
    "edit_precision", "edit_recall", "edit_f_half", "segments_per_second", "peak_memory_mb",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """The entries of both results for one test set and system; ``warnings`` say why they may not be comparable."""

    first: Entry
    second: Entry
    warnings: tuple[str, ...]


def match_entries(first: Run, second: Run) -> list[Pair]:
    """Pair entries by test set and system; where each side has one system for a test set, its name does not matter.

    Raises InputError when nothing matches.
    """
    pairs = []
    for entry in first.entries:
        same_set = [e for e in second.entries if e.test_set.name == entry.test_set.name]
        partner = next((e for e in same_set if e.system.name == entry.system.name), None)
        alone = sum(e.test_set.name == entry.test_set.name for e in first.entries) == 1
        if partner is None and len(same_set) == 1 and alone:
            partner = same_set[0]
        if partner is not None:
            pairs.append(Pair(entry, partner, tuple(_warnings(entry, partner))))
    if not pairs:
        names = ", ".join(sorted({e.test_set.name for e in second.entries})) or "none"
        raise InputError(f"the results share no test set and system; the second has: {names}")
    return pairs


def _warnings(a: Entry, b: Entry) -> Iterator[str]:
    where = f"{a.test_set.name}: "
    if a.test_set.data_hash != b.test_set.data_hash:
        yield where + "not the same data (the hashes differ): the figures are not comparable"
    for metric, score in a.scores.items():
        other = b.scores.get(metric)
        if other and _core(other.signature) != _core(score.signature):
            yield where + f"{metric} was computed in two ways: {score.signature} / {other.signature}"
    if (a.harm.band_ter, a.harm.band_chrf) != (b.harm.band_ter, b.harm.band_chrf):
        yield where + "the dead bands differ: improved and worsened are not comparable"


def _core(signature: str) -> str:
    """The parts of a signature that change a score: not how it was resampled."""
    return "|".join(p for p in signature.split("|") if p.split(":")[0] not in ("bs", "ar", "seed"))


def compare_table(pairs: list[Pair]) -> Table:
    """Return one row a figure: first, second, difference."""
    rows = []
    for pair in pairs:
        a, b = figures(pair.first), figures(pair.second)
        names = pair.first.system.name, pair.second.system.name
        system = names[0] if names[0] == names[1] else " / ".join(names)
        for name in SHOWN:
            if name in a and name in b:
                rows.append(
                    (
                        pair.first.test_set.name,
                        system,
                        name,
                        f"{a[name]:.2f}",
                        f"{b[name]:.2f}",
                        signed(b[name] - a[name]),
                    )
                )
    return Table(("test set", "system", "figure", "first", "second", "difference"), tuple(rows), words=3)
