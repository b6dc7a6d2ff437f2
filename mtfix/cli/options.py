"""Options that several commands share, so that one name means one thing everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from mtfix.cli.completion import (
    complete_format,
    complete_model,
    complete_pack,
    complete_profile,
    complete_selection,
    complete_source,
)
from mtfix.errors import ConfigError
from mtfix.types import Fix

if TYPE_CHECKING:
    from mtfix.config import Config


class BackendChoice(str, Enum):
    """What runs the model."""

    ONNX = "onnx"
    ONNX_FP32 = "onnx-fp32"
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
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME|FILE",
        autocompletion=complete_profile,
        help="House profile; see 'mtfix profiles'. (default: plain)",
    ),
]
SettingPairs = Annotated[
    list[str] | None,
    typer.Option("--setting", "-s", metavar="KEY=VALUE", help="One profile setting over the profile's; repeatable."),
]
FixWhich = Annotated[
    Fix | None,
    typer.Option("--fix", help="safe: sure edits; all: suggestions too; none: only show. (default: safe)"),
]
RulesOnly = Annotated[
    bool | None, typer.Option("--rules-only/--no-rules-only", help="Leave the model out.", show_default=False)
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="CODE[,CODE]",
        autocompletion=complete_source,
        help="Languages that the text may be translated from (ru, uk); repeatable. (default: all)",
        show_default=False,
    ),
]
Packs = Annotated[
    list[str] | None,
    typer.Option(
        "--pack",
        metavar="FILE|NAME",
        autocompletion=complete_pack,
        help="A rule pack beside those that ship; repeatable.",
    ),
]
Enable = Annotated[
    list[str] | None,
    typer.Option(
        "--enable", metavar="ID|TAG|PACK", autocompletion=complete_selection, help="Bring rules back; repeatable."
    ),
]
Disable = Annotated[
    list[str] | None,
    typer.Option(
        "--disable", metavar="ID|TAG|PACK", autocompletion=complete_selection, help="Leave rules out; repeatable."
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of the input. (default: detected)")
]
Language = Annotated[
    str | None,
    typer.Option(
        "--language", metavar="en", help="en: repair what does not read as English, too. (default: leave it alone)"
    ),
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", autocompletion=complete_format, help="Format of the input. (default: by file name)"
    ),
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
    str | None,
    typer.Option(
        "--field-format",
        metavar="NAME",
        autocompletion=complete_format,
        help="Format of the text in fields. (default: text)",
    ),
]
Attributes = Annotated[
    bool | None,
    typer.Option(
        "--attributes/--no-attributes", help="In HTML: alt, title and page descriptions too.", show_default=False
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration. (default: mtfix.toml here or in a folder above)"),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="PATH|NAME",
        autocompletion=complete_model,
        help="Model to use: a name, a folder, NAME@REVISION of a hub (--backend hf), openai:NAME (--endpoint). "
        "(default: the embedded one)",
    ),
]
Endpoint = Annotated[
    str | None,
    typer.Option(
        "--endpoint", metavar="URL", help="Address of a server with OpenAI's protocol, for --model openai:NAME."
    ),
]
Prefix = Annotated[
    str | None, typer.Option("--prefix", metavar="TEXT", help="With --backend hf: what stands before each sentence.")
]
Beams = Annotated[
    int | None, typer.Option("--beams", metavar="N", min=1, max=16, help="With --backend hf: beams. (default: 1)")
]
Device = Annotated[
    str | None,
    typer.Option("--device", metavar="NAME", help="With --backend hf: cpu, cuda, cuda:1, mps. (default: cpu)"),
]
Backend = Annotated[BackendChoice | None, typer.Option("--backend", help="What runs the model. (default: onnx)")]

TrackChanges = Annotated[
    bool | None,
    typer.Option(
        "--track-changes/--no-track-changes",
        help="In Word documents: tracked changes with reasons; in XLIFF, TMX, PO: signed notes.",
        show_default=False,
    ),
]
Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Who signs tracked changes. (default: mtfix)")
]

Comments = Annotated[
    bool | None,
    typer.Option(
        "--comments/--no-comments",
        help="Whether tracked changes in Word documents have comments. (default: unless there are several footnotes)",
        show_default=False,
    ),
]

Approved = Annotated[
    bool | None,
    typer.Option("--approved/--no-approved", help="In XLIFF: final and approved targets, too.", show_default=False),
]

# The bundle: what a command line may say about the configuration, each option by its key of `Config`.
SHARED: dict[str, tuple[str, Any]] = {
    "profile": ("profile", ProfileName),
    "settings": ("setting", SettingPairs),
    "fix": ("fix", FixWhich),
    "rules_only": ("rules_only", RulesOnly),
    "source": ("source", Sources),
    "packs": ("pack", Packs),
    "enable": ("enable", Enable),
    "disable": ("disable", Disable),
    "encoding": ("encoding", Encoding),
    "language": ("language", Language),
    "format": ("format", FormatName),
    "fields": ("field", Fields),
    "field_format": ("field_format", FieldFormat),
    "attributes": ("attributes", Attributes),
    "approved": ("approved", Approved),
    "model": ("model", Model),
    "backend": ("backend", Backend),
    "endpoint": ("endpoint", Endpoint),
    "prefix": ("prefix", Prefix),
    "beams": ("beams", Beams),
    "device": ("device", Device),
    "track_changes": ("track_changes", TrackChanges),
    "author": ("author", Author),
    "comments": ("comments", Comments),
}

#: Of the bundle, what concerns only those commands that write documents.
WRITING = ("track_changes", "author", "comments")
#: What concerns those that read files; with `WRITING` it is `mtfix.config.READING`, which would take long to import here.
READING = ("encoding", "format", "fields", "field_format", "attributes", "approved")
#: And what concerns only those that run a model.
MODEL = ("model", "backend", "endpoint", "prefix", "beams", "device")


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of the command line that concern the configuration: ``given`` by key of `Config`, only what was given."""

    file: Path | None
    given: Mapping[str, Any]

    def configure(self, **fixed: Any) -> Config:
        """Return the configuration: ``fixed`` over the command line over the file over the defaults.

        Raises ConfigError.
        """
        from mtfix.config import load_config

        return load_config(self.find_file(), **{**self.given, **fixed})

    def find_file(self) -> Path | None:
        """Return the configuration file: the one named, or the nearest above this folder, if any."""
        from mtfix.config import find_config

        return self.file or find_config(Path.cwd())


def configurable(*, without: tuple[str, ...] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the shared options, but those ``without`` (keys of `Config`), in place of its ``choices``."""
    chosen = {key: option for key, option in SHARED.items() if key not in without}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = get_type_hints(command, include_extras=True)

        def as_parameter(name: str, annotation: Any) -> inspect.Parameter:
            return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)

        shared = [as_parameter(name, annotation) for name, annotation in chosen.values()]
        parameters: list[inspect.Parameter] = []
        for name, parameter in inspect.signature(command).parameters.items():
            if name == "choices":
                parameters += [*shared, as_parameter("config", ConfigFile)]
            else:
                parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=own[name]))

        @wraps(command)
        def run(**values: Any) -> None:
            file = values.pop("config")
            said = {key: values.pop(name) for key, (name, _) in chosen.items()}
            if "settings" in said:
                said["settings"] = parse_settings(said["settings"])
            given = {k: v.value if isinstance(v, Enum) else v for k, v in said.items() if v not in (None, [], {})}
            command(choices=Choices(file, given), **values)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        del run.__wrapped__
        return run

    return decorate


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
