"""`mtfix diff`: what would change, word by word, and why."""

from __future__ import annotations

from mtfix.cli import options as opt


@opt.configurable(without=opt.WRITING)
def diff(
    files: opt.Files = None,
    *,
    choices: opt.Choices,
) -> None:
    """Show what would change, and why.

    Each passage with an edit or a suggestion is printed with its deletions and insertions, and the reason of every
    edit below. Nothing is written; the exit code is 0 whether there are edits or not ('mtfix check' tells).
    """
    from mtfix.cli import run
    from mtfix.cli.console import open_console
    from mtfix.report.diff import print_diffs

    chosen = run.choose_files(files)
    configuration = choices.configure()
    repaired = run.repair(chosen, configuration)
    print_diffs([d for r in repaired for d in r.documents], open_console())
