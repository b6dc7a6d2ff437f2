"""`mtfix check`: findings for people, for scripts, and for code review tools."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from mtfix.about import __version__
from mtfix.cli import options as opt
from mtfix.cli.exits import CLEAN, FINDINGS

if TYPE_CHECKING:
    from mtfix.findings import Finding


class Kind(str, Enum):
    """The kinds of findings, the surest first."""

    AUTO = "auto"
    SUGGEST = "suggest"
    FLAG = "flag"


def name_kind(finding: Finding) -> Kind:
    """Return whether ``mtfix fix`` applies a finding, suggests it, or has nothing to put in its place."""
    from mtfix.findings import Status

    return {Status.APPLIED: Kind.AUTO, Status.FLAG: Kind.FLAG}.get(finding.status, Kind.SUGGEST)


@opt.configurable(without=("fix", *opt.WRITING))
def check(
    files: opt.Files = None,
    output_format: Annotated[
        opt.FindingsFormat, typer.Option("--output-format", help="text, json or sarif.")
    ] = opt.FindingsFormat.TEXT,
    tier: Annotated[
        list[Kind] | None, typer.Option("--tier", help="Report only these findings; repeatable. (default: all)")
    ] = None,
    fail_on: Annotated[
        Kind,
        typer.Option(
            "--fail-on",
            help="Exit with 1 for: auto, only what 'mtfix fix' would change; suggest, suggestions, too; flag, everything.",
        ),
    ] = Kind.FLAG,
    *,
    choices: opt.Choices,
) -> None:
    """Report findings and write nothing.

    A finding is what 'mtfix fix' would change [auto], suggest [suggest], or only point at [flag]. Exit code 1 if there
    are any; --fail-on says which ones count.
    """
    from mtfix.cli import run
    from mtfix.findings import Status, list_findings

    chosen = run.choose_files(files)
    configuration = choices.configure(fix="safe")
    repaired = run.repair(chosen, configuration)
    found = [f for r in repaired for d in r.documents for f in list_findings(d) if f.status is not Status.REFUSED]
    if tier:
        found = [f for f in found if name_kind(f) in tier]
    records = {
        d.name: str(path) for path, r in zip(chosen, repaired, strict=True) for d in r.documents if d.name != str(path)
    }
    _print_findings(found, output_format, records)
    counted = list(Kind)[: list(Kind).index(fail_on) + 1]
    raise typer.Exit(FINDINGS if any(name_kind(f) in counted for f in found) else CLEAN)


def _print_findings(found: Sequence[Finding], output_format: opt.FindingsFormat, records: Mapping[str, str]) -> None:
    if output_format is opt.FindingsFormat.JSON:
        from mtfix.report.editlog import describe_finding

        print(json.dumps([describe_finding(f) for f in found], ensure_ascii=False, indent=2))
    elif output_format is opt.FindingsFormat.SARIF:
        from mtfix.report.sarif import render_sarif

        print(render_sarif(found, version=__version__, files=records), end="")
    else:
        for finding in found:
            print(describe_line(finding))


def describe_line(finding: Finding) -> str:
    """Return ``path:line:column: RULE_ID [auto|suggest|flag] why: before -> after (sureness)`` on one line."""
    from mtfix.findings import Status, flatten
    from mtfix.sureness import describe_sureness

    words = finding.before
    if finding.status is not Status.FLAG:
        words += f" -> {finding.after or '(nothing)'} ({describe_sureness(finding.edit)})"
    line = f"{finding.place}: {finding.rule} [{name_kind(finding).value}] {finding.edit.why.rstrip('.')}: {words}"
    return flatten(line)
