"""Files: one clear line for whatever is wrong, and nothing half-written."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from mtfix.errors import InputError, OutputError
from mtfix.files import atomic, reading
from mtfix.formats import open_file, read_file, write_file


def refusal(path: Path | str, encoding: str = "") -> str:
    with pytest.raises(InputError) as caught:
        open_file(path, encoding=encoding)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.txt") == f"{tmp_path / 'no.txt'}: no such file"
    assert refusal(tmp_path / "no" / "no.txt").endswith("no such file")
    assert "is not a file name" in refusal("a\x00b")


def test_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: is a folder; name the files in it"


def test_empty_is_fine_and_said(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    container = open_file(path)
    (document,) = container.documents
    assert document.segments == ()
    assert document.notes == (f"{path}: is empty",)
    assert container.write([document]) == b""


def _zip(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4\n", "a PDF"),
        (b"{\\rtf1 It is.}", "an RTF document"),
        (_zip("word/document.xml"), "a Word document (docx)"),
        (_zip("xl/workbook.xml"), "an Excel workbook (xlsx)"),
        (_zip("a.txt"), "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\x1f\x8b\x08\x00", "gzip-compressed data"),
        (b"PAR1\x15\x00", "a Parquet file"),
        (bytes(range(256)), "a binary file (it holds NUL bytes)"),
        (b"It is.\n" * 100 + b"\x00", "a binary file (it holds NUL bytes)"),
    ],
)
def test_binary_is_named(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "w.txt"
    path.write_bytes(data)
    message = refusal(path)
    assert message.startswith(f"{path}: looks like {kind}, not text; formats that can be read: text, markdown")


@pytest.mark.parametrize(
    "data", [b"ID3 tags are here.", b"BZhe is a name.", b"PK is a name.", b"PAR1S is a typo.", b"\xd0\xaf"]
)
def test_text_that_begins_like_a_binary_file_is_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "w.txt"
    path.write_bytes(data)
    container = open_file(path)
    assert container.write(container.documents) == data


def test_undecodable_bytes_have_a_place(tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    path.write_bytes("“One.”\n“Two ".encode() + b"\xff.")
    assert refusal(path).startswith(f"{path}:2:6: byte 0xFF is not utf-8")


def test_a_long_line_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE", 50_000)
    monkeypatch.setattr(reading, "_CHUNK", 10_000)
    path = tmp_path / "w.txt"
    path.write_bytes(b"short\n" + b"word " * 100_000)
    assert "has a line longer than" in refusal(path)
    path.write_bytes(b"word " * 9_000 + b"\n" + b"word " * 9_000 + b"\r" + b"word " * 9_000)
    assert len(read_file(path)) == 135_002


def test_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_TEXT", 1_000)
    path = tmp_path / "w.txt"
    path.write_bytes(b"word\n" * 201)
    assert "is larger than" in refusal(path)
    path.write_bytes(b"word\n" * 200)
    assert len(read_file(path)) == 1_000
    path.write_bytes(b"word\n" * 201)
    assert len(read_file(path, is_text=False)) == 1_005


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_not_permitted(tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    path.write_bytes(b"It is.")
    path.chmod(0)
    assert refusal(path) == f"{path}: permission denied"


def test_permission_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> object:
        raise PermissionError(errno.EACCES, "denied")

    path = tmp_path / "w.txt"
    path.write_bytes(b"It is.")
    monkeypatch.setattr(Path, "open", deny)
    assert refusal(path) == f"{path}: permission denied"


@pytest.mark.skipif(os.name != "posix", reason="needs a named pipe and sockets")
def test_not_a_regular_file(tmp_path: Path) -> None:
    import socket

    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert refusal(path) == f"{path}: is not a regular file"


def test_a_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    path.symlink_to(path)
    assert refusal(path).endswith("a symbolic link that leads to itself")
    with pytest.raises(OutputError):
        write_file(path, b"x")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"It is.\r\n")

    monkeypatch.setattr(sys, "stdin", Stdin())
    container = open_file("-")
    assert container.documents[0].name == "-"
    assert container.write(container.documents) == b"It is.\r\n"


def test_a_container_holds_one_document(tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    path.write_bytes(b"It is.")
    with pytest.raises(OutputError, match="holds 1 document, not 2"):
        open_file(path).write(open_file(path).documents * 2)


def test_writing_is_whole_and_keeps_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    write_file(path, b"one")
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~atomic.read_umask()
    path.chmod(0o640)
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["w.txt"]


def test_writing_follows_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "w.txt", tmp_path / "link.txt"
    target.write_bytes(b"one")
    link.symlink_to("w.txt")
    write_file(link, b"two")
    assert link.is_symlink()
    assert target.read_bytes() == b"two"


@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    class Full(io.BytesIO):
        write = fail

    path = tmp_path / "w.txt"
    path.write_bytes(b"one")
    if call == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif call == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: os.close(handle) or Full())
    with pytest.raises(OutputError) as caught:
        write_file(path, b"two")
    assert str(caught.value) == f"{path}: no space left on the disk; nothing was changed"
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["w.txt"]


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "w.txt", b"two")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (".", "is a folder; name a file in it"),
        ("no/w.txt", "there is no folder"),
        ("file/w.txt", "a part of the path is a file, not a folder"),
        ("x" * 300, "the name is too long"),
        ("a\x00b", "is not a file name"),
    ],
)
def test_unwritable_outputs(tmp_path: Path, path: str, message: str) -> None:
    (tmp_path / "file").write_bytes(b"one")
    with pytest.raises(OutputError) as caught:
        write_file(f"{tmp_path}/{path}", b"x")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.txt"
    path.write_bytes(b"one")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="permission denied; nothing was changed"):
        write_file(path, b"two")
    assert path.read_bytes() == b"one"


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs /dev/null")
def test_devices_are_written_directly() -> None:
    write_file("/dev/null", b"x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
