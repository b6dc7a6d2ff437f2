"""`mtfix fix`, `check` and `batch`, and the server, on OpenDocument files, presentations and books."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.formats.registry import find_format
from tests.cli.conftest import Run, folder, run  # noqa: F401  fixtures
from tests.formats.packages.samples import build_epub, build_odf, build_pptx, list_texts, pack, shape

BEFORE, AFTER = "About 2,5 million persons came.", "About 2.5 million persons came."
FILES = {
    "wire.odt": build_odf("<text:p>About <text:span>2,5</text:span> million persons came.</text:p>"),
    "wire.odp": build_odf(
        f"<draw:page><draw:frame><draw:text-box><text:p>{BEFORE}</text:p></draw:text-box></draw:frame></draw:page>",
        "presentation",
    ),
    "wire.pptx": build_pptx(shape("<a:r><a:t>About 2,</a:t></a:r><a:r><a:t>5 million persons came.</a:t></a:r>")),
    "wire.epub": build_epub(f"<body><p>{BEFORE}</p></body>"),
}


@pytest.fixture(params=FILES)
def wire(request: pytest.FixtureRequest, folder: Path) -> Path:  # noqa: F811
    path = folder / str(request.param)
    path.write_bytes(FILES[path.name])
    return path


def test_fix_changes_the_text(run: Run, folder: Path, wire: Path) -> None:  # noqa: F811
    target = f"out{wire.suffix}"
    done = run("fix", "--rules-only", wire.name, "-o", target)
    assert (done.code, done.raw) == (0, b""), done.err
    assert list_texts((folder / target).read_bytes(), wire.suffix[1:]) == [AFTER]
    run("fix", "--rules-only", target, "-o", f"again{wire.suffix}")
    assert (folder / f"again{wire.suffix}").read_bytes() == (folder / target).read_bytes()


def test_check_names_the_file(run: Run, wire: Path) -> None:  # noqa: F811
    done = run("check", "--rules-only", wire.name)
    assert done.code == 1
    assert done.out.startswith(wire.name)


def test_batches_read_all_of_them(run: Run, folder: Path) -> None:  # noqa: F811
    archive = folder / "archive"
    archive.mkdir()
    for name, data in FILES.items():
        (archive / name).write_bytes(data)
        (archive / f"cut-{name}").write_bytes(data[:300])
    run("batch", "archive", "-o", "out", "--rules-only", "--workers", "1")
    for name, data in FILES.items():
        assert list_texts((folder / "out" / name).read_bytes(), name.partition(".")[2]) == [AFTER]
        assert (folder / "out" / f"cut-{name}").read_bytes() == data[:300]


def test_the_server_reads_them(wire: Path) -> None:
    pytest.importorskip("fastapi", reason="the server needs it")
    from mtfix.server.api.wire import read_bytes

    container = read_bytes(wire.read_bytes(), wire.name, "", 10_000)
    assert container.write(container.documents) == wire.read_bytes()
    assert [d.mt for d in container.documents] == [BEFORE]


def test_as_text_they_are_named(run: Run, folder: Path, wire: Path) -> None:  # noqa: F811
    name = f"{wire.stem}.txt"
    wire.rename(folder / name)
    kind = {
        "odt": "n OpenDocument text (odt)",
        "odp": "n OpenDocument presentation (odp)",
        "epub": "n EPUB book (epub)",
    }
    said = run("fix", "--rules-only", name, "-o", "out.txt").err
    assert f"{name}: looks like a{kind.get(wire.suffix[1:], ' PowerPoint presentation (pptx)')}, not text" in said


def test_extensions_of_templates_are_known() -> None:
    found = {name: find_format(path=name).name for name in ("a.ott", "a.otp", "a.ppsx", "a.POTX", "a.EPUB", "a.pptm")}
    assert found == {
        "a.ott": "odt",
        "a.otp": "odp",
        "a.ppsx": "pptx",
        "a.POTX": "pptx",
        "a.EPUB": "epub",
        "a.pptm": "pptx",
    }


def test_tracked_changes_are_refused(run: Run, wire: Path) -> None:  # noqa: F811
    done = run("fix", "--rules-only", wire.name, "-o", "out.x", "--track-changes")
    assert done.code == 2
    assert f"{wire.name}: is read as {wire.suffix[1:]}, and --track-changes is for " in done.err


def test_one_kind_under_the_name_of_another_is_refused(run: Run, folder: Path) -> None:  # noqa: F811
    (folder / "a.odt").write_bytes(FILES["wire.odp"])
    (folder / "a.pptx").write_bytes(FILES["wire.epub"])
    (folder / "a.epub").write_bytes(pack({"a": b""}))
    for name in ("a.odt", "a.pptx", "a.epub"):
        done = run("fix", "--rules-only", name, "-o", "out")
        assert (done.code, done.err.count("\n")) == (2, 1)
