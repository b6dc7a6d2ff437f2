"""Write the graphs of `mtfix.model.runtime.causal_graphs`: node by node, with the weights in a file beside them.

The graphs are a few hundred kilobytes and ship with the adapter; the weights are merged on the user's machine. Order of
``weights.bin``: see `list_weights`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from mtfix.model.runtime.causal_graphs import BLOCK, BODY, CHOICES, HEAD, SHAPE, WEIGHTS, Shape, count_blocks

SMOLLM2_135M = Shape(
    layers=30,
    width=576,
    heads=9,
    key_heads=3,
    head_width=64,
    hidden=1536,
    vocabulary=49152,
    rotary_base=100000.0,
    bits=8,
)
_EPSILON = 1e-5


def list_weights(s: Shape) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    """Yield name, shape and type of every tensor of ``weights.bin``, in order.

    A matrix of 8 bits is ``[out, blocks, BLOCK]``, and its scales ``[out * blocks]`` follow it; a float one is ``[in, out]``, but for the
    embedding, ``[V, D]``.
    """
    matrices = [("embedding", (s.width, s.vocabulary))]
    for i in range(s.layers):
        matrices += [
            (f"{i}.qkv", (s.width, (s.heads + 2 * s.key_heads) * s.head_width)),
            (f"{i}.out", (s.heads * s.head_width, s.width)),
            (f"{i}.gate_up", (s.width, 2 * s.hidden)),
            (f"{i}.down", (s.hidden, s.width)),
        ]
    for name, (width, rows) in matrices:
        if s.bits == 32:
            yield name, (rows, width) if name == "embedding" else (width, rows), np.float32
        else:
            yield name, (rows, count_blocks(width), BLOCK), np.uint8
            yield f"{name}.scales", (rows * count_blocks(width),), np.float32
        if name == "embedding":
            yield "norm", (s.width,), np.float32


class _Graph:
    def __init__(self, shape: Shape) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.shape = shape
        self.offsets: dict[str, tuple[int, tuple[int, ...], Any]] = {}
        at = 0
        for name, dims, kind in list_weights(shape):
            self.offsets[name] = (at, dims, np.dtype(kind))
            at += int(np.prod(dims)) * np.dtype(kind).itemsize

    def node(self, kind: str, *inputs: str, count: int = 1, **attributes: Any) -> Any:
        names = [f"{kind}_{len(self.nodes)}_{i}" for i in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if count == 1 else names

    def constant(self, value: Any, kind: Any = np.int64) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def weight(self, name: str) -> str:
        if not any(c.name == name for c in self.constants):
            at, dims, kind = self.offsets[name]
            tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(kind), dims=list(dims))
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", WEIGHTS), ("offset", at), ("length", int(np.prod(dims)) * kind.itemsize)):
                tensor.external_data.add(key=key, value=str(value))
            self.constants.append(tensor)
        return name

    def multiply(self, x: str, name: str, width: int) -> str:
        """``x`` ``[T, width]`` times a matrix of the weights."""
        if self.shape.bits == 32:
            if name == "embedding":
                return str(self.node("Gemm", x, self.weight(name), transB=1))
            return str(self.node("MatMul", x, self.weight(name)))
        # Level 4: the inputs of a block become whole numbers, too, and the products are exact.
        rows = self.offsets[name][1][0]
        sizes = {"K": width, "N": rows, "bits": self.shape.bits, "block_size": BLOCK, "accuracy_level": 4}
        weights = (self.weight(name), self.weight(f"{name}.scales"))
        return str(self.node("MatMulNBits", x, *weights, domain="com.microsoft", **sizes))

    def normalize(self, x: str) -> str:
        square = self.node("Mul", x, x)
        mean = self.node("ReduceMean", square, self.constant([-1]), keepdims=1)
        root = self.node("Sqrt", self.node("Add", mean, self.constant(_EPSILON, np.float32)))
        return str(self.node("Div", x, root))

    def save(self, path: Path, inputs: list[Any], outputs: list[tuple[str, str, Any]]) -> None:
        named = []
        for node_name, name, value in outputs:
            self.nodes.append(helper.make_node("Identity", [node_name], [name]))
            named.append(value)
        graph = helper.make_graph(self.nodes, path.stem, inputs, named, self.constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)], ir_version=9
        )
        path.write_bytes(model.SerializeToString())


def _info(name: str, *dims: Any, kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info(name, kind, list(dims))


def write_body(s: Shape, path: Path) -> None:
    """Write the graph x ``[T, D]``, cos, sin ``[T, W]``, mask ``[T, S]``, past -> states ``[T, D]``, new."""
    g = _Graph(s)
    half = s.head_width // 2
    sizes = g.constant([s.heads * s.head_width, s.key_heads * s.head_width, s.key_heads * s.head_width])
    halves = g.constant([half, half])

    def heads(x: str, count: int) -> str:  # [T, count * W] -> [count, T, W]
        return str(g.node("Transpose", g.node("Reshape", x, g.constant([-1, count, s.head_width])), perm=[1, 0, 2]))

    def rotate(x: str) -> str:
        low, high = g.node("Split", x, halves, count=2, axis=2)
        turned = g.node("Concat", g.node("Neg", high), low, axis=2)
        return str(g.node("Add", g.node("Mul", x, "cos"), g.node("Mul", turned, "sin")))

    x, fresh = "x", []
    for i in range(s.layers):
        q, k, v = g.node("Split", g.multiply(g.normalize(x), f"{i}.qkv", s.width), sizes, count=3, axis=1)
        q, k, v = rotate(heads(q, s.heads)), rotate(heads(k, s.key_heads)), heads(v, s.key_heads)
        fresh.append(g.node("Unsqueeze", g.node("Concat", *(g.node("Unsqueeze", y, g.constant([0])) for y in (k, v)), axis=0), g.constant([0])))  # fmt: skip
        old = g.node("Gather", "past", g.constant(i), axis=0)
        keys, values = (g.node("Concat", g.node("Gather", old, g.constant(j), axis=0), y, axis=1) for j, y in enumerate((k, v)))  # fmt: skip
        # Queries that share keys stand side by side: [key heads, group * T, W].
        grouped = g.node("Reshape", q, g.constant([s.key_heads, -1, s.head_width]))
        scores = g.node("MatMul", grouped, g.node("Transpose", keys, perm=[0, 2, 1]))
        apart = g.node("Reshape", scores, g.node("Concat", g.constant([s.heads]), g.node("Shape", "mask"), axis=0))
        shares = g.node("Softmax", g.node("Add", apart, "mask"), axis=-1)
        joined = g.node("Reshape", shares, g.node("Shape", scores))
        mixed = g.node("Reshape", g.node("MatMul", joined, values), g.constant([s.heads, -1, s.head_width]))
        flat = g.node("Reshape", g.node("Transpose", mixed, perm=[1, 0, 2]), g.constant([-1, s.heads * s.head_width]))
        x = g.node("Add", x, g.multiply(flat, f"{i}.out", s.heads * s.head_width))
        gate, up = g.node("Split", g.multiply(g.normalize(x), f"{i}.gate_up", s.width), g.constant([s.hidden, s.hidden]), count=2, axis=1)  # fmt: skip
        active = g.node("Mul", g.node("Mul", gate, g.node("Sigmoid", gate)), up)
        x = g.node("Add", x, g.multiply(active, f"{i}.down", s.hidden))
    states = g.node("Mul", g.normalize(x), g.weight("norm"))
    new = g.node("Concat", *fresh, axis=0)
    memory = (s.layers, 2, s.key_heads)
    g.save(
        path,
        [_info("x", "T", s.width), _info("cos", "T", s.head_width), _info("sin", "T", s.head_width),
         _info("mask", "T", "S"), _info("past", *memory, "P", s.head_width)],
        [(states, "states", _info("states", "T", s.width)), (new, "new", _info("new", *memory, "T", s.head_width))],
    )  # fmt: skip


def write_head(s: Shape, path: Path) -> None:
    """Write the graph states ``[N, D]``, asked ``[N]``, bias ``[V]`` -> best, best_log ``[N, CHOICES]``, asked_log ``[N]``.

    ``bias`` decides which pieces are the best; log-probabilities are those of the model without it.
    """
    g = _Graph(s)
    logits = g.multiply("states", "embedding", s.width)
    last = g.constant([1])
    total = g.node("ReduceLogSumExp", logits, last, keepdims=1)
    _, best = g.node("TopK", g.node("Add", logits, "bias"), g.constant([CHOICES]), count=2, axis=1)
    asked = g.node("GatherElements", logits, g.node("Unsqueeze", "asked", last), axis=1)
    g.save(
        path,
        [
            _info("states", "N", s.width),
            _info("asked", "N", kind=TensorProto.INT64),
            _info("bias", s.vocabulary),
        ],
        [
            (best, "best", _info("best", "N", CHOICES, kind=TensorProto.INT64)),
            (g.node("Sub", g.node("GatherElements", logits, best, axis=1), total), "best_log", _info("best_log", "N", CHOICES)),
            (g.node("Squeeze", g.node("Sub", asked, total), last), "asked_log", _info("asked_log", "N")),
        ],
    )  # fmt: skip


def write_graphs(folder: Path, shape: Shape = SMOLLM2_135M) -> None:
    """Write both graphs and ``shape.json`` into a model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_body(shape, folder / BODY)
    write_head(shape, folder / HEAD)
    (folder / SHAPE).write_text(json.dumps(asdict(shape), indent=1) + "\n", encoding="utf-8")
