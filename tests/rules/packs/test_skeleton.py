from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.errors import PackError
from mtfix.rules.packs.examples import ExampleRunner
from mtfix.rules.packs.read import parse_pack
from mtfix.rules.packs.skeleton import add_skeleton


def run_examples(path: Path) -> tuple[list[str], list[str]]:
    pack = parse_pack(path.read_text(encoding="utf-8"), str(path))
    return [r.id for r in pack.rules], [str(f) for f in ExampleRunner(pack.rules).run()]


def test_a_new_pack_holds_a_rule_whose_examples_hold(tmp_path: Path) -> None:
    path = tmp_path / "My Desk.yaml"
    assert add_skeleton("DESK_ONE", path) == 4
    assert add_skeleton("DESK_TWO", path) == 13
    assert run_examples(path) == (["DESK_ONE", "DESK_TWO"], [])


@pytest.mark.parametrize("head", ["pack: desk\n", "pack: desk\nrules: []\n", "pack: desk\nrules:\n", "pack: desk"])
def test_a_pack_without_rules(tmp_path: Path, head: str) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(head)
    add_skeleton("DESK_ONE", path)
    assert run_examples(path) == (["DESK_ONE"], [])


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_what_stands_there_stays(tmp_path: Path, indent: str) -> None:
    path = tmp_path / "desk.yaml"
    old = "pack: desk  # ours\nrules:\n\n" + "".join(
        indent + line
        for line in (
            "- id: DESK_A\n",
            "  kind: flag\n",
            "  match: a\n",
            "  why: Because.\n",
            "  examples: [{bad: a}, {keep: b}]\n",
        )
    )
    path.write_text(old)
    add_skeleton("DESK_ONE", path)
    assert path.read_text().startswith(old)
    assert run_examples(path)[0] == ["DESK_A", "DESK_ONE"]


@pytest.mark.parametrize(
    ("rule_id", "name", "text"),
    [
        ("desk_one", "desk.yaml", ""),
        ("DESK_ONE", "desk.txt", ""),
        ("DESK_ONE", "desk.yaml", "pack: [\n"),
        ("DESK_ONE", "desk.yaml", "rules: []\npack: desk\n"),
        ("DESK_ONE", "no/desk.yaml", ""),
    ],
)
def test_what_cannot_be_done_is_one_line_and_writes_nothing(tmp_path: Path, rule_id: str, name: str, text: str) -> None:
    path = tmp_path / name
    if text:
        path.write_text(text)
    with pytest.raises(PackError):
        add_skeleton(rule_id, path)
    assert path.read_text() == text if text else not path.exists()


def test_an_id_that_stands_there_is_refused(tmp_path: Path) -> None:
    add_skeleton("DESK_ONE", tmp_path / "desk.yaml")
    with pytest.raises(PackError, match="already"):
        add_skeleton("DESK_ONE", tmp_path / "desk.yaml")
