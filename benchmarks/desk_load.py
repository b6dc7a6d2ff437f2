"""How much the desk's server takes: ``python benchmarks/desk_load.py [--clients 50] [--seconds 60] [--with rules model]``.

Starts `mtfix serve` on a free port with an empty database, once with rules alone and once with the model. The clients check
paragraphs of three to eight sentences over LanguageTool's protocol, each as soon as the last is answered; no two
paragraphs are the same, so that nothing comes from a memory of sentences. For scale: LanguageTool's own documentation
speaks of 33 sentences a second. Both sides share the machine's cores. Memory is the server's resident set, after a tenth
of the time and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx

ROOT = Path(__file__).parents[1]
COMMAND = "from mtfix.cli.app import main; main()"
PLACES = ("Omsk", "Tomsk", "Perm", "Kazan", "Tver", "Tula", "Pskov", "Ufa", "Samara", "Penza")
WHO = ("drivers", "farmers", "miners", "teachers", "doctors", "painters", "builders", "students")
SENTENCES = (
    "The price of bread in {place} rose to {n},{d} million rubles on {day:02}.{month:02}.2020.",
    "Up to {n},{d} thousand {who} came to the square in {place}, reported in the ministry.",
    "The mayor of {place} met the {who} on Friday and promised {n} new houses.",
    "In {place} {n} {who} was awarded by the regional governor for the long work.",
    "The road between {place} and the airport will be closed for {n} days.",
    "According to the press service, {n} of {m} {who} have already received the compensation in {place}.",
)


def write_paragraph(chance: random.Random) -> str:
    """Return a paragraph of three to eight sentences that nobody has sent before."""
    return " ".join(
        chance.choice(SENTENCES).format(
            place=chance.choice(PLACES), who=chance.choice(WHO), n=chance.randrange(2, 9999), m=chance.randrange(2, 9999),
            d=chance.randrange(1, 10), day=chance.randrange(1, 29), month=chance.randrange(1, 13),
        )
        for _ in range(chance.randrange(3, 9))
    )  # fmt: skip


def start_server(port: int, db: str, *options: str, seconds: float = 120) -> subprocess.Popen[bytes]:
    """Start `mtfix serve` and return it when it is ready."""
    server = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "serve", "--port", str(port), "--db", db, "--max-requests", "1000000000", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
                return server
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    server.kill()
    raise RuntimeError(f"the server on port {port} was not ready within {seconds:g} seconds")


def free_port() -> int:
    """Return a port of the loopback address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure_memory(process: int) -> float:
    """Return the resident set of a process in megabytes (Linux)."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass
class Tally:
    """What came of the requests."""

    seconds: list[float] = field(default_factory=list)
    sentences: int = 0
    matches: int = 0
    errors: list[str] = field(default_factory=list)


async def check_on(client: httpx.AsyncClient, until: float, chance: random.Random, tally: Tally) -> None:
    """Check paragraphs, one after the other, until a time."""
    while time.monotonic() < until:
        begun = time.monotonic()
        try:
            answer = await client.post("/v2/check", data={"language": "en-US", "text": write_paragraph(chance)})
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            tally.errors.append(type(error).__name__)
            continue
        tally.seconds.append(time.monotonic() - begun)
        tally.sentences += len(found["sentenceRanges"])
        tally.matches += len(found["matches"])


async def load(port: int, clients: int, seconds: float, process: int) -> tuple[Tally, float, float]:
    """Return the tally of all clients, and the server's memory early and late."""
    tally = Tally()
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=120) as client:
        until = time.monotonic() + seconds
        tasks = [asyncio.create_task(check_on(client, until, random.Random(n), tally)) for n in range(clients)]
        await asyncio.sleep(seconds / 10)
        early = measure_memory(process)
        await asyncio.gather(*tasks)
    return tally, early, measure_memory(process)


def run(kind: str, clients: int, seconds: float) -> Tally:
    """Start a server, load it, and print a line of figures."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        options = ["--rules-only"] if kind == "rules" else []
        server = start_server(port, f"sqlite:///{Path(folder) / 'desk.db'}", *options)
        try:
            begun = time.monotonic()
            tally, early, late = asyncio.run(load(port, clients, seconds, server.pid))
            took = time.monotonic() - begun
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    cuts = quantiles(tally.seconds, n=100) if len(tally.seconds) > 1 else [float("nan")] * 99
    print(
        f"{kind}: {len(tally.seconds) / took:.1f} requests/s, {tally.sentences / took:.1f} sentences/s, "
        f"p50 {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s, {len(tally.errors)} errors {sorted(set(tally.errors)) or ''}, "
        f"{tally.matches} matches, memory {early:.0f} MB early, {late:.0f} MB at the end"
    )
    return tally


def main() -> None:
    """Measure and print; a failed request is an exit code of 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--with", dest="kinds", nargs="+", choices=("rules", "model"), default=["rules", "model"])
    given = parser.parse_args()
    loads = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    print(f"{given.clients} clients, {given.seconds:g} s, {os.cpu_count()} cores; load of the machine before: {loads}")
    tallies = [run(kind, given.clients, given.seconds) for kind in given.kinds]
    sys.exit(any(t.errors for t in tallies))


if __name__ == "__main__":
    main()
