"""The store: migrations up and down, tokens, and what decisions teach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from mtfix.errors import ConfigError
from mtfix.server import lessons
from mtfix.server.store.database import move_to, open_database
from mtfix.server.store.documents import NewDecision, StaleError, Store
from mtfix.server.store.models import Base
from mtfix.server.store.tokens import add_token, find_caller, list_tokens, revoke_token
from tests.server.conftest import BOTH, MakeUrl, key


@pytest.fixture(scope="module", params=BOTH)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(make_url: MakeUrl) -> Iterator[Engine]:
    opened = open_database(make_url())
    yield opened
    opened.dispose()


def test_migrations_make_the_tables_of_the_models(database: Engine) -> None:
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    move_to(database, "base")
    assert set(inspect(database).get_table_names()) <= {"alembic_version"}
    move_to(database, "head")
    assert "decisions" in inspect(database).get_table_names()


def test_tokens_are_kept_as_hashes(database: Engine) -> None:
    token = add_token(database, "ann", "foreign")
    assert find_caller(database, token) is not None
    assert all(token not in (t.digest, t.name) for t in list_tokens(database))
    with pytest.raises(ConfigError, match="in use"):
        add_token(database, "ann")
    with pytest.raises(ConfigError, match="letters"):
        add_token(database, "a b")
    revoke_token(database, "ann")
    assert find_caller(database, token) is None
    with pytest.raises(ConfigError, match="no token named"):
        revoke_token(database, "bob")


def said(number: int, verdict: str, text: str = "") -> NewDecision:
    return NewDecision(key(number), 0, f"{number:016x}", verdict, text, "rose on", "rose by", "RISE", None)


def test_a_stale_version_changes_nothing(database: Engine) -> None:
    store = Store(database)
    id = store.add("local", "a.txt", "text", b"It rose on 5%.", "plain")
    assert store.decide("local", id, 1, [said(1, "reject")], "ann") == 2
    with pytest.raises(StaleError) as stale:
        store.decide("local", id, 1, [said(2, "accept")], "bob")
    assert stale.value.extra == {"version": 2}
    assert len(store.find("local", id).decisions) == 1


def test_decisions_advise(database: Engine) -> None:
    store = Store(database)
    id = store.add("local", "a.txt", "text", b"It rose on 5%.", "plain")
    store.decide("local", id, 1, [said(n, "edit", "climbed by") for n in range(5)], "ann")
    advice = lessons.advise(lessons.load(database))
    assert "RISE: 0 of 5 accepted (0%)" in advice
    [rule] = yaml.safe_load(advice[advice.index("pack:") :])["rules"]
    assert (rule["match"], rule["replace"]) == (r"\brose\ on\b", "climbed by")
    assert "(none)" in lessons.advise(lessons.load(database), least=6)


def test_the_advised_pack_passes_its_own_examples(database: Engine, tmp_path: Path) -> None:
    import subprocess
    import sys

    store = Store(database)
    id = store.add("local", "a.txt", "text", b"It rose on 5%.", "plain")
    store.decide("local", id, 1, [said(n, "edit", "climbed by") for n in range(5)], "ann")
    advice = lessons.advise(lessons.load(database))
    pack = tmp_path / "desk.yaml"
    pack.write_text(advice[advice.index("pack:") :])
    command = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "rules", "test", str(pack)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_calibration_rows_are_what_training_reads(database: Engine, tmp_path: Path) -> None:
    from mtfix.training.calibration.decisions import read_decision_rows

    store = Store(database)
    id = store.add("local", "a.txt", "text", b"It rose on 5%.", "plain")
    rule = "model:default@01234567"
    verdicts = ("accept", ""), ("accept", "rose by"), ("accept", "grew by"), ("reject", ""), ("edit", "climbed")
    model = [
        NewDecision(key(n), 0, f"{n:016x}", verdict, text, "rose on", "rose by", rule, 0.75)
        for n, (verdict, text) in enumerate(verdicts)
    ]
    store.decide("local", id, 1, [*model, said(9, "accept")], "ann")
    path = tmp_path / "calibration.jsonl"
    path.write_text(lessons.render_rows(lessons.list_calibration(lessons.load(database))))
    rows = read_decision_rows(path)
    assert [(r.model, r.confidence, r.accepted) for r in rows] == [(rule, 0.75, n < 2) for n in range(5)]


def test_pairs_are_of_documents_that_are_done(database: Engine) -> None:
    store = Store(database)
    id = store.add("local", "a.txt", "text", b"It rained.", "plain")
    parts = [{"segments": [{"start": 0, "mt": "It rained."}], "proposals": []}]
    store.save_parts(id, "plain", parts)
    assert lessons.list_pairs(lessons.load(database)) == []
    retyped = NewDecision(key(1), 0, "sentence-0", "edit", "It poured.", "It rained.", "", "", None)
    version = store.decide("local", id, 2, [retyped], "ann")
    store.change("local", id, version, state="done")
    assert lessons.list_pairs(lessons.load(database)) == [(id, "It rained.", "It poured.")]


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/none/desk.db", "nosuch://x/y"])
def test_a_database_that_cannot_be_opened(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^--db: [^\n]*$"):
        open_database(url)
