"""What a server is told when it starts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from mtfix.config import Config


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request, and one caller in a minute, may ask for."""

    text: int = 100_000  # code points of a text to check or of a document
    body: int = 8_000_000  # bytes of a request
    seconds: float = 120.0  # for the answer to one request
    head_seconds: float = 10.0  # for the head of a request to arrive,
    body_seconds: float = 20.0  #   and for its body
    waiting: int = 64  # texts that wait for their turn
    requests: int = 6000  # of one caller in a minute


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the server listens, where it keeps documents, and the configuration of its pipeline."""

    host: str = "127.0.0.1"
    port: int = 8765
    db: str = "sqlite:///:memory:"
    config: Config = field(default_factory=Config)
    limits: Limits = field(default_factory=Limits)
    hosts: tuple[str, ...] = ()  # further names under which the server is known
    pack: Path | None = None  # where what editors always and never want is written for other runs of mtfix

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine can reach the server; others must show a token."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
