from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("datasets")

from typer.testing import CliRunner  # noqa: E402

from mtfix.cli.training.train import app  # noqa: E402
from mtfix.errors import InputError, ModelError  # noqa: E402
from mtfix.training.comparison import Proposals, leave_out_seen, measure_losses, measure_proposals  # noqa: E402
from mtfix.training.corpus.build import write_pairs  # noqa: E402
from mtfix.training.data.development import Row, assessed_rows  # noqa: E402
from mtfix.training.data.pairs import Pair  # noqa: E402
from mtfix.training.network.fit import FitConfig, fit  # noqa: E402
from tests.model.test_stage import Scripted  # noqa: E402
from tests.training.conftest import pack  # noqa: E402
from tests.training.network.test_fit import PAIRS  # noqa: E402

CONFIG = FitConfig(steps=60, rate=3e-3, warmup=2, batch_pieces=500, shortlist=100, threads=1)
REFERENCE = "The court sentenced him to ten years in prison."


@pytest.fixture(scope="module")
def fitted(toy_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit(toy_base, PAIRS, [], tmp_path_factory.mktemp("fitted"), CONFIG, report=lambda _: None)


def test_a_model_that_learnt_the_pairs_loses_less_on_them(toy_base: Path, fitted: Path) -> None:
    before, after = measure_losses(toy_base, PAIRS, CONFIG), measure_losses(fitted, PAIRS, CONFIG)
    assert after.written < before.written and after.copied < before.copied


def test_losses_do_not_depend_on_how_pairs_are_batched(fitted: Path) -> None:
    wide = measure_losses(fitted, PAIRS, CONFIG)
    narrow = measure_losses(fitted, PAIRS, FitConfig(batch_pieces=60, threads=1))
    assert (wide.written, wide.copied) == pytest.approx((narrow.written, narrow.copied), rel=1e-4)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        measure_losses(tmp_path, PAIRS, CONFIG)


def test_pairs_whose_target_was_trained_on_are_left_out() -> None:
    assert leave_out_seen(PAIRS, ()) == list(PAIRS)
    assert leave_out_seen(PAIRS, {PAIRS[0].pe}) == [p for p in PAIRS if p.pe != PAIRS[0].pe]
    with pytest.raises(InputError, match="no held-out pair is left"):
        leave_out_seen(PAIRS, {p.pe for p in PAIRS})


@pytest.mark.parametrize(
    ("mt", "hypothesis", "found"),
    [
        # An article put back: "Court" for "The court" is two edits, and three pairs come to match.
        ("Court sentenced him to ten years in prison.", REFERENCE, Proposals(1, 0, 0, 2, 3)),
        (REFERENCE, "Court sentenced him to ten years in prison.", Proposals(0, 1, 0, -2, -3)),
        (REFERENCE, "The court sentenced him to ten years in the prison.", Proposals(0, 1, 0, -1, -1)),
        # One wrong word for another.
        (REFERENCE.replace("sent", "has sent"), REFERENCE.replace("sent", "had sent"), Proposals(0, 0, 1, 0, 0)),
        # What the guard refuses is not counted: another number.
        (REFERENCE, "The court sentenced him to two years in prison.", Proposals(0, 0, 0, 0, 0)),
        (REFERENCE, REFERENCE, Proposals(0, 0, 0, 0, 0)),
    ],
)
def test_what_hunks_bring_is_counted(mt: str, hypothesis: str, found: Proposals) -> None:
    assert measure_proposals(Scripted({mt: hypothesis}), [Row(mt, (REFERENCE,), "set", "set/x")]) == found


def test_each_hunk_is_counted_alone_and_against_the_nearest_reference() -> None:
    mt = "Police detained the suspects in center of the city yesterday."
    row = Row(
        mt, ("Something else was written.", "Police detained suspects in the center of the city yesterday."), "", ""
    )
    hypothesis = "Police detained suspects in the center of the city yesterday."
    measured = measure_proposals(Scripted({mt: hypothesis}), [row])
    assert (measured.nearer, measured.farther, measured.neither) == (2, 0, 0)
    assert measured.edits == 2


def test_the_command_prints_both_tables(
    tmp_path: Path, toy_base: Path, fitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("newstest2015-DAseg", "newstest2016-DAseg"):
        pack(
            tmp_path / "data" / "wmt" / f"{name}.ru-en.dev.tsv.xz",
            ["seg\tsrc\tref\thyp.x", *(f"{i}\tа\t{p.pe}\t{p.mt}" for i, p in enumerate(PAIRS))],
        )
    write_pairs(tmp_path / "dev.tsv", list(PAIRS))
    write_pairs(tmp_path / "train.tsv", [Pair("x y", PAIRS[0].pe, "given")])
    monkeypatch.setenv("MTFIX_DATA", str(tmp_path / "data"))
    result = CliRunner().invoke(
        app,
        ["compare", "--model", str(toy_base), "--model", str(fitted), "--held-out", str(tmp_path / "dev.tsv"),
         "--seen", str(tmp_path / "train.tsv")],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    left = sum(p.pe != PAIRS[0].pe for p in PAIRS)
    lines = result.output.splitlines()
    assert lines[0].startswith(f"| {left} held-out pairs | loss of written")
    assert sum(line.startswith((f"| {toy_base} ", f"| {fitted} ")) for line in lines) == 4
    rows = assessed_rows()
    assert rows and f"| {len(rows)} sentences | nearer | farther |" in result.output


def test_the_command_compares_penalties(tmp_path: Path, fitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("newstest2015-DAseg", "newstest2016-DAseg"):
        row = f"1\tа\t{REFERENCE}\tCourt sentenced him to ten years in prison."
        pack(tmp_path / "data" / "wmt" / f"{name}.ru-en.dev.tsv.xz", ["seg\tsrc\tref\thyp.x", row])
    write_pairs(tmp_path / "dev.tsv", list(PAIRS))
    monkeypatch.setenv("MTFIX_DATA", str(tmp_path / "data"))
    # A model that adds the article only where that costs less than a nat.
    monkeypatch.setattr(
        "mtfix.model.runtime.hf.HfPostEditor",
        lambda folder, penalty: Scripted({"Court sent": "The court sent"} if (penalty or 0.0) < 1 else {}),
    )
    asked = ["compare", "--model", str(fitted), "--held-out", str(tmp_path / "dev.tsv")]
    result = CliRunner().invoke(app, [*asked, "--penalty", "0.5", "--penalty", "2"])
    assert result.exit_code == 0, result.output
    assert f"| {fitted}, penalty 0.5 | 2 | 0 | 0 | 4 | 6 |" in result.output
    assert f"| {fitted}, penalty 2 | 0 | 0 | 0 | 0 | 0 |" in result.output
    assert f"| {fitted} | 2 | 0 | 0 | 4 | 6 |" in CliRunner().invoke(app, asked).output
