"""The post-editing network: a Marian encoder, and a decoder whose self-attention is an SSRU cell.

Six encoder layers, two decoder layers, width 256, post-norm, ReLU, tied embeddings: the "tiny" student of Firefox
Translations. The decoder's whole memory of what it has written is one vector a layer, so a step costs the same at any
position. Registered with transformers, so that ``AutoModelForSeq2SeqLM.from_pretrained(folder)`` and ``generate`` work
after this module has been imported.

Sources: Junczys-Dowmunt et al. 2018 (Marian); Kim et al. 2019, "From Research to Production and Back" (SSRU).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForSeq2SeqLM, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

MAX_POSITIONS = 512


class SsruConfig(PretrainedConfig):
    """Sizes of the network. ``vocab_size`` counts the padding piece, which is the last one.

    ``penalty`` is what a piece costs in decoding, in nats, that the input does not have (`mtfix.model.runtime.graphs.Graphs`).
    """

    model_type = "mtfix-ssru"

    def __init__(
        self,
        vocab_size: int = 1001,
        d_model: int = 256,
        encoder_layers: int = 6,
        decoder_layers: int = 2,
        num_heads: int = 8,
        ffn_dim: int = 1536,
        penalty: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.vocab_size = vocab_size
        self.d_model = self.hidden_size = d_model
        self.encoder_layers = encoder_layers
        self.decoder_layers = self.num_hidden_layers = decoder_layers
        self.num_heads = self.num_attention_heads = num_heads
        self.ffn_dim = ffn_dim
        self.penalty = penalty
        kwargs.setdefault("is_encoder_decoder", True)
        kwargs.setdefault("pad_token_id", vocab_size - 1)
        kwargs.setdefault("decoder_start_token_id", vocab_size - 1)
        kwargs.setdefault("eos_token_id", 0)
        kwargs.setdefault("bos_token_id", None)
        kwargs.setdefault("tie_word_embeddings", False)  # one parameter serves both ends, nothing to tie
        super().__init__(**kwargs)


@dataclass
class DecoderState:
    """What the decoder remembers: cell states ``[B, D]`` and cross-attention keys and values ``[B, H, S, D/H]``."""

    cells: list[Tensor]
    keys: list[Tensor]
    values: list[Tensor]
    position: int = 0

    def reorder_cache(self, beams: Tensor) -> None:
        """Keep the rows that a beam search chose."""
        for part in (self.cells, self.keys, self.values):
            part[:] = [x.index_select(0, beams) for x in part]

    def get_seq_length(self, *_: Any) -> int:
        """Number of pieces written so far."""
        return self.position


def positions(count: int, width: int) -> Tensor:
    """Sinusoids ``[count, width]``: sines in the first half, cosines in the second (Marian's order)."""
    half = width // 2
    rates = torch.exp(torch.arange(half) * (-math.log(10000.0) / (half - 1)))
    angles = torch.arange(count)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


class Attention(nn.Module):
    """Multi-head attention with biases."""

    def __init__(self, config: SsruConfig) -> None:
        super().__init__()
        d = config.d_model
        self.heads = config.num_heads
        self.q, self.k, self.v, self.o = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)

    def split(self, x: Tensor) -> Tensor:
        """``[B, S, D]`` to ``[B, H, S, D/H]``."""
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
        """``x [B, T, D]`` attends; ``mask [B, 1, 1, S]`` is True where there is a piece."""
        y = F.scaled_dot_product_attention(self.split(self.q(x)), keys, values, attn_mask=mask)
        return self.o(y.transpose(1, 2).reshape(x.shape))


class FeedForward(nn.Module):
    """Two layers with a ReLU between, the residual and its norm."""

    def __init__(self, config: SsruConfig) -> None:
        super().__init__()
        self.inner = nn.Linear(config.d_model, config.ffn_dim)
        self.outer = nn.Linear(config.ffn_dim, config.d_model)
        self.norm = nn.LayerNorm(config.d_model)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x + self.outer(F.relu(self.inner(x))))


