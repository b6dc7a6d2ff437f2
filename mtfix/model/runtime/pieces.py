"""SentencePiece pieces of a text, for every backend: ids end in ``</s>`` (0), padding is one past the last piece."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sentencepiece

from mtfix.errors import ModelError

EOS, UNK = 0, 1
LONGEST = 120  # pieces of a sentence; the training pairs had at most 80
_MARK = "▁"  # stands for a space


class Pieces:
    """The vocabulary of a model folder."""

    def __init__(self, path: Path) -> None:
        """Read ``path``. Raises ModelError when it is missing or not a SentencePiece model."""
        try:
            self.processor = sentencepiece.SentencePieceProcessor(model_proto=path.read_bytes())
        except FileNotFoundError:
            raise ModelError(f"{path}: no SentencePiece vocabulary; point --model at a folder that has one") from None
        except (OSError, RuntimeError) as error:
            raise ModelError(f"{path}: not a SentencePiece model: {error}") from None
        self.size = len(self.processor)
        self.pad = self.size

    def encode(self, text: str) -> list[int]:
        """Return the ids of ``text``, ``</s>`` last."""
        return [*self.processor.encode(text), EOS]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ``ids``; ``</s>`` and padding are left out."""
        return str(self.processor.decode([i for i in ids if i != EOS and i < self.size]))

    def normalize(self, text: str) -> str:
        """Return what the model sees of ``text`` (NFKC with SentencePiece's exceptions, single spaces)."""
        # SentencePiece marks where words begin; whoever asks whether a word is one must not meet the mark.
        return str(self.processor.normalize(text)).replace(_MARK, " ").strip(" ") if text else text
