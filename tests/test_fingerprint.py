"""Whatever changes an output changes its fingerprint; what does not, does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.config import load_config
from mtfix.fingerprint import describe_outputs, digest_model, fingerprint_head


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for name in (
        "model.safetensors",
        "encoder.onnx",
        "vocabulary.spm",
        "shortlist.npy",
        "confidence.json",
        "README.md",
    ):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


@pytest.mark.parametrize(
    "name", ["model.safetensors", "encoder.onnx", "vocabulary.spm", "shortlist.npy", "confidence.json"]
)
def test_every_file_of_a_model_counts(model: Path, name: str) -> None:
    config = load_config(None, model=str(model))
    before = fingerprint_head(describe_outputs(config))
    (model / name).write_bytes(b"other")
    assert fingerprint_head(describe_outputs(config)) != before


def test_its_card_and_its_place_do_not(model: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    config = load_config(None, model=str(model))
    before = digest_model(config)
    (model / "README.md").write_text("a better card", encoding="utf-8")
    (model / "curve.png").write_bytes(b"a picture")
    assert digest_model(config) == before
    moved = tmp_path_factory.mktemp("elsewhere") / "m"
    model.rename(moved)
    assert digest_model(load_config(None, model=str(moved))) == before


@pytest.mark.parametrize(
    "change", [{"fix": "all"}, {"profile": "ap"}, {"disable": ("RU_SCALE_DECIMAL_COMMA",)}, {"default_packs": False}]
)
def test_the_configuration_counts(change: dict[str, object]) -> None:
    def take(**values: object) -> str:
        return fingerprint_head(describe_outputs(load_config(None, rules_only=True, **values)))

    assert take(**change) != take() == take()


def test_without_a_model_there_is_none() -> None:
    assert digest_model(load_config(None, rules_only=True)) == ""
    assert digest_model(load_config(None, model="owner/name", backend="hf")) == "hub:owner/name"
