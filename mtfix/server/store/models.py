"""Tables of the desk."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def now() -> datetime:
    return datetime.now(timezone.utc)


class Base(DeclarativeBase):
    """Constraints have names that do not depend on the database, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class StoredToken(Base):
    """A bearer token: only its hash is kept. Tokens of one desk share a library."""

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    desk: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    revoked: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)


class StoredDocument(Base):
    """A document of the library: the bytes that came in and what the last run proposed.

    ``version`` grows with every change; a change that names an older one is turned down.
    """

    __tablename__ = "documents"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    desk: Mapped[str] = mapped_column(String(80), index=True)
    name: Mapped[str] = mapped_column(String(255))
    format: Mapped[str] = mapped_column(String(20))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    source: Mapped[str] = mapped_column(Text, default="", deferred=True)
    profile: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="new")
    version: Mapped[int] = mapped_column(Integer, default=1)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    words: Mapped[int] = mapped_column(Integer, default=0)
    word_edits: Mapped[int] = mapped_column(Integer, default=0)
    parts: Mapped[list[Any] | None] = mapped_column(JSON, default=None, deferred=True)
    decisions: Mapped[list[StoredDecision]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="StoredDecision.id"
    )
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class StoredDecision(Base):
    """One thing that an editor said about a place; of several about one place the last holds."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_document_id_part_proposal", "document_id", "part", "proposal"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64), unique=True)  # the client's own: sending it twice is saying it once
    part: Mapped[int] = mapped_column(Integer)
    proposal: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[str] = mapped_column(String(200), default="")
    confidence: Mapped[float | None] = mapped_column(Float, default=None)
    editor: Mapped[str] = mapped_column(String(80), default="")
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)


class Preference(Base):
    """What a desk wants of a rule in documents to come: ``always`` or ``never``."""

    __tablename__ = "preferences"
    desk: Mapped[str] = mapped_column(String(80), primary_key=True)
    rule: Mapped[str] = mapped_column(String(200), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10))


class Phrase(Base):
    """Words that a desk ``always`` or ``never`` wants changed into others, by rules and by the model."""

    __tablename__ = "phrases"
    __table_args__ = (UniqueConstraint("desk", "before", "after"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(String(80))
    before: Mapped[str] = mapped_column(String(200))
    after: Mapped[str] = mapped_column(String(200))
    verdict: Mapped[str] = mapped_column(String(10))
