"""A PostgreSQL server of the tests' own: Debian's programs, a free port, a temporary folder, a user that is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

START = 60.0  # seconds


def find_programs() -> Path | None:
    """Return the folder of ``initdb`` and ``postgres``: the newest that Debian installed, or the one on the path."""
    installed = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda folder: [int(n) for n in folder.parent.name.split(".") if n.isdecimal()])
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def free_port() -> int:
    """Return a port of the loopback address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A running server. `create_database` gives the URL of a new, empty database; `stop` leaves nothing behind."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="mtfix-postgres-"))
        self._port = free_port()
        self._as = self._choose_user()
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-U", "desk", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        # Nothing here survives the tests, so that nothing need be on the disk.
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": 60,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._log = (self._folder / "log").open("wb")
        self._server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(self._port), *options],
            stdout=self._log, stderr=subprocess.STDOUT, cwd=self._folder, **self._as,
        )  # fmt: skip
        self._wait()

    def create_database(self) -> str:
        """Return the URL of a database in which there is nothing."""
        name = f"desk_{uuid.uuid4().hex}"
        self._execute(f"create database {name}")
        return f"postgresql+psycopg://desk@127.0.0.1:{self._port}/{name}"

    def stop(self) -> None:
        self._server.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed again
        self._server.wait(60)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _choose_user(self) -> dict[str, Any]:
        """Return whom to run as: initdb refuses root."""
        if os.geteuid() != 0:
            return {}
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = known.get("postgres") or known["nobody"]
        os.chown(self._folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _run(self, program: str, *words: object) -> None:
        command = [str(self._programs / program), *map(str, words)]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self._folder, timeout=120, check=False, **self._as
        )
        if done.returncode:
            raise AssertionError(f"{program}: {done.stderr}")

    def _execute(self, statement: str) -> None:
        import psycopg

        address = f"host=127.0.0.1 port={self._port} user=desk dbname=postgres connect_timeout=5"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _wait(self) -> None:
        import psycopg

        deadline = time.monotonic() + START
        while True:
            try:
                self._execute("select 1")
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(errors="replace")
                    self.stop()
                    raise AssertionError(f"PostgreSQL did not start:\n{log}") from None
                time.sleep(0.05)
