"""Write the network as ONNX graphs whose weights stay in ``model.safetensors``.

Encoder: ``x [B, S, D]`` (embeddings with positions), ``mask [B, S]`` -> ``k0, v0, k1, v1 [B, H, S, D/H]``.
Decoder: ``y [B, T, D]``, ``mask``, ``c0, c1 [B, D]`` (cells), keys and values -> ``h [B, T, D]``, and the cells after
every position, ``d0, d1 [B, T, D]``. Output: ``h [N, D]`` -> ``scores [N, C]`` of the C common pieces.

One decoder graph does everything: with T = 1 it is a step, with a whole sentence it scores it, or verifies a draft.

There are two of each. In ``*.onnx`` matrices are products of whole numbers (`mtfix.model.runtime.quantize` makes them from the
weights): inputs of 8 bits with fixed steps, weights of 7 with a step a column. ``*.fp32.onnx`` computes in fp32. The
graphs are written node by node and not traced: an exporter chooses other operators, of which some are slow in ONNX
Runtime (its SkipLayerNormalization takes six times as long as Add and LayerNormalization).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from mtfix.model.runtime.network import SsruConfig
from mtfix.model.runtime.quantize import OUTPUT, ZERO, input_of, is_folded

MICROSOFT = "com.microsoft"
_MASKED = np.float32(-1e9)
Dims = Sequence[int | str]


class _Builder:
    """Nodes and weights of one graph."""

    def __init__(self, config: SsruConfig, *, quantized: bool) -> None:
        self.config = config
        self.quantized = quantized
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.weights: dict[str, TensorProto] = {}
        self.steps: dict[str, str] = {}  # quantised inputs, by the names of the tensors they were made of
        self.inputs: list[ValueInfoProto] = []

    def take(self, name: str, dims: Dims) -> str:
        """Declare an input of the graph."""
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims))
        return name

    def add(self, operator: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: object) -> str:
        """Add a node; return the name of its (last) output."""
        names = [f"n{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names[-1]

    def constant(self, value: object, kind: type) -> str:
        """Add a constant of the graph itself."""
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def weight(self, name: str, dims: Sequence[int], kind: int = TensorProto.FLOAT) -> str:
        """Refer to a tensor that the runtime hands over."""
        if name not in self.weights:
            tensor = TensorProto(name=name, data_type=kind, dims=dims, data_location=TensorProto.EXTERNAL)
            entry = tensor.external_data.add()
            entry.key, entry.value = "location", "model.safetensors"
            self.weights[name] = tensor
        return name

    def linear(self, x: str, name: str, inner: int, outer: int, *, bias: bool = True) -> str:
        """``x W + b``, in whole numbers where the graph is quantised."""
        if not self.quantized:
            y = self.add("MatMul", x, self.weight(f"{name}.transposed", [inner, outer]))
            return self.add("Add", y, self.weight(f"{name}.bias", [outer])) if bias else y
        return self.add(
            "MatMulIntegerToFloat",
            self._quantize(x, name, inner),
            self.weight(f"{name}.int8", [inner, outer], TensorProto.INT8),
            self.constant(1, np.float32),
            self.weight(f"{name}.step", [outer]),
            self.constant(ZERO[is_folded(name)], np.uint8),
            *(["", self.weight(f"{name}.bias", [outer])] if bias else []),
            domain=MICROSOFT,
        )

    def _quantize(self, x: str, name: str, width: int) -> str:
        """``x`` in steps of the input of ``name``; matrices that read the same tensor share it."""
        if x not in self.steps:
            scaled = x
            if not is_folded(name):
                scaled = self.add("Mul", x, self.weight(f"{input_of(name)}.inverse", [width]))
            zero = self.constant(ZERO[is_folded(name)], np.uint8)
            self.steps[x] = self.add("QuantizeLinear", scaled, self.constant(1, np.float32), zero)
        return self.steps[x]

    def norm(self, x: str, y: str, name: str) -> str:
        """Layer normalisation of a sum."""
        width = self.config.d_model
        gain, bias = self.weight(f"{name}.weight", [width]), self.weight(f"{name}.bias", [width])
        return self.add("LayerNormalization", self.add("Add", x, y), gain, bias, axis=-1, epsilon=1e-5)

    def feed(self, x: str, name: str) -> str:
        """The feed-forward part of a layer with its norm."""
        d, wide = self.config.d_model, self.config.ffn_dim
        hidden = self.add("Relu", self.linear(x, f"{name}.inner", d, wide))
        return self.norm(x, self.linear(hidden, f"{name}.outer", wide, d), f"{name}.norm")

    def mask_bias(self, mask: str, queries: str) -> str:
        """``[1 or B, 1, T, S]``: 0 where there is a piece and -1e9 where there is none; T is that of ``queries``."""
        one, masked = self.constant(1, np.float32), self.constant(_MASKED, np.float32)
        bias = self.add("Mul", self.add("Sub", one, mask), masked)
        bias = self.add("Unsqueeze", bias, self.constant([1, 2], np.int64))
        length = self.add(
            "Slice", self.add("Shape", queries), self.constant([1], np.int64), self.constant([2], np.int64)
        )
        ones = self.constant([1, 1], np.int64)
        shape = self.add("Concat", ones, length, self.constant([1], np.int64), axis=0)
        return self.add("Expand", bias, shape)

    def attend(self, query: str, keys: str, values: str, bias: str) -> str:
        """Multi-head attention."""
        heads = self.config.num_heads
        return self.add("MultiHeadAttention", query, keys, values, "", "", bias, domain=MICROSOFT, num_heads=heads)

    def save(self, path: Path, outputs: Sequence[tuple[str, str, Dims]]) -> None:
        """Write the graph; ``outputs`` are (name, tensor, dims)."""
        ends = [helper.make_node("Identity", [tensor], [name]) for name, tensor, _ in outputs]
        found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, _, dims in outputs]
        weights = [*self.constants, *self.weights.values()]
        graph = helper.make_graph([*self.nodes, *ends], "mtfix", self.inputs, found, initializer=weights)
        sets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        path.write_bytes(helper.make_model(graph, opset_imports=sets, ir_version=9).SerializeToString())


def _write_encoder(path: Path, config: SsruConfig, *, quantized: bool) -> None:
    g = _Builder(config, quantized=quantized)
    d, heads = config.d_model, config.num_heads
    x, mask = g.take("x", ["B", "S", d]), g.take("mask", ["B", "S"])
    bias = g.mask_bias(mask, x)
    for number in range(config.encoder_layers):
        name = f"encoder.layers.{number}"
        query, keys, values = (g.linear(x, f"{name}.attention.{part}", d, d) for part in "qkv")
        found = g.attend(query, keys, values, bias)
        x = g.norm(x, g.linear(found, f"{name}.attention.o", d, d), f"{name}.norm")
        x = g.feed(x, f"{name}.ffn")
    # What the decoder's cross-attention reads is made here, once.
    split = g.constant([0, 0, heads, d // heads], np.int64)
    outputs: list[tuple[str, str, Dims]] = []
    for number in range(config.decoder_layers):
        for part in "kv":
            y = g.linear(x, f"decoder.{number}.attention.{part}", d, d)
            y = g.add("Transpose", g.add("Reshape", y, split), perm=[0, 2, 1, 3])
            outputs.append((f"{part}{number}", y, ["B", heads, "S", d // heads]))
    g.save(path, outputs)


def _scan_body(width: int) -> onnx.GraphProto:
    """``c_t = f_t c_{t-1} + u_t``."""
    nodes = [
        helper.make_node("Mul", ["f", "c"], ["kept"]),
        helper.make_node("Add", ["kept", "u"], ["next"]),
        helper.make_node("Identity", ["next"], ["cell"]),
    ]
    ins, outs = (
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["B", width]) for n in names]
        for names in (("c", "f", "u"), ("next", "cell"))
    )
    return helper.make_graph(nodes, "ssru", ins, outs)


def _write_decoder(path: Path, config: SsruConfig, *, quantized: bool) -> None:
    g = _Builder(config, quantized=quantized)
    d, heads = config.d_model, config.num_heads
    y, mask = g.take("y", ["B", "T", d]), g.take("mask", ["B", "S"])
    before = [g.take(f"c{i}", ["B", d]) for i in range(config.decoder_layers)]
    memory = [
        tuple(g.take(f"{part}{i}", ["B", heads, "S", d // heads]) for part in "kv")
        for i in range(config.decoder_layers)
    ]
    bias = g.mask_bias(mask, y)
    one = g.constant(1, np.float32)
    outputs: list[tuple[str, str, Dims]] = []
    for number, (keys, values) in enumerate(memory):
        name = f"decoder.{number}"
        forget = g.add("Sigmoid", g.linear(y, f"{name}.cell.f", d, d))
        update = g.add("Mul", g.add("Sub", one, forget), g.linear(y, f"{name}.cell.w", d, d, bias=False))
        cells = g.add(
            "Scan", before[number], forget, update,
            outputs=2, body=_scan_body(d), num_scan_inputs=2, scan_input_axes=[1, 1], scan_output_axes=[1],
        )  # fmt: skip
        outputs.append((f"d{number}", cells, ["B", "T", d]))
        y = g.norm(y, g.add("Relu", cells), f"{name}.cell_norm")
        found = g.attend(g.linear(y, f"{name}.attention.q", d, d), keys, values, bias)
        y = g.norm(y, g.linear(found, f"{name}.attention.o", d, d), f"{name}.norm")
        y = g.feed(y, f"{name}.ffn")
    g.save(path, [("h", y, ["B", "T", d]), *outputs])


def _write_output(path: Path, config: SsruConfig, common: int, *, quantized: bool) -> None:
    g = _Builder(config, quantized=quantized)
    scores = g.linear(g.take("h", ["N", config.d_model]), OUTPUT, config.d_model, common)
    g.save(path, [("scores", scores, ["N", common])])


def export_graphs(config: SsruConfig, common: int, folder: Path) -> None:
    """Write the six graphs for a network of this shape, whose sentences may all write ``common`` pieces."""
    for end, quantized in ((".onnx", True), (".fp32.onnx", False)):
        _write_encoder(folder / f"encoder{end}", config, quantized=quantized)
        _write_decoder(folder / f"decoder{end}", config, quantized=quantized)
        _write_output(folder / f"output{end}", config, common, quantized=quantized)
