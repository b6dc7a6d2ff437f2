"""A cache of outputs by system and texts, so that an interrupted run continues where it stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtfix.evaluation.data.examples import Example, Fingerprint, Output, OutputEdit
from mtfix.files.places import cache_folder

_FORMAT = "1"


def default_folder() -> Path:
    """Return the user's cache folder for evaluation, such as ``~/.cache/mtfix/eval``."""
    return cache_folder() / "eval"


@dataclass(frozen=True, slots=True)
class Cached:
    """Outputs of a batch, and the seconds that computing them took."""

    outputs: list[list[Output]]
    seconds: float


class Cache:
    """A folder of batches. Broken and foreign files in it count as absent; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def key(self, system: str, documents: Sequence[Sequence[Example]]) -> str:
        """Return the key of a batch: the system's fingerprint and everything that the system may read."""
        running = Fingerprint()
        running.add(_FORMAT, system)
        for document in documents:
            running.add("document")
            for example in document:
                running.add(example.id, example.mt, example.source or "", example.document)
                running.add(example.attributes.get("paragraph", ""))
        return running.hexdigest()

    def _path(self, key: str) -> Path | None:
        return self._folder / key[:2] / f"{key}.json" if self._folder else None

    def get(self, key: str, sizes: Sequence[int]) -> Cached | None:
        """Return a batch of documents of these sizes, or None."""
        path = self._path(key)
        if path is None:
            return None
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            outputs = [[_read(o) for o in document] for document in value["outputs"]]
            seconds = float(value["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Cached(outputs, seconds) if [len(d) for d in outputs] == list(sizes) else None

    def put(self, key: str, batch: Cached) -> None:
        """Keep a batch; written whole or not at all. A cache that cannot be written is no reason to fail."""
        path = self._path(key)
        if path is None:
            return
        value = {"seconds": batch.seconds, "outputs": [[_write(o) for o in d] for d in batch.outputs]}
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)


def _write(output: Output) -> Any:
    if output.edits is None:
        return [output.text]
    return [output.text, [[e.start, e.end, e.replacement, list(e.by), e.confidence] for e in output.edits]]


def _read(value: Any) -> Output:
    text, *rest = value
    if not rest:
        return Output(str(text))
    return Output(str(text), tuple(OutputEdit(s, e, r, tuple(by), c) for s, e, r, by, c in rest[0]))
