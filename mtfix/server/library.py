"""The desk's own API over its library: documents, decisions, preferences, export."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine as Database
from starlette.concurrency import run_in_threadpool

from mtfix.config import Config
from mtfix.errors import InputError, MtfixError
from mtfix.formats.registry import find_format, guess_format
from mtfix.rules.packs.profiles import list_profiles, load_profile
from mtfix.server import export, wire
from mtfix.server.engine import Engine
from mtfix.server.settings import Settings
from mtfix.server.store.documents import NewDecision, Store, latest
from mtfix.server.store.models import StoredDocument
from mtfix.server.store.tokens import Caller

router = APIRouter(prefix="/api/v1", tags=["documents"])
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
State = Literal["new", "work", "done"]


class Desk:
    """The library together with the engine: documents are read in the background, once each, also after a restart."""

    def __init__(self, database: Database, engine: Engine, settings: Settings) -> None:
        self.store = Store(database)
        self.engine = engine
        self.settings = settings
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._progress: dict[str, float] = {}
        self._failures: dict[str, str] = {}

    def read_soon(self, stored: StoredDocument) -> None:
        """Have the pipeline read a document, unless it is being read."""
        if stored.id not in self._reading and stored.id not in self._failures:
            self._reading[stored.id] = asyncio.create_task(self._read(stored))

    def progress(self, id: str) -> float:
        return self._progress.get(id, 0.0)

    def failure(self, id: str) -> str:
        """Return why a document could not be read, once: the next request tries again."""
        return self._failures.pop(id, "")

    def forget(self, id: str) -> None:
        self._progress.pop(id, None)
        self._failures.pop(id, None)

    async def finish(self) -> None:
        """Wait for what is being read; what is not done then is read again when somebody asks for it."""
        if self._reading:
            await asyncio.wait(self._reading.values(), timeout=20)

    async def _read(self, stored: StoredDocument) -> None:
        try:
            preferences = await run_in_threadpool(self.store.preferences, stored.desk)
            container = await run_in_threadpool(
                wire.read_bytes, stored.data, stored.name, stored.format, self.settings.limits.text
            )
            config = self.configure(stored.profile, preferences)
            length = sum(len(d.segments) for d in container.documents)
            done = 0

            def tell(_: Any, number: int, total: int) -> None:
                nonlocal done
                self._progress[stored.id] = min(0.99, (done + number) / max(1, length))
                done += total if number == total else 0

            documents = await self.engine.repair(container.documents, config, tell if length > 40 else None)
            parts = await run_in_threadpool(lambda: [wire.describe_part(d) for d in documents])
            always = wire.decide_always(parts, {r for r, verdict in preferences.items() if verdict == "always"})
            await run_in_threadpool(self.store.save_parts, stored.id, stored.profile, parts, always)
        except MtfixError as error:
            self._failures[stored.id] = str(error)
        finally:
            self._reading.pop(stored.id, None)
            self._progress.pop(stored.id, None)

    def configure(self, profile: str, preferences: dict[str, str]) -> Config:
        """Return the configuration for a document: the server's, a profile that it may choose, and what is never wanted."""
        never = tuple(sorted(r for r, verdict in preferences.items() if verdict == "never"))
        config = self.settings.config
        return config.model_copy(update={"profile": profile or config.profile, "disable": (*config.disable, *never)})

    def check_profile(self, profile: str) -> str:
        """Return a profile's name. Raises ConfigError for one that does not ship and is not the user's: no paths."""
        if profile in ("", self.settings.config.profile):
            return self.settings.config.profile
        if profile not in list_profiles():
            raise InputError(f"unknown profile '{profile[:40]}': known: {', '.join(sorted(list_profiles()))}")
        return load_profile(profile).name


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Said(Strict):
    """One decision. ``key`` is the client's own; ``text`` is for an edit, or names one of a proposal's options."""

    key: str = Field(pattern=r"^[\w-]{8,64}$")
    part: int = Field(default=0, ge=0, le=1_000_000)
    proposal: str = Field(pattern=r"^([0-9a-f]{16}|sentence-\d{1,6})$")
    verdict: Literal["accept", "reject", "edit", "undo"]
    text: str = Field(default="", max_length=20_000)


