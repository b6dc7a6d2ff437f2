"""The API of a desk's standing decisions: rules and words that it always or never wants."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from mtfix.errors import InputError
from mtfix.server.api.library import Desk, Strict
from mtfix.server.store.tokens import Caller
from mtfix.server.store.wishes import LONGEST, Wishes, wish_phrase

router = APIRouter(prefix="/api/v1", tags=["always and never"])
Verdict = Literal["always", "never", ""]


class Wish(Strict):
    """What a desk wants of a rule from now on; empty: the usual."""

    rule: str = Field(min_length=1, max_length=200)
    verdict: Verdict


class Words(Strict):
    """Whether a desk wants some words changed into others from now on; empty: the usual."""

    before: str = Field(min_length=1, max_length=LONGEST)
    after: str = Field(max_length=LONGEST)
    verdict: Verdict


def _desk(request: Request) -> tuple[Desk, Caller]:
    return request.app.state.desk, request.state.caller


@router.get("/preferences", summary="Rules that this desk always or never wants")
def preferences(request: Request) -> dict[str, str]:
    desk, caller = _desk(request)
    return dict(desk.load_wishes(caller.desk).rules)


@router.put("/preferences", summary="Always, never, or the usual for a rule")
async def prefer(request: Request, wish: Wish) -> dict[str, str]:
    desk, caller = _desk(request)

    def keep() -> Wishes:
        known = {*request.app.state.rules, *desk.load_wishes(caller.desk).rules}
        if wish.rule not in known and wish.verdict:
            raise InputError(f"there is no rule '{wish.rule[:60]}': GET /api/v1/rules lists them")
        desk.store.prefer(caller.desk, wish.rule, wish.verdict)
        desk.follow_wishes(caller.desk)
        return desk.load_wishes(caller.desk)

    return dict((await run_in_threadpool(keep)).rules)


@router.get("/phrases", summary="Words that this desk always or never wants changed")
def phrases(request: Request) -> list[dict[str, Any]]:
    desk, caller = _desk(request)
    return _describe(desk.load_wishes(caller.desk))


@router.put("/phrases", summary="Always, never, or the usual for words")
async def remember(request: Request, words: Words) -> list[dict[str, Any]]:
    """Words that are always wanted become a rule of the desk; words that are never wanted are not proposed to it again."""
    desk, caller = _desk(request)

    def keep() -> Wishes:
        wish_phrase(desk.store.database, caller.desk, words.before, words.after, words.verdict)
        desk.follow_wishes(caller.desk)
        return desk.load_wishes(caller.desk)

    return _describe(await run_in_threadpool(keep))


def _describe(wishes: Wishes) -> list[dict[str, Any]]:
    return [
        {"before": before, "after": after, "verdict": verdict}
        for (before, after), verdict in sorted(wishes.phrases.items())
    ]
