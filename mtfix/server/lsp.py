"""mtfix over the Language Server Protocol: proposals are diagnostics, and code actions apply or silence them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from mtfix.about import __version__
from mtfix.config import Config
from mtfix.decisions import Proposal, list_proposals
from mtfix.errors import MtfixError
from mtfix.formats import read_document
from mtfix.server.api.wire import say_confidence
from mtfix.server.engine import Engine
from mtfix.server.settings import Limits

_PAUSE = 0.3  # seconds after the last keystroke
_FORMATS = {"markdown": "markdown", "plaintext": "text"}


class Checker:
    """What was found in the open documents, and what their editor silenced until the server starts anew."""

    def __init__(self, config: Config) -> None:
        self.engine = Engine(config, Limits())
        self.found: dict[str, tuple[int | None, list[Proposal]]] = {}
        self.never: set[str] = set()
        self.ignored: set[tuple[str, str, str]] = set()
        self.timers: dict[str, asyncio.Task[None]] = {}

    async def check(self, document: TextDocument) -> None:
        """Run the pipeline over a document; its line ends count as the editor has them."""
        format = _FORMATS.get(document.language_id or "", "markdown" if document.uri.endswith(".md") else "text")
        [repaired] = await self.engine.repair((read_document(document.source, document.uri, format),))
        self.found[document.uri] = (document.version, list_proposals(repaired))

    def list(self, document: TextDocument) -> list[Proposal]:
        """Return what is to be shown, if it was found in the text as it is now."""
        version, proposals = self.found.get(document.uri, (None, []))
        if version != document.version:
            return []
        return [
            p
            for p in proposals
            if not self.never & set(p.rules) and (document.uri, p.before, p.after) not in self.ignored
        ]


def find_range(text: str, start: int, end: int) -> lsp.Range:
    """Return a span of code points as lines and UTF-16 code units; lines end at LF, CRLF or CR."""

    def locate(offset: int) -> lsp.Position:
        head = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
        line = head.rpartition("\n")[2]
        return lsp.Position(head.count("\n"), len(line.encode("utf-16-le", "surrogatepass")) // 2)

    return lsp.Range(locate(start), locate(end))


def describe(proposal: Proposal, text: str) -> lsp.Diagnostic:
    """Return a proposal as a diagnostic."""
    change = "" if proposal.is_flag else f"\n“{proposal.before}” → “{proposal.after}” ({say_confidence(proposal)})"
    return lsp.Diagnostic(
        range=find_range(text, proposal.start, proposal.end),
        message=proposal.why + change,
        severity=lsp.DiagnosticSeverity.Warning if proposal.applied else lsp.DiagnosticSeverity.Information,
        code=proposal.rules[0],
        source="mtfix",
        data=proposal.id,
    )


def list_actions(proposals: Sequence[Proposal], shown: Sequence[Proposal], uri: str, text: str) -> list[lsp.CodeAction]:
    """Return what can be done about ``proposals``, of those that are ``shown`` in the document."""
    actions: list[lsp.CodeAction] = []

    def change(title: str, edits: list[lsp.TextEdit], p: Proposal, *, preferred: bool = False) -> None:
        actions.append(
            lsp.CodeAction(
                title,
                kind=lsp.CodeActionKind.QuickFix,
                diagnostics=[describe(p, text)],
                is_preferred=preferred,
                edit=lsp.WorkspaceEdit(changes={uri: edits}),
            )
        )

    def silence(title: str, *arguments: str) -> None:
        command = lsp.Command(title, "mtfix.ignore", arguments=list(arguments))
        actions.append(lsp.CodeAction(title, kind=lsp.CodeActionKind.QuickFix, command=command))

    for p in proposals:
        place = find_range(text, p.start, p.end)
        for option in () if p.is_flag else (p.after, *p.options):
            change(f"Write “{option}”", [lsp.TextEdit(place, option)], p, preferred=option == p.after)
        same = [q for q in shown if q.rules == p.rules and not q.is_flag]
        if len(same) > 1:
            edits = [lsp.TextEdit(find_range(text, q.start, q.end), q.after) for q in same]
            change(f"Apply all {len(same)} of {p.rules[0]}", edits, p)
        silence("Ignore here", uri, p.before, p.after)
        silence(f"Never show {p.rules[0]} until the editor restarts", p.rules[0])
    return actions


def make_server(config: Config) -> LanguageServer:
    """Return a language server that checks text and Markdown."""
    server = LanguageServer("mtfix", __version__)
    checker = Checker(config)

    def publish(document: TextDocument) -> None:
        diagnostics = [describe(p, document.source) for p in checker.list(document)]
        server.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(document.uri, diagnostics, version=document.version)
        )

    async def check(uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        document = server.workspace.get_text_document(uri)
        try:
            await checker.check(document)
        except MtfixError as error:
            server.window_log_message(lsp.LogMessageParams(lsp.MessageType.Warning, f"mtfix: {error}"))
            return
        publish(document)

    def check_soon(uri: str, pause: float = _PAUSE) -> None:
        if (timer := checker.timers.pop(uri, None)) is not None:
            timer.cancel()
        checker.timers[uri] = asyncio.ensure_future(check(uri, pause))

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        check_soon(params.text_document.uri, 0.0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        check_soon(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        if (timer := checker.timers.pop(uri, None)) is not None:
            timer.cancel()
        checker.found.pop(uri, None)
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    )
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        document = server.workspace.get_text_document(params.text_document.uri)
        asked = {d.data for d in params.context.diagnostics if d.source == "mtfix"}
        shown = checker.list(document)
        return list_actions([p for p in shown if p.id in asked], shown, document.uri, document.source)

    @server.command("mtfix.ignore")
    def ignore(*arguments: Any) -> None:
        words = [str(a) for a in arguments]
        if len(words) == 3:
            checker.ignored.add((words[0], words[1], words[2]))
        elif len(words) == 1:
            checker.never.add(words[0])
        for uri in list(checker.found):
            publish(server.workspace.get_text_document(uri))

    return server
