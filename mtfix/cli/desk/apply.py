"""`mtfix apply`: a document with the decisions that an editor made on it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mtfix.cli import options as opt
from mtfix.errors import InputError, OutputError


@opt.configurable(without=("profile", "settings", "fix", "rules_only", "packs", "enable", "disable", *opt.MODEL))
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document as it was before.")],
    decisions: Annotated[Path, typer.Option("--decisions", "-d", metavar="FILE", help="Decisions (JSON).")],
    out: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to standard output.")
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", "-i", help="Change the file where it is.")] = False,
    *,
    choices: opt.Choices,
) -> None:
    """Apply decisions that the desk or an HTML report saved.

    Nothing is proposed again: exactly what was decided is written. A document that was changed since is turned down.
    """
    from mtfix.cli import run
    from mtfix.cli.outputs import write_outputs
    from mtfix.decisions import apply_decisions, digest_text, read_decisions
    from mtfix.formats import open_file, read_file

    if in_place and out is not None:
        raise OutputError("--in-place and -o exclude each other: give one of them")
    config = choices.configure()
    signature = run.choose_signature([file], choices, config)
    decided = read_decisions(read_file(decisions, has_lines=False), str(decisions))
    container = open_file(
        file,
        config.format,
        config.encoding,
        config.fields,
        config.field_format,
        config.attributes,
        config.approved,
    )
    known = dict(decided)
    documents = []
    for document in container.documents:
        said = known.get(digest_text(document.mt))
        if said is None:
            raise InputError(f"{document.name}: is not a text that {decisions} is about; decide on it again")
        documents.append(apply_decisions(document, said))
    content = run.Repaired(container, tuple(documents)).encode(signature)
    target = file if in_place else out
    if target is not None and str(target) != "-":
        write_outputs({target: content})
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
