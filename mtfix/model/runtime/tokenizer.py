"""The vocabulary as a transformers tokenizer, so that ``AutoTokenizer.from_pretrained`` reads a model folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizer

from mtfix.model.runtime.network import SsruConfig
from mtfix.model.runtime.pieces import EOS, Pieces


class SsruTokenizer(PreTrainedTokenizer):
    """SentencePiece pieces; ``</s>`` (0) ends a text, ``<pad>`` is one past the last piece."""

    vocab_files_names = {"vocab_file": "vocabulary.spm"}  # noqa: RUF012 - the name and type are transformers'
    model_input_names = ["input_ids", "attention_mask"]  # noqa: RUF012

    def __init__(self, vocab_file: str, **kwargs: Any) -> None:
        self.vocab_file = vocab_file
        self.pieces = Pieces(Path(vocab_file))
        for key, value in (("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>")):
            kwargs.setdefault(key, value)
        super().__init__(**kwargs)

    @property
    def vocab_size(self) -> int:
        """Number of pieces, padding included."""
        return self.pieces.size + 1

    def get_vocab(self) -> dict[str, int]:
        """Return every piece and its id."""
        known = {str(self.pieces.processor.id_to_piece(i)): i for i in range(self.pieces.size)}
        return known | {"<pad>": self.pieces.pad}

    def _tokenize(self, text: str, **_: Any) -> list[str]:
        return [str(p) for p in self.pieces.processor.encode(text, out_type=str)]

    def _convert_token_to_id(self, token: str) -> int:
        return self.pieces.pad if token == "<pad>" else int(self.pieces.processor.piece_to_id(token))

    def _convert_id_to_token(self, index: int) -> str:
        return "<pad>" if index == self.pieces.pad else str(self.pieces.processor.id_to_piece(index))

    def convert_tokens_to_string(self, tokens: Sequence[str]) -> str:
        """Join pieces to text."""
        return str(self.pieces.processor.decode([t for t in tokens if t not in ("</s>", "<pad>")]))

    def build_inputs_with_special_tokens(
        self, token_ids_0: list[int], token_ids_1: list[int] | None = None
    ) -> list[int]:
        """End the text, or both texts, with ``</s>``."""
        return [*token_ids_0, *(token_ids_1 or ()), EOS]

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str]:
        """Copy the SentencePiece model."""
        target = Path(save_directory) / ((filename_prefix + "-" if filename_prefix else "") + "vocabulary.spm")
        if Path(self.vocab_file).resolve() != target.resolve():
            shutil.copyfile(self.vocab_file, target)
        return (str(target),)


AutoTokenizer.register(SsruConfig, slow_tokenizer_class=SsruTokenizer, exist_ok=True)
