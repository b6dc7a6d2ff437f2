"""What is scored: an example (machine translation, references, post-edit) and a system's output for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Example:
    """One segment of a test set.

    ``pe`` is a post-edit of this very ``mt`` (only then is there an HTER); ``attributes`` hold what buckets are made
    of: ``domain``, ``origlang``, ``system`` (that made the translation), ``kind`` of that system.
    """

    id: str
    mt: str
    references: tuple[str, ...] = ()
    pe: str | None = None
    source: str | None = None
    document: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def score_against(self) -> tuple[str, ...]:
        """What corpus metrics compare with: the references, or the post-edit where there are none."""
        return self.references or self.judge_against

    @property
    def judge_against(self) -> tuple[str, ...]:
        """The texts that edits are judged against: the post-edit, or the references where there is none."""
        return (self.pe,) if self.pe is not None else self.references


@dataclass(frozen=True, slots=True)
class OutputEdit:
    """``mt[start:end]`` became ``replacement``; ``by`` names rules (``rule:ID``) and models."""

    start: int
    end: int
    replacement: str
    by: tuple[str, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A system's text for one example; ``edits`` is None for a system that does not say what it changed."""

    text: str
    edits: tuple[OutputEdit, ...] | None = None


def leave_out(mt: str, edits: Sequence[OutputEdit], index: int) -> str:
    """Return ``mt`` with all ``edits`` (sorted, not overlapping) applied but one.

    >>> leave_out("a b", [OutputEdit(0, 1, "A"), OutputEdit(2, 3, "B")], 0)
    'a B'
    """
    parts: list[str] = []
    at = 0
    for i, edit in enumerate(edits):
        if i != index:
            parts += (mt[at : edit.start], edit.replacement)
            at = edit.end
    return "".join((*parts, mt[at:]))


class Fingerprint:
    """A running SHA-256 over texts; their borders count, so that ["ab"] and ["a", "b"] differ."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, *texts: str) -> None:
        for text in texts:
            raw = text.encode("utf-8", "surrogatepass")
            self._hash.update(f"{len(raw)}:".encode())
            self._hash.update(raw)

    def add_example(self, example: Example) -> None:
        """Add everything of an example that can change a score."""
        self.add(example.id, example.mt, *example.references, "\0" if example.pe is None else example.pe)
        self.add(example.document, *(f"{k}={v}" for k, v in sorted(example.attributes.items())))

    def hexdigest(self) -> str:
        """Return the first 16 hexadecimal digits."""
        return self._hash.hexdigest()[:16]


def fingerprint(texts: Iterable[str]) -> str:
    """Return the fingerprint of texts in order."""
    running = Fingerprint()
    for text in texts:
        running.add(text)
    return running.hexdigest()
