"""The network behind `large` in torch: a frozen decoder-only base, and low-rank adapters that learn.

Weights that read the same input are one matrix (queries, keys, values; gate and up): fewer, larger products. Sources: Touvron
et al. 2023, "LLaMA"; Hu et al. 2021, "LoRA".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from mtfix.model.runtime.adapt import interleaved_to_halves, read_base
from mtfix.model.runtime.causal_graphs import Shape

EPSILON = 1e-5


class Adapted(nn.Module):
    """``y = x W' + scale x A' B'``: ``W`` ``[out, in]`` is frozen; one ``B`` for each part of the output."""

    weight: Tensor

    def __init__(self, weight: Tensor, parts: Sequence[int], rank: int, scale: float) -> None:
        super().__init__()
        self.register_buffer("weight", weight.contiguous(), persistent=False)
        self.rank, self.scale = rank, scale
        self.a = nn.Parameter(torch.empty(len(parts) * rank, weight.shape[1]))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))
        self.b = nn.ParameterList([nn.Parameter(torch.zeros(size, rank)) for size in parts])

    def forward(self, x: Tensor) -> Tensor:
        low = F.linear(x, self.a.to(x.dtype)) * self.scale
        up = [F.linear(low[..., i * self.rank : (i + 1) * self.rank], b.to(x.dtype)) for i, b in enumerate(self.b)]
        return F.linear(x, self.weight) + torch.cat(up, -1)


class Layer(nn.Module):
    """Attention and feed-forward of one layer; rows shorter than the batch end in padding that nothing looks at."""

    attention_norm: Tensor
    feed_norm: Tensor

    def __init__(self, tensors: Mapping[str, Tensor], s: Shape, rank: int, scale: float) -> None:
        super().__init__()
        self.shape = s
        q, kv = s.heads * s.head_width, s.key_heads * s.head_width
        self.parts = (q, kv, kv)
        self.register_buffer("attention_norm", tensors["attn_norm"], persistent=False)
        self.register_buffer("feed_norm", tensors["ffn_norm"], persistent=False)
        self.qkv = Adapted(torch.cat([tensors[n] for n in ("attn_q", "attn_k", "attn_v")]), self.parts, rank, scale)
        self.out = Adapted(tensors["attn_output"], (s.width,), rank, scale)
        self.gate_up = Adapted(torch.cat([tensors["ffn_gate"], tensors["ffn_up"]]), (s.hidden, s.hidden), rank, scale)
        self.down = Adapted(tensors["ffn_down"], (s.width,), rank, scale)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """``x`` ``[B, T, D]``, ``cos`` and ``sin`` ``[T, W]``."""
        s, (rows, count, _) = self.shape, x.shape
        normal = F.rms_norm(x, (s.width,), self.attention_norm, EPSILON).to(cos.dtype)
        q, k, v = (
            part.view(rows, count, -1, s.head_width).transpose(1, 2) for part in self.qkv(normal).split(self.parts, -1)
        )
        half, group = s.head_width // 2, s.heads // s.key_heads

        def rotate(y: Tensor) -> Tensor:
            return y * cos + torch.cat([-y[..., half:], y[..., :half]], -1) * sin

        k, v = rotate(k).repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        mixed = attend(rotate(q), k, v)
        x = x + self.out(mixed.transpose(1, 2).reshape(rows, count, -1))
        normal = F.rms_norm(x, (s.width,), self.feed_norm, EPSILON).to(cos.dtype)
        gate, up = self.gate_up(normal).chunk(2, -1)
        down: Tensor = self.down(F.silu(gate) * up)
        return x + down


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return the mean of ``v`` ``[B, H, T, W]`` by the attention of ``q`` to ``k`` at the same or an earlier place.

    Written out: for sentences torch's fused one takes three times as long backwards.
    """
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    later = torch.ones(q.shape[-2], q.shape[-2], dtype=torch.bool).triu(1)
    return scores.masked_fill(later, -math.inf).softmax(-1) @ v


class CausalNetwork(nn.Module):
    """The whole network; only adapters are parameters.

    The products are made in ``dtype``; what is added up from layer to layer, and the adapters, stay in float32.
    """

    embedding: Tensor
    norm: Tensor
    cos: Tensor
    sin: Tensor

    def __init__(
        self,
        tensors: Mapping[str, Tensor],
        s: Shape,
        rank: int = 16,
        scale: float = 2.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.shape = s
        self.register_buffer("embedding", tensors["token_embd"].to(dtype), persistent=False)
        self.register_buffer("norm", tensors["output_norm"], persistent=False)
        layers = (
            {n.split(".", 2)[2]: t for n, t in tensors.items() if n.startswith(f"blk.{i}.")} for i in range(s.layers)
        )
        self.layers = nn.ModuleList([Layer(t, s, rank, scale) for t in layers])
        for module in self.modules():
            if isinstance(module, Adapted):
                module.weight = module.weight.to(dtype)
        angles = torch.arange(2048)[:, None] / s.rotary_base ** (torch.arange(0, s.head_width, 2) / s.head_width)[None]
        self.register_buffer("cos", torch.cat([angles.cos()] * 2, -1).to(dtype), persistent=False)
        self.register_buffer("sin", torch.cat([angles.sin()] * 2, -1).to(dtype), persistent=False)

    def read(self, ids: Tensor) -> Tensor:
        """Return the states ``[B, T, D]`` of pieces ``[B, T]``."""
        x = F.embedding(ids, self.embedding).float()
        for layer in self.layers:
            x = layer(x, self.cos[: ids.shape[1]], self.sin[: ids.shape[1]])
        return F.rms_norm(x, (self.shape.width,), self.norm, EPSILON)

    def logits(self, states: Tensor) -> Tensor:
        """Return the scores ``[..., V]`` of the next piece."""
        return F.linear(states.to(self.embedding.dtype), self.embedding).float()


def read_tensors(path: Path, s: Shape) -> dict[str, Tensor]:
    """Return the dequantised tensors of the base, rotary pairs by halves. Raises ModelError without gguf."""
    found = {}
    for name, load in read_base(path).items():
        values = load()
        if name.endswith(("attn_q", "attn_k")):
            values = interleaved_to_halves(values, s.heads if name.endswith("_q") else s.key_heads)
        found[name] = torch.from_numpy(values.copy())
    return found
