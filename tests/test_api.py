"""The library's door."""

from __future__ import annotations

from pathlib import Path

import pytest

import mtfix
from mtfix.errors import ConfigError, InputError, PackError

WIRE = "MOSCOW, October 21. Up to 2,5 thousand people came.\n\nAbout 12 500 left, and 0,5 percent stayed.\n"


def test_fix_explains_and_reverts() -> None:
    result = mtfix.fix(WIRE, rules_only=True)
    assert "2,500 people" in result.text
    assert result.original == WIRE
    for found in result.edits:
        assert WIRE[found.start : found.end] == found.before
        assert found.edit.by.startswith("rule:")
        assert found.edit.why
    for i in range(len(result.edits)):
        reverted = result.revert(i)
        assert len(reverted.edits) < len(result.edits)
        assert result.edits[i].before in reverted.text


def test_reverting_everything_gives_the_original() -> None:
    result = mtfix.fix(WIRE, rules_only=True)
    while result.edits:
        result = result.revert(0)
    assert result.text == WIRE


def test_none_changes_nothing_and_shows_everything() -> None:
    result = mtfix.fix(WIRE, rules_only=True, fix="none")
    assert result.text == WIRE
    assert {s.edit.by for s in result.suggestions} >= {e.edit.by for e in mtfix.fix(WIRE, rules_only=True).edits}


def test_own_pack_and_disable(tmp_path: Path) -> None:
    pack = tmp_path / "desk.yaml"
    pack.write_text(
        "pack: desk\nrules:\n- {id: DESK_A, kind: substitution, match: 'came', replace: 'arrived', why: Desk style.,"
        " examples: [{bad: they came, good: they arrived}, {keep: they went}]}\n"
    )
    assert "people arrived." in mtfix.fix(WIRE, rules_only=True, packs=[pack]).text
    assert (
        mtfix.fix(WIRE, rules_only=True, packs=[pack], disable=["DESK_A"]).text == mtfix.fix(WIRE, rules_only=True).text
    )


def test_unknown_names_are_said() -> None:
    with pytest.raises(ConfigError, match="unknown profile 'app'"):
        mtfix.fix("x", profile="app", rules_only=True)
    with pytest.raises(PackError, match="unknown rule or tag 'NOPE'"):
        mtfix.fix("x", disable=["NOPE"], rules_only=True)
    with pytest.raises(ConfigError, match="fix"):
        mtfix.fix("x", fix="some", rules_only=True)


@pytest.mark.parametrize("text", ["", "\n", " ", "\ufeff", "\x00", "“", "a" * 10_000, "🙂 é\r\n\r\n"])
def test_odd_texts_come_back(text: str) -> None:
    assert mtfix.fix(text, rules_only=True).text == text


@pytest.mark.parametrize("text", [None, 5, b"Up to 2,5 thousand", ["a"], Path("wire.txt"), "cut \ud83d here"])
def test_what_is_no_text_is_refused_in_one_line(text: object) -> None:
    with pytest.raises(InputError) as raised:
        mtfix.fix(text, rules_only=True)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ruls_only": True}, "did you mean 'rules_only'"),
        ({"profil": "ap"}, "did you mean 'profile'"),
        ({"path": "mtfix.toml"}, "unknown key 'path'"),
        ({"rules_only": "perhaps"}, "rules_only"),
        ({"fix": "everything"}, "fix"),
        ({"packs": "desk.yaml"}, "packs: give a list"),
        ({"packs": Path("desk.yaml")}, "packs: give a list"),
        ({"disable": "typography"}, "disable: give a list"),
        ({"enable": 5}, "enable: give a list"),
        ({"settings": "spelling=british"}, "settings: give a dict"),
        ({"format": None}, "format: give the name"),
    ],
)
def test_a_wrong_option_raises_our_own_error(options: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        mtfix.fix(WIRE, **{"rules_only": True, **options})  # type: ignore[arg-type]


def test_the_package_lists_its_names() -> None:
    assert set(mtfix.__all__) <= set(dir(mtfix))


def test_the_configuration_file_of_the_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mtfix.toml").write_text('fix = "none"\n')
    monkeypatch.chdir(tmp_path)
    assert mtfix.fix(WIRE, rules_only=True).edits
