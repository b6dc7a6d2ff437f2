from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mtfix.errors import ModelError
from mtfix.model.runtime.onnx import OnnxPostEditor
from mtfix.model.translationese import FILE, PRIOR_ODDS, Probe, load_probe, mean_odds, pool
from tests.model.conftest import SENTENCES


def test_the_mean_leaves_padding_out() -> None:
    keys = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    mask = np.array([[1.0, 1.0, 0.0]], np.float32)
    assert pool(keys, mask).tolist() == [[2.0, 3.0, 4.0, 5.0, 14.0, 15.0, 16.0, 17.0]]


def test_a_saved_probe_is_read_back(tmp_path: Path) -> None:
    assert load_probe(tmp_path, 2) is None
    Probe(np.array([1.5, -2.0], np.float32), 0.25).save(tmp_path)
    found = load_probe(tmp_path, 2)
    assert found is not None and found.odds(np.array([[1.0, 1.0]], np.float32)) == [-0.25]


@pytest.mark.parametrize(
    ("content", "message"),
    [("{}", "not a probe"), ("[", "not a probe"), ('{"bias": 0, "weights": [1, 2, 3]}', "3 weights, the model is 2")],
)
def test_a_damaged_probe_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(ModelError, match=message):
        load_probe(tmp_path, 2)


def test_little_text_decides_little() -> None:
    assert mean_odds([]) == mean_odds([None]) == PRIOR_ODDS
    assert PRIOR_ODDS < mean_odds([3.0]) < mean_odds([3.0] * 30) < 3.0
    assert -3.0 < mean_odds([-3.0] * 30) < mean_odds([-3.0]) < PRIOR_ODDS


def test_odds_do_not_depend_on_the_batch_or_the_backend(tiny_model: Path) -> None:
    from mtfix.model.runtime.hf import HfPostEditor

    width = OnnxPostEditor(tiny_model, threads=1).graphs.width
    assert [h.translationese for h in OnnxPostEditor(tiny_model, threads=1).post_edit(SENTENCES[:2])] == [None, None]
    try:
        Probe(np.random.default_rng(3).normal(size=width).astype(np.float32), 0.5).save(tiny_model)
        editor = OnnxPostEditor(tiny_model, threads=1)
        together = [h.translationese for h in editor.post_edit(SENTENCES)]
        alone = [editor.post_edit([s])[0].translationese for s in SENTENCES]
        assert together == alone
        other = [h.translationese for h in HfPostEditor(str(tiny_model)).post_edit(SENTENCES)]
        exact = OnnxPostEditor(tiny_model, threads=1, precision="fp32")
        assert other == pytest.approx([h.translationese for h in exact.post_edit(SENTENCES)], abs=1e-3)
        assert together == pytest.approx(other, abs=0.3)
        assert max(together) - min(together) > 0.01  # type: ignore[type-var]
    finally:
        (tiny_model / FILE).unlink()
