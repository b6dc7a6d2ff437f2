"""docs/bad-input.md: each row is run, and must print what the table says and leave every file as it was."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import PACK, WIRE, Run
from tests.formats.docx.samples import build_docx, pack, paragraph, unpack

TABLE = (Path(__file__).parents[2] / "docs" / "bad-input.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|`]+) \| `(mtfix [^`]+)` \| `([^`]+)` \|$", TABLE, re.MULTILINE)


def make_files(folder: Path) -> None:
    """Lay out the files that the table speaks of."""
    for path in folder.iterdir():
        path.unlink()
    (folder / "wire.txt").write_text(WIRE, encoding="utf-8")
    (folder / "other.txt").write_text(WIRE, encoding="utf-8")
    (folder / "folder").mkdir()
    (folder / "binary.txt").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)))
    (folder / "wire.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    (folder / "damaged.txt").write_bytes("Он сказал. ".encode() * 3 + b"\xff\xfe He left.\n")
    with (folder / "endless.txt").open("wb") as stream:
        stream.write(b"word " * 1_600_000)
        stream.truncate(200_000_000)
    (folder / "broken.yaml").write_text(PACK.replace("why: Officialese.", "reason: Officialese."), encoding="utf-8")
    (folder / "empty-rule.yaml").write_text(PACK.replace("match: 'persons'", "match: 'x*'"), encoding="utf-8")
    make_word_documents(folder)
    (folder / "broken.toml").write_text('profil = "plain"\n', encoding="utf-8")


def make_word_documents(folder: Path) -> None:
    members = unpack(build_docx(paragraph("It rained.")))
    entities = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    (folder / "page.docx").write_bytes(b"<html>It rained.</html>")
    (folder / "old.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (folder / "cut.docx").write_bytes(pack(members)[:500])
    (folder / "bomb.docx").write_bytes(pack({**members, "word/big.xml": bytes(20_000_000)}))
    (folder / "entities.docx").write_bytes(pack({**members, "word/document.xml": entities}))
    (folder / "escape.docx").write_bytes(pack({**members, "../../evil.xml": b"<a/>"}))


@pytest.mark.parametrize(("case", "command", "said"), ROWS, ids=[row[0] for row in ROWS])
def test_row(run: Run, folder: Path, case: str, command: str, said: str) -> None:
    make_files(folder)
    before = {p: (p.stat().st_size, p.stat().st_ino) for p in folder.rglob("*") if p.is_file()}
    done = run(*shlex.split(command)[1:])
    assert (done.code, done.raw) == (2, b"")
    assert done.err.count("\n") == 1
    assert doctest.OutputChecker().check_output(said + "\n", done.err, doctest.ELLIPSIS), done.err
    assert {p: (p.stat().st_size, p.stat().st_ino) for p in folder.rglob("*") if p.is_file()} == before


def test_table_is_there() -> None:
    assert len(ROWS) >= 20
    assert TABLE.count("\n| ") == len(ROWS) + 1  # no row escapes the pattern above
