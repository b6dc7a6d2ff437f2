"""`mtfix diff`: what would change, word by word, and why."""

from __future__ import annotations

from mtfix.cli import options as opt


def diff(
    files: opt.Files = None,
    profile: opt.ProfileName = None,
    setting: opt.SettingPairs = None,
    fix: opt.FixWhich = None,
    rules_only: opt.RulesOnly = None,
    pack: opt.Packs = None,
    enable: opt.Enable = None,
    disable: opt.Disable = None,
    encoding: opt.Encoding = None,
    format: opt.FormatName = None,
    field: opt.Fields = None,
    field_format: opt.FieldFormat = None,
    model: opt.Model = None,
    backend: opt.Backend = None,
    config: opt.ConfigFile = None,
) -> None:
    """Show what would change, and why.

    Each passage with an edit or a suggestion is printed with its deletions and insertions, and the reason of every
    edit below. Nothing is written; the exit code is 0 whether there are edits or not ('mtfix check' tells).
    """
    from mtfix.cli import run
    from mtfix.cli.console import open_console
    from mtfix.report.diff import print_diffs

    chosen = run.choose_files(files)
    configuration = run.choose_config(
        config,
        profile=profile,
        settings=opt.parse_settings(setting),
        fix=fix,
        rules_only=rules_only,
        packs=pack,
        enable=enable,
        disable=disable,
        encoding=encoding,
        format=format,
        fields=field,
        field_format=field_format,
        model=model,
        backend=backend,
    )
    repaired = run.repair(chosen, configuration)
    print_diffs([d for r in repaired for d in r.documents], open_console())
