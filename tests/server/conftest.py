"""A desk of rules alone, in this process, with a database of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

for library in ("fastapi", "sqlalchemy", "alembic", "jinja2", "prometheus_client", "httpx"):
    pytest.importorskip(library, reason="the desk needs mtfix[serve]")

from fastapi.testclient import TestClient  # noqa: E402

from mtfix.config import Config  # noqa: E402
from mtfix.server.app import make_app  # noqa: E402
from mtfix.server.settings import Settings  # noqa: E402
from tests.server.postgres import Cluster, find_programs  # noqa: E402

WIRE = (
    "MINSK, May 5. Up to 2,5 thousand people came to the square, reported in the ministry.\n\n"
    "The price rose to 2,5 million rubles on 05.06.2020. Nothing is wrong here.\n"
)
RULES = Config(rules_only=True)
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
MakeUrl = Callable[[], str]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for all tests that ask for a database there."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="no driver of PostgreSQL: pip install 'mtfix[postgres]'")
    running = Cluster(programs)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def engine_name() -> str:
    """The database that a module's tests run on; a module that runs on several parametrizes this with BOTH."""
    return "sqlite"


@pytest.fixture(scope="module")
def make_url(engine_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MakeUrl:
    """Return a function that returns the URL of a new, empty database."""
    if engine_name == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('desk') / 'desk.db'}"
    running: Cluster = request.getfixturevalue("cluster")
    return running.create_database


@pytest.fixture
def start(make_url: MakeUrl) -> Iterator[Callable[..., TestClient]]:
    """Return a function that starts a desk with the given settings and returns its client."""
    running: list[TestClient] = []
    url = make_url()

    def begin(**values: Any) -> TestClient:
        host = values.get("host", "127.0.0.1")
        settings = Settings(**{"config": RULES, "db": url, **values})
        client = TestClient(make_app(settings), base_url=f"http://{host}:8765")
        client.__enter__()
        running.append(client)
        return client

    yield begin
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def client(make_url: MakeUrl) -> Iterator[TestClient]:
    """One desk for a module of tests that leave nothing behind that others would see."""
    settings = Settings(config=RULES, db=make_url())
    with TestClient(make_app(settings), base_url="http://127.0.0.1:8765") as client:
        yield client


def add_wire(client: TestClient, text: str = WIRE, **values: Any) -> dict[str, Any]:
    """Put a text on the desk and return the document when it was read."""
    answer = client.post("/api/v1/documents", data={"text": text, **values})
    assert answer.status_code == 201, answer.text
    return wait_for(client, answer.json()["id"])


def wait_for(client: TestClient, id: str) -> dict[str, Any]:
    """Return a document as soon as its proposals are there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        document: dict[str, Any] = client.get(f"/api/v1/documents/{id}").json()
        if document["ready"] or "failure" in document:
            return document
        time.sleep(0.02)
    raise AssertionError("the document was not read in a minute")


def key(number: int) -> str:
    return f"key-of-a-test-{number:04}"
