"""Export the network as two ONNX graphs whose weights stay in ``model.safetensors``.

Encoder: ``x [B, S, D]`` (embeddings with positions), ``mask [B, S]`` -> ``k0, v0, k1, v1 [B, H, S, D/H]``.
Decoder: ``y [B, T, D]``, ``mask``, ``c0, c1 [B, D]`` (cells), keys and values, ``w [D, K]`` (the output layer of the
shortlist), ``b [B, K]`` (its bias; -1e9 for pieces that a row may not write), ``labels [B, T]`` (places in the
shortlist) -> ``best [B, T]``, log-probabilities ``of_best, of_label [B, T]``, and the cells after every position,
``d0, d1 [B, T, D]``.

One decoder graph does everything: with T = 1 it is a step, with a whole sentence it scores it, or verifies a draft. The
recurrence over T is a parallel scan (Hillis and Steele 1986), so that no loop is needed.
"""

from __future__ import annotations

import copy
import math
import warnings
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F  # noqa: N812
from onnx import TensorProto, external_data_helper
from torch import Tensor, nn

from mtfix.model.network import Attention, DecoderLayer, SsruForConditionalGeneration

LONGEST = 256  # positions that the scan covers: 8 doublings


def _attend(a: Attention, x: Tensor, keys: Tensor, values: Tensor, bias: Tensor) -> Tensor:
    """Attention in plain operators, which ONNX Runtime fuses; ``bias [B, 1, 1, S]`` is 0 or -1e9."""
    q = a.split(a.q(x))
    weights = torch.softmax(q @ keys.transpose(2, 3) / math.sqrt(q.shape[-1]) + bias, -1)
    return a.o((weights @ values).transpose(1, 2).reshape(x.shape))


class EncoderGraph(nn.Module):
    """Embedded pieces to the keys and values of the decoder's cross-attention."""

    def __init__(self, model: SsruForConditionalGeneration) -> None:
        super().__init__()
        self.encoder, self.decoder = model.encoder, model.decoder

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        bias = (1.0 - mask[:, None, None, :]) * -1e9
        for layer in self.encoder.layers:
            a = layer.attention
            x = layer.ffn(layer.norm(x + _attend(a, x, a.split(a.k(x)), a.split(a.v(x)), bias)))
        found: list[Tensor] = []
        for layer in self.decoder:
            a = layer.attention
            found += (a.split(a.k(x)), a.split(a.v(x)))
        return tuple(found)


def scan(forget: Tensor, update: Tensor) -> Tensor:
    """Return ``c_t = f_t c_{t-1} + u_t`` for all t of ``[B, T, D]``, ``c_0`` being folded into ``u_1``."""
    length = forget.shape[1]
    step = 1
    while step < LONGEST:
        before = F.pad(update, (0, 0, step, 0))[:, :length]
        kept = F.pad(forget, (0, 0, step, 0))[:, :length]
        update = update + forget * before
        forget = forget * kept
        step *= 2
    return update


class DecoderGraph(nn.Module):
    """The decoder over ``T`` given pieces from given cells."""

    def __init__(self, model: SsruForConditionalGeneration) -> None:
        super().__init__()
        self.decoder = model.decoder

    def forward(
        self, y: Tensor, mask: Tensor, c0: Tensor, c1: Tensor, k0: Tensor, v0: Tensor, k1: Tensor, v1: Tensor,
        w: Tensor, b: Tensor, labels: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        bias = (1.0 - mask[:, None, None, :]) * -1e9
        cells = []
        layers: list[DecoderLayer] = list(self.decoder)
        for layer, cell, keys, values in zip(layers, (c0, c1), (k0, k1), (v0, v1), strict=True):
            forget = torch.sigmoid(layer.cell.f(y))
            update = (1 - forget) * layer.cell.w(y)
            first = update[:, :1] + forget[:, :1] * cell[:, None]
            cells.append(scan(forget, torch.cat([first, update[:, 1:]], 1)))
            y = layer.cell_norm(y + F.relu(cells[-1]))
            y = layer.norm(y + _attend(layer.attention, y, keys, values, bias))
            y = layer.ffn(y)
        scores = y @ w + b[:, None]
        best = scores.argmax(-1)
        norm = torch.logsumexp(scores, -1)
        of_best, of_label = (scores.gather(-1, i[..., None])[..., 0] - norm for i in (best, labels))
        return best, of_best, of_label, cells[0], cells[1]


def export_graphs(model: SsruForConditionalGeneration, folder: Path) -> None:
    """Write ``encoder.onnx`` and ``decoder.onnx`` to ``folder``: structure only, weights by name of the parameter."""
    model = copy.deepcopy(model).eval().float()
    for parameter in model.parameters():  # the exporter would make one of two weights that happen to be equal
        parameter.data = torch.randn_like(parameter)
    width, heads = model.config.d_model, model.config.num_heads
    x, mask, c = torch.randn(3, 7, width), torch.ones(3, 7), torch.zeros(3, width)
    kv = torch.randn(3, heads, 7, width // heads)
    y, w, b = torch.randn(3, 5, width), torch.randn(width, 11), torch.zeros(3, 11)
    names = ["k0", "v0", "k1", "v1"]
    labels = torch.zeros(3, 5, dtype=torch.long)
    outputs = ["best", "of_best", "of_label", "d0", "d1"]
    memory = {n: {0: "B", 2: "S"} for n in names}
    source = {0: "B", 1: "S"}
    target = {0: "B", 1: "T"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own age, and of constants that are constants
        torch.onnx.export(
            EncoderGraph(model), (x, mask), str(folder / "encoder.onnx"), input_names=["x", "mask"], output_names=names,
            dynamic_axes={"x": source, "mask": source} | memory, dynamo=False, do_constant_folding=False,
        )  # fmt: skip
        torch.onnx.export(
            DecoderGraph(model), (y, mask, c, c, kv, kv, kv, kv, w, b, labels), str(folder / "decoder.onnx"),
            input_names=["y", "mask", "c0", "c1", *names, "w", "b", "labels"], output_names=outputs,
            dynamic_axes={"y": target, "mask": source, "c0": {0: "B"}, "c1": {0: "B"}, "w": {1: "K"}, "b": {0: "B", 1: "K"},
                          "labels": target} | dict.fromkeys(outputs, target) | memory,
            dynamo=False, do_constant_folding=False,
        )  # fmt: skip
    for name in ("encoder.onnx", "decoder.onnx"):
        _empty_weights(folder / name, set(model.state_dict()))


def _empty_weights(path: Path, parameters: set[str]) -> None:
    """Turn initializers that are the model's parameters into references to the weights file."""
    graph = onnx.load(str(path))
    for tensor in graph.graph.initializer:
        if tensor.name in parameters:
            external_data_helper.set_external_data(tensor, location="model.safetensors")
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
    path.write_bytes(graph.SerializeToString())
