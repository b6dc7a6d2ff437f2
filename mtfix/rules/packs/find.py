"""Where rule packs stand: those that ship, those of the source languages among them, and the user's own."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from mtfix.files.places import config_folder
from mtfix.sources.registry import choose_sources, find_packs


def user_pack_folder() -> Path:
    """Return the folder of the user's own packs, such as ``~/.config/mtfix/packs``."""
    return config_folder() / "packs"


def packaged_packs(sources: Iterable[str] = ()) -> dict[str, Path]:
    """Return name -> file of the packs that ship with mtfix, by name; of source languages those of ``sources`` (default: all).

    Raises ConfigError for an unknown language.
    """
    general = {p.stem: p for p in Path(str(resources.files("mtfix") / "packs")).glob("*.yaml")}
    return dict(sorted({**general, **find_packs(choose_sources(sources))}.items()))


def stamp_user_packs() -> str:
    """Return what tells the packs in the user's folder, as they are now, from those of another time."""
    return "".join(f"\n{p} {p.stat().st_mtime_ns} {p.stat().st_size}" for p in user_packs().values() if p.exists())


def user_packs() -> dict[str, Path]:
    """Return name -> file of the packs in the user's folder; empty when there is none."""
    folder = user_pack_folder()
    return {p.stem: p for p in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))} if folder.is_dir() else {}
