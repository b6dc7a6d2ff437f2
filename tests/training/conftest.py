from __future__ import annotations

import io
import lzma
from collections.abc import Sequence
from pathlib import Path

import pytest


def pack(path: Path, lines: Sequence[str]) -> Path:
    """Write lines as the corpora are stored."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in lines)
    return path


@pytest.fixture(scope="session")
def toy_vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sentencepiece = pytest.importorskip("sentencepiece")
    from tests.training.network.test_fit import PAIRS

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([t for p in PAIRS for t in (p.mt, p.pe)]), model_writer=model, vocab_size=420,
        byte_fallback=True, eos_id=0, unk_id=1, bos_id=-1, pad_id=-1, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("vocabulary") / "vocabulary.spm"
    path.write_bytes(model.getvalue())
    return path


@pytest.fixture(scope="session")
def toy_base(tmp_path_factory: pytest.TempPathFactory, toy_vocabulary: Path) -> Path:
    """A model of one layer with random weights."""
    torch = pytest.importorskip("torch")
    from mtfix.model.runtime.network import SsruConfig, SsruForConditionalGeneration
    from mtfix.model.runtime.pieces import Pieces

    torch.manual_seed(4)
    folder = tmp_path_factory.mktemp("base")
    size = Pieces(toy_vocabulary).size
    config = SsruConfig(vocab_size=size + 1, d_model=48, encoder_layers=1, decoder_layers=2, num_heads=2, ffn_dim=64)
    SsruForConditionalGeneration(config).save_pretrained(folder)
    (folder / "vocabulary.spm").write_bytes(toy_vocabulary.read_bytes())
    return folder
