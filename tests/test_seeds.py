"""The seed wires as golden tests: rules help every wire, harm no segment, and leave clean English alone."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import pytest
from sacrebleu.metrics import TER

from mtfix.config import Config
from mtfix.english.numerals import same_numbers
from mtfix.formats import read_document
from mtfix.pipeline import Pipeline, build_pipeline
from mtfix.types import Document

SEEDS = Path(__file__).parent.parent / "seeds"
WIRES = sorted(SEEDS.glob("ru-*.tsv"))
CLEAN = sorted(SEEDS.glob("en-*.txt"))
GOLDEN = Path(__file__).parent / "golden"


@lru_cache(maxsize=8)
def pipeline(profile: str = "plain") -> Pipeline:
    return build_pipeline(Config(rules_only=True, profile=profile))


@lru_cache(maxsize=64)
def read_wire(path: Path, column: str) -> str:
    """The wire as text: segments of a paragraph joined by a space, paragraphs by a blank line."""
    paragraphs: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            paragraphs.setdefault(row["par"], []).append(row[column])
    return "\n\n".join(" ".join(segments) for segments in paragraphs.values()) + "\n"


def repair(path: Path) -> Document:
    return pipeline()(read_document(read_wire(path, "mt")))


@pytest.mark.parametrize("path", WIRES, ids=lambda p: p.stem)
def test_rules_bring_the_wire_nearer_to_the_post_edit(path: Path) -> None:
    ter = TER()
    gold = read_wire(path, "pe").split("\n\n")
    before = ter.corpus_score(read_wire(path, "mt").split("\n\n"), [gold]).score
    after = ter.corpus_score(repair(path).text.split("\n\n"), [gold]).score
    assert after < before


@pytest.mark.parametrize("path", WIRES, ids=lambda p: p.stem)
def test_segments_that_are_right_stay(path: Path) -> None:
    """An edit of a segment whose post-edit is the segment itself is damage."""
    text = repair(path).text
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [r["mt"] for r in rows if r["mt"] == r["pe"] and r["mt"] not in text] == []


@pytest.mark.parametrize("path", WIRES, ids=lambda p: p.stem)
def test_numbers_keep_their_value(path: Path) -> None:
    for segment in repair(path).segments:
        assert same_numbers(segment.mt, segment.text), (segment.mt, segment.text)


@pytest.mark.parametrize("path", [*WIRES, *CLEAN], ids=lambda p: p.stem)
@pytest.mark.parametrize("profile", ["plain", "ap", "bbc", "reuters", "un"])
def test_a_second_run_changes_nothing(path: Path, profile: str) -> None:
    text = read_wire(path, "mt") if path.suffix == ".tsv" else path.read_text(encoding="utf-8")
    once = pipeline(profile)(read_document(text)).text
    again = pipeline(profile)(read_document(once))
    assert again.text == once, [(e.by, e.replacement) for s in again.segments for e in s.edits]


@pytest.mark.parametrize("path", CLEAN, ids=lambda p: p.stem)
def test_clean_english_comes_out_unchanged(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = pipeline()(read_document(text))
    assert [(e.by, e.replacement) for s in document.segments for e in s.edits] == []
    assert document.text == text


@pytest.mark.parametrize("path", WIRES, ids=lambda p: p.stem)
def test_golden_output(path: Path) -> None:
    """What the rules make of the wire, reviewed by a person; `python -m tests.update_golden` writes it anew."""
    assert repair(path).text == (GOLDEN / f"{path.stem}.txt").read_text(encoding="utf-8")
