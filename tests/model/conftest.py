"""A tiny model folder, made from nothing: random weights, a vocabulary trained on the sentences below."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mtfix.model.runtime.onnx import OnnxPostEditor

SENTENCES = [
    "Police detained twelve citizens in the centre of the city on Monday.",
    "The participants of the group are looking for a permanent job.",
    "He said that the court will also consider the case next week.",
    "Officials signed the law after a long debate in parliament.",
    "The source did not name the organization that was banned in 2014.",
    "Several high-profile arrests have been made since the beginning of October.",
    "Two games are planned, and the guests were found guilty of fraud.",
    "The ministry reported that 22 people were injured during the search.",
]


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sentencepiece = pytest.importorskip("sentencepiece")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 3), model_writer=model, vocab_size=420, byte_fallback=True,
        eos_id=0, unk_id=1, bos_id=-1, pad_id=-1, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("vocabulary") / "vocabulary.spm"
    path.write_bytes(model.getvalue())
    return path


@pytest.fixture(scope="session")
def tiny_model(vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with graphs, its weights scaled up so that greedy choices are not near ties."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    pytest.importorskip("transformers")
    from mtfix.model.runtime.network import SsruConfig, SsruForConditionalGeneration
    from mtfix.model.runtime.pieces import Pieces
    from mtfix.training.network.export import export_model

    torch.manual_seed(3)
    size = Pieces(vocabulary).size
    network = SsruForConditionalGeneration(
        SsruConfig(vocab_size=size + 1, d_model=32, encoder_layers=2, decoder_layers=2, num_heads=4, ffn_dim=48)
    )
    with torch.no_grad():
        network.embedding.weight.normal_(0, 0.5)
        network.embedding.weight[-1] = 0
        network.output_bias.normal_(0, 0.5)
    fitted = tmp_path_factory.mktemp("fitted")
    network.half().float().save_pretrained(fitted)
    (fitted / "vocabulary.spm").write_bytes(vocabulary.read_bytes())
    return export_model(fitted, tmp_path_factory.mktemp("tiny"), SENTENCES[:4], common=60)


@pytest.fixture(scope="session", params=["int8", "fp32"])
def editor(tiny_model: Path, request: pytest.FixtureRequest) -> OnnxPostEditor:
    from mtfix.model.runtime.onnx import OnnxPostEditor

    return OnnxPostEditor(tiny_model, threads=1, precision=request.param)


@pytest.fixture(scope="session")
def exact(tiny_model: Path) -> OnnxPostEditor:
    from mtfix.model.runtime.onnx import OnnxPostEditor

    return OnnxPostEditor(tiny_model, threads=1, precision="fp32")
