"""Configuration: order of precedence, strictness, messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from mtfix.config import find_config, load_config
from mtfix.errors import ConfigError


def test_command_line_over_file_over_default(tmp_path: Path) -> None:
    file = tmp_path / "mtfix.toml"
    file.write_text("profile = 'bbc'\nfix = 'all'\ndisable = ['A']\n[settings]\ndates = 'dmy'\n")
    config = load_config(file, fix="none", profile=None, disable=("B",), settings={"clock": "24h"})
    assert (config.profile, config.fix, config.backend) == ("bbc", "none", "onnx")
    assert config.disable == ("A", "B")
    assert config.settings == {"dates": "dmy", "clock": "24h"}


def test_config_is_frozen() -> None:
    with pytest.raises(ValidationError):
        load_config().profile = "ap"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("profil = 'bbc'", "mtfix.toml:1: unknown key 'profil': did you mean 'profile'?"),
        ("\nfix = 'some'", "mtfix.toml:2: fix: Input should be"),
        ("fix = ", "not valid TOML"),
    ],
)
def test_mistakes_have_a_place(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mtfix.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert message in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such configuration file"):
        load_config(tmp_path / "none.toml")


def test_nearest_file_wins_and_paths_are_meant_from_it(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    file = tmp_path / "mtfix.toml"
    file.write_text("packs = ['desk.yaml', 'ru-idioms']\n")
    assert find_config(tmp_path / "a" / "b") == file
    assert load_config(file).packs == (str(tmp_path / "desk.yaml"), "ru-idioms")
