"""Bearer tokens: made once, shown once, kept as a hash, revocable."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mtfix.errors import ConfigError
from mtfix.server.store.models import StoredToken, now

_NAME = re.compile(r"[\w.@-]{1,80}")
_PREFIX = "mtfix_"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of the token, and the desk whose library it opens."""

    name: str
    desk: str


LOCAL = Caller("local", "local")  # on loopback, without a token


def digest_token(token: str) -> str:
    # A token is 256 random bits: nothing of it can be guessed, so one round of hashing is enough.
    return hashlib.sha256(token.encode()).hexdigest()


def add_token(database: Engine, name: str, desk: str = "") -> str:
    """Make a token and return it; it cannot be shown again. Raises ConfigError for a name in use or a bad one."""
    for what in (name, desk or name):
        if not _NAME.fullmatch(what):
            raise ConfigError(f"token name {what!r}: use up to 80 letters, digits and . @ - _")
    token = _PREFIX + secrets.token_urlsafe(32)
    with Session(database) as session, session.begin():
        if session.scalar(select(StoredToken).where(StoredToken.name == name)) is not None:
            raise ConfigError(f"token name {name!r}: is in use; choose another")
        session.add(StoredToken(name=name, desk=desk or name, digest=digest_token(token)))
    return token


def revoke_token(database: Engine, name: str) -> None:
    """Revoke a token. Raises ConfigError for an unknown name."""
    with Session(database) as session, session.begin():
        found = session.scalar(select(StoredToken).where(StoredToken.name == name))
        if found is None:
            raise ConfigError(f"there is no token named {name!r}: 'mtfix serve token list' shows them")
        found.revoked = found.revoked or now()


def list_tokens(database: Engine) -> list[StoredToken]:
    """Return all tokens in the order of their making; none can be read back from them."""
    with Session(database, expire_on_commit=False) as session:
        return list(session.scalars(select(StoredToken).order_by(StoredToken.id)))


def find_caller(database: Engine, token: str) -> Caller | None:
    """Return whose token it is; None for an unknown or a revoked one."""
    if not token.startswith(_PREFIX) or len(token) > 200:
        return None
    with Session(database) as session:
        found = session.scalar(select(StoredToken).where(StoredToken.digest == digest_token(token)))
        return None if found is None or found.revoked is not None else Caller(found.name, found.desk)
