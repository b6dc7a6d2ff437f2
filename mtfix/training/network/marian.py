"""Read Marian's binary model files, int8 ones included, and put a student's weights into our network."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import torch

from mtfix.errors import ModelError
from mtfix.model.runtime.network import SsruForConditionalGeneration

FLOAT32, INTGEMM8 = 0x404, 0x4101


def read_marian(path: Path) -> dict[str, torch.Tensor]:
    """Return the float tensors of a Marian binary file, ``[inputs, outputs]`` as Marian multiplies them.

    The format: version, count, then of every tensor a header of four uint64 (length of its name, type, length of its
    shape, length of its data), then all names, all shapes, padding, all data. An int8 tensor of intgemm is stored
    transposed (but for the embedding) and followed by its float multiplier.

    Raises:
        ModelError: the file is not a Marian model.
    """
    blob = path.read_bytes()
    try:
        version, count = struct.unpack_from("<QQ", blob, 0)
        if version != 1:
            raise ModelError(f"{path}: version {version} of Marian's binary format is not known; need 1")
        headers = [struct.unpack_from("<QQQQ", blob, 16 + 32 * i) for i in range(count)]
        at = 16 + 32 * count
        names = []
        for header in headers:
            names.append(blob[at : at + header[0] - 1].decode())
            at += header[0]
        shapes = []
        for header in headers:
            shapes.append(struct.unpack_from(f"<{header[2]}i", blob, at))
            at += 4 * header[2]
        at += 8 + struct.unpack_from("<Q", blob, at)[0]
        weights: dict[str, torch.Tensor] = {}
        for header, name, shape in zip(headers, names, shapes, strict=True):
            data = blob[at : at + header[3]]
            at += header[3]
            size = int(np.prod(shape))
            if name.startswith("special") or name.endswith("QuantMultA"):
                continue
            if header[1] == FLOAT32:
                weights[name] = torch.from_numpy(np.frombuffer(data, np.float32, size).reshape(shape).copy())
            elif header[1] == INTGEMM8:
                values = np.frombuffer(data, np.int8, size).astype(np.float32)
                multiplier = np.frombuffer(data, np.float32, 1, size)[0]
                matrix = values.reshape(shape) if name == "Wemb" else values.reshape(shape[1], shape[0]).T
                weights[name] = torch.from_numpy(np.ascontiguousarray(matrix / multiplier))
    except (struct.error, ValueError, IndexError) as error:
        raise ModelError(f"{path}: not a Marian binary model: {error}") from None
    return weights


@torch.no_grad()
def load_student(
    model: SsruForConditionalGeneration, weights: dict[str, torch.Tensor], piece_ids: dict[int, int]
) -> None:
    """Copy a student's weights into ``model``.

    ``piece_ids`` maps our pieces to the student's; the others start with a small random embedding and a low bias, so
    that they are not chosen before they are learnt.
    """
    pad = model.config.pad_token_id
    embedding = torch.randn(model.embedding.weight.shape, generator=torch.Generator().manual_seed(1)) * 0.02
    bias = torch.full_like(model.output_bias, -3.0)
    for ours, theirs in piece_ids.items():
        # Two pieces may start from one (lookalikes): the noise, a hundredth of a weight, tells them apart.
        embedding[ours] = weights["Wemb"][theirs] + 0.05 * embedding[ours]
        bias[ours] = weights["decoder_ff_logit_out_b"][0, theirs]
    embedding[pad] = 0
    model.embedding.weight.copy_(embedding)
    model.output_bias.copy_(bias)

    def linear(layer: torch.nn.Linear, weight: str, bias_name: str | None) -> None:
        layer.weight.copy_(weights[weight].T)
        if bias_name is not None:
            layer.bias.copy_(weights[bias_name][0])

    def norm(layer: torch.nn.LayerNorm, prefix: str) -> None:
        layer.weight.copy_(weights[prefix + "_ln_scale"][0])
        layer.bias.copy_(weights[prefix + "_ln_bias"][0])

    for side, layers, kind in (("encoder", model.encoder.layers, "self"), ("decoder", model.decoder, "context")):
        for number, layer in enumerate(layers, 1):
            start = f"{side}_l{number}"
            for letter in "qkvo":
                linear(getattr(layer.attention, letter), f"{start}_{kind}_W{letter}", f"{start}_{kind}_b{letter}")
            norm(layer.norm, f"{start}_{kind}_Wo")
            linear(layer.ffn.inner, f"{start}_ffn_W1", f"{start}_ffn_b1")
            linear(layer.ffn.outer, f"{start}_ffn_W2", f"{start}_ffn_b2")
            norm(layer.ffn.norm, f"{start}_ffn_ffn")
            if side == "decoder":
                linear(layer.cell.w, f"{start}_rnn_W", None)
                linear(layer.cell.f, f"{start}_rnn_Wf", f"{start}_rnn_bf")
                norm(layer.cell_norm, f"{start}_rnn_ffn")
