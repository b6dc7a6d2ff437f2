from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mtfix.errors import ModelError
from mtfix.model.onnx import OnnxPostEditor, _next_draft
from mtfix.model.weights import hash_weights, read_safetensors
from tests.model.conftest import SENTENCES

TEXTS = [*SENTENCES, "Владимир met “Ünal” – twice; ½ of €5 …", "Short one.", "x" * 40, ""]


@pytest.fixture(scope="module", params=["int8", "fp32"])
def editor(tiny_model: Path, request: pytest.FixtureRequest) -> OnnxPostEditor:
    return OnnxPostEditor(tiny_model, threads=1, precision=request.param)


@pytest.fixture(scope="module")
def exact(tiny_model: Path) -> OnnxPostEditor:
    return OnnxPostEditor(tiny_model, threads=1, precision="fp32")


def plain_greedy(folder: Path, ids: list[int], common: set[int]) -> list[int]:
    """Greedy search by the book, one piece at a time, with torch."""
    import torch

    from mtfix.model.network import SsruForConditionalGeneration

    network = SsruForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    allowed = torch.tensor(sorted(common | set(ids)))
    pad = network.config.pad_token_id
    out: list[int] = []
    with torch.no_grad():
        source = torch.tensor([ids])
        mask = torch.ones_like(source)
        memory = network.encoder(source, mask)[0]
        while len(out) < int(1.4 * len(ids)) + 6:
            hidden = network.decode(torch.tensor([[pad, *out]]), network.start(memory), mask)
            piece = int(allowed[network.logits(hidden[0, -1], allowed).argmax()])
            if piece == 0:
                break
            out.append(piece)
    return out


def step_by_step(editor: OnnxPostEditor, ids: list[int]) -> list[int]:
    """Greedy search by the book with the editor's own graphs, one piece at a time from the start."""
    memory = editor.encode([ids])
    feeds = dict(zip(("k0", "v0", "k1", "v1"), memory.keys_values, strict=True)) | {"mask": memory.mask}
    zero = np.zeros((1, editor.width), np.float32)
    rare = editor.find_rare(ids)
    out: list[int] = []
    while len(out) < int(1.4 * len(ids)) + 6:
        h, _, _ = editor.decode([[editor.pieces.pad, *out]], np.zeros(1, np.int64), (zero, zero), feeds)
        piece = int(editor._choose(h[0, -1:], [(rare, 1)])[0])
        if piece == 0:
            break
        out.append(piece)
    return out


def test_drafting_gives_what_greedy_search_gives(editor: OnnxPostEditor) -> None:
    for text in SENTENCES:
        ids = editor.pieces.encode(text)
        ((out, _),) = editor.post_edit_ids([ids])
        assert out == step_by_step(editor, ids)


def test_greedy_search_is_that_of_torch(exact: OnnxPostEditor, tiny_model: Path) -> None:
    common = set(exact.common.tolist())
    for text in SENTENCES[:5]:
        ids = exact.pieces.encode(text)
        ((out, _),) = exact.post_edit_ids([ids])
        assert out == plain_greedy(tiny_model, ids, common)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_company_and_order_make_no_difference(editor: OnnxPostEditor, threads: int, batch_size: int) -> None:
    """Not in the last digit, whatever the batch, the order and the threads."""
    precision = "fp32" if "fp32" in str(editor.graphs[0]) else "int8"
    other = OnnxPostEditor(editor.folder, threads=threads, batch_size=batch_size, precision=precision)
    alone = [editor.post_edit([t])[0] for t in TEXTS]
    assert other.post_edit(TEXTS) == alone
    assert other.post_edit(TEXTS[::-1])[::-1] == alone
    groups = [(t, [t, *SENTENCES[:2]]) for t in SENTENCES]
    if precision == "int8":
        assert other.score(groups) == [editor.score([g])[0] for g in groups]
    else:
        for ours, theirs in zip(other.score(groups), [editor.score([g])[0] for g in groups], strict=True):
            assert ours == pytest.approx(theirs, abs=1e-4)


