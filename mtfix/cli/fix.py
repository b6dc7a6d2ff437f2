"""`mtfix fix`: the repaired text, and on request its log, report and diff."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mtfix.about import __version__
from mtfix.cli import options as opt
from mtfix.cli.completion import complete_choice
from mtfix.cli.console import say, say_detail
from mtfix.errors import OutputError

if TYPE_CHECKING:
    from mtfix.cli.run import Repaired
    from mtfix.config import Config


@opt.configurable()
def fix(
    files: opt.Files = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE|FOLDER", help="Write here, not to standard output.")
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", "-i", help="Repair the files where they are.")] = False,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="Write every edit: .parquet, or JSON Lines.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write an HTML report, one file.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Print the explained diff to standard error.")] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="RULE|model|all",
            autocompletion=complete_choice,
            help="Apply its suggestions too; repeatable.",
        ),
    ] = None,
    reject: Annotated[
        list[str] | None,
        typer.Option(
            "--reject", metavar="RULE|model|all", autocompletion=complete_choice, help="Undo its edits; repeatable."
        ),
    ] = None,
    *,
    choices: opt.Choices,
) -> None:
    """Repair documents.

    Without -o or --in-place the repaired text, and nothing else, goes to standard output, in the encoding and with the
    line ends of the input. Several files need -o FOLDER or --in-place.
    """
    from mtfix.cli import run
    from mtfix.cli.outputs import check_log, check_writable, choose_outputs, prepare_folder, refuse_same, write_outputs
    from mtfix.formats.tracking import note_tracking

    chosen = run.choose_files(files)
    configuration = choices.configure()
    signature = run.choose_signature(chosen, choices, configuration)
    if in_place:
        if out is not None:
            raise OutputError("--in-place and -o exclude each other: give one of them")
        if run.STDIN in chosen:
            raise OutputError("standard input has no place: leave out --in-place")
        targets: list[Path] | None = chosen
    else:
        targets = choose_outputs(chosen, out)
    extras = [p for p in (log, report) if p is not None]
    refuse_same([*extras, *(targets or () if not in_place else ())], chosen)
    if Path("-") in extras:
        raise OutputError("standard output is for the repaired text: give --log and --report files")
    new_folder = not in_place and out is not None and len(chosen) > 1
    known = () if targets is None or new_folder else targets
    check_writable([*extras, *(t for t in known if not in_place or t.exists())])
    if log is not None:
        check_log(log)
    if targets is None and sys.stdout.isatty():
        _refuse_terminal(chosen[0], configuration)

    repaired = run.repair(chosen, configuration)
    if accept or reject:
        repaired = _choose(repaired, accept or [], reject or [])
    texts = [r.encode(signature) for r in repaired]
    for note in dict.fromkeys(note_tracking(r.container, signature) for r in repaired if r.changed):
        if note:
            say(note)
    outputs: dict[Path, bytes] = {}
    if targets is not None:
        for target, item, content in zip(targets, repaired, texts, strict=True):
            if not in_place or item.changed:
                outputs[target] = content
        if new_folder and out is not None:
            prepare_folder(out)
    outputs.update(_render_extras(repaired, configuration, log, report))
    write_outputs(outputs)
    if diff:
        _print_diff(repaired)
    done = _say_done(chosen, repaired)
    if targets is None:
        say_detail(done)
    else:
        say(f"{done}; {_say_place(chosen, repaired, targets, in_place)}")
    if targets is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(texts[0])
        sys.stdout.buffer.flush()


def _refuse_terminal(file: Path, config: Config) -> None:
    """Raise OutputError for a format whose bytes a terminal cannot show."""
    from mtfix.formats.registry import find_format

    entry = find_format(config.format, str(file))
    if not entry.load().is_text:
        raise OutputError(f"{file}: {entry.name} is no text for a terminal: give -o FILE, or --in-place")


def _say_done(files: Sequence[Path], repaired: Sequence[Repaired]) -> str:
    """Return what was done in one line: ``wire.txt: 2 edits, 1 suggestion``."""
    from mtfix.findings import Status, list_findings

    found = [f.status for r in repaired for d in r.documents for f in list_findings(d)]
    edits, open_ones = found.count(Status.APPLIED), found.count(Status.SUGGESTED) + found.count(Status.FLAG)
    what = str(files[0]) if len(files) == 1 else f"{len(files)} files"
    return f"{what}: {edits} edit{'s' * (edits != 1)}, {open_ones} suggestion{'s' * (open_ones != 1)}"


def _say_place(files: Sequence[Path], repaired: Sequence[Repaired], targets: Sequence[Path], in_place: bool) -> str:
    if in_place:
        changed = sum(r.changed for r in repaired)
        if len(files) == 1:
            return "repaired in place" if changed else "left as it is"
        return f"{changed} repaired in place, {len(files) - changed} left as they are"
    return f"written to {targets[0]}" if len(targets) == 1 else f"written to {targets[0].parent}"


def _choose(repaired: Sequence[Repaired], accept: Sequence[str], reject: Sequence[str]) -> list[Repaired]:
    """Apply the suggestions of some rules and undo the edits of others; says which names did nothing."""
    from mtfix.decisions import choose_rules

    acted: set[str] = set()
    chosen = []
    for item in repaired:
        documents = []
        for document in item.documents:
            changed, names = choose_rules(document, accept, reject)
            documents.append(changed)
            acted |= names
        chosen.append(replace(item, documents=tuple(documents)))
    for option, asked in (("--accept", accept), ("--reject", reject)):
        for name in asked:
            if name not in acted and name != "all":
                say(f"{option} {name}: found nothing of it here ('mtfix check' names the rules)")
    return chosen


def _render_extras(
    repaired: Sequence[Repaired], config: Config, log: Path | None, report: Path | None
) -> dict[Path, bytes]:
    extras: dict[Path, bytes] = {}
    documents = [d for r in repaired for d in r.documents]
    if log is not None:
        from mtfix.findings import list_findings

        found = [finding for d in documents for finding in list_findings(d)]
        if log.suffix == ".parquet":
            from mtfix.batch.results.editlog import render_parquet

            extras[log] = render_parquet(found)
        else:
            from mtfix.report.editlog import render_editlog

            # A file's name need not be UTF-8: the bytes of it that are not are written as escapes.
            extras[log] = render_editlog(found).encode("utf-8", "backslashreplace")
    if report is not None:
        from mtfix.decisions import describe_proposals
        from mtfix.report.html import render_html

        about = f"profile {config.profile}, fix {config.fix.value}" + ", rules only" * config.rules_only
        proposals = [describe_proposals(d) for d in documents]
        page = render_html(documents, version=__version__, configuration=about, proposals=proposals)
        extras[report] = page.encode("utf-8", "backslashreplace")
    return extras


def _print_diff(repaired: Sequence[Repaired]) -> None:
    from mtfix.cli.console import open_console
    from mtfix.report.diff import print_diffs

    print_diffs([d for r in repaired for d in r.documents], open_console(stderr=True))
