from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mtfix.errors import ModelError
from mtfix.model.align import align
from mtfix.model.load import installed_models
from mtfix.model.runtime.onnx import OnnxPostEditor
from mtfix.model.runtime.weights import hash_weights
from tests.model.conftest import SENTENCES

TEXTS = [*SENTENCES, "Владимир met “Ünal” – twice; ½ of €5 …", "Short one.", "x" * 40, ""]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_company_and_order_make_no_difference(editor: OnnxPostEditor, threads: int, batch_size: int) -> None:
    """Not in the last digit, whatever the batch, the order and the threads."""
    other = OnnxPostEditor(editor.folder, threads=threads, batch_size=batch_size, precision=editor.precision)
    alone = [editor.post_edit([t])[0] for t in TEXTS]
    assert other.post_edit(TEXTS) == alone
    assert other.post_edit(TEXTS[::-1])[::-1] == alone
    groups = [(t, [t, *SENTENCES[:2]]) for t in SENTENCES]
    if editor.precision == "int8":
        assert other.score(groups) == [editor.score([g])[0] for g in groups]
    else:
        for ours, theirs in zip(other.score(groups), [editor.score([g])[0] for g in groups], strict=True):
            assert ours == pytest.approx(theirs, abs=1e-4)


def test_the_vocabulary_s_marks_of_words_do_not_hide_moves(editor: OnnxPostEditor) -> None:
    assert [editor.normalize(t) for t in ("detained", "twelve men", ",", "(", "")] == [
        "detained",
        "twelve men",
        ",",
        "(",
        "",
    ]
    text, hypothesis = "In Moscow detained 12 citizens of Peru.", "In Moscow, 12 citizens of Peru were detained."
    assert align(text, hypothesis, editor.normalize) == align(text, hypothesis)
    assert len(align(text, hypothesis)) == 1


def test_backends_agree(exact: OnnxPostEditor, tiny_model: Path) -> None:
    from mtfix.model.runtime.hf import HfPostEditor

    other = HfPostEditor(str(tiny_model))
    assert [h.text for h in other.post_edit(SENTENCES)] == [h.text for h in exact.post_edit(SENTENCES)]
    groups = [(t, [t, t.replace("the ", "")]) for t in SENTENCES[:3]]
    for ours, theirs in zip(exact.score(groups), other.score(groups), strict=True):
        assert ours == pytest.approx(theirs, abs=2e-3)
    assert other.name == exact.name


def test_a_prefix_is_read(tiny_model: Path) -> None:
    from mtfix.model.runtime.hf import HfPostEditor

    plain, prefixed = HfPostEditor(str(tiny_model)), HfPostEditor(str(tiny_model), prefix="fix: ")
    group = [(SENTENCES[0], [SENTENCES[0]])]
    assert prefixed.score(group) == plain.score([(f"fix: {SENTENCES[0]}", [SENTENCES[0]])]) != plain.score(group)


@pytest.mark.skipif("default" not in installed_models(), reason="no default model is installed")
def test_beams_find_what_is_no_less_probable() -> None:
    from mtfix.model.runtime.hf import HfPostEditor

    folder = str(installed_models()["default"])
    texts = [
        "In Perm has opened school for pilots, and in it they wrote about accident.",
        "He told about plans the ministry.",
    ]
    greedy, wide = HfPostEditor(folder, penalty=0.0), HfPostEditor(folder, penalty=0.0, beams=4)
    greedy.common = wide.common = None  # beams are ranked by what is probable among all pieces
    for text, narrow, found in zip(texts, greedy.post_edit(texts), wide.post_edit(texts), strict=True):
        (scores,) = greedy.score([(text, [narrow.text, found.text])])
        # transformers looks for the best mean of a piece.
        means = [s / (wide.count_pieces(h.text) + 1) for s, h in zip(scores, (narrow, found), strict=True)]
        assert means[1] >= means[0] - 1e-3


