"""The language server, asked by a client that was not written here."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import pytest

pytest_lsp = pytest.importorskip("pytest_lsp", reason="no LSP client: pip install pytest-lsp")
pytest.importorskip("pygls", reason="the language server needs mtfix[lsp]")

from lsprotocol import types as lsp  # noqa: E402

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "lsp", "--rules-only"]
URI = "file:///wire.md"
TEXT = "# 😀 Prices\n\n😀 It cost 2,5 million rubles.\n\nIt cost 3,5 million rubles. `2,5 million`\n"


@pytest_lsp.fixture(config=pytest_lsp.ClientServerConfig(server_command=COMMAND, server_env={"PYTHONPATH": str(ROOT)}))
async def client(lsp_client: pytest_lsp.LanguageClient) -> Any:
    await lsp_client.initialize_session(
        lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri="file:///")
    )
    yield
    await lsp_client.shutdown_session()


@pytest.mark.asyncio
async def test_diagnostics_and_actions(client: Any) -> None:
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(URI, "markdown", 1, TEXT)))
    await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    first, second = client.diagnostics[URI]
    assert first.code == "RU_SCALE_DECIMAL_COMMA"
    assert (first.range.start.line, first.range.start.character, first.range.end.character) == (2, 11, 22)
    assert second.range.start.line == 4

    def ask() -> Any:
        document = lsp.TextDocumentIdentifier(URI)
        context = lsp.CodeActionContext([first])
        return client.text_document_code_action_async(lsp.CodeActionParams(document, first.range, context))

    one, all_, here, never = await ask()
    [edit] = one.edit.changes[URI]
    assert (edit.new_text, edit.range) == ("2.5 million", first.range)
    assert [e.new_text for e in all_.edit.changes[URI]] == ["2.5 million", "3.5 million"]

    async def run(action: Any) -> None:
        # Some releases of lsprotocol take an action with a command for the command alone, and its command for a text.
        command = action.command
        if isinstance(command, str):
            command = lsp.Command(**ast.literal_eval(command))
        await client.workspace_execute_command_async(lsp.ExecuteCommandParams(command.command, command.arguments))

    await run(here)
    assert [d.range.start.line for d in client.diagnostics[URI]] == [4]
    await run(never)
    assert not client.diagnostics[URI]
