"""docs/cli.md: its examples run as they stand there, and no command is missing."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest
import typer

from mtfix.cli.app import app
from tests.cli.conftest import Run

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
TEXT = DOCS.read_text(encoding="utf-8")
FILES = re.findall(r"^`([\w.]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
BLOCKS = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SAME = doctest.OutputChecker()


def list_commands() -> list[str]:
    """Names of all commands, those of groups with their group; a deferred group documents its own."""
    found = []
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        found += [f"{name} {sub}" for sub in command.commands] if hasattr(command, "commands") else [name]
    return found


def list_options() -> list[str]:
    root = typer.main.get_command(app)
    commands = [root.commands[n] for n in ("fix", "check", "diff", "config")]  # type: ignore[attr-defined]
    return sorted({o for c in commands for p in c.params for o in p.opts if o.startswith("--")} - {"--help"})


@pytest.mark.parametrize("command", list_commands())
def test_command_is_documented_with_an_example(command: str) -> None:
    assert f"\n## mtfix {command}\n" in TEXT
    section = TEXT.split(f"\n## mtfix {command}\n")[1].split("\n## ")[0]
    assert re.search(rf"^\$ (?:.* \| )?mtfix {command}\b", section, re.MULTILINE)


@pytest.mark.parametrize("option", list_options())
def test_option_is_documented(option: str) -> None:
    assert f"`{option}`" in TEXT or re.search(rf"`{option} ", TEXT)


def test_documented_commands_exist() -> None:
    assert sorted(re.findall(r"^## mtfix (.+)$", TEXT, re.MULTILINE)) == sorted(list_commands())


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.splitlines()[0][2:50])
def test_example_prints_what_it_says(run: Run, folder: Path, block: str) -> None:
    for path in folder.iterdir():
        path.unlink()
    for name, content in FILES:
        (folder / name).write_text(content, encoding="utf-8")
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, wanted = part.partition("\n")
        got = execute(line, run, folder)
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE if "config" in line else doctest.ELLIPSIS
        assert SAME.check_output(wanted, got, flags), f"$ {line}\n{got}"


def execute(line: str, run: Run, folder: Path) -> str:
    """Run ``[echo TEXT |] mtfix ARGS`` or ``cat FILE``; return what a terminal would show."""
    first, _, second = line.rpartition(" | ")
    given = b""
    if first:
        given = (" ".join(shlex.split(first)[1:]) + "\n").encode()
    program, *args = shlex.split(second)
    if program == "cat":
        return (folder / args[0]).read_text(encoding="utf-8")
    assert program == "mtfix"
    done = run(*args, given=given)
    assert done.code in (0, 1), done.err
    return done.out + done.err


def test_there_are_files_and_examples() -> None:
    assert [name for name, _ in FILES] == ["wire.txt", "desk.yaml", "decisions.json"]
    assert len(BLOCKS) >= len(list_commands())
