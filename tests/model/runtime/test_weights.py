from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mtfix.errors import ModelError
from mtfix.model.runtime.weights import map_safetensors, read_penalty


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    for blob in (b"", b"pickle", b"\xff" * 64, (10).to_bytes(8, "little") + b'{"a":{}}  '):
        path.write_bytes(blob)
        with pytest.raises(ModelError, match="safetensors"):
            map_safetensors(path)
    header = json.dumps({"a": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 8)
    with pytest.raises(ModelError, match="I64"):
        map_safetensors(path)


def test_weights_are_read_as_transformers_reads_them(tiny_model: Path) -> None:
    torch = pytest.importorskip("safetensors.torch")
    theirs = torch.load_file(tiny_model / "model.safetensors")
    ours = map_safetensors(tiny_model / "model.safetensors")
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[k], theirs[k].numpy()) for k in ours)


@pytest.mark.parametrize(("config", "penalty"), [("{}", 0.0), ('{"penalty": 1}', 1.0), ('{"penalty": -0.5}', -0.5)])
def test_the_penalty_stands_in_the_config(tmp_path: Path, config: str, penalty: float) -> None:
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    assert read_penalty(tmp_path) == penalty


def test_a_model_without_a_config_has_no_penalty(tmp_path: Path) -> None:
    assert read_penalty(tmp_path) == 0.0


@pytest.mark.parametrize("config", ["", "[1]", '{"penalty": "high"}', '{"penalty": true}', '{"penalty": null}'])
def test_a_damaged_config_is_named(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(ModelError, match=r"config\.json: (a damaged config|penalty must be a number)"):
        read_penalty(tmp_path)
