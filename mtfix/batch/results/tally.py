"""What was done to documents, in numbers that add up: over a unit, a run, an archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mtfix.types import Document


@dataclass(slots=True)
class Tally:
    """Counts of documents and segments, and of edits, suggestions and refusals by their author (``rule:ID`` ...).

    ``left_alone`` counts paragraphs that no stage may touch, by the reason (`mtfix.admission`).
    """

    documents: int = 0
    changed: int = 0
    failed: int = 0
    skipped: int = 0
    segments: int = 0
    characters: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    suggested: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    left_alone: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add the counts of ``other``."""
        for name in ("documents", "changed", "failed", "skipped", "segments", "characters"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.edits.update(other.edits)
        self.suggested.update(other.suggested)
        self.refused.update(other.refused)
        self.left_alone.update(other.left_alone)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; authors in the order of their names."""
        return {
            "documents": self.documents,
            "changed": self.changed,
            "failed": self.failed,
            "skipped": self.skipped,
            "segments": self.segments,
            "characters": self.characters,
            "edits": dict(sorted(self.edits.items())),
            "suggested": dict(sorted(self.suggested.items())),
            "refused": dict(sorted(self.refused.items())),
            "left_alone": dict(sorted(self.left_alone.items())),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Tally:
        """Return the tally of `to_json`."""
        parts: dict[str, Any] = {k: Counter(v) if isinstance(v, dict) else v for k, v in values.items()}
        return cls(**parts)


def count_document(document: Document) -> Tally:
    """Return the tally of one repaired document."""
    tally = Tally(documents=1, segments=len(document.segments), left_alone=Counter(dict(document.left_alone)))
    for segment in document.segments:
        tally.characters += len(segment.mt)
        tally.changed |= segment.text != segment.mt
        for step in segment.trail:
            for edit in step.edits:
                tally.edits[edit.by] += 1
            for edit in step.suggested:
                tally.suggested[edit.by] += 1
            for refusal in step.refused:
                tally.refused[refusal.edit.by] += 1
    return tally
