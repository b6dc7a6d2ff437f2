"""`mtfix serve`: the editor's desk, and the tokens of those who may use it from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mtfix.cli.console import begin_logging, say
from mtfix.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(invoke_without_command=True, help="Serve the editor's desk.")
tokens = typer.Typer(no_args_is_help=True, help="Make, list and revoke tokens.")
app.add_typer(tokens, name="token")

Database = Annotated[
    str, typer.Option("--db", metavar="URL", envvar="MTFIX_DB", help="Database. (default: desk.db in the user's data)")
]
Model = Annotated[str, typer.Option("--model", metavar="PATH|NAME", help="Model to use. (default: the embedded one)")]


def default_database() -> str:
    """Return the URL of the user's own database: ``desk.db`` in the user's folder of data."""
    from mtfix.files.places import data_folder

    return f"sqlite:///{data_folder() / 'desk.db'}"


def default_pack() -> Path:
    """Return the pack in the user's folder that every run of mtfix reads: what the desk always and never wants."""
    from mtfix.rules.packs.find import user_pack_folder
    from mtfix.server.store.wishes import PACK

    return user_pack_folder() / f"{PACK}.yaml"


@app.callback()
def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; others than loopback need tokens.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port to listen on.")] = 8765,
    db: Database = "",
    profile: Annotated[str, typer.Option("--profile", "-p", help="House profile of new documents.")] = "plain",
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Leave the model out.")] = False,
    model: Model = "",
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", metavar="NAME", help="Another name of this server; repeatable.")
    ] = None,
    max_text: Annotated[int, typer.Option("--max-text", min=1, help="Characters of one text.")] = 100_000,
    max_requests: Annotated[int, typer.Option("--max-requests", min=1, help="Of one caller in a minute.")] = 6_000,
    pack: Annotated[
        Path | None,
        typer.Option(
            "--pack",
            metavar="FILE",
            help="Write what editors always and never want here, as a rule pack. (default: in your pack folder, unless --db is given)",
        ),
    ] = None,
    open_with: Annotated[
        Path | None, typer.Option("--open", metavar="FILE", help="Put this document on the desk first.")
    ] = None,
) -> None:
    """Serve the desk: a page for editors, LanguageTool's protocol under /v2, and its own API under /api/v1."""
    if context.invoked_subcommand is not None:
        return
    from mtfix.config import load_config
    from mtfix.server.app import listen, run
    from mtfix.server.settings import Limits, Settings

    settings = Settings(
        host, port, db or default_database(),
        load_config(None, profile=profile, rules_only=rules_only, **({"model": model} if model else {})),
        Limits(text=max_text, requests=max_requests), tuple(allow_host or ()), pack or (None if db else default_pack()),
    )  # fmt: skip
    if not settings.is_loopback and not _has_tokens(settings.db):
        raise ConfigError(
            f"--host {host}: others can reach this address; make a token first: mtfix serve token add NAME"
        )
    if open_with is not None:
        _put(settings, open_with)
    begin_logging()
    with listen(host, port) as door:
        say(
            f"the desk is at http://{f'[{host}]' if ':' in host else host}:{door.getsockname()[1]}/ (stop it with Ctrl+C)"
        )
        run(settings, door)


def _has_tokens(url: str) -> bool:
    from mtfix.server.store.database import open_database
    from mtfix.server.store.tokens import list_tokens

    database = open_database(url)
    try:
        return any(t.revoked is None for t in list_tokens(database))
    finally:
        database.dispose()


def _put(settings: Any, file: Path) -> None:
    """Put a document into the library, unless one of its name is there."""
    from mtfix.formats import find_format, read_file
    from mtfix.server.api import wire
    from mtfix.server.store.database import open_database
    from mtfix.server.store.documents import Store
    from mtfix.server.store.tokens import LOCAL

    entry = find_format(path=str(file))
    data = read_file(file, is_text=entry.load().is_text, has_lines=entry.has_lines)
    wire.read_bytes(data, file.name, entry.name, settings.limits.text)
    database = open_database(settings.db)
    try:
        store = Store(database)
        if not any(d.name == file.name for d in store.list(LOCAL.desk)):
            store.add(LOCAL.desk, file.name, entry.name, data, settings.config.profile)
    finally:
        database.dispose()


def _open(db: str) -> Engine:
    from mtfix.server.store.database import open_database

    return open_database(db or default_database())


@tokens.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Whose token it is.")],
    desk: Annotated[
        str, typer.Option("--desk", help="The desk whose library it opens. (default: one of its own)")
    ] = "",
    db: Database = "",
) -> None:
    """Make a token and print it. It is kept as a hash, so it cannot be shown again."""
    from mtfix.server.store.tokens import add_token

    print(add_token(_open(db), name, desk))


@tokens.command("list")
def list_all(db: Database = "") -> None:
    """List tokens: name, desk, when made, whether revoked."""
    from mtfix.server.store.tokens import list_tokens

    for t in list_tokens(_open(db)):
        state = f"revoked {t.revoked:%Y-%m-%d}" if t.revoked else "valid"
        print(f"{t.name}\t{t.desk}\t{t.created:%Y-%m-%d}\t{state}")


@tokens.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="Whose token it is.")], db: Database = "") -> None:
    """Revoke a token; it opens nothing from the next request on."""
    from mtfix.server.store.tokens import revoke_token

    revoke_token(_open(db), name)
