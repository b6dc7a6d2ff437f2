"""Placeholders and tags within translated strings: ``%s``, ``{count}``, ``<b>`` are neither words nor prose."""

from __future__ import annotations

import re
from typing import NamedTuple

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LOCKED = re.compile(
    r"""
    %(?:\d{1,2}\$)?[-+\#0]*(?:\d{1,3}|\*)?(?:\.(?:\d{1,3}|\*))?(?:hh?|ll?|[qjzt])?[diouxXeEfFgGcCsSpnaA@](?![^\W\d_])
  | %\([\w.-]{1,80}\)[-+\#0]*\d{0,3}(?:\.\d{1,3})?[a-zA-Z]
  | %<[\w-]{1,40}>\w* | %\{[\w.-]{1,80}\} | %L?\d{1,2}(?!\d) | %%
  | \$?\{\{[^{}\n]{1,80}\}\} | \$?\{[^{}\s][^{}\n]{0,80}\} | \{\} | \$(?!\d)\w+
  | &(?:[A-Za-z][A-Za-z0-9]{1,31}|\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6});
    """,
    re.VERBOSE,
)
_BLANKS = frozenset(("&nbsp;", "&#160;", "&#xA0;", "&#xa0;"))


class Mark(NamedTuple):
    """A span of a string that is not prose: a tag is left out of what is read, anything else is read and locked.

    ``mask`` is as in `mtfix.formats.markup.runs.Run`.
    """

    start: int
    end: int
    is_tag: bool = False
    mask: str = ""


def find_marks(text: str) -> list[Mark]:
    """Return the tags, placeholders and entities of a string, in order.

    >>> [text[m.start : m.end] for text in ["5% of <b>{name}</b>: %(n)d"] for m in find_marks(text)]
    ['<b>', '{name}', '</b>', '%(n)d']
    """
    marks = [Mark(*found.span(), is_tag=True) for found in _TAG.finditer(text)] if "<" in text else []
    plain = blank_tags(text, "\0") if marks else text
    for found in _LOCKED.finditer(plain):
        marks.append(Mark(*found.span(), mask=" " if found[0] in _BLANKS else ""))
    marks.sort()
    return marks


def blank_tags(text: str, blank: str = " ") -> str:
    """Return ``text``, as long as it was, with blanks in the place of its tags."""
    return _TAG.sub(lambda found: blank * len(found[0]), text)
