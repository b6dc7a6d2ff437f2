"""LanguageTool's HTTP protocol in the published description: the parameters of a check, and its JSON."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from mtfix.server.api.answers import Exact


class Software(Exact):
    """Who answers."""

    name: str
    version: str
    buildDate: str | None  # noqa: N815  their names
    apiVersion: int  # noqa: N815
    premium: bool
    premiumHint: str  # noqa: N815
    status: str


class Named(Exact):
    """A thing with a name for people."""

    id: str
    name: str


class Value(Exact):
    """A replacement."""

    value: str


class Context(Exact):
    """The words around a match; offsets are UTF-16 code units."""

    text: str
    offset: int = Field(ge=0)
    length: int = Field(ge=0)


class TypeName(Exact):
    """How a client marks it: ``Other`` what mtfix would write, ``Hint`` what it suggests."""

    typeName: str  # noqa: N815


class MatchRule(Exact):
    """The rule behind a match; its category is its pack."""

    id: str
    description: str
    issueType: str  # noqa: N815
    category: Named
    isPremium: bool  # noqa: N815
    confidence: float = Field(ge=0, le=1)


class Match(Exact):
    """A place that mtfix would change or points at; offsets are UTF-16 code units of what was sent."""

    message: str
    shortMessage: str  # noqa: N815
    replacements: list[Value]
    offset: int = Field(ge=0)
    length: int = Field(ge=0)
    context: Context
    sentence: str
    type: TypeName
    rule: MatchRule
    ignoreForIncompleteSentence: bool  # noqa: N815
    contextForSureMatch: int  # noqa: N815


class Detected(Exact):
    """The language that the text seems to have."""

    name: str
    code: str
    confidence: float
    source: str


class Language(Exact):
    """The language of the check."""

    name: str
    code: str
    detectedLanguage: Detected  # noqa: N815


class CheckAnswer(Exact):
    """The answer to a check."""

    software: Software
    warnings: dict[str, bool]
    language: Language
    matches: list[Match]
    sentenceRanges: list[list[int]]  # noqa: N815
    extendedSentenceRanges: list[dict[str, Any]]  # noqa: N815


class LanguageAnswer(Exact):
    """A language that can be checked."""

    name: str
    code: str
    longCode: str  # noqa: N815


class InfoAnswer(Exact):
    """Who answers."""

    software: Software


class ConfigAnswer(Exact):
    """What may be configured."""

    software: Software
    parameter: dict[str, int]
    rules: list[dict[str, str]]


PLAIN: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
_PARAMETERS = {
    "text": "the text, or",
    "data": 'JSON: {"text": ...} or {"annotation": [{"text": ...}, {"markup": ..., "interpretAs": ...}]}',
    "language": "en, en-US, en-GB, ... or auto",
    "preferredVariants": "with auto: the variants of English to take",
    "enabledRules": "ids, separated by commas",
    "disabledRules": "ids, separated by commas",
    "enabledCategories": "packs, separated by commas",
    "disabledCategories": "packs, separated by commas",
    "enabledOnly": "true: nothing but what is enabled",
    "level": "default or picky",
}


def _describe_object(kind: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {**kind, "description": about} for name, about in _PARAMETERS.items()},
        "required": ["language"],
    }


#: Parameters that are not listed are ignored.
CHECK_QUERY: dict[str, Any] = {
    "parameters": [
        {"name": n, "in": "query", "description": about, "required": n == "language", "schema": {"type": "string"}}
        for n, about in _PARAMETERS.items()
    ]
}
CHECK_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": _describe_object({"type": "string"})},
            # A list is read as its items with commas between them, anything else that is no string as its JSON.
            "application/json": {"schema": _describe_object({})},
        },
    }
}
