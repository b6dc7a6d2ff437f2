"""Opens the database, and brings its tables to the newest migration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from mtfix.errors import ConfigError

MIGRATIONS = Path(__file__).with_name("migrations")


def open_database(url: str, *, migrate: bool = True) -> Engine:
    """Return the database of a URL (``sqlite:///desk.db``, ``postgresql+psycopg://...``). Raises ConfigError."""
    try:
        parsed = make_url(url)
        options: dict[str, Any] = {"pool_pre_ping": True}
        if parsed.get_backend_name() == "sqlite":
            options = {"connect_args": {"check_same_thread": False, "timeout": 15}}
            if parsed.database in (None, "", ":memory:"):
                options["poolclass"] = StaticPool
            else:
                Path(str(parsed.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
        database = create_engine(parsed, **options)
        if database.dialect.name == "sqlite":
            _prepare_sqlite(database)
        if migrate:
            move_to(database, "head")
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise ConfigError(f"--db: cannot open the database: {reason}") from None
    return database


def _prepare_sqlite(database: Engine) -> None:
    @event.listens_for(database, "connect")
    def _set_pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below: Python's own begin too late to be of use
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            "busy_timeout=15000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(database, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def move_to(database: Engine, revision: str) -> None:
    """Run migrations up to a revision (``head``), or down to one (``base``)."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        if revision == "base" or revision.startswith("-"):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
