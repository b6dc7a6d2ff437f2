"""Runs the command line in this process, in an empty folder, with a small pack of its own."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mtfix.cli.app import main

PACK = """\
pack: desk
about: A small pack for tests
rules:
  - id: DESK_COMMA
    kind: substitution
    match: '(?P<a>\\d),(?P<b>\\d) million'
    replace: '{a}.{b} million'
    why: Russian writes a decimal comma.
    tags: [numbers]
    examples:
      - {bad: 'up to <m>2,5 million</m> people', good: 'up to 2.5 million people'}
      - {keep: 'up to 2,500 people'}
  - id: DESK_PERSONS
    kind: substitution
    tier: suggest
    match: 'persons'
    replace: 'people'
    why: Officialese.
    examples:
      - {bad: 'such persons', good: 'such people'}
      - {keep: 'such people'}
  - id: DESK_TERRORIST
    kind: flag
    match: 'terrorist organization'
    why: Say who designates it.
    examples:
      - {bad: 'a terrorist organization'}
      - {keep: 'a terrorist'}
"""
WIRE = "About 2,5 million persons came.\n\nThe terrorist organization left.\n"
FIXED = "About 2.5 million persons came.\n\nThe terrorist organization left.\n"
CLEAN = "About 2,500 people came.\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a user gets: exit code, the bytes of standard output, the text of standard error."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()


Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with the pack, a configuration that uses nothing else, a wire and a clean text."""
    work = tmp_path / "desk"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (work / "desk.yaml").write_text(PACK, encoding="utf-8")
    (work / "mtfix.toml").write_text('packs = ["desk.yaml"]\ndefault_packs = false\nrules_only = true\n')
    (work / "wire.txt").write_text(WIRE, encoding="utf-8")
    (work / "clean.txt").write_text(CLEAN, encoding="utf-8")
    return work


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``mtfix ARGS``; ``given`` is standard input."""

    def call(*args: str | Path, given: bytes = b"") -> Outcome:
        out, err = io.BytesIO(), io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["mtfix", *map(str, args)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8"))
            patch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8"))
            code = 0
            try:
                main()
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 1
            sys.stdout.flush()
            sys.stderr.flush()
            return Outcome(code, out.getvalue(), err.getvalue().decode())

    return call


def list_names(folder: Path) -> list[str]:
    """Names of all files below a folder: a run that fails must leave none behind."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))
