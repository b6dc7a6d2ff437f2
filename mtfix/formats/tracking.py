"""Tracked changes: which formats can write edits as changes that an editor accepts or rejects, and who signs them."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol, runtime_checkable

from mtfix.errors import ConfigError
from mtfix.formats.registry import FORMATS, Container, FormatEntry
from mtfix.types import Document


@dataclass(frozen=True, slots=True)
class Signature:
    """Who changed a document, and when (``2026-01-31T12:00:00Z``; empty: not said).

    ``comments`` says whether changes in Word documents come with comments; None: where every program can read them.
    """

    author: str = "mtfix"
    date: str = ""
    comments: bool | None = None

    @property
    def initials(self) -> str:
        """The first letters of the author's words; of one word, its first two.

        >>> Signature("Anna Maria Berg").initials, Signature().initials
        ('AMB', 'mt')
        """
        words = self.author.split()
        return "".join(w[0] for w in words)[:4] if len(words) > 1 else self.author.strip()[:2]


@runtime_checkable
class TrackingContainer(Protocol):
    """A container that can also write each edit as a tracked change with its reason."""

    def write_tracked(self, documents: Sequence[Document], signature: Signature) -> bytes:
        """Return the file with tracked changes; unchanged documents give the bytes that were read. Raises OutputError."""
        ...


class TrackingWriter(ABC):
    """A container whose plain and tracked files are written by one function, which gets a signature for the latter."""

    __slots__ = ()

    def write(self, documents: Sequence[Document]) -> bytes:
        """Return the file with the texts of ``documents`` in the place of its own. Raises OutputError."""
        return self._write(documents, None)

    def write_tracked(self, documents: Sequence[Document], signature: Signature) -> bytes:
        """Return the file with every edit as a tracked change, or noted with its reason. Raises OutputError."""
        return self._write(documents, signature)

    @abstractmethod
    def _write(self, documents: Sequence[Document], signature: Signature | None) -> bytes: ...


def sign(author: str, *, dated: bool = True, comments: bool | None = None) -> Signature:
    """Return the signature of changes made now, or at SOURCE_DATE_EPOCH where that is set.

    Without ``dated`` only SOURCE_DATE_EPOCH is written, so that two runs write the same bytes. Raises ConfigError.
    """
    if not author.strip():
        raise ConfigError("author: is empty; give a name, or leave it out")
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch and not dated:
        return Signature(author, comments=comments)
    try:
        when = datetime.fromtimestamp(int(epoch), timezone.utc) if epoch else datetime.now(timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise ConfigError(f"SOURCE_DATE_EPOCH is {epoch!r}: give seconds since 1970, or unset it") from None
    return Signature(author, when.strftime("%Y-%m-%dT%H:%M:%SZ"), comments)


def note_tracking(container: Container, signature: Signature | None) -> str:
    """Return what a user should know of the tracked changes that were written, '' if nothing."""
    note: str = getattr(container, "note_tracking", lambda _: "")(signature) if signature is not None else ""
    return note


def write_container(container: Container, documents: Sequence[Document], signature: Signature | None) -> bytes:
    """Return a repaired file, with tracked changes if there is a signature and its format has them."""
    if signature is not None and isinstance(container, TrackingContainer):
        return container.write_tracked(documents, signature)
    return container.write(documents)


def refuse_tracking(entry: FormatEntry, name: str) -> None:
    """Raise ConfigError for a format without tracked changes."""
    if not entry.tracks:
        able = ", ".join(e.name for e in FORMATS if e.tracks)
        raise ConfigError(
            f"{name}: is read as {entry.name}, and --track-changes is for {able}; --diff shows what changes and why"
        )
