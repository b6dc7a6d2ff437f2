"""Five formats read as streams; every kind of bad input is one line that says where and what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mtfix.errors import ConfigError, InputError
from mtfix.evaluation.data.reading import open_records, parse_column, read_column
from mtfix.evaluation.files import score_files
from mtfix.evaluation.scoring import ScoreSettings

QUICK = ScoreSettings(metrics=("bleu", "chrf"), samples=0, trials=0)
XML = """<?xml version='1.0' encoding='utf-8'?>
<dataset id="t"><doc id="d1" origlang="ru">
<src lang="ru"><p><seg id="1">Раз &amp; два.</seg><seg id="2">Три.</seg></p></src>
<ref lang="en" translator="A"><p><seg id="1">One &amp; two.</seg><seg id="2">Three.</seg></p></ref>
<hyp system="X" language="en"><p><seg id="1">One and two.</seg><seg id="2">Three.</seg></p></hyp>
</doc></dataset>"""
SGML = """<refset setid="t" srclang="any" trglang="en">
<doc docid="d1" genre="news" origlang="ru">
<p><seg id="1">One &amp; "two".</seg>
<seg id="2">Three
four.</seg></p>
</doc></refset>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<dataset><doc id="1"><hyp system="X"><seg id="1">&b;</seg></hyp></doc></dataset>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<dataset><doc id="1"><hyp system="X"><seg id="1">&x;</seg></hyp></doc></dataset>"""


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def texts(path: Path, column: str = "", role: str = "hypothesis") -> list[str]:
    return [t for t, _ in read_column(parse_column(f"{path}:{column}" if column else str(path)), role)]


def test_plain_lines_keep_strange_separators(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "\ufeffone\r\ntwo\u2028still two\x0c\n\nfour  \n")
    assert texts(path) == ["one", "two\u2028still two", "", "four"]


def test_tsv_has_no_quoting(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", 'mt\thyp.x\n"He said\tno"\n')
    assert texts(path, role="mt") == ['"He said']
    assert texts(path) == ['no"']


def test_jsonl_and_packed_files(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl.gz", gzip.compress(b'{"mt": "a", "n": 1}\n\n{"mt": "b", "n": null}\n'))
    assert texts(path, role="mt") == ["a", "b"]


def test_sgml(tmp_path: Path) -> None:
    records = list(open_records(write(tmp_path / "a.sgm", SGML)))
    assert [r["text"] for r in records] == ['One & "two".', "Three four."]
    assert records[1] == {"text": "Three four.", "seg": "2", "doc": "d1", "origlang": "ru"}


def test_wmt_xml(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", XML)
    assert texts(path) == ["One and two.", "Three."]
    assert texts(path, "ref.A") == ["One & two.", "Three."]
    assert next(read_column(parse_column(str(path)), "source"))[1]["origlang"] == "ru"


def test_a_colon_in_a_path_is_no_column(tmp_path: Path) -> None:
    path = write(tmp_path / "a:b", "x\n")
    assert parse_column(str(path)).name == ""
    assert parse_column(f"{tmp_path / 'c.tsv'}:hyp.A").name == "hyp.A"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "caf\xe9\n".encode("latin-1"), r"a\.txt:1:4: byte 0xe9 is not utf-8.*--encoding"),
        ("a.txt", "привет\n".encode("utf-16"), r"is UTF-16.*--encoding utf-16"),
        ("a.txt", b"a\0b\n", r"a\.txt:1: is not a text file"),
        ("a.tsv", "mt\thyp\na\n", r"a\.tsv:2: 1 cells, but the header names 2"),
        ("a.tsv", "mt\tmt\na\tb\n", r"column 'mt' is named twice"),
        ("a.tsv", "left\tright\na\tb\n", r"which column is the hypothesis\?.*Columns: left, right"),
        ("a.jsonl", '{"hyp": "a"}\n{"hyp": "b', r"a\.jsonl:2:\d+: not valid JSON.*cut short"),
        ("a.jsonl", '{"hyp": NaN}\n', r"a\.jsonl:1: NaN is not a JSON value"),
        ("a.jsonl", '{"hyp": null}\n', r"a\.jsonl:1: 'hyp' is null, not text"),
        ("a.jsonl", '{"hyp": 3.5}\n', r"a\.jsonl:1: 'hyp' is a float: 3\.5, not text"),
        ("a.jsonl", '["hyp"]\n', r"a\.jsonl:1: an object like"),
        ("a.jsonl", '{"hyp": "a"}\n{"other": "b"}\n', r"a\.jsonl: a record lacks 'hyp'"),
        ("a.jsonl", "[" * 100_000, r"a\.jsonl:1"),
        ("a.xml", BOMB, r"a\.xml:1:\d+: document types and entities are refused"),
        ("a.xml", OUTSIDE, r"document types and entities are refused"),
        ("a.xml", XML[:200], r"a\.xml:\d+:\d+: not valid XML"),
        ("a.xml", "<dataset/>", r"no <doc> with <seg>"),
        ("a.sgm", '<doc docid="x"><seg id="1">cut', r"a\.sgm:1: this <seg> is never closed"),
        ("a.sgm", "no tags at all", r"no <seg> in this SGML"),
        ("a.txt.gz", b"not packed", r"damaged or cut short"),
        ("a.txt.gz", gzip.compress(b"abc" * 999, mtime=0)[:-9], r"damaged or cut short"),
    ],
    ids=lambda value: None,
)
def test_bad_input(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        texts(write(tmp_path / name, content))
    assert "\n" not in str(caught.value)


def test_missing_files_folders_and_encodings(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.txt", "no such file"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=message):
            texts(path)
    path = write(tmp_path / "a.txt", "x\n")
    with pytest.raises(InputError, match="unknown encoding 'utf-9'"):
        list(read_column(parse_column(str(path)), "mt", "utf-9"))


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "да\n".encode("windows-1251"))
    assert [t for t, _ in read_column(parse_column(str(path)), "mt", "windows-1251")] == ["да"]


def files(folder: Path, **columns: str) -> dict[str, str]:
    return {name: str(write(folder / f"{name}.txt", text)) for name, text in columns.items()}


def test_files_of_different_length_are_not_scored(tmp_path: Path) -> None:
    f = files(tmp_path, mt="a\nb\nc\n", hyp="a\n", ref="a\nb\nc\n")
    with pytest.raises(InputError, match=r"hyp\.txt\) ends after 1 segments, but mt .* has 3"):
        score_files(mt=f["mt"], hypotheses=[f["hyp"]], references=[f["ref"]], settings=QUICK)


def test_a_reference_or_post_edit_is_needed(tmp_path: Path) -> None:
    f = files(tmp_path, mt="a\n", hyp="a\n")
    with pytest.raises(ConfigError, match="give --ref, or --pe"):
        score_files(mt=f["mt"], hypotheses=[f["hyp"]], references=[], settings=QUICK)


def test_nothing_is_given_twice(tmp_path: Path) -> None:
    f = files(tmp_path, mt="a\n", hyp="a\n", ref="a\n")
    with pytest.raises(ConfigError, match="the same reference is given twice"):
        score_files(mt=f["mt"], hypotheses=[f["hyp"]], references=[f["ref"], f["ref"]], settings=QUICK)
    with pytest.raises(ConfigError, match="the same hypothesis is given twice"):
        score_files(mt=f["mt"], hypotheses=[f["hyp"], f["hyp"]], references=[f["ref"]], settings=QUICK)


def test_empty_files_are_refused(tmp_path: Path) -> None:
    f = files(tmp_path, mt="", hyp="", ref="")
    with pytest.raises(InputError, match="nothing to score"):
        score_files(mt=f["mt"], hypotheses=[f["hyp"]], references=[f["ref"]], settings=QUICK)


def test_odd_texts_are_said(tmp_path: Path) -> None:
    reference = [f"It's the house number {i}, and it isn't red." for i in range(20)]
    tokenised = [r.replace(",", " ,").replace(".", " .").lower() for r in reference]
    odd = ["", "nan", *tokenised[2:]]
    f = files(tmp_path, mt="\n".join(reference), hyp="\n".join(odd), ref="\n".join(reference))
    (entry,) = score_files(mt=f["mt"], hypotheses=[f["hyp"]], references=[f["ref"]], settings=QUICK).entries
    notes = "\n".join(entry.notes)
    assert "hyp: 1 of 20 are empty (the first is segment 1)" in notes
    assert "hyp: 1 of 20 are just 'nan'" in notes
    assert "hyp: looks tokenised, other columns do not" in notes
    assert "hyp: looks lowercased, other columns do not" in notes
    assert "judged by chrF alone" in notes


def test_clean_texts_have_no_notes(tmp_path: Path) -> None:
    reference = [f"It's the house number {i}, and it isn't red." for i in range(20)]
    f = files(tmp_path, mt="\n".join(reference), hyp="\n".join([*reference[1:], "Another."]), ref="\n".join(reference))
    settings = ScoreSettings(samples=0, trials=0)
    (entry,) = score_files(mt=f["mt"], hypotheses=[f["hyp"]], references=[f["ref"]], settings=settings).entries
    assert entry.notes == []
