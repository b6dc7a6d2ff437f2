from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from mtfix.errors import ModelError
from mtfix.model.runtime.quantize import RANGES, choose_steps, input_of, load_ranges, quantize, transpose

NAMES = ("encoder.layers.0.ffn.inner", "encoder.layers.0.ffn.outer", "decoder.0.cell.f", "decoder.0.cell.w")


def make_weights(seed: int) -> dict[str, np.ndarray]:
    r = default_rng(seed)
    shapes = {NAMES[0]: (12, 8), NAMES[1]: (8, 12), NAMES[2]: (8, 8), NAMES[3]: (8, 8)}
    found = {f"{n}.weight": r.standard_normal(s).astype(np.float32) for n, s in shapes.items()}
    return found | {f"{n}.bias": r.standard_normal(shapes[n][0]).astype(np.float32) for n in NAMES[:3]}


def make_ranges(seed: int) -> dict[str, np.ndarray]:
    r = default_rng(seed + 1)
    return {input_of(n): (r.random(12 if n.endswith("outer") else 8) * 9 + 1).astype(np.float32) for n in NAMES}


def run(x: np.ndarray, name: str, found: dict[str, np.ndarray], zero: int = 128) -> np.ndarray:
    """What the graph computes: QuantizeLinear, MatMulIntegerToFloat."""
    steps = np.clip(np.rint(x) + zero, 0, 255) - zero
    product = steps.astype(np.int64) @ found[f"{name}.int8"].astype(np.int64)
    return product * found[f"{name}.step"] + found.get(f"{name}.bias", 0)


@given(st.integers(0, 1000))
def test_a_product_of_whole_numbers_is_near_the_product(seed: int) -> None:
    weights, ranges = make_weights(seed), make_ranges(seed)
    found = quantize(weights, ranges)
    x = (default_rng(seed + 2).random((5, 8)) * 2 - 1).astype(np.float32) * ranges[input_of(NAMES[0])]
    exact = np.maximum(x @ weights[f"{NAMES[0]}.weight"].T + weights[f"{NAMES[0]}.bias"], 0)
    inner = np.maximum(run(x * found[f"{input_of(NAMES[0])}.inverse"], NAMES[0], found), 0)
    # The layer behind the ReLU reads whole steps: its weights know how large they are.
    steps = choose_steps(ranges[input_of(NAMES[1])], positive=True)
    assert np.abs(inner * steps - exact).max() < 0.05 * np.abs(exact).max()
    within = np.minimum(exact, ranges[input_of(NAMES[1])])
    outer = within @ weights[f"{NAMES[1]}.weight"].T
    rounded = run(within / steps, NAMES[1], {k: v for k, v in found.items() if "bias" not in k}, zero=0)
    assert np.abs(rounded - outer).max() < 0.03 * np.abs(within).max() * 12


@given(st.integers(0, 1000), st.floats(0.01, 1.0))
def test_two_neighbouring_products_fit_into_16_bits(seed: int, spread: float) -> None:
    """What `vpmaddubsw` adds: products of unsigned inputs with neighbouring weights, kept in 16 bits with sign."""
    weights, ranges = make_weights(seed), make_ranges(seed)
    weights[f"{NAMES[2]}.weight"] = np.sign(weights[f"{NAMES[2]}.weight"]) * np.float32(spread)  # all at the limit
    for name, values in quantize(weights, ranges).items():
        if name.endswith(".int8"):
            assert values.dtype == np.int8
            pairs = values[:-1].astype(int) * 255 + values[1:].astype(int) * 255
            assert pairs.max() < 2**15 and pairs.min() >= -(2**15)
            assert np.abs(values.astype(int)).max(0).min() >= 60  # and no bit more is given away than that


def test_no_channel_overflows_its_range() -> None:
    sizes = np.array([0.0, 1e-9, 0.5, 40.0], np.float32)
    assert (np.rint(sizes / choose_steps(sizes, positive=False)) <= 127).all()
    assert (np.rint(sizes / choose_steps(sizes, positive=True)) <= 255).all()
    assert np.isfinite(choose_steps(np.zeros(3, np.float32), positive=True)).all()


def test_matrices_that_read_one_tensor_share_its_steps() -> None:
    found = quantize(make_weights(1), make_ranges(1))
    assert [n for n in found if n.endswith(".inverse")] == [
        "encoder.layers.0.ffn.inner.x.inverse",
        "decoder.0.cell.x.inverse",
    ]


def test_ranges_of_another_model_are_refused() -> None:
    weights, ranges = make_weights(1), make_ranges(1)
    with pytest.raises(ModelError, match="another model"):
        quantize(weights, {k: v for k, v in ranges.items() if "cell" not in k})
    with pytest.raises(ModelError, match="another model"):
        quantize(weights, {k: v[:4] for k, v in ranges.items()})


@pytest.mark.parametrize("blob", [b"", b"no archive", b"PK\x03\x04 torn"])
def test_damaged_ranges_are_refused(tmp_path: Path, blob: bytes) -> None:
    (tmp_path / RANGES).write_bytes(blob)
    with pytest.raises(ModelError, match=RANGES):
        load_ranges(tmp_path)


def test_missing_ranges_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train export"):
        load_ranges(tmp_path)


def test_fp32_graphs_read_transposed_matrices_and_nothing_else_changes() -> None:
    weights = make_weights(3)
    found = transpose(weights)
    assert np.array_equal(found[f"{NAMES[0]}.transposed"], weights[f"{NAMES[0]}.weight"].T)
    assert np.array_equal(found[f"{NAMES[0]}.bias"], weights[f"{NAMES[0]}.bias"])


def test_stored_halves_are_read_as_float32_and_stay_as_they_are() -> None:
    halves = {n: w.astype(np.float16) for n, w in make_weights(4).items()}
    floats = {n: w.astype(np.float32) for n, w in halves.items()}
    kept = {n: w.copy() for n, w in halves.items()}
    for ours, theirs in (
        (quantize(halves, make_ranges(4)), quantize(floats, make_ranges(4))),
        (transpose(halves), transpose(floats)),
    ):
        assert ours.keys() == theirs.keys()
        assert all(ours[n].dtype == theirs[n].dtype and np.array_equal(ours[n], theirs[n]) for n in ours)
        assert all(w.dtype in (np.float32, np.int8) for w in ours.values())
    assert all(np.array_equal(halves[n], kept[n]) for n in halves)
