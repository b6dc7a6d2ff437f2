"""What every request passes: who asks, from where, how much, how often; and the headers of every answer."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders

from mtfix.server.metrics import Metrics
from mtfix.server.settings import Settings, is_loopback
from mtfix.server.store.tokens import LOCAL, Caller, find_caller

COOKIE = "mtfix_token"
LOG = logging.getLogger("mtfix.server")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_OPEN = ("/health", "/ready", "/login", "/static/", "/favicon.ico")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CALLERS = 10_000  # whose rates are remembered

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class RefusalError(HTTPException):
    """A request that goes no further, with the status of the answer."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(status, message, headers)


class Rates:
    """How often each caller has asked: a bucket that fills with time and gives one request at a time."""

    def __init__(self, a_minute: int) -> None:
        self._full = float(a_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> bool:
        """Take one request out of a caller's bucket; False when it is empty."""
        now = time.monotonic()
        left, since = self._buckets.pop(caller, (self._full, now))
        left = min(self._full, left + (now - since) * self._full / 60)
        self._buckets[caller] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)
        return left >= 1


class Gate:
    """ASGI middleware around the whole server."""

    def __init__(self, app: Any, *, settings: Settings, database: Engine, metrics: Metrics) -> None:
        self.app = app
        self.settings = settings
        self.database = database
        self.metrics = metrics
        self._rates = Rates(settings.limits.requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        begun = time.perf_counter()
        status = 500
        started = False
        request_id = uuid.uuid4().hex[:16]

        async def answer(message: dict[str, Any]) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                headers = MutableHeaders(raw=message["headers"])
                for key, value in HEADERS.items():
                    headers.setdefault(key, value)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Request-Id"] = request_id
            await send(message)

        try:
            caller = await self._admit(scope)
            scope.setdefault("state", {})["caller"] = caller
            await self.app(scope, self._bound(scope, receive), answer)
        except RefusalError as refusal:
            if not started:
                await _refuse(scope, answer, refusal)
        except Exception as error:  # noqa: BLE001  the text of an error may hold the text of a document
            if not started:
                await _refuse(scope, answer, RefusalError(500, "the server made a mistake; the log has its place"))
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
            _log(logging.ERROR, {"event": "error", "id": request_id, "kind": type(error).__name__, "place": where})
        finally:
            route = getattr(scope.get("route"), "path", "other")
            seconds = time.perf_counter() - begun
            self.metrics.count_request(scope["method"], route, status, seconds)
            _log(
                logging.INFO,
                {"event": "request", "id": request_id, "method": scope["method"], "route": route, "status": status,
                 "ms": round(seconds * 1000, 1)},
            )  # fmt: skip

    async def _admit(self, scope: Scope) -> Caller:
        """Return who asks. Raises RefusalError for a foreign host or origin, no token, or too many requests."""
        headers = Headers(scope=scope)
        path, method = scope["path"], scope["method"]
        host = headers.get("host", "")
        name = _host_name(host)
        known = {"localhost", self.settings.host, *self.settings.hosts}
        if self.settings.is_loopback and not (name in known or is_loopback(name)):
            # A name of somebody else's that leads here: a page under it would read our answers.
            raise RefusalError(421, "this server answers to localhost only; name others with --allow-host")
        if method not in _SAFE and not path.startswith("/v2/"):
            origin = headers.get("origin")
            foreign = origin is not None and urlsplit(origin).netloc != host
            if foreign or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                raise RefusalError(403, "this request comes from another site")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.settings.limits.body:
            raise RefusalError(413, f"the request is larger than {self.settings.limits.body} bytes")
        caller = LOCAL
        if not self.settings.is_loopback and not path.startswith(_OPEN):
            token = _find_token(headers)
            found = await run_in_threadpool(find_caller, self.database, token) if token else None
            if found is None:
                if method == "GET" and "text/html" in headers.get("accept", ""):
                    raise RefusalError(303, "give a token", Location="/login")
                raise RefusalError(
                    401, "give a valid token: Authorization: Bearer TOKEN", **{"WWW-Authenticate": "Bearer"}
                )
            caller = found
        client = scope.get("client") or ("",)
        who = f"{caller.name}@{client[0]}" if path.startswith(_OPEN) or caller is LOCAL else caller.name
        if not self._rates.take(who):
            raise RefusalError(429, "too many requests in a minute; wait a little", **{"Retry-After": "5"})
        return caller

    def _bound(self, scope: Scope, receive: Receive) -> Receive:
        limits = self.settings.limits
        seen = 0
        whole = False
        deadline = time.monotonic() + limits.body_seconds

        async def read() -> dict[str, Any]:
            nonlocal seen, whole
            if whole:  # what follows is only that the client has gone
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, deadline - time.monotonic()))
            except asyncio.TimeoutError:
                raise RefusalError(
                    408, f"the request took longer than {limits.body_seconds:g} seconds to arrive"
                ) from None
            seen += len(message.get("body", b""))
            if seen > limits.body:
                raise RefusalError(413, f"the request is larger than {limits.body} bytes")
            whole = not message.get("more_body", False)
            return message

        return read


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _find_token(headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _refuse(scope: Scope, send: Send, refusal: RefusalError) -> None:
    if scope["path"].startswith("/v2/"):
        body, kind = f"Error: {refusal.detail}", "text/plain; charset=utf-8"
    else:
        body, kind = json.dumps({"detail": refusal.detail}), "application/json"
    headers = {"Content-Type": kind, "Connection": "close", **(refusal.headers or {})}
    raw = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": refusal.status_code, "headers": raw})
    await send({"type": "http.response.body", "body": body.encode()})


def _log(level: int, record: dict[str, Any]) -> None:
    LOG.log(level, json.dumps({"time": round(time.time(), 3), **record}))
