"""Packs: what a mistake looks like to the person who made it, and how packs combine."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.errors import PackError
from mtfix.profile import Profile
from mtfix.rules.packs.find import packaged_packs
from mtfix.rules.packs.packed import applies_under
from mtfix.rules.packs.read import load_pack, parse_pack
from mtfix.rules.packs.select import gather_packs, select_rules
from tests.rules.conftest import rule

GOOD = """pack: demo
about: A test
rules:
  - id: DEMO_ONE
    kind: substitution
    match: 'colour'
    replace: 'color'
    why: American spelling.
    examples:
      - {bad: 'the <m>colour</m>', good: 'the color'}
      - {keep: 'the color'}
"""


def test_a_good_pack_loads() -> None:
    pack = parse_pack(GOOD, "demo.yaml")
    assert [r.id for r in pack.rules] == ["DEMO_ONE"]
    assert pack.rules[0].place == "demo.yaml:4:5"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    why:", "    wy:", "demo.yaml:8:5: rule DEMO_ONE: unknown key 'wy': did you mean 'why'?"),
        ("    why: American spelling.\n", "", "demo.yaml:4:5: rule DEMO_ONE: the key 'why' is missing"),
        ("substitution", "subst", "demo.yaml:5:5: rule DEMO_ONE: unknown kind 'subst'"),
        ("match: 'colour'", "match: '(colour'", "demo.yaml:4:5: rule DEMO_ONE: '(colour' is not a valid RE2 pattern"),
        ("match: 'colour'", "match: '(?=a)b'", "look-around"),
        ("match: 'colour'", "match: '(a)\\1'", "back-reference"),
        ("match: 'colour'", "match: 'x*'", "matches the empty string"),
        ("replace: 'color'", "replace: '{hue}'", "unknown field of 'replace' 'hue'"),
        ("replace: 'color'", "replace: '{'", "stray '{'"),
        ("replace: 'color'", "replace: {by: spelling, american: color}", "no entry for british"),
        ("replace: 'color'", "replace: {by: hue, american: color}", "unknown profile setting 'hue'"),
        ("      - {keep: 'the color'}\n", "", "at least one 'keep'"),
        ("good: 'the color'", "god: 'the color'", "unknown key 'god'"),
        ("id: DEMO_ONE", "id: demo one", "demo.yaml:4:5: rule demo one: 'id'"),
        ("    why:", "    when: {spelling: welsh}\n    why:", "unknown value of spelling 'welsh'"),
        ("    why:", "    tier: sure\n    why:", "demo.yaml:8:5: rule DEMO_ONE: 'tier'"),
        ("about: A test", "about: A test\nabout: B", "demo.yaml:3:1: the key 'about' stands here twice"),
        ("pack: demo", "pack: [demo", "not valid YAML"),
        ("pack: demo", "pak: demo", "demo.yaml:1:1"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(PackError) as caught:
        parse_pack(GOOD.replace(old, new), "demo.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_duplicate_ids_are_refused() -> None:
    twice = GOOD + GOOD.split("rules:\n")[1]
    with pytest.raises(PackError, match=r"demo.yaml:12:5: rule DEMO_ONE: this id stands already at demo.yaml:4:5"):
        parse_pack(twice, "demo.yaml")


def test_not_a_pack() -> None:
    for text in ("", "- a", "just words"):
        with pytest.raises(PackError, match="a rule pack is a map"):
            parse_pack(text, "demo.yaml")


def test_missing_file_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no such rule pack"):
        load_pack(tmp_path / "none.yaml")
    with pytest.raises(PackError, match="unknown rule pack 'nope'"):
        gather_packs(["nope"], defaults=False)


def test_extends_and_disable(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text("pack: base\nrules:\n" + rule("aa", "b", "BASE_A") + rule("cc", "d", "BASE_B"))
    top = tmp_path / "top.yaml"
    top.write_text(f"pack: top\nextends: ['{base}']\ndisable: [BASE_A]\nrules:\n" + rule("ee", "f", "TOP_A"))
    packs = gather_packs([top], defaults=False)
    assert [p.name for p in packs] == ["base", "top"]
    assert [r.id for r in select_rules(packs)] == ["BASE_B", "TOP_A"]
    assert [r.id for r in select_rules(packs, enable=["BASE_A"])] == ["BASE_A", "BASE_B", "TOP_A"]
    assert [r.id for r in select_rules(packs, disable=["base"])] == ["TOP_A"]
    with pytest.raises(PackError, match="unknown rule or tag 'BASE_X': did you mean"):
        select_rules(packs, disable=["BASE_X"])


def test_always_and_never_hold_for_rules_of_other_packs(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text("pack: base\nrules:\n" + rule("aa", "b", "BASE_A", tier="suggest") + rule("cc", "d", "BASE_B"))
    top = tmp_path / "top.yaml"
    top.write_text("pack: top\nalways: [BASE_A, GONE_A]\nnever: [BASE_B, GONE_B]\n")
    for _ in range(2):  # read, and from the cache
        [chosen] = select_rules(gather_packs([base, top], defaults=False))
        assert (chosen.id, chosen.head["tier"]) == ("BASE_A", "auto")
    [alone, _] = select_rules(gather_packs([base], defaults=False))
    assert alone.head["tier"] == "suggest"


def test_a_circle_is_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(f"pack: one\nextends: ['{two}']\n")
    two.write_text(f"pack: two\nextends: ['{one}']\n")
    with pytest.raises(PackError, match="extends itself"):
        gather_packs([one], defaults=False)


def test_packs_of_the_user_folder_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "mtfix" / "packs"
    folder.mkdir(parents=True)
    (folder / "desk.yaml").write_text("pack: desk\nrules:\n" + rule("zz", "z", "DESK_Z"))
    names = [p.name for p in gather_packs()]
    assert names[-1] == "desk"
    assert set(packaged_packs()) <= set(names)


def test_when_ties_a_rule_to_a_setting() -> None:
    text = GOOD.replace("    why:", "    when: {spelling: [british]}\n    why:")
    packed = parse_pack(text, "demo.yaml").rules[0]
    assert not applies_under(packed, Profile())
    assert applies_under(packed, Profile("x", settings={"spelling": "british"}))
