"""Whatever changes an output changes its fingerprint; what does not, does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.batch import fingerprint as batch
from mtfix.config import load_config
from mtfix.fingerprint import describe_outputs, digest_model, fingerprint_head, name_machine


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


def test_the_machine_counts_for_the_model_and_not_for_rules(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, rules = load_config(None, model=str(model)), load_config(None, rules_only=True)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    before, of_rules = describe_outputs(config), describe_outputs(rules)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    after = describe_outputs(config)
    assert fingerprint_head(after) != fingerprint_head(before)
    assert name_machine(after["machine"]) != name_machine(before["machine"])
    assert {**after, "machine": before["machine"]} == before
    assert describe_outputs(rules) == of_rules


def test_a_batch_may_go_on_on_another_machine(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = describe_outputs(load_config(None, model=str(model))) | {"load": "x"}
    before = batch.fingerprint_head(head)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    after = describe_outputs(load_config(None, model=str(model))) | {"load": "x"}
    assert batch.fingerprint_head(after) == before
    assert batch.name_differences(head, after) == []
