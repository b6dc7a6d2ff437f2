"""Digests of code and files: the keys of caches. A key covers everything that a result depends on, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).resolve().parent.parent
# Rule packs, profiles and models count by the content that is in use.
_DATA = frozenset(("packs", "models"))
_TOOLS = frozenset(("cli", "evaluation", "server", "training"))

Part = Literal["rules", "model", "outputs", "batch"]
#: Folders of the package that cannot change a result: compiled rules, the model's answers, repaired texts, a batch's
#: results with their rows of the edit log. A folder that is not named counts.
UNRELATED: Mapping[Part, frozenset[str]] = {
    "rules": _DATA | _TOOLS | {"batch", "report", "formats", "model"},
    "model": _DATA | _TOOLS | {"batch", "report", "rules"},
    "outputs": _DATA | _TOOLS | {"batch", "report"},
    "batch": _DATA | _TOOLS,
}


@lru_cache(maxsize=16)
def digest_code(part: Part, root: Path = PACKAGE) -> str:
    """Return the digest of the code that a kind of result depends on, at any depth below ``root``."""
    return digest_files(list_code(part, root), root)


def list_code(part: Part, root: Path = PACKAGE) -> list[Path]:
    """Return the files that `digest_code` reads, sorted: modules, and the data that stands among them."""
    found = [path for path in root.iterdir() if path.is_file()]
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in UNRELATED[part]:
            found += (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path.suffix not in (".pyc", ".yaml"))


def digest_files(paths: Iterable[Path], root: Path) -> str:
    """Return the digest of files: their names below ``root`` and their bytes."""
    digest = blake2b(digest_size=16)
    for path in paths:
        digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