class EncoderLayer(nn.Module):
    """Self-attention and feed-forward, each followed by its norm."""

    def __init__(self, config: SsruConfig) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.norm = nn.LayerNorm(config.d_model)
        self.ffn = FeedForward(config)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        a = self.attention
        return self.ffn(self.norm(x + a(x, a.split(a.k(x)), a.split(a.v(x)), mask)))


class Ssru(nn.Module):
    """``c_t = f_t c_{t-1} + (1 - f_t) W x_t``, output ``relu(c_t)``; ``f_t = sigmoid(W_f x_t + b_f)``."""

    def __init__(self, config: SsruConfig) -> None:
        super().__init__()
        self.w = nn.Linear(config.d_model, config.d_model, bias=False)
        self.f = nn.Linear(config.d_model, config.d_model)

    def forward(self, x: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """``x [B, T, D]`` and the cell ``[B, D]`` give the outputs ``[B, T, D]`` and the cell after the last."""
        f = torch.sigmoid(self.f(x))
        update = (1 - f) * self.w(x)
        cells = []
        for t in range(x.shape[1]):
            cell = f[:, t] * cell + update[:, t]
            cells.append(cell)
        return F.relu(torch.stack(cells, 1)), cell


class DecoderLayer(nn.Module):
    """SSRU, cross-attention and feed-forward, each followed by its norm."""

    def __init__(self, config: SsruConfig) -> None:
        super().__init__()
        self.cell = Ssru(config)
        self.cell_norm = nn.LayerNorm(config.d_model)
        self.attention = Attention(config)
        self.norm = nn.LayerNorm(config.d_model)
        self.ffn = FeedForward(config)

    def forward(self, x: Tensor, cell: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        y, cell = self.cell(x, cell)
        x = self.cell_norm(x + y)
        x = self.norm(x + self.attention(x, keys, values, mask))
        return self.ffn(x), cell


class Encoder(nn.Module):
    """Embeddings, positions and the layers of the encoder."""

    main_input_name = "input_ids"

    def __init__(self, config: SsruConfig, embedding: nn.Embedding) -> None:
        super().__init__()
        self._embedding = [embedding]  # in a list: the parameter belongs to the model
        self.scale = math.sqrt(config.d_model)
        self.layers = nn.ModuleList([EncoderLayer(config) for _ in range(config.encoder_layers)])
        self.register_buffer("positions", positions(MAX_POSITIONS, config.d_model), persistent=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> BaseModelOutput:
        """``input_ids [B, S]`` to hidden states ``[B, S, D]``."""
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        x = self._embedding[0](input_ids) * self.scale + self.positions[: input_ids.shape[1]]
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :].bool())
        return BaseModelOutput(last_hidden_state=x)


class SsruForConditionalGeneration(PreTrainedModel, GenerationMixin):
    """The network with its output layer; ``decoder_start_token_id`` (padding) has a zero embedding, as in Marian."""

    config_class = SsruConfig
    base_model_prefix = "model"
    main_input_name = "input_ids"
    _is_stateful = True  # the cells hold only the last position, so generation cannot go back

    def __init__(self, config: SsruConfig) -> None:
        super().__init__(config)
        self.embedding = nn.Embedding(config.vocab_size, config.d_model, padding_idx=config.pad_token_id)
        self.encoder = Encoder(config, self.embedding)
        self.decoder = nn.ModuleList([DecoderLayer(config) for _ in range(config.decoder_layers)])
        self.output_bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        # transformers builds models on the meta device and asks for the buffers that no file holds.
        if isinstance(module, Encoder):
            module.positions.copy_(positions(MAX_POSITIONS, self.config.d_model))
        elif isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, 0.0, 0.02)
            nn.init.zeros_(module.weight[module.padding_idx])

    def get_input_embeddings(self) -> nn.Module:
        return self.embedding

    def set_input_embeddings(self, value: nn.Embedding) -> None:
        self.embedding = value
        self.encoder._embedding = [value]

    def get_encoder(self, *_: Any, **__: Any) -> nn.Module:
        return self.encoder

    @classmethod
    def _supports_default_dynamic_cache(cls) -> bool:
        return False

    def start(self, memory: Tensor) -> DecoderState:
        """Return the state before the first piece, for the encoder's states ``[B, S, D]``."""
        layers = list(self.decoder)
        return DecoderState(
            [memory.new_zeros(memory.shape[0], memory.shape[2]) for _ in layers],
            [d.attention.split(d.attention.k(memory)) for d in layers],
            [d.attention.split(d.attention.v(memory)) for d in layers],
        )

    def decode(self, pieces: Tensor, state: DecoderState, mask: Tensor) -> Tensor:
        """Run the decoder over ``pieces [B, T]`` from ``state`` (updated in place); hidden states ``[B, T, D]``."""
        at = state.position
        # The start piece is the padding piece, whose embedding is zero.
        x = self.embedding(pieces) * self.encoder.scale + self.encoder.positions[at : at + pieces.shape[1]]
        for i, layer in enumerate(self.decoder):
            x, state.cells[i] = layer(x, state.cells[i], state.keys[i], state.values[i], mask[:, None, None, :].bool())
        state.position = at + pieces.shape[1]
        return x

    def logits(self, hidden: Tensor, shortlist: Tensor | None = None) -> Tensor:
        """Scores of every piece, or of the pieces in ``shortlist [K]`` only."""
        if shortlist is None:
            return F.linear(hidden, self.embedding.weight, self.output_bias)
        return F.linear(hidden, self.embedding.weight[shortlist], self.output_bias[shortlist])

    def prepare_decoder_input_ids_from_labels(self, labels: Tensor) -> Tensor:
        """Shift ``labels`` right: the start piece in front, -100 read as padding."""
        start = labels.new_full((labels.shape[0], 1), self.config.decoder_start_token_id)
        return torch.cat([start, labels[:, :-1].masked_fill(labels[:, :-1] == -100, self.config.pad_token_id)], 1)

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        encoder_outputs: BaseModelOutput | None = None,
        past_key_values: DecoderState | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        **_: Any,
    ) -> Seq2SeqLMOutput:
        """``input_ids [B, S]`` and ``decoder_input_ids [B, T]`` (or ``labels``, -100 ignored) to logits ``[B, T, V]``."""
        if encoder_outputs is None:
            encoder_outputs = self.encoder(input_ids, attention_mask)
        memory = encoder_outputs[0]
        if attention_mask is None:
            attention_mask = memory.new_ones(memory.shape[:2])
        if decoder_input_ids is None and labels is not None:
            decoder_input_ids = self.prepare_decoder_input_ids_from_labels(labels)
        state = self.start(memory) if past_key_values is None else past_key_values
        logits = self.logits(self.decode(decoder_input_ids, state, attention_mask))
        loss = None if labels is None else F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
        # Padding is the start piece and never an answer.
        logits = logits.index_fill(
            -1, torch.tensor([self.config.pad_token_id], device=logits.device), max(-1e9, torch.finfo(logits.dtype).min)
        )
        return Seq2SeqLMOutput(
            loss=loss,
            logits=logits,
            past_key_values=state if use_cache else None,
            encoder_last_hidden_state=memory,
        )

    def prepare_inputs_for_generation(
        self,
        input_ids: Tensor,
        past_key_values: DecoderState | None = None,
        attention_mask: Tensor | None = None,
        encoder_outputs: BaseModelOutput | None = None,
        use_cache: bool | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Feed the last piece only, once there is a state."""
        return {
            "decoder_input_ids": input_ids if past_key_values is None else input_ids[:, -1:],
            "past_key_values": past_key_values,
            "attention_mask": attention_mask,
            "encoder_outputs": encoder_outputs,
            "use_cache": use_cache,
        }


AutoConfig.register(SsruConfig.model_type, SsruConfig, exist_ok=True)
AutoModelForSeq2SeqLM.register(SsruConfig, SsruForConditionalGeneration, exist_ok=True)
