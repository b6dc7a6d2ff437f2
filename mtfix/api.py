"""The library's door: ``mtfix.fix(text)`` returns the repaired text, its edits, and a way back from each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mtfix.config import Config, load_config
from mtfix.errors import ConfigError, InputError
from mtfix.findings import Finding, Status, list_findings
from mtfix.formats import read_document
from mtfix.pipeline import Pipeline, load_pipeline
from mtfix.trail import accept_suggestion, revert_edit
from mtfix.types import Document, Refusal


@dataclass(frozen=True, slots=True)
class Result:
    """A repaired document: its text, every edit with its reason, and what was only suggested or refused."""

    document: Document

    @property
    def text(self) -> str:
        """The repaired text."""
        return self.document.text

    @property
    def original(self) -> str:
        """The text as it came in."""
        return self.document.mt

    @property
    def findings(self) -> list[Finding]:
        """Everything that was applied, suggested, flagged and refused, with place, reason and confidence, in document order."""
        return list_findings(self.document)

    @property
    def edits(self) -> list[Finding]:
        """The applied edits in document order; spans count code points of :attr:`original`."""
        return [f for f in self.findings if f.applied]

    @property
    def suggestions(self) -> list[Finding]:
        """Edits that were only suggested, and findings of flag rules (whose replacement is the text itself)."""
        return [f for f in self.findings if f.status in (Status.SUGGESTED, Status.FLAG)]

    @property
    def refusals(self) -> list[Refusal]:
        """Edits that a guard turned down, each with the reason."""
        return [r for s in self.document.segments for step in s.trail for r in step.refused]

    def revert(self, index: int) -> Result:
        """Return the result as if edit ``index`` (of :attr:`edits`) had never been made.

        Later edits of the same words go with it. Raises IndexError for an edit that does not exist.
        """
        found = self.edits[index]
        segments = list(self.document.segments)
        segments[found.segment] = revert_edit(segments[found.segment], found.step, found.index)
        return Result(self.document.replace_segments(segments))

    def accept(self, index: int) -> Result:
        """Return the result with suggestion ``index`` (of :attr:`suggestions`) applied.

        Raises IndexError for one that does not exist, TrailError for a flag, which offers nothing, and for words that
        an edit has changed since.
        """
        found = self.suggestions[index]
        segments = list(self.document.segments)
        segments[found.segment] = accept_suggestion(segments[found.segment], found.step, found.index)
        return Result(self.document.replace_segments(segments))


@lru_cache(maxsize=8)
def _remember_pipeline(repair: str) -> Pipeline:
    return load_pipeline(Config.model_validate_json(repair))


def fix(
    text: str,
    *,
    profile: str = "plain",
    fix: str = "safe",
    rules_only: bool = False,
    packs: Sequence[str | Path] = (),
    disable: Sequence[str] = (),
    enable: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    format: str = "text",
    **options: Any,
) -> Result:
    """Repair ``text`` and explain every change.

    ``mtfix.toml`` is not read: what a program does must not depend on the folder that it runs in. Everything that the file
    can say can be given here.

    Args:
        text: a document; its line structure is kept.
        profile: house profile (``mtfix profiles`` lists them) or a path to one.
        fix: ``safe`` applies AUTO edits, ``all`` also suggestions, ``none`` nothing.
        rules_only: leave the model out.
        packs: rule packs beside those that ship, by path or name.
        disable, enable: rules by id, tag or pack.
        settings: single settings over those of the profile.
        format: ``text``, ``markdown`` ...
        options: further keys of `mtfix.config.Config`.

    Raises:
        InputError: ``text`` is not a str, or holds half of a surrogate pair.
        MtfixError: an unknown name, a broken pack, a missing model, a value of the wrong kind.

    >>> import mtfix
    >>> result = mtfix.fix("Up to 2,5 thousand people came.", rules_only=True)
    >>> result.text
    'Up to 2,500 people came.'
    >>> edit = result.edits[0]
    >>> edit.before, edit.start, edit.edit.by
    ('2,5 thousand', 6, 'rule:RU_SCALE_DECIMAL_COMMA')
    >>> result.revert(0).text
    'Up to 2,5 thousand people came.'
    """
    _check_text(text)
    if not isinstance(format, str):
        raise ConfigError(f"format: give the name of a format as a str, not {type(format).__name__}")
    if settings is not None and not isinstance(settings, Mapping):
        raise ConfigError(f"settings: give a dict, not {type(settings).__name__}, as {{'spelling': 'british'}}")
    config = load_config(
        None,
        profile=profile,
        fix=fix,
        rules_only=rules_only,
        packs=_list_names("packs", packs),
        disable=_list_names("disable", disable),
        enable=_list_names("enable", enable),
        settings=dict(settings or {}),
        **options,
    )
    pipeline = _remember_pipeline(config.for_repair().model_dump_json())
    return Result(pipeline(read_document(text, format=format)))


def _check_text(text: object) -> None:
    if not isinstance(text, str):
        hint = "; decode it first" if isinstance(text, (bytes, bytearray)) else ""
        raise InputError(f"the text must be a str, not {type(text).__name__}{hint}")
    half = re.search("[\ud800-\udfff]", text)
    if half:
        raise InputError(
            f"character {half.start() + 1} of the text is half of a surrogate pair (U+{ord(half[0]):04X}): "
            "replace it, for instance by U+FFFD"
        )


def _list_names(key: str, names: object) -> tuple[str, ...]:
    """Return names as text. Raises ConfigError for a single name, which would be read letter by letter."""
    if isinstance(names, (str, bytes, Path)) or not isinstance(names, Iterable):
        raise ConfigError(f"{key}: give a list, as {key}=[...], not {type(names).__name__}")
    return tuple(map(str, names))
