"""`mtfix profiles`: house profiles and what they set."""

from __future__ import annotations

from typing import Annotated

import typer

from mtfix.cli import options as opt
from mtfix.cli.completion import complete_profile


def profiles(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE]",
            autocompletion=complete_profile,
            help="Show the settings of this profile.",
            show_default=False,
        ),
    ] = None,
    output_format: Annotated[
        opt.ListFormat, typer.Option("--output-format", help="text or json.")
    ] = opt.ListFormat.TEXT,
) -> None:
    """List house profiles, or show the settings of one."""
    import json

    from mtfix.profile import SETTINGS
    from mtfix.rules.packs.profiles import list_profiles, load_profile

    if name is None:
        loaded = [load_profile(n) for n in list_profiles()]
        if output_format is opt.ListFormat.JSON:
            print(json.dumps([{"name": p.name, "since": p.since, "about": p.about} for p in loaded], indent=2))
            return
        width = max((len(p.name) for p in loaded), default=0)
        for p in loaded:
            print(f"{p.name:{width}}  {p.since or '-':10}  {p.about}".rstrip())
        return
    profile = load_profile(name)
    values = {key: profile[key] for key in SETTINGS}
    if output_format is opt.ListFormat.JSON:
        record = {"name": profile.name, "since": profile.since, "about": profile.about, "settings": values}
        print(json.dumps(record, ensure_ascii=False, indent=2))
        return
    since = f" (guidance of {profile.since})" if profile.since else ""
    print(f"{profile.name}{since}: {profile.about}".rstrip(": "))
    width = max(len(key) for key in SETTINGS)
    for key, value in values.items():
        others = [v for v in SETTINGS[key] if v != value]
        print(f"  {key:{width}}  {value}  (or {', '.join(others)})")
