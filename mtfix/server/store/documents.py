"""Documents and decisions in the database: every change names the version that it was made on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, undefer

from mtfix.errors import MtfixError
from mtfix.server.store.models import Preference, StoredDecision, StoredDocument, now

UNDO = "undo"
ALWAYS = "always"  # stands for the editor where a preference decided


class MissingError(MtfixError):
    """There is no such document on this desk."""


class StaleError(MtfixError):
    """Somebody else has changed the document since; nothing was written."""

    def __init__(self, version: int) -> None:
        super().__init__("the document was changed elsewhere since you opened it; load it again and go on from there")
        self.extra = {"version": version}


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision of an editor on a proposal (or, with a name ``sentence-N``, writes for a whole sentence)."""

    key: str
    part: int
    proposal: str
    verdict: str
    text: str
    before: str
    after: str
    rule: str
    confidence: float | None


class Store:
    """The documents of all desks; each call sees only those of the desk that it names."""

    def __init__(self, database: Engine) -> None:
        self.database = database

    def add(self, desk: str, name: str, format: str, data: bytes, profile: str, source: str = "") -> str:
        """Keep a new document and return its id."""
        with Session(self.database) as session, session.begin():
            document = StoredDocument(
                id=uuid.uuid4().hex, desk=desk, name=name, format=format, data=data, profile=profile, source=source
            )
            session.add(document)
            return document.id

    def find(self, desk: str, id: str, *, whole: bool = True) -> StoredDocument:
        """Return a document with its decisions. Raises MissingError."""
        with Session(self.database, expire_on_commit=False) as session:
            document = _find(session, desk, id, whole=whole)
            _ = document.decisions
            session.expunge_all()
            return document

    def list(self, desk: str, search: str = "", state: str = "", limit: int = 200) -> list[StoredDocument]:
        """Return documents, the latest first, whose name or text holds ``search``."""
        query = select(StoredDocument).where(StoredDocument.desk == desk)
        if state:
            query = query.where(StoredDocument.state == state)
        if search:
            query = query.options(undefer(StoredDocument.parts))
        with Session(self.database, expire_on_commit=False) as session:
            found = list(session.scalars(query.order_by(StoredDocument.updated.desc(), StoredDocument.id)))
            session.expunge_all()
        if search:
            found = [d for d in found if search.casefold() in d.name.casefold() or _holds(d.parts, search.casefold())]
        return found[:limit]

    def delete(self, desk: str, id: str) -> None:
        """Delete a document with its decisions and all that was made of it. Raises MissingError."""
        with Session(self.database) as session, session.begin():
            session.delete(_find(session, desk, id))

    def save_parts(
        self, id: str, profile: str, parts: Sequence[Mapping[str, Any]], always: Sequence[NewDecision] = ()
    ) -> None:
        """Store the proposals of a run, if the document still exists and still has that profile.

        ``always`` are decisions that the desk made once for all; where an editor has spoken they change nothing.
        """
        with Session(self.database) as session, session.begin():
            document = session.get(StoredDocument, id)
            if document is not None and document.profile == profile:
                document.parts = list(parts)
                document.version += 1
                said = {(d.part, d.proposal) for d in document.decisions}
                for d in always:
                    if (d.part, d.proposal) not in said:
                        document.decisions.append(_store(d, ALWAYS))

    def change(self, desk: str, id: str, version: int, **values: Any) -> int:
        """Set fields of a document and return its new version. Raises MissingError, StaleError."""
        with Session(self.database) as session, session.begin():
            document = _find(session, desk, id)
            if document.version != version:
                raise StaleError(document.version)
            for key, value in values.items():
                setattr(document, key, value)
            document.updated = now()
            document.version += 1
            return document.version

    def decide(
        self, desk: str, id: str, version: int, decisions: Sequence[NewDecision], editor: str, seconds: float = 0.0
    ) -> int:
        """Keep decisions and return the new version. Raises MissingError, StaleError.

        Decisions that are here already (by their key) are not written again: a client whose answer was lost asks twice.
        """
        with Session(self.database) as session, session.begin():
            document = _find(session, desk, id)
            keys = [d.key for d in decisions]
            known = set(
                session.scalars(
                    select(StoredDecision.key).where(StoredDecision.key.in_(keys), StoredDecision.document_id == id)
                )
            )
            new = [d for d in decisions if d.key not in known]
            if not new:
                return document.version
            if document.version != version:
                raise StaleError(document.version)
            for d in new:
                document.decisions.append(_store(d, editor))
            document.seconds += seconds
            document.updated = now()
            document.state = "work"
            document.version += 1
            return document.version

    def prefer(self, desk: str, rule: str, verdict: str) -> None:
        """Keep ``always`` or ``never`` for a rule; an empty verdict forgets it."""
        with Session(self.database) as session, session.begin():
            found = session.get(Preference, (desk, rule))
            if found is not None:
                session.delete(found)
                session.flush()
            if verdict:
                session.add(Preference(desk=desk, rule=rule, verdict=verdict))


def latest(decisions: Iterable[StoredDecision]) -> dict[tuple[int, str], StoredDecision]:
    """Return what holds of a list of decisions, by part and proposal: the last word on each, unless it was undone."""
    last = {(d.part, d.proposal): d for d in decisions}
    return {key: d for key, d in last.items() if d.verdict != UNDO}


def _store(decision: NewDecision, editor: str) -> StoredDecision:
    return StoredDecision(**{k: getattr(decision, k) for k in decision.__slots__}, editor=editor)


def _find(session: Session, desk: str, id: str, *, whole: bool = False) -> StoredDocument:
    options = (
        [undefer(StoredDocument.data), undefer(StoredDocument.parts), undefer(StoredDocument.source)] if whole else []
    )
    query = select(StoredDocument).where(StoredDocument.id == id, StoredDocument.desk == desk).options(*options)
    if session.get_bind().dialect.name != "sqlite":  # SQLite locks the whole file when a transaction begins
        query = query.with_for_update()
    document = session.scalar(query)
    if document is None:
        raise MissingError("there is no such document")
    return document


def _holds(parts: Sequence[Mapping[str, Any]] | None, words: str) -> bool:
    return any(words in s["mt"].casefold() for p in parts or () for s in p["segments"])
