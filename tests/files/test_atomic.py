from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mtfix.files.atomic import open_staged, open_whole, write_whole


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), open_whole(target, tmp_path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"before" and list(tmp_path.iterdir()) == [target]
    write_whole(target, b"after")
    assert target.read_bytes() == b"after" and list(tmp_path.iterdir()) == [target]


def test_a_target_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError):
        write_whole(folder, b"a folder is no file")
    assert list(tmp_path.iterdir()) == [folder]


def test_a_staged_file_waits_with_its_mode(tmp_path: Path) -> None:
    with open_staged(tmp_path, 0o640) as (file, temporary):
        file.write(b"waiting")
    assert temporary.read_bytes() == b"waiting" and stat.S_IMODE(temporary.stat().st_mode) == 0o640
    with pytest.raises(ValueError, match="stop"), open_staged(tmp_path) as (_, second):
        raise ValueError("stop")
    assert list(tmp_path.iterdir()) == [temporary] and second != temporary
