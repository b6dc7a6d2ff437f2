from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("datasets")

from mtfix.errors import ConfigError, InputError, ModelError  # noqa: E402
from mtfix.model.runtime.network import SsruConfig, SsruForConditionalGeneration  # noqa: E402
from mtfix.model.runtime.pieces import Pieces  # noqa: E402
from mtfix.training.data.pairs import Pair  # noqa: E402
from mtfix.training.network.batches import collate, cut_batches, encode_pair, endless_batches, read_pairs  # noqa: E402
from mtfix.training.network.fit import FitConfig, batch_loss, fit, learning_rate, limit_steps, load_fit_config  # noqa: E402

TOY = Path(__file__).parents[3] / "models" / "configs" / "toy.yaml"
WHO = ("police", "officials", "the guests", "citizens", "the men")
WHAT = ("signed law", "is looking for job", "was found guilty on fraud", "made search", "has left court")
FIXED = (
    "signed the law",
    "are looking for a job",
    "were found guilty of fraud",
    "made a search",
    "have left the court",
)
PAIRS = [
    Pair(f"{who.capitalize()} {bad} {when}.", f"{who.capitalize()} {good} {when}.", "toy")
    for (bad, good), who, when in itertools.product(zip(WHAT, FIXED, strict=True), WHO, ("on Monday", "in October"))
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, toy_vocabulary: Path) -> Path:
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("base")
    size = Pieces(toy_vocabulary).size
    config = SsruConfig(vocab_size=size + 1, d_model=64, encoder_layers=2, decoder_layers=2, num_heads=4, ffn_dim=96)
    SsruForConditionalGeneration(config).save_pretrained(folder)
    (folder / "vocabulary.spm").write_bytes(toy_vocabulary.read_bytes())
    return folder


def test_the_toy_run_learns_fifty_pairs_by_heart(base: Path, tmp_path: Path) -> None:
    from mtfix.model.runtime.hf import HfPostEditor
    from mtfix.training.network.export import export_model

    assert len(PAIRS) == 50
    config = load_fit_config(TOY)
    lines: list[str] = []
    fit(base, PAIRS, PAIRS[:10], tmp_path, config, lines.append)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["dev"] < 0.1 < rows[0]["loss"]
    export_model(tmp_path, tmp_path, (p.pe for p in PAIRS))
    found = HfPostEditor(str(tmp_path)).post_edit([p.mt for p in PAIRS])
    assert sum(h.text == p.pe for h, p in zip(found, PAIRS, strict=True)) >= 48


def test_a_resumed_run_equals_an_unbroken_one(base: Path, tmp_path: Path) -> None:
    config = FitConfig(steps=8, warmup=2, batch_pieces=300, shortlist=100, save_every=4, threads=1, rate=1e-3)
    quiet = lambda _: None  # noqa: E731
    fit(base, PAIRS, [], tmp_path / "whole", config, quiet)
    # The first half is cut short by its number of steps; the rate must not depend on where it is cut.
    flat = replace(config, hold=1.0)
    fit(base, PAIRS, [], tmp_path / "flat", flat, quiet)
    fit(base, PAIRS, [], tmp_path / "halves", replace(flat, steps=4), quiet)
    fit(base, PAIRS, [], tmp_path / "halves", flat, quiet)
    whole, halves = (
        SsruForConditionalGeneration.from_pretrained(tmp_path / n).state_dict() for n in ("flat", "halves")
    )
    assert all(torch.allclose(whole[k], halves[k], atol=1e-6) for k in whole)


def test_the_shortlist_does_not_change_what_is_right(base: Path) -> None:
    pieces = Pieces(base / "vocabulary.spm")
    model = SsruForConditionalGeneration.from_pretrained(base)
    batch = collate([encode_pair(p, pieces, 1.0) for p in PAIRS[:3]], pieces.pad)
    full = batch_loss(model, batch, None)
    every = batch_loss(model, batch, torch.arange(model.config.vocab_size))
    some = batch_loss(model, batch, torch.arange(10))
    assert torch.allclose(full, every) and some < full


def test_changed_pieces_weigh_more(base: Path) -> None:
    pieces = Pieces(base / "vocabulary.spm")
    example = encode_pair(Pair("Police signed law.", "Police signed the law.", ""), pieces, 3.0)
    heavy = [pieces.processor.id_to_piece(p) for p, w in zip(example.target, example.weights, strict=True) if w == 3.0]
    assert heavy and "the" in "".join(heavy) and sum(w == 1.0 for w in example.weights) >= 3
    assert set(encode_pair(Pair("a b", "a b", ""), pieces, 3.0).weights) == {1.0}


def test_batches_keep_to_the_budget_and_lose_nothing(base: Path) -> None:
    import random

    pieces = Pieces(base / "vocabulary.spm")
    examples = [encode_pair(p, pieces, 1.0) for p in PAIRS]
    batches = cut_batches(examples, 200, random.Random(1))
    assert sorted(i for b in batches for i in b) == list(range(50))
    assert all(len(b) * max(len(examples[i].target) for i in b) <= 200 for b in batches)
    stream, later = endless_batches(examples, 200, 5), endless_batches(examples, 200, 5, start=7)
    assert list(itertools.islice(stream, 7, 20)) == list(itertools.islice(later, 13))


def test_the_rate_rises_stays_and_falls() -> None:
    config = FitConfig(steps=100, warmup=10, hold=0.5, rate=1.0, floor=0.1)
    rates = [learning_rate(s, config) for s in range(101)]
    assert rates[0] == 0.1 and rates[10] == rates[49] == 1.0 and rates[100] == pytest.approx(0.1)
    assert all(a >= b for a, b in itertools.pairwise(rates[10:]))


def test_bad_settings_and_files_are_one_line(tmp_path: Path, base: Path) -> None:
    path = tmp_path / "fit.yaml"
    path.write_text("stepz: 3\n")
    with pytest.raises(ConfigError, match=r"stepz.*did you mean 'steps'"):
        load_fit_config(path)
    path.write_text("steps: many\n")
    with pytest.raises(ConfigError, match="steps must be a number"):
        load_fit_config(path)
    path.write_text("one column only\n")
    with pytest.raises(InputError, match=r"fit\.yaml:1:1: no tab"):
        read_pairs(path)
    with pytest.raises(ModelError, match="mtfix train base"):
        fit(tmp_path, PAIRS, [], tmp_path / "out", FitConfig())


def test_pairs_are_read_with_and_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("a b\ta c\n")
    assert read_pairs(path) == [Pair("a b", "a c", "given")]
    path.write_text("par\tmt\tpe\n1\ta b\ta c\n")
    assert read_pairs(path) == [Pair("a b", "a c", "given")]


def test_few_pairs_are_not_read_often() -> None:
    config = FitConfig(steps=300, warmup=20, batch_pieces=1500, passes=6)
    few = limit_steps(config, 22_500)
    assert (few.steps, few.warmup) == (90, 20)
    assert limit_steps(config, 3_000) == replace(config, steps=12, warmup=4)
    assert limit_steps(config, 1_000_000) == config  # enough pairs: the steps decide
    assert limit_steps(replace(config, passes=0.0), 10) == replace(config, passes=0.0)
    assert limit_steps(config, 1).steps == 1
