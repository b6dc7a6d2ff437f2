"""Write man pages, one a command, from the same texts as ``--help``: ``python docs/site/manual.py FOLDER`` (`make man`)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from mtfix.about import __version__
from mtfix.cli.app import DEFERRED, _load_deferred, app

SECTIONS = """\
.SH EXIT STATUS
0: clean. 1: findings. 2: could not run; one line on standard error says why.
.SH FILES
.TP
.I mtfix.toml
The configuration, here or in a folder above.
.TP
.I ~/.config/mtfix/packs/
Rule packs of your own.
"""


def escape(text: str) -> str:
    """Return text as roff reads it: no backslash, hyphen or leading dot of it is a command."""
    lines = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\\&" + lines if lines[:1] in (".", "'") else lines


def list_commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name, groups before what is in them."""
    yield name, command
    for part, inner in getattr(command, "commands", {}).items():
        yield from list_commands(inner, f"{name} {part}")
    if name == "mtfix":
        for part in DEFERRED:
            yield from list_commands(_load_deferred(part), f"{name} {part}")


def write_page(name: str, command: Any) -> str:
    """Return the page of a command."""
    text = (command.help or "").replace("\b", "")
    first, _, rest = text.partition("\n")
    options = [p for p in command.params if p.param_type_name == "option" and not getattr(p, "hidden", False)]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join(["[options]", *(escape(p.metavar or p.name.upper()) for p in arguments)])
    lines = [
        f'.TH {name.replace(" ", "-").upper()} 1 "" "mtfix {__version__}" "mtfix"',
        ".SH NAME", f"{escape(name.replace(' ', '-'))} \\- {escape(first.rstrip('.'))}",
        ".SH SYNOPSIS", f".B {escape(name)}", usage + (" COMMAND" if hasattr(command, "commands") else ""),
        ".SH DESCRIPTION", *(part for block in re.split(r"\n\s*\n", f"{first}\n{rest}") if block.strip() for part in (".PP", escape(block))),
    ]  # fmt: skip
    if getattr(command, "commands", None) or name == "mtfix":
        lines.append(".SH COMMANDS")
        inner = {**command.commands, **({n: _load_deferred(n) for n in DEFERRED} if name == "mtfix" else {})}
        for part, other in sorted(inner.items()):
            lines += [
                ".TP",
                f".BR {escape(f'{name}-{part}'.replace(' ', '-'))} (1)",
                escape((other.help or "").partition("\n")[0]),
            ]
    for title, found in (("ARGUMENTS", arguments), ("OPTIONS", options)):
        if found:
            lines.append(f".SH {title}")
        for p in found:
            names = ", ".join([*p.opts, *p.secondary_opts]) if title == "OPTIONS" else (p.metavar or p.name.upper())
            value = f" {p.metavar}" if title == "OPTIONS" and p.metavar else ""
            lines += [".TP", f".B {escape(names + value)}", escape(getattr(p, "help", None) or "")]
    return "\n".join([*lines, SECTIONS]) + (".SH SEE ALSO\n.BR mtfix (1)\n" if name != "mtfix" else "")


def write_manual(folder: Path) -> list[Path]:
    """Write all pages into a folder; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name, command in list_commands(typer.main.get_command(app), "mtfix"):
        path = folder / f"{name.replace(' ', '-')}.1"
        path.write_text(write_page(name, command), encoding="utf-8")
        found.append(path)
    return found


if __name__ == "__main__":
    pages = write_manual(Path(sys.argv[1]))
    print(f"{len(pages)} pages in {sys.argv[1]}; read one with: man {pages[0]}")
