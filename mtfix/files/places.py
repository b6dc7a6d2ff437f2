"""The user's folders: configuration, caches, data; where each system keeps them, by the library platformdirs.

On Linux ``~/.config/mtfix``, ``~/.cache/mtfix``, ``~/.local/share/mtfix``, or what the XDG variables say; on macOS and Windows the
folders of that system, unless the one of Linux is there already.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_NAME = "mtfix"


def config_folder() -> Path:
    """Return the folder of the user's packs and profiles."""
    return _find("config", "XDG_CONFIG_HOME", ".config")


def cache_folder() -> Path:
    """Return the folder of what can be made again."""
    return _find("cache", "XDG_CACHE_HOME", ".cache")


def data_folder() -> Path:
    """Return the folder of the desk's database."""
    return _find("data", "XDG_DATA_HOME", ".local/share")


def _find(kind: str, variable: str, linux: str) -> Path:
    named = os.environ.get(variable, "")
    if named and Path(named).is_absolute():  # on macOS and Windows, too
        return Path(named) / _NAME
    with suppress(RuntimeError):  # no home
        known = Path.home() / linux / _NAME
        if known.is_dir():
            return known
    import platformdirs

    return Path(getattr(platformdirs, f"user_{kind}_path")(_NAME, appauthor=False))
