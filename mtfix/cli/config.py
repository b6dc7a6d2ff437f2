"""`mtfix config`: the configuration that a run would have, and where each value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtfix.cli import options as opt

if TYPE_CHECKING:
    from mtfix.config import Config

LISTS = ("packs", "enable", "disable")


@opt.configurable()
def config(*, choices: opt.Choices) -> None:
    """Show the effective configuration and where each value comes from: command line, file or default."""
    import json

    from mtfix.config import load_config
    from mtfix.pipeline import choose_profile
    from mtfix.profile import SETTINGS
    from mtfix.rules.packs.profiles import load_profile

    path = choices.find_file()
    given = choices.given
    settings = given.get("settings", {})
    effective = choices.configure()
    from_file = load_config(path)
    house = load_profile(effective.profile)
    chosen = choose_profile(effective)

    rows: list[tuple[str, str, str]] = []
    for key, value in effective.model_dump(mode="json").items():
        if key != "settings":
            rows.append((key, json.dumps(value, ensure_ascii=False), _origin(key, given, from_file, path)))
    for key in SETTINGS:
        if key in settings:
            origin = "command line"
        elif key in from_file.settings:
            origin = str(path)
        else:
            origin = f"profile {house.name}" if key in house.settings else "default"
        rows.append((f"settings.{key}", json.dumps(chosen[key]), origin))
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    for name, value, origin in rows:
        print(f"{name:{widths[0]}} = {value:{widths[1]}}  # {origin}")


def _origin(key: str, given: Mapping[str, Any], from_file: Config, path: Path | None) -> str:
    in_file = path is not None and key in from_file.model_fields_set
    if key in given:
        return f"{path}, command line" if in_file and key in LISTS else "command line"
    return str(path) if in_file else "default"
