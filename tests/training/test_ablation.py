from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("datasets")

from typer.testing import CliRunner  # noqa: E402

from mtfix.cli.training.train import app  # noqa: E402
from mtfix.errors import ConfigError, InputError  # noqa: E402
from mtfix.model.runtime.network import SsruForConditionalGeneration  # noqa: E402
from mtfix.model.runtime.pieces import Pieces  # noqa: E402
from mtfix.training.ablation import NOTHING, ablate, kinds_of, measure_loss  # noqa: E402
from mtfix.training.corpus.build import write_pairs  # noqa: E402
from mtfix.training.data.pairs import Pair  # noqa: E402
from mtfix.training.network.batches import collate, encode_pair  # noqa: E402
from mtfix.training.network.fit import FitConfig  # noqa: E402
from tests.training.network.test_fit import PAIRS  # noqa: E402

CONFIG = FitConfig(steps=25, rate=3e-3, warmup=2, batch_pieces=500, shortlist=100, threads=1)
SAME = [Pair(p.pe, p.pe, "identity") for p in PAIRS]
RIGHT = [Pair(p.mt, p.pe, "synthetic:right") for p in PAIRS[10:]] * 2
# The same inputs with other sentences' outputs: nothing to learn from.
WRONG = [Pair(p.mt, q.mt, "synthetic:wrong") for p, q in zip(PAIRS[10:], PAIRS[::-1], strict=False)] * 2
DEV = [Pair(p.mt, p.pe, "given") for p in PAIRS[:10]]


def test_a_kind_that_teaches_the_edits_helps_and_one_that_does_not_hurts(toy_base: Path) -> None:
    found = {e.kind: e for e in ablate(toy_base, [*RIGHT, *WRONG, *SAME], DEV, CONFIG, report=lambda _: None)}
    assert list(found) == [NOTHING, "right", "wrong"]
    assert found["right"].written < -0.05 < found["wrong"].written
    assert found["right"].pairs == len(RIGHT)


def test_kinds_with_few_pairs_and_corrupted_dev_pairs_are_left_out(toy_base: Path) -> None:
    few = [Pair(p.mt, p.pe, "rare") for p in PAIRS[:5]]
    lines: list[str] = []
    dev = [*DEV, Pair("A b.", "A a b.", "synthetic:right"), Pair("Same.", "Same.", "given")]
    kinds = [e.kind for e in ablate(toy_base, [*few, *SAME], dev, CONFIG, pairs=20, report=lines.append)]
    assert kinds == [NOTHING]
    assert lines[0].startswith("10 real pairs")


def test_only_the_kinds_asked_for_are_tried(toy_base: Path) -> None:
    train = [*RIGHT, *WRONG, *SAME]
    found = [e.kind for e in ablate(toy_base, train, DEV, CONFIG, kinds=["wrong"], report=lambda _: None)]
    assert found == [NOTHING, "wrong"]
    with pytest.raises(ConfigError, match=r"'rihgt'.*right"):
        list(ablate(toy_base, train, DEV, CONFIG, kinds=["rihgt"]))


def test_round_trips_among_the_held_out_pairs_are_not_real(toy_base: Path) -> None:
    lines: list[str] = []
    dev = [*DEV, Pair("A b.", "A a b.", "trip:spanish")]
    assert list(ablate(toy_base, SAME, dev, CONFIG, pairs=20, report=lines.append))
    assert lines[0].startswith("10 real pairs")


def test_losses_tell_written_pieces_from_copied_ones(toy_base: Path) -> None:
    pieces = Pieces(toy_base / "vocabulary.spm")
    model = SsruForConditionalGeneration.from_pretrained(toy_base)
    examples = [encode_pair(p, pieces, 2.0) for p in DEV]
    found = measure_loss(model, [collate(examples, pieces.pad)])
    parts = [measure_loss(model, [collate([e], pieces.pad)]) for e in examples]
    counts = [sum(w > 1 for w in e.weights) for e in examples]
    assert found.written == pytest.approx(
        sum(p.written * n for p, n in zip(parts, counts, strict=True)) / sum(counts), rel=1e-4
    )
    assert measure_loss(model, [collate([encode_pair(SAME[0], pieces, 2.0)], pieces.pad)]).written == 0.0


@pytest.mark.parametrize(("train", "dev"), [(RIGHT, DEV), ([*RIGHT, *SAME], list(SAME))])
def test_what_is_missing_is_said(toy_base: Path, train: list[Pair], dev: list[Pair]) -> None:
    with pytest.raises(InputError, match="needs real pairs"):
        list(ablate(toy_base, train, dev, CONFIG))


def test_kinds_of_a_corrupted_pair_are_its_corruptions() -> None:
    assert kinds_of(Pair("", "", "synthetic:agreement+tense")) == ("agreement", "tense")
    assert kinds_of(Pair("", "", "mlqe-ru")) == ("mlqe-ru",)


def test_the_command_prints_a_table(toy_base: Path, tmp_path: Path) -> None:
    write_pairs(tmp_path / "train.tsv", [*RIGHT, *SAME])
    write_pairs(tmp_path / "dev.tsv", DEV)
    result = CliRunner().invoke(app, ["ablate", "--base", str(toy_base), "--corpus", str(tmp_path), "--steps", "2"])
    assert result.exit_code == 0, result.output
    rows = [line for line in result.output.splitlines() if line.startswith("| ")]
    assert [r.split("|")[1].strip() for r in rows if "---" not in r] == ["kind", NOTHING, "right"]
