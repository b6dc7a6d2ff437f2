"""What the published description of the API says of answers. The models only describe; `tests/server/test_schema.py` holds the server to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Exact(BaseModel):
    """An answer that has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """Why a request was turned down: a line, or what is wrong with each field."""

    detail: str | list[dict[str, Any]]


class Stale(Problem):
    """Somebody else was quicker; ``version`` is the newest one."""

    version: int


class SegmentAnswer(Exact):
    """A sentence: where it begins in the original text (code points), and its words there."""

    start: int
    mt: str
    kind: str
    first: bool = Field(description="it begins a paragraph")
    source: str | None


class ProposalAnswer(Exact):
    """A place of the original text (code points) and what may stand there."""

    id: str = Field(pattern="^[0-9a-f]{16}$")
    segment: int
    start: int
    end: int
    before: str
    after: str
    applied: bool
    options: list[str]
    flag: bool
    rules: list[str] = Field(min_length=1)
    by: str
    why: str
    tier: Literal["auto", "suggest"]
    confidence: float | None
    sure: str


class PartAnswer(Exact):
    """A text with its sentences and what is proposed in them."""

    name: str
    segments: list[SegmentAnswer]
    proposals: list[ProposalAnswer]
    notes: list[str]


class FixAnswer(PartAnswer):
    """The repaired text, and all that was done and suggested."""

    text: str


class StoredAnswer(BaseModel):
    """What the library shows of a document."""

    id: str = Field(pattern="^[0-9a-f]{32}$")
    name: str
    format: str
    profile: str
    state: Literal["new", "work", "done"]
    version: int = Field(ge=1)
    created: str
    updated: str
    seconds: float = Field(ge=0)


class SaidAnswer(Exact):
    """The decision that holds on a proposal."""

    part: int
    proposal: str
    verdict: str
    text: str
    editor: str


class DocumentAnswer(StoredAnswer):
    """A document: ``parts``, ``decisions`` and ``exports`` are there as soon as it is ``ready``."""

    ready: bool
    parts: list[PartAnswer] | None = None
    decisions: list[SaidAnswer] | None = None
    exports: list[str] | None = None
    progress: float | None = None
    failure: str | None = None


class VersionAnswer(Exact):
    """The version that a document has now."""

    version: int = Field(ge=1)


class RuleAnswer(Exact):
    """A rule that may act."""

    id: str
    pack: str
    tier: str
    why: str
    tags: list[str]


class ProfileAnswer(Exact):
    """A house profile with its settings."""

    name: str
    since: str
    about: str
    settings: dict[str, Any]


class FormatAnswer(Exact):
    """A format that documents may have; ``tracks``: changes can be written so that a reader may undo them."""

    name: str
    extensions: list[str]
    about: str
    tracks: bool


def describe(model: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route whose usual answer has this form."""
    return {status: {"model": model}}


_PROBLEMS = {
    400: "the body cannot be read",
    401: "no valid token",
    403: "from another site",
    404: "there is no such document",
    408: "the request came too slowly",
    413: "the request is too large",
    421: "a foreign host name",
    422: "something in the request cannot be read or is not allowed",
    429: "too many requests in a minute",
    503: "too many texts are waiting",
    504: "the text took too long",
}
#: What every route of the desk's own API may answer.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": about} for status, about in _PROBLEMS.items()
}
#: One server-sent event: ``data`` is JSON.
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "properties": {"event": {"enum": ["sentence", "done", "error"]}, "data": {"type": "string"}},
                    "required": ["event", "data"],
                }
            }
        }
    }
}
#: What every route of LanguageTool's may answer: a line of plain text that begins with "Error:".
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"description": about, "content": {"text/plain": {"schema": {"type": "string", "pattern": "^Error: "}}}}
    for status, about in {**_PROBLEMS, 400: "a parameter is missing or wrong", 500: "the text took too long"}.items()
    if status not in (404, 422, 504)
}
