"""Test sets from parallel files and from sacrebleu's folder."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from mtfix.errors import InputError
from mtfix.evaluation.data.building import build_table, name_columns
from mtfix.evaluation.data.sacrebleu_sets import MissingDataError, find_set, read_set
from mtfix.evaluation.data.suite import find_files, load_examples, load_suite

SUITE = """
suite = "mine"
about = "a test set of sacrebleu"
[[test]]
name = "clean"
about = "references are good English"
files = ["sacrebleu:wmt00/ru-en"]
licence = "x"
split = "test"
origin = "sacrebleu"
clean = true
columns = { mt = "ref", document = "docid" }
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """sacrebleu's folder with one test set in it."""
    folder = tmp_path / "cache" / "wmt00"
    (folder / "raw").mkdir(parents=True)
    for field, text in {"src": "один\nдва\n", "ref": "one\ntwo\n", "docid": "a\nb\n"}.items():
        (folder / f"wmt00.ru-en.{field}").write_text(text, encoding="utf-8")
    (folder / "wmt00.cs-en.src").write_text("jeden\n", encoding="utf-8")
    monkeypatch.setenv("SACREBLEU", str(tmp_path / "cache"))
    return folder


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_fields_of_a_set_are_its_columns(cache: Path) -> None:
    assert list(find_set("sacrebleu:wmt00/ru-en")) == ["docid", "ref", "src"]
    assert list(read_set("wmt00/ru-en"))[1] == {"docid": "b", "ref": "two", "src": "два"}


def test_a_set_that_was_not_fetched_says_how(cache: Path) -> None:
    with pytest.raises(MissingDataError, match="fetch it with: sacrebleu -t wmt18 -l ru-en --echo src"):
        find_set("wmt18/ru-en")
    for name in ("wmt18", "../wmt00/ru-en", "sacrebleu:/ru-en"):
        with pytest.raises(InputError, match="is no test set"):
            find_set(name)


def test_a_suite_reads_it(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_suite(write(tmp_path / "mine.toml", SUITE))
    [test] = loaded.suite.test
    examples, count = load_examples(test, loaded.base)
    assert count == 2
    assert [(e.mt, e.references, e.document) for e in examples] == [("one", ("one",), "a"), ("two", ("two",), "b")]
    assert len({e.id for e in examples}) == 2
    monkeypatch.setenv("SACREBLEU", str(tmp_path))
    with pytest.raises(MissingDataError):
        find_files(test, loaded.base)


def test_a_table_from_parallel_files(tmp_path: Path) -> None:
    a, b, c = (write(tmp_path / f"{n}.txt", f"{n} 1\n{n} 2\n") for n in ("mt", "ref", "pe"))
    columns = name_columns(references=[b, a], post_edit=c, outputs=[str(a), f"online-F={b}"])
    target = tmp_path / "out.tsv.xz"
    assert build_table(target, columns) == 2
    rows = lzma.decompress(target.read_bytes()).decode().splitlines()
    assert rows[0] == "seg\tref\tref2\tpe\tmt\thyp.online-F"
    assert rows[2] == "2\tref 2\tmt 2\tpe 2\tmt 2\tref 2"


def test_a_set_of_sacrebleu_with_an_output(cache: Path, tmp_path: Path) -> None:
    out = write(tmp_path / "F.txt", "One.\nTwo.\n")
    target = tmp_path / "set.tsv"
    build_table(target, name_columns(sacrebleu="wmt00/ru-en", outputs=[f"F={out}"]))
    assert target.read_text(encoding="utf-8").splitlines()[1] == "1\ta\tone\tодин\tOne."


def test_what_does_not_fit_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    long, short = write(tmp_path / "a.txt", "a\nb\n"), write(tmp_path / "b.txt", "a\n")
    tab = write(tmp_path / "c.txt", "a\tb\n")
    target = tmp_path / "out.tsv"
    with pytest.raises(InputError, match=r"b\.txt:2: has no such line, and .*a\.txt has"):
        build_table(target, {"mt": long, "ref": short})
    with pytest.raises(InputError, match=r"c\.txt:1:2: a tab"):
        build_table(target, {"mt": short, "ref": tab})
    with pytest.raises(InputError, match=r"name it \.tsv"):
        build_table(tmp_path / "out.csv", {"mt": long})
    with pytest.raises(InputError, match="comes twice"):
        name_columns(outputs=[str(long), str(short)])
    with pytest.raises(InputError, match="no translation"):
        name_columns(references=[long])
    assert not target.exists()
