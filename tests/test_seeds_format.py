"""The wires in ``seeds/`` keep the format that ``seeds/README.md`` promises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mtfix.english.numerals import same_numbers

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
WIRES = sorted(SEEDS.glob("ru-*.tsv"))
CLEAN = sorted(SEEDS.glob("en-*.txt"))
README_ROW = re.compile(r"^\| `(?P<file>[a-z]{2}-\d\d-[a-z-]+\.(?:tsv|txt))` \|(?P<cells>.*)\|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a wire: the number of its paragraph, the machine translation, the gold post-edit."""

    paragraph: int
    mt: str
    pe: str


def read_text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a wire. There is no quoting in the format: a quotation mark is a character like any other."""
    header, *lines = read_text(path).removesuffix("\n").split("\n")
    assert header == "par\tmt\tpe", path.name
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        assert len(cells) == 3, f"{path.name}:{number}: {len(cells)} columns, 3 wanted"
        rows.append(Row(int(cells[0]), cells[1], cells[2]))
    return rows


def name(path: Path) -> str:
    return path.name


def test_there_are_enough_wires() -> None:
    assert len(WIRES) >= 12
    assert len(CLEAN) >= 4
    for files in (WIRES, CLEAN):
        assert [int(path.name[3:5]) for path in files] == list(range(1, len(files) + 1))


@pytest.mark.parametrize("path", WIRES + CLEAN, ids=name)
def test_bytes_are_plain_utf8_lines(path: Path) -> None:
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert "\r" not in text and "\u00a0" not in text and "\ufffd" not in text
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)


@pytest.mark.parametrize("path", WIRES, ids=name)
def test_wire_is_aligned_by_segment(path: Path) -> None:
    rows = read_rows(path)
    paragraphs = [row.paragraph for row in rows]
    assert paragraphs[0] == 1
    assert all(after - before in (0, 1) for before, after in pairwise(paragraphs))
    for row in rows:
        for cell in (row.mt, row.pe):
            assert cell and cell == " ".join(cell.split()), f"{path.name}: spaces in {cell!r}"
        assert not re.search("[\u0400-\u04ff]", row.mt + row.pe), f"{path.name}: Cyrillic letter in {row}"
    assert len({row.mt for row in rows}) == len(rows)


@pytest.mark.parametrize("path", WIRES, ids=name)
def test_wire_has_its_length_and_its_share_of_untouched_segments(path: Path) -> None:
    rows = read_rows(path)
    assert 150 <= sum(len(row.mt.split()) for row in rows) <= 600
    untouched = sum(row.mt == row.pe for row in rows) / len(rows)
    assert 0.10 <= untouched <= 0.40, f"{path.name}: {untouched:.0%} of the segments need no edit"


@pytest.mark.parametrize("path", WIRES, ids=name)
def test_gold_keeps_the_house_style(path: Path) -> None:
    """What the profile `plain` never prints must not stand in the gold text."""
    for row in read_rows(path):
        assert not re.search(r"[«»„]", row.pe), row.pe
        assert not re.search(r"\d,\d(?!\d\d)|\d \d{3}\b|\b(?:thousand|roubles?|per cent)\b", row.pe), row.pe
        unquoted = re.sub("“[^”]*”", "", row.pe)  # a quoted speaker keeps his own name for a group
        assert not re.search(r"\b(?:MVD|MChS|EMERCOM|GUVD|UFSB|SKR|IG|IGIL|ISIS|ISIL|DAISH)\b", unquoted), row.pe
        assert not re.search(r"\b(?:[0-2]\d)\.[0-5]\d\b(?! percent| million| billion|-)", row.pe), row.pe


@pytest.mark.parametrize("path", WIRES, ids=name)
def test_gold_keeps_the_value_of_every_number(path: Path) -> None:
    assert [(row.mt, row.pe) for row in read_rows(path) if not same_numbers(row.mt, row.pe)] == []


@pytest.mark.parametrize("path", WIRES, ids=name)
def test_quotation_marks_balance_over_the_wire(path: Path) -> None:
    for text in (" ".join(row.mt for row in read_rows(path)), " ".join(row.pe for row in read_rows(path))):
        assert text.count("“") == text.count("”")
        assert text.count("«") == text.count("»")
        assert text.count('"') % 2 == 0
        assert text.count("(") == text.count(")")


@pytest.mark.parametrize("path", CLEAN, ids=name)
def test_clean_wire_is_paragraphs_of_english(path: Path) -> None:
    text = read_text(path)
    assert 150 <= len(text.split()) <= 400
    assert "\t" not in text and "\n\n\n" not in text
    assert not re.search("[\u0400-\u04ff«»]", text)


def test_readme_code_renders_a_wire() -> None:
    code = re.search(r"```python\n(.*?)```", read_text(SEEDS / "README.md"), re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code[1], names)
    for path in WIRES:
        for column in ("mt", "pe"):
            paragraphs = names["render"](path, column).removesuffix("\n").split("\n\n")
            rows = read_rows(path)
            assert len(paragraphs) == rows[-1].paragraph
            for number, paragraph in enumerate(paragraphs, start=1):
                assert paragraph == " ".join(getattr(row, column) for row in rows if row.paragraph == number)


def test_readme_table_lists_every_file_with_its_counts() -> None:
    listed = {match["file"]: match["cells"] for match in README_ROW.finditer(read_text(SEEDS / "README.md"))}
    assert sorted(listed) == [path.name for path in sorted(WIRES + CLEAN, key=name)]
    for path in WIRES:
        rows = read_rows(path)
        counts = [len(rows), sum(row.mt == row.pe for row in rows), sum(len(row.mt.split()) for row in rows)]
        assert [int(cell) for cell in listed[path.name].split("|")[1:]] == counts, path.name
    for path in CLEAN:
        assert int(listed[path.name].split("|")[-1]) == len(read_text(path).split()), path.name
