from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("datasets")
pytest.importorskip("onnx")

from typer.testing import CliRunner  # noqa: E402

from mtfix.cli.training.train import app  # noqa: E402
from mtfix.errors import ConfigError, InputError, ModelError  # noqa: E402
from mtfix.model.runtime.network import SsruConfig, SsruForConditionalGeneration  # noqa: E402
from mtfix.model.runtime.pieces import Pieces  # noqa: E402
from tests.training.conftest import toy_vocabulary  # noqa: E402, F401  a fixture
from tests.training.network.test_fit import PAIRS  # noqa: E402

RUN = CliRunner()


@pytest.fixture
def base(tmp_path: Path, toy_vocabulary: Path) -> Path:  # noqa: F811
    torch.manual_seed(2)
    size = Pieces(toy_vocabulary).size
    folder = tmp_path / "base"
    SsruForConditionalGeneration(
        SsruConfig(vocab_size=size + 1, d_model=32, encoder_layers=1, decoder_layers=2, num_heads=2, ffn_dim=32)
    ).save_pretrained(folder)
    (folder / "vocabulary.spm").write_bytes(toy_vocabulary.read_bytes())
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "SsruTokenizer"}')
    return folder


def test_fitting_own_pairs_tells_scores_before_and_after(tmp_path: Path, base: Path) -> None:
    pairs, config, output = tmp_path / "mine.tsv", tmp_path / "fit.yaml", tmp_path / "out"
    pairs.write_text("mt\tpe\n" + "".join(f"{p.mt}\t{p.pe}\n" for p in PAIRS))
    config.write_text("{steps: 4, warmup: 1, batch_pieces: 400, shortlist: 100, save_every: 2, threads: 1}")
    result = RUN.invoke(
        app, ["fit", "--base", str(base), "--pairs", str(pairs), "--config", str(config), "-o", str(output)]
    )
    assert result.exit_code == 0, result.output
    assert "held out: 5 pairs" in result.output
    assert [line.split()[0] for line in result.output.splitlines() if "BLEU" in line] == ["do", "before", "after"]
    assert {"model.safetensors", "encoder.onnx", "decoder.onnx", "shortlist.npy", "vocabulary.spm"} <= {
        f.name for f in output.iterdir()
    }
    drawn = RUN.invoke(app, ["card", "--log", str(output / "log.jsonl"), "--model", str(output)])
    assert drawn.exit_code == 0 and (output / "learning-curve.png").read_bytes()[:4] == b"\x89PNG"
    assert json.loads((output / "config.json").read_text())["model_type"] == "mtfix-ssru"


def test_too_few_pairs_are_refused(tmp_path: Path, base: Path) -> None:
    pairs = tmp_path / "mine.tsv"
    pairs.write_text("a b\ta c\n" * 3)
    result = RUN.invoke(app, ["fit", "--base", str(base), "--pairs", str(pairs), "-o", str(tmp_path / "out")])
    assert isinstance(result.exception, ConfigError) and "at least 20" in str(result.exception)


def test_missing_data_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MTFIX_DATA", raising=False)
    for command in (["base"], ["corpus"]):
        result = RUN.invoke(app, [*command, "-o", str(tmp_path / "out")])
        assert isinstance(result.exception, InputError), result.output


def test_the_mean_of_two_models(tmp_path: Path, base: Path) -> None:
    other = tmp_path / "other"
    model = SsruForConditionalGeneration.from_pretrained(base, dtype=torch.float32)
    with torch.no_grad():
        for weights in model.parameters():
            weights.add_(2.0)
    model.save_pretrained(other)
    output = tmp_path / "mean"
    result = RUN.invoke(app, ["average", "--fitted", str(base), "--fitted", str(other), "-o", str(output)])
    assert result.exit_code == 0, result.output
    found = SsruForConditionalGeneration.from_pretrained(output, dtype=torch.float32)
    for first, last, mean in zip(
        SsruForConditionalGeneration.from_pretrained(base, dtype=torch.float32).parameters(),
        model.parameters(),
        found.parameters(),
        strict=True,
    ):
        assert torch.allclose((first + last) / 2, mean, atol=1e-5)
    assert (output / "vocabulary.spm").read_bytes() == (base / "vocabulary.spm").read_bytes()


@pytest.mark.parametrize(("count", "says"), [(1, "two models"), (2, "no model.safetensors")])
def test_a_mean_needs_two_models(tmp_path: Path, base: Path, count: int, says: str) -> None:
    given = [str(base), str(tmp_path / "nothing")][:count]
    result = RUN.invoke(app, ["average", *(part for f in given for part in ("--fitted", f)), "-o", str(tmp_path / "o")])
    assert isinstance(result.exception, ModelError) and says in str(result.exception)
