"""LanguageTool's HTTP protocol, version 2: what its clients send, and the JSON that they expect.

Parameters that we do not know are ignored, as theirs are; errors are one line of plain text that begins with "Error:".
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from mtfix.about import __version__
from mtfix.decisions import Proposal, list_proposals
from mtfix.errors import MtfixError
from mtfix.formats import read_document
from mtfix.server.api import protocol
from mtfix.server.api.answers import describe
from mtfix.server.api.utf16 import Utf16
from mtfix.server.engine import BusyError, Engine, SlowError
from mtfix.types import Document

LANGUAGES = {
    "en": "English",
    "en-US": "English (US)",
    "en-GB": "English (GB)",
    "en-AU": "English (Australian)",
    "en-CA": "English (Canadian)",
    "en-NZ": "English (New Zealand)",
    "en-ZA": "English (South African)",
}
MODEL_RULE = "MTFIX_MODEL"
_CONTEXT = 40  # code points around a match
_SHORT = 60

router = APIRouter(prefix="/v2", tags=["LanguageTool"])


class ProtocolError(MtfixError):
    """A request that LanguageTool would turn down, with the status it would give."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """A text to check, and where each part of it stands in what the client sent, markup included."""

    text: str
    sent: str
    starts: tuple[int, ...]  # of parts in ``text``
    ends: tuple[int, ...]
    places: tuple[int, ...]  # of the same parts in ``sent``

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a span stands in ``sent``; None if it reaches over markup, which an edit would destroy."""
        part = bisect_right(self.starts, start) - 1
        if start == end and part > 0 and self.starts[part] == start and self.ends[part - 1] == start:
            part -= 1
        if part < 0 or end > self.ends[part]:
            return None
        shift = self.places[part] - self.starts[part]
        return start + shift, end + shift


def read_annotated(values: Mapping[str, str]) -> AnnotatedText:
    """Return the text of ``text`` or ``data``. Raises ProtocolError."""
    if "text" in values and "data" in values:
        raise ProtocolError("Set only 'text' or 'data' parameter, not both")
    if "text" in values:
        text = values["text"]
        return AnnotatedText(text, text, (0,), (len(text),), (0,))
    if "data" not in values:
        raise ProtocolError("Missing 'text' or 'data' parameter")
    try:
        data = json.loads(values["data"])
    except (ValueError, RecursionError):
        raise ProtocolError("'data' parameter is not valid JSON") from None
    if not isinstance(data, dict):
        raise ProtocolError("'data' parameter must be an object with 'text' or 'annotation'")
    if isinstance(data.get("text"), str):
        return read_annotated({"text": data["text"]})
    annotation = data.get("annotation")
    if not isinstance(annotation, list):
        raise ProtocolError("'data' key in JSON requires 'text' or 'annotation' key")
    texts: list[str] = []
    sent: list[str] = []
    spans: list[tuple[int, int, int]] = []
    at = place = 0
    for item in annotation:
        words, markup, means = (
            (item.get(k) for k in ("text", "markup", "interpretAs")) if isinstance(item, dict) else (0, 0, 0)
        )
        if isinstance(words, str) and markup is None:
            spans.append((at, at + len(words), place))
            texts.append(words)
            sent.append(words)
        elif isinstance(markup, str) and words is None and (means is None or isinstance(means, str)):
            texts.append(means or "")
            sent.append(markup)
        else:
            raise ProtocolError("'annotation' needs objects with either 'text' or 'markup' (and 'interpretAs')")
        at += len(texts[-1])
        place += len(sent[-1])
    columns = list(zip(*spans, strict=True)) or [(), (), ()]
    return AnnotatedText("".join(texts), "".join(sent), *columns)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which matches a client asked for."""

    enabled: frozenset[str]
    disabled: frozenset[str]
    categories: frozenset[str]
    no_categories: frozenset[str]
    only: bool
    picky: bool

    def takes(self, proposal: Proposal, packs: Mapping[str, str]) -> bool:
        """Whether a proposal is wanted: none of its rules is off and, with ``enabledOnly``, all are asked for."""
        rules = {name_rule(r) for r in proposal.rules}
        groups = {name_category(r, packs) for r in proposal.rules}
        if proposal.is_flag and not self.picky and not rules & self.enabled:
            return False
        if rules & self.disabled or (groups & self.no_categories and not rules <= self.enabled):
            return False
        return not self.only or all(
            name_rule(r) in self.enabled or name_category(r, packs) in self.categories for r in proposal.rules
        )


def read_wanted(values: Mapping[str, str]) -> Wanted:
    """Return which rules and categories a request asks for. Raises ProtocolError for what contradicts itself."""

    def names(key: str) -> frozenset[str]:
        return frozenset(n.strip() for n in values.get(key, "").split(",")) - {""}

    only = values.get("enabledOnly", "").lower() in ("true", "yes", "1")
    enabled, categories = names("enabledRules"), names("enabledCategories")
    disabled, no_categories = names("disabledRules"), names("disabledCategories")
    if only and (disabled or no_categories):
        raise ProtocolError("You cannot specify disabled rules or categories using enabledOnly=true")
    if only and not enabled and not categories:
        raise ProtocolError("You must specify enabled rules or categories when using enabledOnly=true")
    level = values.get("level", "default").lower() or "default"
    if level not in ("default", "picky"):
        raise ProtocolError("level must be 'default' or 'picky'")
    return Wanted(enabled, disabled, categories, no_categories, only, level == "picky")


def name_rule(rule: str) -> str:
    """Return the id of a rule as clients see it: the model has one for all its versions."""
    return MODEL_RULE if rule.startswith("model:") else rule


def name_category(rule: str, packs: Mapping[str, str]) -> str:
    """Return the category of a rule: its pack."""
    return "MODEL" if rule.startswith("model:") else packs.get(rule, "other").upper().replace("-", "_")


def read_language(values: Mapping[str, str]) -> tuple[str, bool]:
    """Return the language's code and whether it was to be detected. Raises ProtocolError."""
    code = values.get("language", "")
    if not code:
        raise ProtocolError("Missing 'language' parameter, e.g. 'language=en-US' or 'language=auto'")
    variants = [v.strip() for v in values.get("preferredVariants", "").split(",") if v.strip()]
    if variants and code != "auto":
        raise ProtocolError("You specified 'preferredVariants' but you didn't specify 'language=auto'")
    if code == "auto":
        wanted = next((c for v in variants if (c := find_language(v)) and "-" in c), "en-US")
        return wanted, True
    found = find_language(code)
    if found is None:
        known = ", ".join(LANGUAGES)
        raise ProtocolError(
            f"'{code[:40]}' is not a language code known to LanguageTool. Supported language codes are: {known}"
        )
    return found, False


