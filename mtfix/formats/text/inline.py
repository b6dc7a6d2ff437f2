"""Markdown inside a paragraph: what is code, address or mark, and therefore locked.

A light scanner over the source: markdown-it-py tells where blocks are but not where inline tokens stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from mtfix.formats.text.blocks import MARK
from mtfix.types import Lock

_WORD = "X"  # stands for code or an address, which is a word of its sentence

_SPECIAL = re.compile(r"[\\`<\[\]!&*~_]")  # every token begins with one of these
_TOKEN = re.compile(
    r"""
    (?P<escape>\\[!-/:-@\[-`{-~])
  | (?P<code>(?P<ticks>`+)(?!`)(?P<inside>[\s\S]*?[^`])(?P=ticks)(?!`))
  | (?P<ticks2>`+)
  | (?P<comment><!--[\s\S]{0,4000}?-->)
  | (?P<verbatim><(?P<tag>code|kbd|samp|pre|script|style|var)\b[^<>]*>[\s\S]{0,4000}?</(?P=tag)\s*>)
  | (?P<auto><(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>)
  | (?P<html></?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>)
  | (?P<image>!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\]){0,500}\](?:\((?:[^()\\]|\\.|\([^()]*\)){0,2000}\)|\[[^\[\]]{0,200}\])?)
  | (?P<footnote>\[\^[^\[\]\s]{1,100}\])
  | (?P<close>\](?:\((?:[^()\\]|\\.|\([^()]*\)){0,2000}\)|[ ]?\[[^\[\]]{0,200}\]))
  | (?P<shortcut>\[(?P<label>[^\[\]]{1,200})\](?![(\[]))
  | (?P<open>\[)
  | (?P<space>&nbsp;|&\#160;|&\#xA0;)
  | (?P<entity>&(?:[A-Za-z][A-Za-z0-9]{1,31}|\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6});)
  | (?P<emphasis>\*+|~~|(?<!\w)_+(?=[^\W_]|["“'‘(*])|(?<=[^\s_])_+(?!\w))
    """,
    re.VERBOSE,
)


@dataclass(slots=True)
class Scan:
    """What a scan of one paragraph found; spans are offsets of the whole text.

    ``masks`` pairs a span with the character that takes its place, ``code`` are spans of inline code.
    """

    locks: list[Lock] = field(default_factory=list)
    masks: list[tuple[int, int, str]] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)

    def lock(self, start: int, end: int, mask: str) -> None:
        """Lock a span and put ``mask`` in its place."""
        self.locks.append(Lock(start, end))
        self.masks.append((start, end, mask))

    def extend(self, other: Scan) -> None:
        """Add what another scan found."""
        self.locks += other.locks
        self.masks += other.masks
        self.code += other.code


def normalize_label(label: str) -> str:
    """Return a link reference label as CommonMark compares it (and markdown-it-py stores it)."""
    return re.sub(r"\s+", " ", label.strip()).lower().upper()


def scan_inline(text: str, start: int, end: int, references: Collection[str]) -> Scan:
    """Scan ``text[start:end]``, the inside of one paragraph; ``references`` are the defined link labels, normalized."""
    scan = Scan()
    open_at: list[int] = []
    at = start
    while special := _SPECIAL.search(text, at, end):
        found = _TOKEN.match(text, special.start(), end)
        if found is None:
            at = special.end()
            continue
        at = found.end()
        a, b = found.span()
        kind = found.lastgroup
        if found["code"]:
            scan.lock(a, b, _WORD)
            scan.code.append((a, b))
        elif found["verbatim"]:
            scan.lock(a, b, _WORD)
            if found["tag"] in ("code", "pre", "kbd", "samp"):
                scan.code.append((a, b))
        elif kind == "auto":
            scan.lock(a, b, _WORD)
        elif kind in ("comment", "image", "space"):
            scan.lock(a, b, " ")
        elif found["shortcut"]:
            if normalize_label(found["label"]) in references:
                # Its text is its address: neither may change.
                scan.locks.append(Lock(a, b))
                scan.masks += ((a, a + 1, MARK), (b - 1, b, MARK))
            else:
                at = a + 1  # brackets of the prose, with prose inside
        elif kind == "open":
            open_at.append(a)
        elif kind == "close":
            if open_at:
                scan.lock(opened := open_at.pop(), opened + 1, MARK)
                scan.lock(a, b, MARK)
            else:
                at = a + 1
        elif kind == "escape":
            scan.locks.append(Lock(a, b))
            scan.masks.append((a, a + 1, MARK))
        elif kind in ("html", "footnote", "entity", "emphasis"):
            scan.lock(a, b, MARK)
    scan.locks.sort(key=lambda lock: lock.start)
    return scan