def test_backends_agree(exact: OnnxPostEditor, tiny_model: Path) -> None:
    from mtfix.model.hf import HfPostEditor

    other = HfPostEditor(str(tiny_model))
    assert [h.text for h in other.post_edit(SENTENCES)] == [h.text for h in exact.post_edit(SENTENCES)]
    groups = [(t, [t, t.replace("the ", "")]) for t in SENTENCES[:3]]
    for ours, theirs in zip(exact.score(groups), other.score(groups), strict=True):
        assert ours == pytest.approx(theirs, abs=2e-3)
    assert other.name == exact.name


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
    memory = editor.encode([ids])
    feeds = dict(zip(("k0", "v0", "k1", "v1"), memory.keys_values, strict=True)) | {"mask": memory.mask}
    zero = np.zeros((1, editor.width), np.float32)
    h, _, _ = editor.decode([[editor.pieces.pad, *labels[:-1]]], np.zeros(1, np.int64), (zero, zero), feeds)
    (common,) = editor.output.run(None, {"h": h[0]})
    rare = sorted({*ids, *labels} - set(editor.common.tolist()))
    others = h[0] @ editor.embedding[rare].T + editor.bias[rare]
    scores = np.concatenate([common, others], 1).astype(np.float64)
    logs = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    order = [*editor.common.tolist(), *rare]
    expected = sum(logs[t, order.index(piece)] for t, piece in enumerate(labels))
    assert editor.score([(text, [candidate])])[0][0] == pytest.approx(expected, abs=1e-3)


def test_what_is_too_long_or_empty_comes_back(editor: OnnxPostEditor) -> None:
    long_text = "word " * 400
    assert [h.text for h in editor.post_edit([long_text, ""])] == [long_text, ""]
    assert not editor.fits(long_text)


@pytest.mark.parametrize(
    ("source", "out", "draft"),
    [
        ([5, 6, 7, 8, 0], [5, 9, 6, 7], [8, 0]),
        ([5, 6, 7, 8, 0], [5, 9], [0]),
        ([5, 6, 5, 6, 7, 0], [9, 9, 5, 6], [7, 0]),
        ([5, 6, 0], [], [0]),
    ],
)
def test_the_next_draft_starts_where_output_meets_input(source: list[int], out: list[int], draft: list[int]) -> None:
    assert _next_draft(source, out) == draft


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


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    for blob in (b"", b"pickle", b"\xff" * 64, (10).to_bytes(8, "little") + b'{"a":{}}  '):
        path.write_bytes(blob)
        with pytest.raises(ModelError, match="safetensors"):
            read_safetensors(path)
    header = json.dumps({"a": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 8)
    with pytest.raises(ModelError, match="I64"):
        read_safetensors(path)


def test_weights_are_read_as_transformers_reads_them(tiny_model: Path) -> None:
    torch = pytest.importorskip("safetensors.torch")
    theirs = torch.load_file(tiny_model / "model.safetensors")
    ours = read_safetensors(tiny_model / "model.safetensors")
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[k], theirs[k].float().numpy()) for k in ours)


def test_transformers_loads_and_generates_with_cache(tiny_model: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    import mtfix.model.tokenizer  # noqa: F401 - registers our classes

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    network = AutoModelForSeq2SeqLM.from_pretrained(tiny_model, dtype=torch.float32).eval()
    inputs = tokenizer(SENTENCES[:3], return_tensors="pt", padding=True)
    cached = network.generate(**inputs, max_new_tokens=12, num_beams=1, do_sample=False)
    with torch.no_grad():
        full = network(**inputs, decoder_input_ids=cached[:, :-1]).logits.argmax(-1)
    pad = network.config.pad_token_id
    real = cached[:, 1:] != pad
    assert torch.equal(full[real], cached[:, 1:][real])
    assert network.generate(**inputs, max_new_tokens=6, num_beams=3).shape[0] == 3
