"""`mtfix rules`: list, show, test and try rules, those that ship and the user's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mtfix.cli import options as opt
from mtfix.cli.completion import complete_rule
from mtfix.cli.exits import CLEAN, FINDINGS
from mtfix.errors import ConfigError, PackError, unknown_name

if TYPE_CHECKING:
    from rich.console import Console

    from mtfix.rules.packs.packed import PackedRule, RulePack

app = typer.Typer(no_args_is_help=True, help="List, show, test and try rules.")


def _load(config: Path | None, packs: list[str] | None) -> list[RulePack]:
    from mtfix.rules.packs.select import configured_packs

    return configured_packs(opt.Choices(config, {"packs": packs} if packs else {}).configure())


@app.command("list")
def list_rules(
    only_pack: Annotated[
        str | None, typer.Option("--pack", metavar="NAME|FILE", help="Only rules of this pack.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only rules with this tag; repeatable.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only rules of this kind.")] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="Only auto or only suggest.")] = None,
    stage: Annotated[str | None, typer.Option("--stage", help="Only pre, post or document.")] = None,
    output_format: Annotated[
        opt.ListFormat, typer.Option("--output-format", help="text or json.")
    ] = opt.ListFormat.TEXT,
    config: opt.ConfigFile = None,
) -> None:
    """List rules: id, pack, kind, stage, tier, tags and why."""
    from mtfix.rules.packs.select import select_rules

    is_file = only_pack is not None and only_pack.endswith((".yaml", ".yml"))
    packs = _load(config, [only_pack] if is_file and only_pack else None)
    rules = select_rules(packs)
    if only_pack is not None:
        name = _pack_of_file(only_pack) if is_file else only_pack
        _know("rule pack", name, {p.name for p in packs})
        rules = [r for r in rules if r.pack == name]
    for one in tag or ():
        _know("tag", one, {t for r in rules for t in r.model.tags})
        rules = [r for r in rules if one in r.model.tags]
    for what, wanted in (("kind", kind), ("tier", tier), ("stage", stage)):
        if wanted is not None:
            _know(what, wanted, {str(getattr(r.model, what)) for r in select_rules(packs)})
            rules = [r for r in rules if getattr(r.model, what) == wanted]
    if output_format is opt.ListFormat.JSON:
        print(json.dumps([_describe(r) for r in rules], ensure_ascii=False, indent=2))
    else:
        _print_table(rules)


def _pack_of_file(path: str) -> str:
    from mtfix.rules.packs.read import load_pack

    return load_pack(Path(path)).name


def _know(what: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise PackError(unknown_name(what, name, known))


def _describe(rule: PackedRule) -> dict[str, object]:
    model = rule.model
    return {
        "id": model.id,
        "pack": rule.pack,
        "kind": model.kind,
        "stage": model.stage,
        "tier": model.tier,
        "quotes": rule.head["quotes"],
        "tags": list(model.tags),
        "when": dict(model.when),
        "why": model.why,
        "place": rule.place,
    }


def _print_table(rules: list[PackedRule]) -> None:
    from rich.table import Table

    from mtfix.cli.console import open_console

    console = open_console()
    if not console.is_terminal:  # a script reads this: one rule a line, columns by tabs
        for r in rules:
            m = r.model
            print("\t".join((m.id, r.pack, m.kind, m.stage, m.tier, ",".join(m.tags), m.why)))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("rule", "pack", "kind", "tier", "why"):
        table.add_column(heading, overflow="fold")
    for r in rules:
        style = "yellow" if r.model.tier == "suggest" else ""
        kind = r.model.kind if r.model.stage == "pre" else f"{r.model.kind} ({r.model.stage})"
        table.add_row(r.id, r.pack, kind, f"[{style}]{r.model.tier}" if style else r.model.tier, r.model.why)
    console.print(table)
    console.print(f"{len(rules)} rules", style="dim")


@app.command("show")
def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", autocompletion=complete_rule, help="A rule's id.")],
    pack: opt.Packs = None,
    config: opt.ConfigFile = None,
) -> None:
    """Show a rule: where it stands, why, its examples, and its YAML."""
    from rich.syntax import Syntax
    from rich.text import Text

    from mtfix.cli.console import open_console

    rules = {r.id: r for p in _load(config, pack) for r in p.rules}
    _know("rule", rule_id, set(rules))
    rule = rules[rule_id]
    model = rule.model
    console = open_console()
    console.print(Text.assemble((rule.id, "bold"), f"  {model.kind}, stage {model.stage}, tier {model.tier}"))
    console.print(Text(model.why))
    console.print(Text(f"pack {rule.pack}, {rule.place}", style="dim"))
    if model.tags:
        console.print(Text(f"tags: {', '.join(model.tags)}", style="dim"))
    for example in model.examples:
        _print_example(console, example.bad, example.good, example.keep, example.profile)
    console.print()
    yaml = read_rule_yaml(rule.place)
    if console.is_terminal:
        console.print(Syntax(yaml, "yaml", background_color="default", word_wrap=True))
    else:
        print(yaml)


def _print_example(console: Console, bad: str | None, good: str | None, keep: str | None, profile: str | None) -> None:
    from rich.text import Text

    suffix = (f"  ({profile})", "dim") if profile else ""
    if keep is not None:
        console.print(Text.assemble(("  keeps  ", "cyan"), keep, suffix), soft_wrap=True)
        return
    bad = (bad or "").replace("<m>", "").replace("</m>", "")
    console.print(Text.assemble(("  finds  ", "red"), bad, suffix), soft_wrap=True)
    if good is not None:
        console.print(Text.assemble(("  writes ", "green"), good), soft_wrap=True)


def read_rule_yaml(place: str) -> str:
    """Return the YAML of the rule at ``file:line:column`` as it stands in its file, without the common indent.

    Raises PackError when the file has gone.
    """
    from textwrap import dedent

    path, line, _ = place.rsplit(":", 2)
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1 :]
    except OSError as error:
        raise PackError(f"{path}: cannot read the rule pack: {error.strerror}") from None
    indent = len(lines[0]) - len(lines[0].lstrip())
    kept = lines[:1]
    for following in lines[1:]:
        depth = len(following) - len(following.lstrip())
        if following.strip() and depth <= indent:
            break
        kept.append(following)
    while kept and not kept[-1].strip():
        kept.pop()
    return dedent("\n".join(kept))


@app.command("test")
def test_rules(
    packs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILES|NAMES]...", help="Packs to test; all of them by default.", show_default=False),
    ] = None,
    profile: opt.ProfileName = None,
    config: opt.ConfigFile = None,
) -> None:
    """Run the examples of rules: each rule alone, and each example through all rules together.

    Failures are printed as file:line:column; the exit code is 1 if there are any, 2 if a pack cannot be read.
    """
    from mtfix.cli.console import say, track
    from mtfix.rules.packs.examples import ExampleRunner
    from mtfix.rules.packs.find import user_packs
    from mtfix.rules.packs.select import select_rules

    loaded = _load(config, [p for p in packs or () if p.endswith((".yaml", ".yml"))])
    names = {_pack_of_file(p) if p.endswith((".yaml", ".yml")) else p for p in packs or ()}
    for name in sorted(names):
        _know("rule pack", name, {p.name for p in loaded} | set(user_packs()))
    # A rule that a pack leaves out is tested with its own pack only, so `disable` does not count here.
    rules = select_rules(loaded, enable=[r.id for p in loaded for r in p.rules])
    chosen = [r for r in rules if not names or r.pack in names]
    runner = ExampleRunner(rules, profile or "plain")
    failures = [f for rule in track(chosen, len(chosen), "Testing") for f in runner.run([rule])]
    for failure in failures:
        print(failure)
    examples = sum(len(r.model.examples) for r in chosen)
    say(f"{len(chosen)} rules, {examples} examples, {len(failures)} failures")
    raise typer.Exit(FINDINGS if failures else CLEAN)


@app.command("new")
def new_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the rule, as DESK_WIRE_SERVICE.")],
    pack: Annotated[Path, typer.Option("--pack", metavar="FILE", help="Pack to add it to; made if there is none.")],
) -> None:
    """Write the skeleton of a rule, with why and examples, at the end of a pack.

    Example: mtfix rules new DESK_WIRE_SERVICE --pack desk.yaml
    """
    from mtfix.cli.console import say
    from mtfix.rules.packs.skeleton import add_skeleton

    line = add_skeleton(rule_id, pack)
    say(f"{pack}:{line}: fill in {rule_id}, then run: mtfix rules test {pack}")


@app.command("schema")
def print_schema(
    what: Annotated[str, typer.Argument(metavar="[pack|profile|config]", help="Kind of file.")] = "pack",
) -> None:
    """Print the JSON Schema of packs, profiles or mtfix.toml, for editors that complete and check YAML and TOML.

    Example: mtfix rules schema pack > pack.schema.json
    """
    from mtfix.rules.packs.editors import SCHEMAS

    if what not in SCHEMAS:
        raise ConfigError(unknown_name("schema", what, SCHEMAS))
    print(json.dumps(SCHEMAS[what](), ensure_ascii=False, indent=2))


@app.command("try")
@opt.configurable(without=("rules_only", *opt.READING, *opt.WRITING, *opt.MODEL))
def try_rules(
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="A text, or '-' for standard input.")],
    *,
    choices: opt.Choices,
) -> None:
    """Show which rules fire on a text, what they write, and which edits were refused and why."""
    import sys

    from mtfix.cli import run
    from mtfix.cli.console import open_console
    from mtfix.findings import Status, list_findings
    from mtfix.formats import read_document
    from mtfix.report.diff import print_diff

    configuration = choices.configure(rules_only=True)
    given = sys.stdin.read() if text == "-" else text
    document = run.build(configuration)(read_document(given, name="text"))
    console = open_console()
    found = list_findings(document)
    if not found:
        print("no rule fires")
        return
    print_diff(document, console, findings=found)
    if any(f.status is Status.APPLIED for f in found):
        print(document.text)
