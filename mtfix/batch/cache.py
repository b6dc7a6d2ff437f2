"""A cache of results: a text that was repaired under the same fingerprint is not repaired again.

In memory for one worker, and on request in an SQLite file that workers share and later batches find.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mtfix.batch.results.tally import Tally
from mtfix.errors import OutputError

_MEMORY = 8_000_000  # code points of text held by one worker


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of a document: its texts (None: as they were), the counts, and the rows of the edit log."""

    texts: tuple[str, ...] | None
    tally: Tally
    rows: tuple[dict[str, Any], ...] = field(default=())

    @property
    def weight(self) -> int:
        return 200 + sum(map(len, self.texts or ())) + 400 * len(self.rows)


def make_key(fingerprint: str, texts: Sequence[str]) -> bytes:
    """Return the key of texts under a fingerprint: 128 bits over both, lengths included."""
    digest = blake2b(fingerprint.encode(), digest_size=16)
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.digest()


class Cache:
    """The least recently used go first; with ``path`` they can still be found on disk."""

    def __init__(self, path: Path | None = None, capacity: int = _MEMORY) -> None:
        """Open the file if there is one to open. Raises OutputError."""
        self._held: OrderedDict[bytes, Repair] = OrderedDict()
        self._weight = 0
        self._capacity = capacity
        self._disk = _open_disk(path) if path else None
        self.hits = 0

    def get(self, key: bytes) -> Repair | None:
        """Return the repair of a key, if it is known."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        elif self._disk is not None:
            found = self._find_on_disk(self._disk, key)
        self.hits += found is not None
        return found

    def _find_on_disk(self, disk: sqlite3.Connection, key: bytes) -> Repair | None:
        try:
            row = disk.execute("SELECT value FROM repairs WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:  # busy or damaged: work without it
            self._disk = None
            return None
        if row is None:
            return None
        found = _unpack(row[0])
        self._hold(key, found)
        return found

    def put(self, key: bytes, repair: Repair) -> None:
        """Keep a repair. A full disk costs the entry, not the run: it stays in memory."""
        self._hold(key, repair)
        if self._disk is not None:
            try:
                self._disk.execute("INSERT OR IGNORE INTO repairs VALUES (?, ?)", (key, _pack(repair)))
            except sqlite3.Error:
                self._disk = None

    def _hold(self, key: bytes, repair: Repair) -> None:
        self._held[key] = repair
        self._weight += repair.weight
        while self._weight > self._capacity:
            _, gone = self._held.popitem(last=False)
            self._weight -= gone.weight


def _open_disk(path: Path) -> sqlite3.Connection:
    try:
        disk = sqlite3.connect(path, timeout=60, isolation_level=None)
        disk.execute("PRAGMA journal_mode=WAL")
        disk.execute("PRAGMA synchronous=NORMAL")  # a cache: a power cut may cost its last entries
        disk.execute("CREATE TABLE IF NOT EXISTS repairs (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    except sqlite3.Error as error:
        raise OutputError(
            f"{path}: cannot be used as a cache: {error}; give another file or leave --cache out"
        ) from None
    return disk


def _pack(repair: Repair) -> bytes:
    value = [repair.texts, repair.tally.to_json(), repair.rows]
    return zlib.compress(json.dumps(value).encode(), 3)


def _unpack(data: bytes) -> Repair:
    texts, tally, rows = json.loads(zlib.decompress(data))
    return Repair(None if texts is None else tuple(texts), Tally.from_json(tally), tuple(rows))
