"""House profiles: loading, listing, and what a mistake in one looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.errors import ConfigError
from mtfix.profile import SETTINGS, Profile
from mtfix.rules.packs.profiles import list_profiles, load_profile, parse_profile


@pytest.mark.parametrize("name", ["plain", "ap", "bbc", "reuters", "un"])
def test_the_profiles_that_ship_are_dated_and_say_what_they_are(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert len(profile.about) > 20
    assert len(profile.since.split("-")) == 3
    assert set(profile.settings) <= set(SETTINGS)


def test_a_setting_that_is_not_set_has_the_first_value() -> None:
    assert all(Profile()[name] == values[0] for name, values in SETTINGS.items())


def test_an_unknown_setting_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="unknown profile setting 'speling': did you mean 'spelling'"):
        Profile(settings={"speling": "british"})
    with pytest.raises(ConfigError, match="unknown profile setting"):
        Profile()["colour"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "profile: desk\nsettings:\n  spelling: scots\n",
            r"desk\.yaml:2:\d+: unknown value of profile setting spelling",
        ),
        ("profile: desk\nsettings:\n  spell: british\n", r"desk\.yaml:3:\d+: unknown profile setting 'spell'"),
        ("profile: desk\nabuot: x\n", r"desk\.yaml:2:\d+: unknown key 'abuot': did you mean 'about'"),
        ("- a\n", r"desk\.yaml:1:1: a profile is a map"),
        ("profile: My Desk\n", r"desk\.yaml:1:\d+: 'profile'"),
    ],
)
def test_a_mistake_has_its_place(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_profile(text, "desk.yaml")


def test_the_users_profiles_are_found_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mtfix" / "profiles"
    folder.mkdir(parents=True)
    (folder / "desk.yaml").write_text("profile: desk\nsettings: {names: ap}\n", encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert "desk" in list_profiles()
    assert load_profile("desk")["names"] == "ap"
    assert load_profile(folder / "desk.yaml").name == "desk"


def test_an_unknown_profile_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown profile 'app': did you mean 'ap'"):
        load_profile("app")
    with pytest.raises(ConfigError, match="no such profile file"):
        load_profile(tmp_path / "none.yaml")


def test_the_page_on_profiles_lists_every_setting_with_its_values() -> None:
    page = (Path(__file__).parent.parent / "docs" / "profiles.md").read_text(encoding="utf-8")
    for setting, values in SETTINGS.items():
        assert f"| `{setting}` | {' '.join(f'`{v}`' for v in values)} |" in page
