"""`mtfix lsp`: mtfix in editors that speak the Language Server Protocol."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(invoke_without_command=True)


@app.callback()
def lsp(
    profile: Annotated[str, typer.Option("--profile", "-p", help="House profile.")] = "plain",
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Leave the model out.")] = False,
) -> None:
    """Serve an editor over standard input and output: reasons as diagnostics, edits as code actions."""
    from mtfix.config import load_config
    from mtfix.server.lsp import make_server

    make_server(load_config(None, profile=profile, rules_only=rules_only)).start_io()
