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


@pytest.fixture(scope="module")
def editor(tiny_model: Path) -> OnnxPostEditor:
    return OnnxPostEditor(tiny_model, threads=1)


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


def test_drafting_gives_what_greedy_search_gives(editor: OnnxPostEditor, tiny_model: Path) -> None:
    common = set(editor.common.tolist())
    for text in SENTENCES[:5]:
        ids = editor.pieces.encode(text)
        ((out, _, _),) = editor.post_edit_ids([ids])
        assert out == plain_greedy(tiny_model, ids, common)


def test_company_and_order_make_no_difference(editor: OnnxPostEditor) -> None:
    together = editor.post_edit(TEXTS)
    assert [editor.post_edit([t])[0].text for t in TEXTS] == [h.text for h in together]
    assert [h.text for h in editor.post_edit(TEXTS[::-1])][::-1] == [h.text for h in together]


def test_backends_agree(editor: OnnxPostEditor, tiny_model: Path) -> None:
    from mtfix.model.hf import HfPostEditor

    other = HfPostEditor(str(tiny_model))
    assert [h.text for h in other.post_edit(SENTENCES)] == [h.text for h in editor.post_edit(SENTENCES)]
    groups = [(t, [t, t.replace("the ", "")]) for t in SENTENCES[:3]]
    for ours, theirs in zip(editor.score(groups), other.score(groups), strict=True):
        assert ours == pytest.approx(theirs, abs=2e-3)
    assert other.name == editor.name


def test_scores_add_up_to_those_of_the_search(editor: OnnxPostEditor) -> None:
    text = SENTENCES[0]
    ((out, score, _),) = editor.post_edit_ids([editor.pieces.encode(text)])
    decoded = editor.pieces.decode(out)
    if editor.pieces.encode(decoded)[:-1] == out and len(out) < int(1.4 * len(editor.pieces.encode(text))) + 6:
        assert editor.score([(text, [decoded])])[0][0] == pytest.approx(score, abs=1e-3)
    assert all(s < 0 for s in editor.score([(text, SENTENCES[:3])])[0])


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


@pytest.mark.parametrize("part", ["encoder.onnx", "vocabulary.spm", "model.safetensors", "shortlist.npy"])
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
