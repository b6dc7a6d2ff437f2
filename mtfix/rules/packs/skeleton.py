"""The skeleton of a new rule, written at the end of a pack."""

from __future__ import annotations

import re
from pathlib import Path

from mtfix.errors import PackError
from mtfix.files.atomic import open_whole
from mtfix.rules.packs.read import parse_pack

_SKELETON = """\
- id: {id}
  kind: substitution
  tier: suggest  # auto, once you are sure
  match: '\\bwrong words\\b'
  replace: 'right words'
  why: Say in one sentence why the right words are better.
  examples:
    - {{bad: 'these are <m>wrong words</m> here', good: 'these are right words here'}}
    - {{keep: 'a wrong word here'}}
"""


def add_skeleton(rule_id: str, path: Path) -> int:
    """Add a rule of this id to the pack, which is made if it is missing; returns the rule's line.

    What the file holds stays as it is. Raises PackError, and then writes nothing.
    """
    if not re.fullmatch(r"[A-Z][A-Z0-9_]+", rule_id):
        raise PackError(f"rule id '{rule_id}': write capitals, digits and underscores, as DESK_WIRE_SERVICE")
    if path.suffix not in (".yaml", ".yml"):
        raise PackError(f"{path}: a rule pack is a file with the extension .yaml")
    try:
        old = path.read_text(encoding="utf-8") if path.exists() else _head(path)
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}:1:1: cannot read the rule pack: {error}") from None
    old = re.sub(r"^rules:[ \t]*\[\][ \t]*$", "rules:", old, flags=re.MULTILINE).rstrip("\n") + "\n"
    if not re.search(r"^rules:", old, re.MULTILINE):
        old += "rules:\n"
    first = re.search(r"^rules:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*([ ]*)- ", old, re.MULTILINE)
    indent = first[1] if first else "  "
    new = old + "".join(indent + line for line in _SKELETON.format(id=rule_id).splitlines(True))
    if rule_id not in {r.id for r in parse_pack(new, str(path)).rules}:
        raise PackError(f"{path}: its rules do not stand at its end; move them there first")
    try:
        target = path.resolve()  # behind a link: the link stays
        mode = target.stat().st_mode & 0o777 if target.exists() else None
        with open_whole(target, target.parent, mode) as file:
            file.write(new.encode("utf-8"))
    except OSError as error:
        raise PackError(f"{path}: cannot write the rule pack: {error.strerror}") from None
    return old.count("\n") + 1


def _head(path: Path) -> str:
    name = re.sub(r"[^a-z0-9-]+", "-", path.stem.lower()).strip("-")
    name = name if re.match(r"[a-z]", name) else f"pack-{name}".rstrip("-")
    return f"pack: {name}\nabout: Say in one line what these rules fix\nrules:\n"
