"""The desk's own API over texts that are not kept: fix, and what there is to choose from."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from mtfix.errors import InputError, MtfixError
from mtfix.formats import read_document
from mtfix.formats.registry import FORMATS
from mtfix.profile import SETTINGS
from mtfix.rules.packs.profiles import list_profiles, load_profile
from mtfix.server.api.answers import EVENTS, FixAnswer, FormatAnswer, ProfileAnswer, RuleAnswer, describe
from mtfix.server.api.library import Desk
from mtfix.server.api.wire import describe_part
from mtfix.types import Document

router = APIRouter(prefix="/api/v1", tags=["texts"])
_TEXTUAL = ("text", "markdown", "html")


class Text(BaseModel):
    """A text to repair. ``format`` is text, markdown or html."""

    model_config = ConfigDict(extra="forbid")
    text: str
    format: str = Field(default="text", max_length=20)
    profile: str = Field(default="", max_length=80)


def _read_text(request: Request, body: Text) -> tuple[Desk, Document, Any]:
    desk: Desk = request.app.state.desk
    limit = desk.settings.limits.text
    if len(body.text) > limit:
        raise InputError(f"the text has {len(body.text)} characters, and one request may have {limit}")
    if body.format not in _TEXTUAL:
        raise InputError(f"format: give one of {', '.join(_TEXTUAL)}; other formats go to /api/v1/documents")
    config = desk.configure(desk.check_profile(body.profile), desk.load_wishes(request.state.caller.desk))
    text = body.text.encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair is no text
    return desk, read_document(text, format=body.format), config


@router.post("/fix", summary="Repair a text", responses=describe(FixAnswer))
async def fix(request: Request, body: Text) -> dict[str, Any]:
    """Return the repaired text, and every edit and suggestion with its place and reason."""
    desk, document, config = await run_in_threadpool(_read_text, request, body)
    [repaired] = await desk.engine.repair((document,), config)
    request.app.state.metrics.count_sentences(len(repaired.segments))
    return {"text": repaired.text, **describe_part(repaired)}


@router.post(
    "/fix/stream",
    summary="Repair a text and see it happen",
    response_class=StreamingResponse,
    responses=EVENTS,
)
async def stream(request: Request, body: Text) -> StreamingResponse:
    """Answer with server-sent events: ``sentence`` as paragraphs are read, then ``done`` with what ``fix`` returns.

    A sentence that comes early may still change: names and dates are settled over the whole text.
    """
    desk, document, config = await run_in_threadpool(_read_text, request, body)
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    def tell(part: Document, done: int, total: int) -> None:
        first = done - len(part.segments)
        for number, segment in enumerate(part.segments, first):
            record = {"segment": number, "of": total, "before": segment.mt, "text": segment.text}
            loop.call_soon_threadsafe(events.put_nowait, ("sentence", record))

    async def work() -> None:
        try:
            [repaired] = await desk.engine.repair((document,), config, tell)
            await events.put(("done", {"text": repaired.text, **describe_part(repaired)}))
        except MtfixError as error:
            await events.put(("error", {"detail": str(error)}))
        except Exception:  # noqa: BLE001  the stream has begun: its reader must hear of it there
            await events.put(("error", {"detail": "the server made a mistake"}))

    async def send() -> AsyncIterator[str]:
        task = asyncio.create_task(work())
        try:
            while True:
                kind, record = await events.get()
                yield f"event: {kind}\ndata: {json.dumps(record, ensure_ascii=False)}\n\n"
                if kind in ("done", "error"):
                    return
        finally:
            task.cancel()

    return StreamingResponse(send(), media_type="text/event-stream")


@router.get("/rules", summary="Rules that may act", responses=describe(list[RuleAnswer]))
def rules(request: Request) -> list[dict[str, Any]]:
    return [
        {"id": r.id, "pack": r.pack, "tier": str(getattr(r.head.get("tier"), "value", r.head.get("tier"))), "why": r.head.get("why", ""), "tags": sorted(r.tags - {r.id, r.pack})}
        for r in request.app.state.rules.values()
    ]  # fmt: skip


@router.get("/profiles", summary="House profiles", responses=describe(list[ProfileAnswer]))
def profiles() -> list[dict[str, Any]]:
    loaded = [load_profile(name) for name in list_profiles()]
    return [
        {"name": p.name, "since": p.since, "about": p.about, "settings": {k: p[k] for k in SETTINGS}} for p in loaded
    ]


@router.get("/formats", summary="Formats that documents may have", responses=describe(list[FormatAnswer]))
def formats() -> list[dict[str, Any]]:
    return [{"name": f.name, "extensions": list(f.extensions), "about": f.about, "tracks": f.tracks} for f in FORMATS]
