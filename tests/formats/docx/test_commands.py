"""`mtfix fix`, `diff`, `check` and `batch` on Word documents, with tracked changes and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, folder, run  # noqa: F401  fixtures
from tests.formats.docx.samples import build_docx, paragraph, resolve, texts, unpack

DATA = build_docx(paragraph("About 2,5 million persons came.") + paragraph("It rained."), header=paragraph("Head."))


@pytest.fixture
def wire(folder: Path) -> Path:  # noqa: F811
    path = folder / "wire.docx"
    path.write_bytes(DATA)
    return path


def fix(run: Run, *arguments: str) -> None:  # noqa: F811
    done = run("fix", "--rules-only", *arguments)
    assert (done.code, done.raw) == (0, b"")
    assert done.err.count("\n") == 1  # what was done, and where it was written


def test_fix_changes_the_text(run: Run, folder: Path, wire: Path) -> None:  # noqa: F811
    fix(run, "wire.docx", "-o", "out.docx")
    assert texts((folder / "out.docx").read_bytes()) == ["About 2.5 million persons came.", "It rained."]
    fix(run, "out.docx", "-o", "again.docx")
    assert (folder / "again.docx").read_bytes() == (folder / "out.docx").read_bytes()


def test_fix_tracks_changes(run: Run, folder: Path, wire: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    fix(run, "wire.docx", "-o", "out.docx", "--track-changes", "--author", "Ann Berg")
    tracked = (folder / "out.docx").read_bytes()
    assert texts(resolve(tracked, accept=True)) == ["About 2.5 million persons came.", "It rained."]
    assert texts(resolve(tracked, accept=False)) == texts(DATA)
    assert b'w:author="Ann Berg" w:date="2001-09-09T01:46:40Z"' in unpack(tracked)["word/document.xml"]
    fix(run, "wire.docx", "--in-place", "--track-changes", "--author", "Ann Berg")
    assert wire.read_bytes() == tracked


def test_tracked_changes_by_configuration(run: Run, folder: Path, wire: Path) -> None:  # noqa: F811
    (folder / "mtfix.toml").write_text('track_changes = true\nauthor = "The desk"\n')
    fix(run, "wire.docx", "-o", "out.docx")
    assert b'w:author="The desk"' in unpack((folder / "out.docx").read_bytes())["word/document.xml"]
    (folder / "wire.txt").write_text("About 2,5 million persons came.\n")
    fix(run, "wire.txt", "-o", "out.txt")  # a setting for all files, and no wish for this one
    assert (folder / "out.txt").read_text() == "About 2.5 million persons came.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wire.txt", "--track-changes"], "wire.txt: is read as text, and --track-changes is for "),
        (["wire.docx", "-o", "o.docx", "--author", "A"], "--author signs tracked changes: give --track-changes, too"),
        (["wire.docx", "-o", "o.docx", "--track-changes", "--author", " "], "author: is empty; give a name"),
        (["bad.docx", "-o", "o.docx"], "bad.docx: is no ZIP archive, not a Word document (docx)"),
    ],
    ids=["text", "author alone", "no name", "no document"],
)
def test_refused_in_one_line(run: Run, folder: Path, wire: Path, arguments: list[str], said: str) -> None:  # noqa: F811
    (folder / "wire.txt").write_text("It rained.\n")
    (folder / "bad.docx").write_text("It rained.\n")
    before = sorted(p.name for p in folder.iterdir())
    done = run("fix", "--rules-only", *arguments)
    assert (done.code, done.raw, done.err.count("\n")) == (2, b"", 1)
    assert said in done.err
    assert sorted(p.name for p in folder.iterdir()) == before


def test_check_and_diff_show_the_edits(run: Run, wire: Path) -> None:  # noqa: F811
    done = run("check", "--rules-only", "wire.docx")
    assert done.code == 1
    assert "wire.docx:1:7: DESK_COMMA" in done.out or "wire.docx:1:7: RU_SCALE_DECIMAL_COMMA" in done.out
    assert "About [-2,5-]{+2.5+}" in run("diff", "--rules-only", "wire.docx").out


def test_batches_track_changes_without_a_date(run: Run, folder: Path, wire: Path) -> None:  # noqa: F811
    archive = folder / "archive"
    archive.mkdir()
    wire.rename(archive / "wire.docx")
    (archive / "broken.docx").write_bytes(DATA[:300])
    (archive / "wire.txt").write_text("About 2,5 million persons came.\n")
    done = run("batch", "archive", "-o", "out", "--rules-only", "--track-changes", "--workers", "1")
    assert done.code == 1, done.err
    tracked = (folder / "out" / "wire.docx").read_bytes()
    assert texts(resolve(tracked, accept=False)) == texts(DATA)
    assert texts(resolve(tracked, accept=True))[0] == "About 2.5 million persons came."
    assert b"w:date" not in unpack(tracked)["word/document.xml"]
    assert (folder / "out" / "broken.docx").read_bytes() == DATA[:300]
    assert (folder / "out" / "wire.txt").read_text() == "About 2.5 million persons came.\n"
