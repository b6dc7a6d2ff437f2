"""The user's folders, by variables, by what is there, and by the system."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from mtfix.files import places

FOLDERS = [
    (places.config_folder, "XDG_CONFIG_HOME", ".config", "config"),
    (places.cache_folder, "XDG_CACHE_HOME", ".cache", "cache"),
    (places.data_folder, "XDG_DATA_HOME", ".local/share", "data"),
]


@pytest.mark.parametrize(("find", "variable", "linux", "kind"), FOLDERS, ids=[f[3] for f in FOLDERS])
def test_folders(find, variable, linux, kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(variable, str(tmp_path / "named"))
    assert find() == tmp_path / "named" / "mtfix"
    monkeypatch.setenv(variable, "not/absolute")
    monkeypatch.setattr(platformdirs, f"user_{kind}_path", lambda name, appauthor: tmp_path / "of the system" / name)
    assert find() == tmp_path / "of the system" / "mtfix"
    (tmp_path / linux / "mtfix").mkdir(parents=True)
    assert find() == tmp_path / linux / "mtfix"


def test_linux_folders_are_those_of_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for find, variable, linux, _ in FOLDERS:
        monkeypatch.delenv(variable, raising=False)
        assert find() == tmp_path / linux / "mtfix"
