"""The options that every command has: ``-v``, ``-q`` and ``--log-format``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

from mtfix.cli.console import Voice, use_voice


class LogFormat(str, Enum):
    """How notes and errors are written to standard error."""

    TEXT = "text"
    JSON = "json"


_OPTIONS: dict[str, Any] = {
    "verbose": Annotated[
        bool, typer.Option("--verbose", "-v", help="Say what is done and how long it takes.", show_default=False)
    ],
    "quiet": Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but errors: no notes, no progress.", show_default=False)
    ],
    "log_format": Annotated[
        LogFormat, typer.Option("--log-format", help="text, or json: each note and error as an object.")
    ],
}
_DEFAULTS: dict[str, Any] = {"verbose": False, "quiet": False, "log_format": LogFormat.TEXT}


def give_voice(app: typer.Typer) -> typer.Typer:
    """Give the options to every command of ``app`` and of the groups in it, and plain help; return ``app``.

    Plain help prints square brackets as they are, and both names of a switch (``--flag / --no-flag``).
    """
    app.rich_markup_mode = None
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _add_options(command.callback)
    group = app.registered_callback
    if group is not None and group.callback is not None and app.info.invoke_without_command is True:
        group.callback = _add_options(group.callback)
    for inner in app.registered_groups:
        if inner.typer_instance is not None:
            give_voice(inner.typer_instance)
    return app


def _add_options(command: Callable[..., Any]) -> Callable[..., Any]:
    if getattr(command, "has_voice", False):
        return command
    hints = get_type_hints(command, include_extras=True)
    parameters = list(inspect.signature(command).parameters.values())
    own = {p.name for p in parameters}
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [p.replace(kind=keyword, annotation=hints.get(p.name, p.annotation)) for p in parameters]
    parameters += [
        inspect.Parameter(name, keyword, default=_DEFAULTS[name], annotation=annotation)
        for name, annotation in _OPTIONS.items()
        if name not in own
    ]

    @wraps(command)
    def run(**values: Any) -> Any:
        said = {name: values[name] if name in own else values.pop(name) for name in _OPTIONS}
        use_voice(Voice(said["quiet"], said["verbose"], said["log_format"] is LogFormat.JSON))
        return command(**values)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    run.has_voice = True  # type: ignore[attr-defined]
    del run.__wrapped__
    return run
