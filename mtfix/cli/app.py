"""The command `mtfix`: its groups, and the one place where errors become a line and an exit code.

Nothing here or in the command modules imports the engine, a model or a training library at the top: a command imports
what it needs when it runs, so that `mtfix --help` stays quick.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from mtfix.about import __version__
from mtfix.cli import check, config, diff, fix, profiles, rules
from mtfix.cli.console import Voice, report_error, use_voice
from mtfix.cli.desk import apply
from mtfix.cli.exits import CLEAN, COULD_NOT_RUN, INTERRUPTED, PIPE_CLOSED
from mtfix.cli.options import reflow
from mtfix.cli.voice import give_voice
from mtfix.errors import MtfixError
from mtfix.extras import say_missing

# Groups of commands whose modules may be heavy: imported when they are called, and only named in `mtfix --help`.
# name -> module, attribute, what it does, the extra that brings its libraries
DEFERRED: dict[str, tuple[str, str, str, str]] = {
    "train": ("mtfix.cli.training.train", "app", "Train and export the embedded model.", "train"),
    "eval": ("mtfix.cli.eval", "app", "Score systems on evaluation suites.", "eval"),
    "batch": ("mtfix.cli.batch", "app", "Repair corpora: shards, manifests, resumable runs.", "batch"),
    "serve": (
        "mtfix.cli.desk.serve",
        "app",
        "Serve the editor's desk: a page, LanguageTool's protocol, an API.",
        "serve",
    ),
    "lsp": ("mtfix.cli.desk.lsp", "app", "Serve editors that speak LSP, over standard input and output.", "lsp"),
    "decisions": ("mtfix.cli.desk.decisions", "app", "Learn from what editors decided: export, report.", "serve"),
}


# What the parser of options raises; typer brings its own since 0.27 and took click's before.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]
_ParserError: type[Any] = _UsageError.__mro__[1]


class MtfixGroup(TyperGroup):
    """The root group: brings in deferred groups by name, and turns errors into one line and an exit code."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run the program and exit; a wrong command line is one line and exit code 2."""
        extra["standalone_mode"] = False
        if not standalone_mode:
            return super().main(*args, **extra)
        try:
            code = super().main(*args, **extra)
        except _ParserError as error:
            if type(error).__name__ == "NoArgsIsHelpError":  # `mtfix rules` alone: its help is the answer
                error.show()
            else:
                report_error(say_usage(error))
            raise SystemExit(COULD_NOT_RUN) from None
        except typer.Abort:
            raise SystemExit(INTERRUPTED) from None
        raise SystemExit(code if isinstance(code, int) else CLEAN)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *(name for name in DEFERRED if _is_there(name))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in DEFERRED and _is_there(cmd_name):
            return TyperCommand(cmd_name, help=DEFERRED[cmd_name][2])
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in DEFERRED and _is_there(args[0]):
            return args[0], _load_deferred(args[0]), args[1:]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()  # a closed pipe must show itself here, not when the interpreter ends
        except MtfixError as error:
            report_error(str(error))
            raise SystemExit(COULD_NOT_RUN) from None
        except BrokenPipeError:
            # The reader has gone (`mtfix check ... | head`): the interpreter's last flush must not complain either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise SystemExit(PIPE_CLOSED) from None
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None
        except OSError as error:
            report_error(f"{error.filename or 'standard output'}: {error.strerror or error}")
            raise SystemExit(COULD_NOT_RUN) from None


def say_usage(error: Any) -> str:
    """Return one line for a usage error: what is wrong, and how to get help."""
    message = " ".join(str(error.format_message()).split()).rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "mtfix"
    return f"{message[:1].lower() + message[1:]}; '{path} -h' shows how to call it"


def _is_there(name: str) -> bool:
    # The file is asked for, not the module: finding a module's spec would import its package.
    return Path(__file__).parents[1].joinpath(*DEFERRED[name][0].split(".")[1:]).with_suffix(".py").is_file()


def _load_deferred(name: str) -> Any:
    module, attribute, _, extra = DEFERRED[name]
    try:
        return typer.main.get_command(give_voice(getattr(import_module(module), attribute)))
    except ModuleNotFoundError as error:
        if error.name is None or find_spec("mtfix") is None or error.name.startswith("mtfix"):
            raise
        raise MtfixError(say_missing(f"mtfix {name}", error.name, extra)) from None


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"mtfix {__version__}")
        raise typer.Exit()


app = typer.Typer(
    cls=MtfixGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


@app.callback(epilog="Exit codes: 0 done or clean, 1 findings or failures, 2 could not run.")
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Repair machine-translated English news and explain every change."""


app.command("fix", help=reflow(fix.fix.__doc__))(fix.fix)
app.command("apply", help=reflow(apply.apply.__doc__))(apply.apply)
app.command("check", help=reflow(check.check.__doc__))(check.check)
app.command("diff", help=reflow(diff.diff.__doc__))(diff.diff)
app.add_typer(rules.app, name="rules")
app.command("profiles", help=reflow(profiles.profiles.__doc__))(profiles.profiles)
app.command("config", help=reflow(config.config.__doc__))(config.config)
give_voice(app)


def main() -> None:
    """Run the command line. Exits with 0, 1 or 2; 130 when interrupted, 141 when the reader of a pipe has gone."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows what it can. Repaired text does not go this way: it is written as bytes.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    prepare_process()
    use_voice(Voice())  # until the command line has been read
    try:
        app()
    finally:
        gc.freeze()  # what is left ends with the process: looking through all of it takes a tenth of a short run


def prepare_process() -> None:
    """Set what makes a process start quicker; a user's own settings stay.

    We use no pydantic plugins, and skipping their discovery saves a scan of all packages. Numpy multiplies small matrices
    only, for which a thread pool costs more than it saves. Few objects of a start are freed, so the garbage collector runs
    less often.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(20_000, 20, 20)
