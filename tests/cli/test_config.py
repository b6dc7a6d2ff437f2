from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def table(out: str) -> dict[str, tuple[str, str]]:
    """Key -> value and origin."""
    rows = {}
    for line in out.splitlines():
        key, _, rest = line.partition(" = ")
        value, _, origin = rest.partition("  # ")
        rows[key.strip()] = (value.strip(), origin.strip())
    return rows


def test_config_says_where_each_value_comes_from(run: Run, folder: Path) -> None:
    (folder / "own.yaml").write_text(
        "profile: own\nabout: Ours\nsince: '2026-01-02'\nsettings: {dates: dmy, clock: 24h}\n"
    )
    (folder / "mtfix.toml").write_text(
        'default_packs = false\ndisable = ["a"]\nprofile = "own.yaml"\n[settings]\nspelling = "british"\nclock = "12h"\n'
    )
    rows = table(run("config", "--fix", "all", "--disable", "b", "--setting", "dash=em").out)
    path = str(folder / "mtfix.toml")
    assert rows["fix"] == ('"all"', "command line")
    assert rows["disable"] == ('["a", "b"]', f"{path}, command line")
    assert rows["default_packs"] == ("false", path)
    assert rows["packs"] == ("[]", "default")
    assert rows["settings.dash"] == ('"em"', "command line")
    assert rows["settings.spelling"] == ('"british"', path)
    assert rows["settings.clock"] == ('"12h"', path)
    assert rows["settings.dates"] == ('"dmy"', "profile own")
    assert rows["settings.ruble"] == ('"ruble"', "default")


def test_configuration_in_a_folder_above_is_found(run: Run, folder: Path, monkeypatch: object) -> None:
    (folder / "deep/er").mkdir(parents=True)
    monkeypatch.chdir(folder / "deep/er")  # type: ignore[attr-defined]
    assert table(run("config").out)["packs"] == (json.dumps([str(folder / "desk.yaml")]), str(folder / "mtfix.toml"))


def test_profiles_lists_and_shows(run: Run) -> None:
    assert [line.split()[0] for line in run("profiles").out.splitlines()].count("plain") == 1
    out = run("profiles", "plain").out
    assert out.startswith("plain (guidance of ") and "american  (or british)" in out
    record = json.loads(run("profiles", "plain", "--output-format", "json").out)
    assert record["settings"]["spelling"] == "american"
    assert "plain" in {p["name"] for p in json.loads(run("profiles", "--output-format", "json").out)}


def test_own_profile_by_path(run: Run, folder: Path) -> None:
    (folder / "own.yaml").write_text("profile: own\nabout: Ours\nsettings: {dates: dmy}\n")
    assert run("profiles", "own.yaml").out.startswith("own: Ours\n")


def test_every_key_of_the_configuration_is_an_option() -> None:
    from mtfix.cli.options import SHARED
    from mtfix.config import Config

    assert set(SHARED) == set(Config.model_fields) - {"default_packs"}


def test_fields_of_tables_are_shown(run: Run) -> None:
    out = run("config", "--field", "title", "--field", "body.text", "--field-format", "html").out
    lines = {line.split(" = ")[0].strip(): line.split(" = ")[1] for line in out.splitlines()}
    assert lines["fields"].startswith('["title", "body.text"]') and lines["fields"].endswith("# command line")
    assert lines["field_format"].startswith('"html"')