def test_a_device_that_is_not_there(tiny_model: Path) -> None:
    from mtfix.model.runtime.hf import HfPostEditor

    with pytest.raises(ModelError, match="--device nonsense"):
        HfPostEditor(str(tiny_model), device="nonsense")


@pytest.mark.parametrize("penalty", [-1.5, 2.0])
def test_backends_agree_on_what_a_penalty_costs(tiny_model: Path, tmp_path: Path, penalty: float) -> None:
    """The penalty stands in the model's config, where both backends find it; the shortlist makes no difference."""
    from mtfix.model.runtime.hf import HfPostEditor

    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"penalty": penalty}), encoding="utf-8")
    ours, theirs = OnnxPostEditor(folder, threads=1, precision="fp32"), HfPostEditor(str(folder))
    free = OnnxPostEditor(folder, threads=1, precision="fp32", penalty=0.0)
    found = [h.text for h in ours.post_edit(SENTENCES)]
    assert found == [h.text for h in theirs.post_edit(SENTENCES)] != [h.text for h in free.post_edit(SENTENCES)]
    groups = [(t, [t, t.replace("the ", "")]) for t in SENTENCES[:3]]
    for mine, other in zip(ours.score(groups), theirs.score(groups), strict=True):
        assert mine == pytest.approx(other, abs=2e-3)


def test_whole_numbers_stay_near_fp32(tiny_model: Path, exact: OnnxPostEditor) -> None:
    rounded = OnnxPostEditor(tiny_model, threads=1)
    groups = [(t, [t, t.replace("the ", "")]) for t in SENTENCES]
    ours, theirs = (np.array(e.score(groups)) for e in (rounded, exact))
    assert np.abs(ours / theirs - 1).max() < 0.05
    assert not np.array_equal(ours, theirs)  # it is another arithmetic


def test_scores_are_those_of_every_step(editor: OnnxPostEditor) -> None:
    """The score of a candidate is the sum over its pieces of the log-softmax over what the sentence may write."""
    text, candidate = SENTENCES[0], SENTENCES[1]
    ids, labels = editor.pieces.encode(text), editor.pieces.encode(candidate)
    memory = editor.graphs.encode([ids])
    zero = np.zeros((1, editor.graphs.width), np.float32)
    h, _, _ = editor.graphs.decode(
        [[editor.pieces.pad, *labels[:-1]]], np.zeros(1, np.int64), (zero, zero), memory.pick([0])
    )
    (common,) = editor.graphs.output.run(None, {"h": h})
    rare = sorted({*ids, *labels} - set(editor.graphs.common.tolist()))
    others = h @ editor.graphs.embedding[rare].T + editor.graphs.bias[rare]
    scores = np.concatenate([common, others], 1).astype(np.float64)
    logs = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    order = [*editor.graphs.common.tolist(), *rare]
    expected = sum(logs[t, order.index(piece)] for t, piece in enumerate(labels))
    assert editor.score([(text, [candidate])])[0][0] == pytest.approx(expected, abs=1e-3)


def test_what_is_too_long_or_empty_comes_back(editor: OnnxPostEditor) -> None:
    long_text = "word " * 400
    assert [h.text for h in editor.post_edit([long_text, ""])] == [long_text, ""]
    assert not editor.fits(long_text)


def test_name_holds_the_hash_of_the_weights(editor: OnnxPostEditor, tiny_model: Path) -> None:
    assert editor.name.endswith("@" + hash_weights(tiny_model)) and len(hash_weights(tiny_model)) == 8


@pytest.mark.parametrize(
    "part", ["encoder.onnx", "output.onnx", "ranges.npz", "vocabulary.spm", "model.safetensors", "shortlist.npy"]
)
def test_a_missing_part_is_named(tiny_model: Path, tmp_path: Path, part: str) -> None:
    for file in tiny_model.iterdir():
        if file.name != part:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ModelError, match=part):
        OnnxPostEditor(tmp_path)