def find_language(code: str) -> str | None:
    return next((known for known in LANGUAGES if known.lower() == code.lower().replace("_", "-")), None)


async def read_values(request: Request) -> dict[str, str]:
    """Return the parameters of a request: its query, and over it the form or JSON of its body. Raises ProtocolError."""
    values = dict(request.query_params)
    if request.method != "POST":
        return values
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise ProtocolError("the body is not valid JSON") from None
        if not isinstance(body, dict):
            raise ProtocolError("the body must be a JSON object of parameters")
        for key, value in body.items():
            if isinstance(value, str):
                values[key] = value
            elif isinstance(value, list) and all(isinstance(v, str) for v in value):
                values[key] = ",".join(value)
            elif value is not None:
                values[key] = json.dumps(value, ensure_ascii=False)
    else:
        async with request.form(max_files=0, max_fields=100, max_part_size=8_000_000) as form:
            values.update({k: v for k, v in form.items() if isinstance(v, str)})
    return values


def describe_match(
    proposal: Proposal, document: Document, text: AnnotatedText, units: Utf16, packs: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return one match in LanguageTool's JSON; None when it reaches over markup."""
    place = text.place(proposal.start, proposal.end)
    if place is None:
        return None
    low, high = max(0, place[0] - _CONTEXT), min(len(text.sent), place[1] + _CONTEXT)
    head, tail = "..." * (low > 0), "..." * (high < len(text.sent))
    context = (text.sent[low:high]).replace("\n", " ").replace("\r", " ")
    inner = Utf16(text.sent[low:high])
    offset, end = units.units(place[0]), units.units(place[1])
    rule = proposal.rules[0]
    category = name_category(rule, packs)
    why = proposal.why
    short = proposal.findings[0].edit.why.partition(";")[0].partition(":")[0].rstrip(".")
    replacements = [{"value": o} for o in (proposal.after, *proposal.options)] if not proposal.is_flag else []
    return {
        "message": why,
        "shortMessage": short if len(short) <= _SHORT else "",
        "replacements": replacements,
        "offset": offset,
        "length": end - offset,
        "context": {
            "text": head + context + tail,
            "offset": len(head) + inner.units(place[0] - low),
            "length": end - offset,
        },
        "sentence": document.segments[proposal.segment].mt,
        "type": {"typeName": "Other" if proposal.applied else "Hint"},
        "rule": {
            "id": name_rule(rule),
            "description": proposal.findings[0].edit.why,
            "issueType": "typographical" if category == "TYPOGRAPHY" else "style",
            "category": {"id": category, "name": category.replace("_", " ").capitalize()},
            "isPremium": False,
            "confidence": 1.0 if proposal.confidence is None else round(proposal.confidence, 4),
        },
        "ignoreForIncompleteSentence": False,
        "contextForSureMatch": 0,
    }


def describe_check(
    document: Document, text: AnnotatedText, wanted: Wanted, language: str, detected: bool, packs: Mapping[str, str]
) -> dict[str, Any]:
    """Return the answer to a check."""
    units = Utf16(text.sent)
    matches = [
        match
        for p in list_proposals(document)
        if wanted.takes(p, packs) and (match := describe_match(p, document, text, units, packs)) is not None
    ]
    lengths = [len(x) for pair in zip(document.gaps, (s.mt for s in document.segments), strict=False) for x in pair]
    edges = list(accumulate(lengths, initial=0))
    places = [text.place(a, b) for a, b in zip(edges[1::2], edges[2::2], strict=False)]
    sentences = [[units.units(p[0]), units.units(p[1])] for p in places if p is not None]
    name = LANGUAGES[language]
    return {
        "software": describe_software(),
        "warnings": {"incompleteResults": False},
        "language": {
            "name": name,
            "code": language,
            "detectedLanguage": {
                "name": name,
                "code": language,
                "confidence": 0.99 if detected else 1.0,
                "source": "default",
            },
        },
        "matches": matches,
        "sentenceRanges": sentences,
        "extendedSentenceRanges": [
            {"from": a, "to": b, "detectedLanguages": [{"language": "en", "rate": 1.0}]} for a, b in sentences
        ],
    }


def describe_software() -> dict[str, Any]:
    return {
        "name": "LanguageTool",  # clients look for this name; the version says who answers
        "version": f"mtfix {__version__}",
        "buildDate": None,
        "apiVersion": 1,
        "premium": False,
        "premiumHint": "",
        "status": "",
    }


def refuse(message: str, status: int) -> Response:
    headers = {"Retry-After": "2"} if status in (429, 503) else None
    return PlainTextResponse(f"Error: {message}", status_code=status, headers=headers)


@router.get(
    "/check", summary="Check a text that stands in the query", operation_id="check_query",
    openapi_extra=protocol.CHECK_QUERY, responses=describe(protocol.CheckAnswer),
)  # fmt: skip
@router.post(
    "/check", summary="Check a text, as LanguageTool does", operation_id="check",
    openapi_extra=protocol.CHECK_BODY, responses=describe(protocol.CheckAnswer),
)  # fmt: skip
async def check(request: Request) -> Response:
    """Answer a check. Parameters come as a query, a form or a JSON object."""
    engine: Engine = request.app.state.engine
    try:
        values = await read_values(request)
        text = read_annotated(values)
        language, detected = read_language(values)
        wanted = read_wanted(values)
        limit = engine.limits.text
        if len(text.text) > limit:
            raise ProtocolError(
                f"Your text exceeds the limit of {limit} characters (it's {len(text.text)} characters). "
                "Please submit a shorter text.",
                413,
            )
        [document] = await engine.repair((read_document(text.text),))
    except ProtocolError as error:
        return refuse(str(error), error.status)
    except HTTPException as error:  # a body too large, too slow, or no form
        return refuse(str(error.detail), error.status_code)
    except BusyError as error:
        return refuse(str(error), 503)
    except SlowError as error:
        return refuse(str(error), 500)
    except MtfixError as error:
        return refuse(str(error), 400)
    request.app.state.metrics.count_sentences(len(document.segments))
    return JSONResponse(describe_check(document, text, wanted, language, detected, request.app.state.packs))


@router.get("/languages", summary="Languages that can be checked", responses=describe(list[protocol.LanguageAnswer]))
def languages() -> list[dict[str, str]]:
    return [{"name": name, "code": code.partition("-")[0], "longCode": code} for code, name in LANGUAGES.items()]


@router.get("/info", summary="Who answers", responses=describe(protocol.InfoAnswer))
def info() -> dict[str, Any]:
    return {"software": describe_software()}


@router.get("/maxtextlength", summary="Code points that one check may have", response_class=PlainTextResponse)
def maxtextlength(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(request.app.state.engine.limits.text))


@router.get("/configinfo", summary="What may be configured", responses=describe(protocol.ConfigAnswer))
def configinfo(request: Request) -> dict[str, Any]:
    rules = [{"ruleId": r, "categoryId": name_category(r, request.app.state.packs)} for r in request.app.state.packs]
    return {
        "software": describe_software(),
        "parameter": {"maxTextLength": request.app.state.engine.limits.text},
        "rules": rules,
    }


@router.get("/words", summary="No dictionary is kept")
def words() -> dict[str, list[str]]:
    return {"words": []}


@router.post("/words/add", summary="Not supported: there is no dictionary", response_class=PlainTextResponse)
@router.post("/words/delete", summary="Not supported: there is no dictionary", response_class=PlainTextResponse)
def change_words() -> Response:
    return refuse("this server keeps no dictionary of words; put rules in a pack instead", 403)
