"""Options that several commands share, so that one name means one thing everywhere."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from mtfix.errors import ConfigError


class FixChoice(str, Enum):
    """Which edits are applied."""

    SAFE = "safe"
    ALL = "all"
    NONE = "none"


class BackendChoice(str, Enum):
    """What runs the model."""

    ONNX = "onnx"
    HF = "hf"


class FindingsFormat(str, Enum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class ListFormat(str, Enum):
    """How lists are printed."""

    TEXT = "text"
    JSON = "json"


Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILES|-]...", help="Documents; '-' or nothing reads standard input.", show_default=False),
]
ProfileName = Annotated[
    str | None,
    typer.Option("--profile", "-p", metavar="NAME|FILE", help="House profile; see 'mtfix profiles'. (default: plain)"),
]
SettingPairs = Annotated[
    list[str] | None,
    typer.Option("--setting", "-s", metavar="KEY=VALUE", help="One profile setting over the profile's; repeatable."),
]
FixWhich = Annotated[
    FixChoice | None,
    typer.Option("--fix", help="safe: sure edits; all: suggestions too; none: only show. (default: safe)"),
]
RulesOnly = Annotated[bool | None, typer.Option("--rules-only", help="Leave the model out.", show_default=False)]
Packs = Annotated[
    list[str] | None,
    typer.Option("--pack", metavar="FILE|NAME", help="A rule pack beside those that ship; repeatable."),
]
Enable = Annotated[
    list[str] | None, typer.Option("--enable", metavar="ID|TAG|PACK", help="Bring rules back; repeatable.")
]
Disable = Annotated[
    list[str] | None, typer.Option("--disable", metavar="ID|TAG|PACK", help="Leave rules out; repeatable.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of the input. (default: detected)")
]
FormatName = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="Format of the input. (default: by file name)")
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="NAME",
        help="Field of a table's records that holds text, as body.text; repeatable. (default: text)",
    ),
]
FieldFormat = Annotated[
    str | None, typer.Option("--field-format", metavar="NAME", help="Format of the text in fields. (default: text)")
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration. (default: mtfix.toml here or in a folder above)"),
]
Model = Annotated[
    str | None, typer.Option("--model", metavar="PATH|NAME", help="Model to use. (default: the embedded one)")
]
Backend = Annotated[BackendChoice | None, typer.Option("--backend", help="What runs the model. (default: onnx)")]


def reflow(docstring: str | None) -> str:
    """Return a docstring with each paragraph on one line, so that help fits the terminal and not the source.

    >>> reflow("One\\n    line.\\n\\n    Two.")
    'One line.\\n\\nTwo.'
    """
    return "\n\n".join(" ".join(p.split()) for p in (docstring or "").split("\n\n"))


def parse_settings(pairs: list[str] | None) -> dict[str, str] | None:
    """Return ``KEY=VALUE`` pairs as a map. Raises ConfigError for one without an equals sign.

    >>> parse_settings(["spelling=british"])
    {'spelling': 'british'}
    """
    if not pairs:
        return None
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--setting {pair}: write KEY=VALUE, for example --setting spelling=british")
        settings[key.strip()] = value.strip()
    return settings
