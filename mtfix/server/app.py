"""The server put together: engine, store, routes, gate; and how it starts and stops."""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from mtfix.about import __version__
from mtfix.errors import ConfigError, MtfixError
from mtfix.rules.packs.select import configured_rules
from mtfix.server import page
from mtfix.server.api import editor, languagetool, library, standing
from mtfix.server.api.answers import PROBLEMS, REFUSALS
from mtfix.server.engine import BusyError, Engine, SlowError
from mtfix.server.metrics import CONTENT_TYPE, Metrics
from mtfix.server.security import Gate
from mtfix.server.settings import Settings
from mtfix.server.store.database import open_database
from mtfix.server.store.documents import MissingError, StaleError

if TYPE_CHECKING:
    import uvicorn

_STATUS: tuple[tuple[type[MtfixError], int], ...] = (
    (MissingError, 404),
    (StaleError, 409),
    (BusyError, 503),
    (SlowError, 504),
    (MtfixError, 422),
)


def make_app(settings: Settings) -> FastAPI:
    """Return the server. It loads the model in the background; ``/ready`` tells when. Raises ConfigError, PackError."""
    database = open_database(settings.db)
    rules = configured_rules(settings.config)

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        app.state.engine = Engine(settings.config, settings.limits)
        app.state.desk = library.Desk(database, app.state.engine, settings)
        yield
        await app.state.desk.finish()
        await run_in_threadpool(app.state.engine.close)
        database.dispose()

    app = FastAPI(
        title="mtfix", version=__version__, lifespan=live, docs_url=None, redoc_url=None, redirect_slashes=False,
        description="Repairs machine-translated English news and explains every change.",
    )  # fmt: skip
    app.state.settings = settings
    app.state.database = database
    app.state.metrics = Metrics()
    app.state.rules = {r.id: r for r in rules}
    app.state.packs = {r.id: r.pack for r in rules}
    app.include_router(languagetool.router, responses=REFUSALS)
    app.include_router(editor.router, responses=PROBLEMS)
    app.include_router(library.router, responses=PROBLEMS)
    app.include_router(standing.router, responses=PROBLEMS)
    app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).with_name("static")), name="static")
    _add_probes(app)
    for kind, status in _STATUS:
        app.add_exception_handler(kind, _answer_with(status))
    app.add_exception_handler(RequestValidationError, _name_fields)
    app.add_middleware(Gate, settings=settings, database=database, metrics=app.state.metrics)
    return app


def _answer_with(status: int) -> Callable[[Request, Any], Response]:
    headers = {"Retry-After": "2"} if status == 503 else None

    def answer(_: Request, error: MtfixError) -> Response:
        return JSONResponse({"detail": str(error), **getattr(error, "extra", {})}, status_code=status, headers=headers)

    return answer


def _name_fields(_: Request, error: Any) -> Response:
    # What was sent is not repeated: it may be long, and NaN could not be said in JSON at all.
    detail = [{key: found[key] for key in ("type", "loc", "msg")} for found in error.errors()]
    return JSONResponse({"detail": detail}, status_code=422)


def _add_probes(app: FastAPI) -> None:
    @app.get("/health", tags=["probes"], summary="The server runs")
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.get("/ready", tags=["probes"], summary="The model is loaded", responses={503: {"description": "not yet"}})
    async def ready(request: Request) -> Response:
        engine: Engine = request.app.state.engine
        if engine.failure:
            return JSONResponse({"status": "failed", "detail": engine.failure}, status_code=503)
        if not engine.ready.is_set():
            return JSONResponse({"status": "loading"}, status_code=503)
        return JSONResponse({"status": "ready", "model": engine.model_name})

    @app.get("/metrics", tags=["probes"], summary="Counters for Prometheus", response_class=Response)
    async def metrics(request: Request) -> Response:
        request.app.state.metrics.waiting.set(request.app.state.engine.waiting)
        return Response(request.app.state.metrics.render(), media_type=CONTENT_TYPE)


def make_server(settings: Settings) -> uvicorn.Server:
    """Return the server that will listen; stopping it answers requests that are under way first. Raises ConfigError."""
    import uvicorn

    from mtfix.server.connection import PunctualProtocol

    protocol = type("Protocol", (PunctualProtocol,), {"head_seconds": settings.limits.head_seconds})
    config = uvicorn.Config(
        make_app(settings), host=settings.host, port=settings.port, http=protocol, access_log=False, log_config=None,
        timeout_graceful_shutdown=30, timeout_keep_alive=15, server_header=False, proxy_headers=False,
        h11_max_incomplete_event_size=65_536,
    )  # fmt: skip
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 is any free one. Raises ConfigError when another program has it."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(f"port {port} of {host} is taken by another program: choose one with --port") from None
        raise ConfigError(f"cannot listen on {host}, port {port}: {error.strerror or error}") from None


def run(settings: Settings, door: socket.socket) -> None:
    """Serve on a socket until interrupted; the caller says where the log goes."""
    make_server(settings).run(sockets=[door])
