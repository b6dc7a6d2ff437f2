"""The transformers backend: our checkpoint, or any seq2seq checkpoint (Marian, T5, BART ...) by path or hub name.

Weights are read from safetensors only, never from pickle, and no code of a checkpoint is ever run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mtfix.errors import ModelError
from mtfix.extras import say_missing
from mtfix.model.runtime.pieces import LONGEST
from mtfix.model.runtime.weights import hash_weights
from mtfix.model.translationese import Probe, load_probe, pool
from mtfix.types import Hypothesis

try:
    import torch
    import torch.nn.functional as F  # noqa: N812
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    import mtfix.model.runtime.tokenizer  # noqa: F401 - registers our classes
    from mtfix.model.runtime.network import SsruForConditionalGeneration
except ImportError as error:  # pragma: no cover
    raise ModelError(say_missing("--backend hf", error.name, "hf")) from None


class HfPostEditor:
    """A checkpoint run by transformers with greedy search.

    With a ``shortlist.npy`` beside the weights a sentence may write its own pieces and those, as in the ONNX backend.
    ``penalty`` is what a piece costs, in nats, that the sentence does not have (`graphs.Graphs`); None: the model's own.
    ``prefix`` stands before each sentence, as T5 wants it ("grammar: "); ``device`` is torch's name of one. A hub name may
    end in ``@REVISION``: a branch, a tag or a commit. Raises ModelError when the checkpoint is missing, is no seq2seq
    model, or has no safetensors, and for a device that is not there.
    """

    def __init__(
        self,
        checkpoint: str,
        *,
        batch_size: int = 16,
        penalty: float | None = None,
        prefix: str = "",
        beams: int = 1,
        device: str = "cpu",
    ) -> None:
        folder = Path(checkpoint)
        place, revision = (checkpoint, None) if folder.is_dir() else split_revision(checkpoint)
        self.prefix, self.beams, self.device = prefix, beams, device
        disable_progress_bar()
        try:
            self.tokenizer: Any = AutoTokenizer.from_pretrained(place, revision=revision, trust_remote_code=False)
            self.model: Any = AutoModelForSeq2SeqLM.from_pretrained(
                place, revision=revision, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
            ).eval()
            self.model.to(device)
        except (RuntimeError, AssertionError) as error:
            raise ModelError(f"--device {device}: {str(error).splitlines()[0]}") from None
        except (OSError, ValueError, KeyError) as error:
            first = str(error).strip().splitlines()[0]
            raise ModelError(f"{checkpoint}: not a seq2seq checkpoint with safetensors: {first}") from None
        self.name = f"{folder.name if folder.is_dir() else place}@{hash_weights(folder) if folder.is_dir() else revision or 'hub'}"
        self.batch_size = batch_size
        self.penalty = float(getattr(self.model.config, "penalty", 0.0)) if penalty is None else penalty
        # The probe reads the states of our own network; other checkpoints have none.
        self.probe: Probe | None = load_probe(folder, self.model.config.d_model) if _is_ours(self.model) else None
        self.common: torch.Tensor | None = None
        if (folder / "shortlist.npy").is_file():
            self.common = torch.from_numpy(np.load(folder / "shortlist.npy", allow_pickle=False).astype(np.int64)).to(
                device
            )

    def _encode(self, texts: Sequence[str]) -> Any:
        return self.tokenizer(list(texts), return_tensors="pt", padding=True).to(self.device)

    def _read(self, texts: Sequence[str]) -> Any:
        return self._encode([self.prefix + t for t in texts])

    def _bias(self, ids: torch.Tensor, penalty: float = 0.0) -> torch.Tensor | None:
        """Return what is added to scores, ``[B, V]``: -1e9 for the pieces that a row may not write, ``penalty`` off others."""
        if self.common is None and not penalty:
            return None
        bias = torch.full(
            (ids.shape[0], self.model.config.vocab_size), -penalty if self.common is None else -1e9, device=ids.device
        )
        if self.common is not None:
            bias[:, self.common] = -penalty
        bias.scatter_(1, ids, 0.0)
        if self.common is not None:
            bias[:, self.model.config.pad_token_id] = -1e9
        return bias

    @torch.no_grad()
    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Post-edit sentences, sorted by length."""
        found = [Hypothesis(t) for t in texts]
        order = sorted((i for i, t in enumerate(texts) if t.strip() and self.fits(t)), key=lambda i: len(texts[i]))
        for at in range(0, len(order), self.batch_size):
            batch = order[at : at + self.batch_size]
            inputs = self._read([texts[i] for i in batch])
            bias = self._bias(inputs["input_ids"], self.penalty)
            processors = [] if bias is None else [self._add(bias)]
            output = self.model.generate(
                **inputs,
                max_new_tokens=int(1.4 * inputs["input_ids"].shape[1]) + 6,
                num_beams=self.beams,
                do_sample=False,
                logits_processor=processors,
            )
            # The limit is each sentence's own: what it is batched with must make no difference.
            limits = (1.4 * inputs["attention_mask"].sum(1)).int() + 6
            odds = self._odds(inputs)
            for i, ids, limit, z in zip(batch, output, limits.tolist(), odds, strict=True):
                text = self.tokenizer.decode(ids[1 : limit + 1], skip_special_tokens=True)
                found[i] = Hypothesis(text, translationese=z)
        return found

    def _add(self, bias: torch.Tensor) -> Any:
        """Return what adds ``bias`` to the scores of each row; the beams of a sentence stand side by side."""
        rows = bias.repeat_interleave(self.beams, 0)
        return lambda _, scores: scores + rows

    def _odds(self, inputs: Any) -> list[float | None]:
        mask = inputs["attention_mask"]
        if self.probe is None:
            return [None] * len(mask)
        memory = self.model.encoder(inputs["input_ids"], mask)[0]
        attention = self.model.decoder[0].attention
        keys = attention.split(attention.k(memory)).cpu().numpy()
        return [*self.probe.odds(pool(keys, mask.cpu().numpy().astype(np.float32)))]

    @torch.no_grad()
    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        """Return log P(candidate | input) for every candidate of every input, by teacher forcing."""
        results = []
        for text, candidates in groups:
            inputs = self._read([text] * len(candidates))
            targets = self._encode(candidates)
            labels = targets["input_ids"].masked_fill(targets["attention_mask"] == 0, -100)
            logits = self.model(**inputs, labels=labels).logits
            if self.common is not None:
                both = torch.cat([inputs["input_ids"], targets["input_ids"]], 1)
                banned = self._bias(both)
                assert banned is not None
                logits = logits + banned[:, None]
            logp = -F.cross_entropy(logits.transpose(1, 2), labels, reduction="none", ignore_index=-100)
            results.append([float(x) for x in logp.sum(1)])
        return results

    def count_pieces(self, text: str) -> int:
        """Return how many pieces ``text`` is cut into."""
        return len(self.tokenizer(text)["input_ids"]) - 1

    def normalize(self, text: str) -> str:
        """Return what the model sees of ``text``, as far as it is known."""
        pieces = getattr(self.tokenizer, "pieces", None)
        return str(pieces.normalize(text)) if pieces is not None else text

    def fits(self, text: str) -> bool:
        """Whether ``text`` is short enough to be read whole."""
        return self.count_pieces(text) < LONGEST


def split_revision(name: str) -> tuple[str, str | None]:
    """Return the name of a checkpoint on a hub and its revision, None where none is given.

    >>> split_revision("google/flan-t5-small@main")
    ('google/flan-t5-small', 'main')
    """
    place, _, revision = name.partition("@")
    return place, revision or None


def _is_ours(model: Any) -> bool:
    return isinstance(model, SsruForConditionalGeneration)
