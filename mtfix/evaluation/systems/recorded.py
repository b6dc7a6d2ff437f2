"""A post-editor with a cache on disk, which systems that share a model, and later runs, use too."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from mtfix.files.digest import digest_code
from mtfix.fingerprint import Head, fingerprint_head
from mtfix.model.posteditor import ScoringPostEditor
from mtfix.types import Hypothesis

Value = TypeVar("Value")
#: Fields of the configuration that change what a model answers.
RUNNING = ("backend", "endpoint", "prefix", "beams", "device")


class RecordedPostEditor:
    """Asks ``inner`` about each different text once, in all runs together.

    Answers are kept by the model's files, how it is run (`RUNNING`), the code and libraries that run it, and the machine; not by
    rules or thresholds: a change of those leaves them true. ``head`` is that of :func:`mtfix.fingerprint.describe_outputs`. A file that cannot
    be used costs time only.
    """

    def __init__(self, inner: ScoringPostEditor, folder: Path, head: Head) -> None:
        self.inner = inner
        parts = {"code": digest_code("model"), "by": inner.name}
        running = {k: head["config"].get(k) for k in RUNNING}
        key = fingerprint_head({k: head[k] for k in ("model", "libraries", "machine")} | parts | {"running": running})
        self._disk = _open(folder / f"answers-{key[:16]}.sqlite")

    @property
    def name(self) -> str:
        return self.inner.name

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Return the hypothesis of each text."""
        keys = [["edit", t] for t in texts]
        return self._recall(keys, texts, self.inner.post_edit, astuple, lambda values: Hypothesis(*values))

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        """Return log P(candidate | input) for every candidate of every input."""
        keys = [["score", text, *candidates] for text, candidates in groups]
        return self._recall(keys, groups, self.inner.score, list, list)

    def count_pieces(self, text: str) -> int:
        """Return how many pieces ``text`` is cut into."""
        return self.inner.count_pieces(text)

    def normalize(self, text: str) -> str:
        """Return what the model sees of ``text``."""
        return self.inner.normalize(text)

    def fits(self, text: str) -> bool:
        """Whether ``text`` is short enough to be read whole."""
        return self.inner.fits(text)

    def _recall(
        self,
        keys: Sequence[list[str]],
        questions: Sequence[Any],
        ask: Callable[[list[Any]], list[Value]],
        write: Callable[[Value], Any],
        read: Callable[[Any], Value],
    ) -> list[Value]:
        digests = [blake2b(json.dumps(k).encode(), digest_size=16).digest() for k in keys]
        known = {d: read(json.loads(v)) for d in dict.fromkeys(digests) if (v := self._find(d)) is not None}
        missing = {d: q for d, q in zip(digests, questions, strict=True) if d not in known}
        if missing:
            fresh = dict(zip(missing, ask(list(missing.values())), strict=True))
            self._keep([(d, json.dumps(write(value))) for d, value in fresh.items()])
            known |= fresh
        return [known[d] for d in digests]

    def _find(self, key: bytes) -> str | None:
        if self._disk is None:
            return None
        try:
            row = self._disk.execute("SELECT value FROM answers WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            self._disk = None
            return None
        return None if row is None else str(row[0])

    def _keep(self, rows: list[tuple[bytes, str]]) -> None:
        if self._disk is not None:
            try:
                with self._disk:
                    self._disk.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", rows)
            except sqlite3.Error:
                self._disk = None


def _open(path: Path) -> sqlite3.Connection | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk = sqlite3.connect(path, timeout=30)
        disk.execute("PRAGMA journal_mode=WAL")
        disk.execute("PRAGMA synchronous=NORMAL")
        disk.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, value TEXT) WITHOUT ROWID")
    except (OSError, sqlite3.Error):
        return None
    return disk
