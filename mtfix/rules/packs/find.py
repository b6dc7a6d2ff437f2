"""Where rule packs stand: those that ship, and the user's own."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path


def user_pack_folder() -> Path:
    """Return the folder of the user's own packs (``$XDG_CONFIG_HOME/mtfix/packs`` or ``~/.config/mtfix/packs``)."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "mtfix" / "packs"


def packaged_packs() -> dict[str, Path]:
    """Return name -> file of the packs that ship with mtfix."""
    return {p.stem: p for p in sorted(package_folder().glob("*.yaml"))}


def package_folder() -> Path:
    return Path(str(resources.files("mtfix") / "packs"))


def user_packs() -> dict[str, Path]:
    """Return name -> file of the packs in the user's folder; empty when there is none."""
    folder = user_pack_folder()
    return {p.stem: p for p in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))} if folder.is_dir() else {}
