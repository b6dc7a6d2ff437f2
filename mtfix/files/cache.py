"""A cache of what every start needs: parsed packs, the literals of their rules, inflections.

Plain JSON in the user's cache folder, each file under a digest of all that it was made from and with a digest of itself
in its first line. What is missing, damaged, or from another version counts as absent; what cannot be written is not
kept. ``MTFIX_CACHE=off`` leaves the cache alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mtfix.about import __version__
from mtfix.files import places
from mtfix.files.atomic import open_whole
from mtfix.files.digest import digest_code

_MOST_FILES = 256
_DATE = "!date"
_LIBRARIES = ("lemminflect", "pydantic", "yaml")


def cache_folder() -> Path | None:
    """Return the folder of the cache by the rules of the platform, None when it is switched off or has no place."""
    if os.environ.get("MTFIX_CACHE", "").lower() in ("off", "0", "no"):
        return None
    folder = places.cache_folder()
    return folder / "rules" if folder.is_absolute() else None  # no home


def digest_parts(*parts: str) -> str:
    """Return one digest of texts and of the code that reads them."""
    digest = blake2b(_digest_code(), digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _digest_code() -> bytes:
    """The code of the rules and what it rests on; a library counts by where it is and when it came there."""
    digest = blake2b(f"{__version__}{sys.version_info[:2]}{digest_code('rules')}".encode(), digest_size=16)
    for name in _LIBRARIES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            digest.update(f"{spec.origin}{Path(spec.origin).stat().st_mtime_ns}".encode())
    return digest.digest()


def read_cached(name: str) -> Any:
    """Return what `write_cached` kept under a name, None if it is missing or damaged."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        head, _, body = (folder / name).read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != _sum(body):
        return None
    try:
        return json.loads(body)
    except ValueError:
        return None


def write_cached(name: str, value: Any) -> None:
    """Keep plain data under a name, whole or not at all; several processes may do so at once."""
    folder = cache_folder()
    if folder is None:
        return
    body = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_whole(folder / name, folder, durable=False) as file:
            file.write(_sum(body) + b"\n" + body)
        _forget_old(folder)


def _sum(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).hexdigest().encode()


def _forget_old(folder: Path) -> None:
    files = list(folder.glob("*.json"))
    if len(files) > _MOST_FILES:
        files.sort(key=lambda p: p.stat().st_mtime_ns)
        for path in files[: len(files) // 2]:
            path.unlink(missing_ok=True)


def format_source(value: Any) -> str:
    """Return a value of YAML as JSON."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=_mark_date)


def parse_source(source: str) -> Any:
    """Return what `format_source` wrote."""
    return json.loads(source, object_hook=_read_date)


def _mark_date(value: date) -> dict[str, str]:
    return {_DATE: value.isoformat()}


def _read_date(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value[_DATE]) if _DATE in value else value
