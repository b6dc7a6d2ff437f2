"""The fields of a YAML front matter that hold prose: ``title: Two man were detained`` is repaired, ``date:`` is not.

Read are values on one line, plain or in quotes and without escapes; all others stay as they are. A value that would not be
the same YAML after its repair is an error when the file is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import yaml

from mtfix.errors import OutputError
from mtfix.formats.container import TextContainer
from mtfix.formats.text.blocks import Block
from mtfix.types import Document, Kind

#: Fields that hold prose in the site generators that people use.
FIELDS = ("title", "subtitle", "headline", "description", "summary", "excerpt", "abstract", "lead", "caption")
_HEADINGS = frozenset(("title", "subtitle", "headline"))
FRONT_MATTER = re.compile(
    r"\A\ufeff?(?P<fence>---|\+\+\+)[ \t]*(?:\r\n?|\n)(?=[ \t]*(?:[\w\"'.-]+[ \t]*[:=]|\#))[\s\S]*?"
    r"(?:\r\n?|\n)(?:(?P=fence)|\.\.\.)[ \t]*(?=\r|\n|\Z)"
)
_LINE = re.compile(
    r"^(?P<key>[\w-]+)[ \t]*:[ \t]+(?P<value>\S(?:[^\r\n]*\S)?)[ \t]*\r?$(?!\r?\n[ \t]+\S)", re.MULTILINE
)
_PLAIN = re.compile(r"[^\s\[\]{}&*!|>%@`\"'#,?:-](?:(?!:\s|:$|\s\#).)*")
_QUOTED = re.compile(r'"[^"\\]+"|\'[^\']+\'')


def find_fields(text: str, head: int, fields: Collection[str] = FIELDS) -> list[Block]:
    """Return the blocks of prose in the front matter ``text[:head]``.

    >>> text = "---\\ntitle: 'Two man'\\ndate: 2014\\n---\\n"
    >>> [text[b.start : b.end] for b in find_fields(text, len(text))]
    ['Two man']
    """
    if not text.lstrip("\ufeff").startswith("---"):
        return []
    found = []
    for line in _LINE.finditer(text, 0, head):
        start, end = line.span("value")
        if line["key"].lower() not in fields:
            continue
        if _QUOTED.fullmatch(line["value"]):
            start, end = start + 1, end - 1
        elif not _PLAIN.fullmatch(line["value"]):
            continue
        found.append(Block(start, end, Kind.HEADING if line["key"].lower() in _HEADINGS else Kind.SENTENCE))
    return found


def check_fields(before: str, after: str, name: str) -> None:
    """Raise OutputError if the front matter of ``after`` is not that of ``before`` with other words in its fields."""
    old, new = FRONT_MATTER.match(before), FRONT_MATTER.match(after)
    if old is None or (new is not None and old[0] == new[0]):
        return
    was, now = _load(old[0]), None if new is None else _load(new[0])
    if was is None:
        return  # it was no YAML before either
    same = isinstance(now, dict) and list(was) == list(now)
    for number, (one, other) in enumerate(zip(before.splitlines(), after.splitlines(), strict=False), 1):
        if one == other:
            continue
        key, value = one.partition(":")[0].strip(), other.partition(":")[2].strip()
        meant = value[1:-1] if one.partition(":")[2].strip()[:1] in ("'", '"') else value
        if not same or not isinstance(now, dict) or now.get(key) != meant:
            raise OutputError(
                f"{name}:{number}:1: the field '{key}' would be no YAML text once it is repaired; put it in double quotes"
            )
        if number >= old[0].count("\n"):
            break


def _load(front: str) -> dict[str, object] | None:
    body = re.sub(r"\A\ufeff?---[^\r\n]*|(?:---|\.\.\.)[ \t]*\Z", "", front)
    try:
        found = yaml.safe_load(body)
    except (yaml.YAMLError, ValueError):
        return None
    return found if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class FrontMatterContainer(TextContainer):
    """A text whose front matter must be the same YAML when it is written."""

    def write(self, documents: list[Document] | tuple[Document, ...]) -> bytes:  # type: ignore[override]
        """Return the bytes of the one document. Raises OutputError."""
        check_fields(self.decoded.text, self.take(documents).text, self.document.name)
        return TextContainer.write(self, documents)