class Decisions(Strict):
    """Decisions on one version of a document, and the seconds of work since the last ones."""

    version: int = Field(ge=1, le=2**31 - 1)
    decisions: list[Said] = Field(min_length=1, max_length=5_000)
    seconds: float = Field(default=0.0, ge=0, le=3_600)


class Change(Strict):
    """Another state or profile for one version of a document."""

    version: int = Field(ge=1, le=2**31 - 1)
    state: State | None = None
    profile: str | None = Field(default=None, max_length=80)


class Wish(Strict):
    """What a desk wants of a rule from now on; empty: the usual."""

    rule: str = Field(min_length=1, max_length=200)
    verdict: Literal["always", "never", ""]


def _desk(request: Request) -> tuple[Desk, Caller]:
    return request.app.state.desk, request.state.caller


def describe_stored(stored: StoredDocument) -> dict[str, Any]:
    """Return what the library shows of a document."""
    return {
        "id": stored.id, "name": stored.name, "format": stored.format, "profile": stored.profile,
        "state": stored.state, "version": stored.version, "created": stored.created.isoformat(),
        "updated": stored.updated.isoformat(), "seconds": stored.seconds,
    }  # fmt: skip


@router.post("/documents", status_code=201, summary="Put a document on the desk")
async def add_document(
    request: Request,
    file: Annotated[UploadFile | None, File(description="a file in any format that mtfix reads")] = None,
    text: Annotated[str, Form(description="or a text")] = "",
    name: Annotated[str, Form(max_length=255)] = "",
    format: Annotated[str, Form(max_length=20)] = "",
    profile: Annotated[str, Form(max_length=80)] = "",
    source: Annotated[str, Form(description="the text that was translated")] = "",
) -> dict[str, Any]:
    """Keep a document and start reading it; ``GET`` tells when its proposals are there."""
    desk, caller = _desk(request)
    data = await file.read() if file is not None else text.encode("utf-8", "replace")
    if not data.strip():
        raise InputError("the document is empty: give a text or a file")
    title = wire.clean_name(
        name or (file.filename or "" if file else "") or f"{' '.join(text.split())[:40].strip(' .') or 'wire'}.txt"
    )
    limit = desk.settings.limits.text
    # A pasted text may have any title; a file of an extension that no format has is refused.
    entry = (guess_format(title) if file is None and not format else None) or find_format(
        format or ("" if file is not None else "text"), title
    )
    profile = desk.check_profile(profile)
    if len(source) > limit:
        raise InputError(f"the source has {len(source)} characters, and one document may have {limit}")
    await run_in_threadpool(wire.read_bytes, data, title, entry.name, limit)
    id = await run_in_threadpool(desk.store.add, caller.desk, title, entry.name, data, profile, source)
    stored = await run_in_threadpool(desk.store.find, caller.desk, id)
    desk.read_soon(stored)
    return describe_stored(stored)


@router.get("/documents", summary="The library")
async def list_documents(
    request: Request, search: Annotated[str, Query(max_length=200)] = "", state: Literal["", "new", "work", "done"] = ""
) -> list[dict[str, Any]]:
    desk, caller = _desk(request)
    found = await run_in_threadpool(desk.store.list, caller.desk, search, state)
    return [describe_stored(d) for d in found]


@router.get("/documents/{id}", summary="A document with its proposals and decisions")
async def get_document(request: Request, id: Id) -> dict[str, Any]:
    desk, caller = _desk(request)
    stored = await run_in_threadpool(desk.store.find, caller.desk, id)
    answer = describe_stored(stored)
    if stored.parts is None:
        if failure := desk.failure(id):
            return {**answer, "ready": False, "failure": failure}
        desk.read_soon(stored)
        return {**answer, "ready": False, "progress": desk.progress(id)}
    said = [
        {"part": part, "proposal": proposal, "verdict": d.verdict, "text": d.text, "editor": d.editor}
        for (part, proposal), d in latest(stored.decisions).items()
    ]
    wishes = await run_in_threadpool(desk.store.preferences, caller.desk)
    return {
        **answer, "ready": True, "source": stored.source, "parts": stored.parts, "decisions": said,
        "preferences": wishes, "exports": export.list_exports(stored),
    }  # fmt: skip


