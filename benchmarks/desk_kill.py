"""No decision that was acknowledged is lost: ``python benchmarks/desk_kill.py [--kills 20] [--on sqlite postgres]``.

Editors decide without a pause, each on a document of its own, while the server is killed with SIGKILL again and again.
After each kill it is started anew, and what it had acknowledged is looked for in its answers. An editor whose answer was lost
sends the same decision again; it must count once. PostgreSQL is one of the benchmark's own (Debian's programs), or that of
``--url``.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import create_engine, text

from benchmarks.desk_load import free_port, start_server

WIRE = " ".join(f"The price rose to {n},5 million rubles." for n in range(2, 42))


@dataclass
class Outcome:
    """What was counted over all kills."""

    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0  # requests that a kill cut off
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} decisions acknowledged, {self.unanswered} requests cut off and sent "
            f"again, {len(self.lost)} lost, {len(self.doubled)} counted twice"
        )


class Editor(threading.Thread):
    """Decides on one document until told to stop; remembers what was acknowledged."""

    def __init__(self, number: int, address: str) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.address = address
        self.acknowledged: list[str] = []
        self.unanswered = 0
        self.mistakes: list[str] = []
        self.stopped = threading.Event()
        self.client = httpx.Client(base_url=address, timeout=10)
        self.id = self._ask(lambda: self.client.post("/api/v1/documents", data={"text": WIRE})).json()["id"]
        self.proposals = [p["id"] for p in self._load()["parts"][0]["proposals"]]

    def run(self) -> None:
        """Send decisions with keys of their own; after a conflict ask for the version."""
        chance = random.Random(self.number)
        count = 0
        version = self._load()["version"]
        while not self.stopped.is_set():
            count += 1
            said = {
                "key": f"editor-{self.number:03}-{count:06}",
                "proposal": chance.choice(self.proposals),
                "verdict": chance.choice(("accept", "reject")),
            }
            while not self.stopped.is_set():
                try:
                    answer = self._decide(version, said)
                except httpx.HTTPError:
                    self.unanswered += 1
                    time.sleep(0.05)
                    continue
                if answer.status_code == 409:
                    version = self._load()["version"]
                    continue
                if answer.status_code != 200:
                    self.mistakes.append(f"{answer.status_code} {answer.text}")
                    return
                version = answer.json()["version"]
                self.acknowledged.append(said["key"])
                break

    def _decide(self, version: int, said: dict[str, str]) -> httpx.Response:
        body = {"version": version, "decisions": [said]}
        return self.client.post(f"/api/v1/documents/{self.id}/decisions", json=body)

    def _load(self) -> dict:
        while True:
            document: dict = self._ask(lambda: self.client.get(f"/api/v1/documents/{self.id}")).json()
            if document["ready"]:
                return document
            time.sleep(0.05)

    def _ask(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        for _ in range(1200):
            try:
                return ask().raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the server does not come back")


def kill_again_and_again(url: str, kills: int, editors: int = 4, pause: tuple[float, float] = (0.5, 2.0)) -> Outcome:
    """Kill a server at work; raises RuntimeError for an answer that no editor should get."""
    outcome = Outcome()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = start_server(port, url, "--rules-only")
    chance = random.Random(kills)
    staff: list[Editor] = []
    try:
        staff = [Editor(n, address) for n in range(editors)]
        for editor in staff:
            editor.start()
        for _ in range(kills):
            time.sleep(chance.uniform(*pause))
            server.kill()
            server.wait()
            promised = [key for editor in staff for key in list(editor.acknowledged)]
            kept = read_keys(url)
            outcome.lost += [key for key in promised if key not in kept]
            outcome.kills += 1
            server = start_server(port, url, "--rules-only")
        time.sleep(pause[0])
        for editor in staff:
            editor.stopped.set()
        for editor in staff:
            editor.join(30)
        _count(outcome, staff, url)
    finally:
        for editor in staff:
            editor.stopped.set()
        _end(server)
    return outcome


def read_keys(url: str) -> Counter[str]:
    """Return the keys of the decisions that are in a database."""
    database = create_engine(url)
    try:
        with database.connect() as connection:
            return Counter(connection.execute(text("select key from decisions")).scalars())
    finally:
        database.dispose()


def _count(outcome: Outcome, staff: list[Editor], url: str) -> None:
    kept = read_keys(url)
    promised = [key for editor in staff for key in editor.acknowledged]
    outcome.lost += [key for key in promised if key not in kept]
    outcome.doubled += [key for key, count in kept.items() if count > 1]
    outcome.acknowledged = len(promised)
    outcome.unanswered = sum(editor.unanswered for editor in staff)
    if mistakes := [m for editor in staff for m in editor.mistakes]:
        raise RuntimeError(f"an editor got an answer that it should not: {mistakes[0]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(40)
    except subprocess.TimeoutExpired:
        server.kill()


def main() -> None:
    """Kill and print; a lost decision is an exit code of 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--editors", type=int, default=8)
    parser.add_argument("--on", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--url", default="", help="an empty PostgreSQL database, instead of one of the benchmark's own")
    given = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    lost = 0
    for kind in given.on:
        outcome = _run(kind, given.url, given.kills, given.editors)
        print(f"{kind}: {outcome}")
        lost += len(outcome.lost) + len(outcome.doubled)
    sys.exit(lost > 0)


def _run(kind: str, url: str, kills: int, editors: int) -> Outcome:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            return kill_again_and_again(f"sqlite:///{Path(folder) / 'desk.db'}", kills, editors)
    if url:
        return kill_again_and_again(url, kills, editors)
    from tests.server.postgres import Cluster, find_programs

    programs = find_programs()
    if programs is None:
        sys.exit("no PostgreSQL on this machine: apt-get install postgresql, or give --url")
    cluster = Cluster(programs)
    try:
        return kill_again_and_again(cluster.create_database(), kills, editors)
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
