from __future__ import annotations

import random
from pathlib import Path

import pytest

pytest.importorskip("rapidfuzz")

from mtfix.training.data.development import campaign_rows, read_rows
from mtfix.training.data.readers import learn_case, truecase
from tests.training.conftest import pack

REFERENCE = "The council of Omsk met the miners on day {} ."


@pytest.mark.parametrize("name", ["newstest2017", "newstest2018"])
def test_old_systems_come_in_runs_of_consecutive_segments(tmp_path: Path, name: str) -> None:
    first = "c" if name == "newstest2017" else "C"  # the outputs of 2017 have lost their capitals
    lines = [
        f"{REFERENCE.format(i)}\t{first}ouncil of omsk met miners day {i} in nato .\t{first}ouncil met on day {i} ."
        for i in range(400)
    ]
    pack(tmp_path / "wmt" / f"{name}.de-en.train.tsv.xz", ["ref\thyp.online-F.0\thyp.best.1", *lines])
    rows = list(campaign_rows(name, "de", tmp_path, random.Random(1), {"nato": "NATO"}, share=0.1))
    old = [r for r in rows if r.document.endswith("online-F.0")]
    days = [int(r.references[0].split()[-2]) for r in old]
    assert len(rows) > len(old) > 0 and days == list(range(days[0], days[0] + len(days)))
    restored, left = (
        f"Council of Omsk met miners day {days[0]} in NATO.",
        f"Council of omsk met miners day {days[0]} in nato .",
    )
    assert old[0].mt == (restored if name == "newstest2017" else left)


def test_post_edits_stand_alone_and_outputs_of_a_system_together(tmp_path: Path) -> None:
    edits = pack(tmp_path / "e.tsv.xz", ["mt\tpe", *(f"He signed law number {i} .\tx" for i in range(3))])
    assert len({r.document for r in read_rows(edits, systems=1, rng=random.Random(1))}) == 3
    outputs = pack(tmp_path / "o.tsv.xz", ["ref\thyp.A", *(f"x\tHe signed law number {i}." for i in range(3))])
    assert len({r.document for r in read_rows(outputs, systems=1, rng=random.Random(1))}) == 1


def test_capitals_come_from_the_reference_first() -> None:
    usual = learn_case(["So the Bush era ended.", "An old Bush friend.", "In a NATO meeting"])
    assert truecase("the bush era of nato", "A bush burned.", usual) == "The bush era of NATO"
    assert truecase("the bush era", "Nothing.", usual) == "The Bush era"
    assert truecase("the bush era", "Nothing.") == "The bush era"