@router.patch("/documents/{id}", summary="Set the state or the profile of a document")
async def change_document(request: Request, id: Id, change: Change) -> dict[str, Any]:
    desk, caller = _desk(request)
    values: dict[str, Any] = {}
    stored = await run_in_threadpool(desk.store.find, caller.desk, id)
    if change.state is not None:
        values["state"] = change.state
        if change.state == "done" and stored.parts is not None:
            _, documents = await run_in_threadpool(wire.finish, stored, desk.settings.limits.text)
            values["words"], values["word_edits"] = wire.count_word_edits(documents)
    if change.profile is not None:
        values.update(profile=desk.check_profile(change.profile), parts=None)
    if not values:
        raise InputError("nothing to change: give a state or a profile")
    await run_in_threadpool(lambda: desk.store.change(caller.desk, id, change.version, **values))
    stored = await run_in_threadpool(desk.store.find, caller.desk, id)
    if stored.parts is None:
        desk.read_soon(stored)
    return describe_stored(stored)


@router.delete("/documents/{id}", status_code=204, summary="Delete a document with every trace of it")
async def delete_document(request: Request, id: Id) -> Response:
    desk, caller = _desk(request)
    await run_in_threadpool(desk.store.delete, caller.desk, id)
    desk.forget(id)
    return Response(status_code=204)


@router.post(
    "/documents/{id}/decisions", summary="Keep decisions", responses={409: {"description": "changed elsewhere"}}
)
async def decide(request: Request, id: Id, body: Decisions) -> dict[str, Any]:
    """Keep decisions made on a version; 409 with the current one when somebody else was quicker."""
    desk, caller = _desk(request)
    stored = await run_in_threadpool(desk.store.find, caller.desk, id)
    new = [_check_said(stored, said) for said in body.decisions]
    version = await run_in_threadpool(desk.store.decide, caller.desk, id, body.version, new, caller.name, body.seconds)
    for said in body.decisions:
        request.app.state.metrics.count_decision(said.verdict)
    return {"version": version}


def _check_said(stored: StoredDocument, said: Said) -> NewDecision:
    """Return a decision with what it is about. Raises InputError for a proposal or a sentence that does not exist."""
    parts = stored.parts or []
    part = parts[said.part] if said.part < len(parts) else {"segments": [], "proposals": []}
    if said.proposal.startswith(wire.SENTENCE):
        number = int(said.proposal.removeprefix(wire.SENTENCE))
        if number < len(part["segments"]) and said.verdict in ("edit", "undo"):
            mt = part["segments"][number]["mt"]
            return NewDecision(said.key, said.part, said.proposal, said.verdict, said.text, mt, "", "", None)
    else:
        for p in part["proposals"]:
            if p["id"] == said.proposal:
                text = said.text
                if said.verdict == "accept" and text and text not in (p["after"], *p["options"]):
                    break
                if said.verdict in ("reject", "undo"):
                    text = ""
                return NewDecision(
                    said.key, said.part, said.proposal, said.verdict, text, p["before"], p["after"], p["rules"][0],
                    p["confidence"],
                )  # fmt: skip
    raise InputError(f"there is no proposal {said.proposal} with that text in part {said.part} of this document")


@router.get("/documents/{id}/export", summary="The document as it was decided")
async def export_document(
    request: Request,
    id: Id,
    to: Literal["original", "text", "html", "report", "json", "docx", "tracked", "decisions"] = "original",
) -> Response:
    desk, caller = _desk(request)
    stored = await run_in_threadpool(desk.store.find, caller.desk, id)
    if stored.parts is None:
        raise InputError("the document is still being read; try again in a moment")
    data, kind, name = await run_in_threadpool(export.export, stored, to, desk.settings.limits.text, caller.name)
    return Response(data, media_type=kind, headers={"Content-Disposition": export.disposition(name)})


@router.get("/preferences", summary="Rules that this desk always or never wants")
async def preferences(request: Request) -> dict[str, str]:
    desk, caller = _desk(request)
    return await run_in_threadpool(desk.store.preferences, caller.desk)


@router.put("/preferences", summary="Always, never, or the usual for a rule")
async def prefer(request: Request, wish: Wish) -> dict[str, str]:
    desk, caller = _desk(request)
    known = request.app.state.rules
    if wish.rule not in known and wish.verdict:
        raise InputError(f"there is no rule '{wish.rule[:60]}': GET /api/v1/rules lists them")
    await run_in_threadpool(desk.store.prefer, caller.desk, wish.rule, wish.verdict)
    return await run_in_threadpool(desk.store.preferences, caller.desk)
