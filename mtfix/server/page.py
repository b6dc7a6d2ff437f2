"""The pages: the library, the desk, always and never, statistics, and the form that asks for a token."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool

from mtfix.about import __version__
from mtfix.formats.registry import FORMATS
from mtfix.rules.packs.profiles import list_profiles
from mtfix.server import statistics
from mtfix.server.api.library import Id
from mtfix.server.security import COOKIE
from mtfix.server.store.tokens import LOCAL, find_caller

router = APIRouter(include_in_schema=False)
_TEMPLATES = Jinja2Templates(directory=Path(__file__).with_name("templates"))
_TEMPLATES.env.globals["version"] = __version__


def _render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    settings = request.app.state.settings
    values = {"profile": settings.config.profile, "profiles": sorted(list_profiles()), **values}
    return _TEMPLATES.TemplateResponse(request, template, values, status_code=status)


@router.get("/", response_class=HTMLResponse)
async def library(request: Request) -> HTMLResponse:
    extensions = ",".join(e for f in FORMATS for e in f.extensions)
    return _render(request, "library.html", extensions=extensions, limit=request.app.state.settings.limits.text)


@router.get("/documents/{id}", response_class=HTMLResponse)
async def document(request: Request, id: Id) -> HTMLResponse:
    stored = await run_in_threadpool(request.app.state.desk.store.find, request.state.caller.desk, id, whole=False)
    return _render(request, "desk.html", document=stored)


@router.get("/standing", response_class=HTMLResponse)
async def standing(request: Request) -> HTMLResponse:
    pack = request.app.state.settings.pack if request.state.caller.desk == LOCAL.desk else None
    return _render(request, "standing.html", pack=pack)


@router.get("/statistics", response_class=HTMLResponse)
async def show_statistics(request: Request) -> HTMLResponse:
    figures = await run_in_threadpool(statistics.measure, request.app.state.database, request.state.caller.desk)
    return _render(request, "statistics.html", figures=figures)


@router.get("/login", response_class=HTMLResponse)
async def login(request: Request) -> HTMLResponse:
    return _render(request, "login.html", wrong=False)


@router.post("/login", response_class=HTMLResponse)
async def enter(request: Request, token: Annotated[str, Form(max_length=200)]) -> Response:
    caller = await run_in_threadpool(find_caller, request.app.state.database, token.strip())
    if caller is None:
        return _render(request, "login.html", status=401, wrong=True)
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        COOKIE,
        token.strip(),
        max_age=30 * 86_400,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.get("/favicon.ico")
async def favicon() -> Response:
    return Response(status_code=204)
