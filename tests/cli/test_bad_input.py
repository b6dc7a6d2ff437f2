"""Bad input gets one clear line and exit code 2; nothing is written and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import FIXED, PACK, WIRE, Run, list_names

MTFIX = [sys.executable, "-c", "from mtfix.cli.app import main; main()"]


def refuse(run: Run, folder: Path, *args: str, said: str, given: bytes = b"") -> None:
    """Assert that a run is refused with one line that holds ``said``, and that the folder stays as it is."""
    before = {name: (folder / name).read_bytes() for name in list_names(folder) if (folder / name).is_file()}
    done = run(*args, given=given)
    assert (done.code, done.raw) == (2, b""), done
    assert done.err.startswith("mtfix: ") and done.err.count("\n") == 1, done.err
    assert said in done.err
    assert {name: (folder / name).read_bytes() for name in list_names(folder) if (folder / name).is_file()} == before


@pytest.mark.parametrize("command", ["fix", "check", "diff"])
def test_missing_file(run: Run, folder: Path, command: str) -> None:
    refuse(run, folder, command, "absent.txt", said="absent.txt: no such file")


def test_directory(run: Run, folder: Path) -> None:
    (folder / "sub").mkdir()
    refuse(run, folder, "fix", "sub", said="sub: is a folder")


def test_second_file_missing_stops_before_the_first_is_written(run: Run, folder: Path) -> None:
    refuse(run, folder, "fix", "wire.txt", "absent.txt", "--in-place", said="absent.txt")
    refuse(run, folder, "fix", "wire.txt", "absent.txt", "-o", "out", said="absent.txt")


@pytest.mark.parametrize("raw", [b"", b"\n", b"\xef\xbb\xbf", b" \r\n\r\n\t"])
def test_empty_file_comes_out_empty(run: Run, folder: Path, raw: bytes) -> None:
    (folder / "empty.txt").write_bytes(raw)
    done = run("fix", "empty.txt", "--log", "log.jsonl", "--report", "report.html")
    assert (done.code, done.raw) == (0, raw)
    assert (folder / "log.jsonl").read_bytes() == b""
    assert run("check", "empty.txt").code == 0


@pytest.mark.parametrize(
    "raw", [b"\x7fELF\x02\x01\x01\x00\x00" + bytes(range(256)), b"%PDF-1.4\n\x00\xff\xfe", b"\0" * 99]
)
def test_binary(run: Run, folder: Path, raw: bytes) -> None:
    (folder / "odd.txt").write_bytes(raw)
    refuse(run, folder, "fix", "odd.txt", "--in-place", said="odd.txt: ")


def test_undecodable(run: Run, folder: Path) -> None:
    (folder / "odd.txt").write_bytes("Привет, мир. Тест".encode() + b"\xff\n")
    refuse(run, folder, "fix", "odd.txt", said="odd.txt:1:18: byte 0xFF is not utf-8")
    refuse(run, folder, "fix", "wire.txt", "--encoding", "klingon", said="unknown encoding 'klingon'")


def test_character_that_the_encoding_cannot_write(run: Run, folder: Path) -> None:
    (folder / "desk.yaml").write_text(PACK.replace("'{a}.{b} million'", "'{a}.{b} миллион'"), encoding="utf-8")
    (folder / "old.txt").write_bytes(b"It\x92s 2,5 million.\n")
    refuse(run, folder, "fix", "old.txt", "--encoding", "cp1252", "--in-place", said="cannot write")


def test_endless_line(run: Run, folder: Path) -> None:
    """A line of 200 MB is refused while it is read; it is never held."""
    with (folder / "long.txt").open("wb") as stream:
        stream.truncate(200_000_000)
        for start in range(0, 8_000_000, 1_000_000):
            stream.seek(start)
            stream.write(b"word " * 200_000)
    done = run("fix", "long.txt")
    assert (done.code, done.raw) == (2, b"")
    assert "long.txt: has a line longer than" in done.err and done.err.count("\n") == 1


def test_unwritable_output(run: Run, folder: Path) -> None:
    refuse(run, folder, "fix", "wire.txt", "-o", "absent/out.txt", said="absent/out.txt: there is no folder absent")
    refuse(run, folder, "fix", "wire.txt", "--log", "absent/log", said="absent/log: ")
    refuse(run, folder, "fix", "wire.txt", "-o", "wire.txt/out.txt", said="wire.txt/out.txt: ")
    refuse(run, folder, "fix", "wire.txt", "clean.txt", "-o", "desk.yaml/out", said="desk.yaml/out")


def test_report_into_a_folder(run: Run, folder: Path) -> None:
    (folder / "sub").mkdir()
    refuse(run, folder, "fix", "wire.txt", "--report", "sub", said="sub: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_read_only_file_stays(run: Run, folder: Path) -> None:
    (folder / "wire.txt").chmod(0o444)
    refuse(run, folder, "fix", "wire.txt", "--in-place", said="read-only")


def test_full_disk(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*MTFIX, "fix", "wire.txt"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == "mtfix: standard output: No space left on device\n"


@pytest.mark.parametrize("args", [["fix", "wire.txt"], ["check", "wire.txt"], ["diff", "wire.txt"], ["rules", "list"]])
def test_broken_pipe_is_quiet(folder: Path, args: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([*MTFIX, *args], stdout=writer, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_interrupt_writes_nothing(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mtfix.pipeline.Pipeline.__call__", interrupt)
    before = list_names(folder)
    done = run("fix", "wire.txt", "-o", "out.txt")
    assert (done.code, done.raw, done.err) == (130, b"", "")
    assert list_names(folder) == before


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--profile", "plane"], "unknown profile 'plane': did you mean 'plain'?"),
        (["--profile", "absent.yaml"], "absent.yaml: no such profile"),
        (["--setting", "spelling=scottish"], "unknown value of profile setting spelling 'scottish'"),
        (["--setting", "spelin=british"], "did you mean 'spelling'?"),
        (["--setting", "british"], "KEY=VALUE"),
        (["--disable", "DESK_COMA"], "did you mean 'DESK_COMMA'?"),
        (["--enable", "nothing"], "unknown rule or tag 'nothing'"),
        (["--pack", "absent.yaml"], "absent.yaml: no such rule pack"),
        (["--pack", "ru-idiom"], "unknown rule pack 'ru-idiom'"),
        (["--format", "texts"], "unknown format 'texts'"),
        (["--config", "absent.toml"], "absent.toml: no such configuration"),
    ],
)
@pytest.mark.parametrize("command", ["fix", "check", "diff"])
def test_unknown_names_list_the_known(run: Run, folder: Path, command: str, args: list[str], said: str) -> None:
    refuse(run, folder, command, "wire.txt", *args, said=said)


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        (PACK.replace("    why: Officialese.\n", ""), "broken.yaml:13:"),
        (PACK.replace("why: Officialese.", "wy: Officialese."), "broken.yaml:18:5: rule DESK_PERSONS: unknown key"),
        (PACK.replace("match: 'persons'", "match: '(persons'"), "rule DESK_PERSONS"),
        (PACK.replace("kind: flag", "kind: flog"), "did you mean 'flag'?"),
        ("pack: [", "broken.yaml:"),
        ("- 1", "broken.yaml:1:1: a rule pack is a map"),
        ("", "broken.yaml:1:1: a rule pack is a map"),
    ],
)
def test_broken_pack(run: Run, folder: Path, pack: str, said: str) -> None:
    (folder / "broken.yaml").write_text(pack)
    (folder / "mtfix.toml").write_text("default_packs = false\nrules_only = true\n")
    refuse(run, folder, "fix", "wire.txt", "--pack", "broken.yaml", "--in-place", said=said)
    refuse(run, folder, "rules", "test", "broken.yaml", said=said)


def test_binary_pack(run: Run, folder: Path) -> None:
    (folder / "broken.yaml").write_bytes(b"\xff\x00\x01")
    refuse(run, folder, "fix", "wire.txt", "--pack", "broken.yaml", said="broken.yaml")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('profil = "ap"', "mtfix.toml:1: unknown key 'profil': did you mean 'profile'?"),
        ('\nfix = "sure"', "mtfix.toml:2: "),
        ("fix = ", "not valid TOML"),
        ('packs = "desk.yaml"', "packs"),
        ("[settings]\nspelling = 1", "settings"),
        ("rules_only = 3", "rules_only"),
    ],
)
def test_bad_configuration(run: Run, folder: Path, config: str, said: str) -> None:
    (folder / "mtfix.toml").write_text(config)
    refuse(run, folder, "fix", "wire.txt", "--in-place", said=said)


def test_file_that_looks_like_an_option(run: Run, folder: Path) -> None:
    (folder / "--diff").write_text(WIRE)
    assert run("fix", "--", "--diff").out == FIXED


def test_unknown_option_and_command(run: Run) -> None:
    for args in (["fix", "wire.txt", "--in-plac"], ["repair", "wire.txt"], ["fix", "wire.txt", "--fix", "some"]):
        done = run(*args)
        assert (done.code, done.raw) == (2, b"")
        assert "Traceback" not in done.err


def test_text_in_an_ascii_terminal(folder: Path) -> None:
    """Repaired text is bytes whatever the terminal's encoding; what is only shown is spelled out."""
    (folder / "wire.txt").write_text("“About 2,5 million”\n", encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run([*MTFIX, "fix", "wire.txt", "--diff"], capture_output=True, env=env, check=True)
    assert done.stdout.decode() == "“About 2.5 million”\n"
    assert b"\\u201cAbout" in done.stderr


def test_hostile_names_and_words_do_not_reach_the_terminal_raw(run: Run, folder: Path) -> None:
    (folder / "desk.yaml").write_text(PACK.replace("match: 'persons'", "match: '.persons.'"))
    (folder / "wire.txt").write_text("A \x1b[31m 2,5 million \x1b]0;owned\x07 \x1bpersons\x07.\n")
    for command in ("diff", "check"):
        out = run(command, "wire.txt").out
        assert "DESK_PERSONS" in out
        assert not any(c != "\n" and not c.isprintable() for c in out)
