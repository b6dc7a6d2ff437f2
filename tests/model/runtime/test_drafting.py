from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mtfix.model.runtime.drafting import next_draft
from mtfix.model.runtime.onnx import OnnxPostEditor
from tests.model.conftest import SENTENCES


def plain_greedy(folder: Path, ids: list[int], common: set[int], penalty: float = 0.0) -> list[int]:
    """Greedy search by the book, one piece at a time, with torch; pieces that ``ids`` has not cost ``penalty``."""
    import torch

    from mtfix.model.runtime.network import SsruForConditionalGeneration

    network = SsruForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    allowed = torch.tensor(sorted(common | set(ids)))
    cost = penalty * ~torch.isin(allowed, torch.tensor(ids))
    pad = network.config.pad_token_id
    out: list[int] = []
    with torch.no_grad():
        source = torch.tensor([ids])
        mask = torch.ones_like(source)
        memory = network.encoder(source, mask)[0]
        while len(out) < int(1.4 * len(ids)) + 6:
            hidden = network.decode(torch.tensor([[pad, *out]]), network.start(memory), mask)
            piece = int(allowed[(network.logits(hidden[0, -1], allowed) - cost).argmax()])
            if piece == 0:
                break
            out.append(piece)
    return out


def step_by_step(editor: OnnxPostEditor, ids: list[int]) -> list[int]:
    """Greedy search by the book with the editor's own graphs, one piece at a time from the start."""
    memory = editor.graphs.encode([ids])
    zero = np.zeros((1, editor.graphs.width), np.float32)
    rare = editor.graphs.find_rare(ids)
    out: list[int] = []
    while len(out) < int(1.4 * len(ids)) + 6:
        h, _, _ = editor.graphs.decode(
            [[editor.pieces.pad, *out]], np.zeros(1, np.int64), (zero, zero), memory.pick([0])
        )
        piece = int(editor.graphs.choose(h[-1:], [(rare, 1)])[0])
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
    common = set(exact.graphs.common.tolist())
    for text in SENTENCES[:5]:
        ids = exact.pieces.encode(text)
        ((out, _),) = exact.post_edit_ids([ids])
        assert out == plain_greedy(tiny_model, ids, common)


@pytest.mark.parametrize("penalty", [-2.0, 0.5, 3.0])
def test_pieces_that_the_input_has_not_cost_the_penalty(tiny_model: Path, penalty: float) -> None:
    editor = OnnxPostEditor(tiny_model, threads=1, precision="fp32", penalty=penalty)
    common = set(editor.graphs.common.tolist())
    texts = SENTENCES[2:7]
    sources = [editor.pieces.encode(t) for t in texts]
    # Together, so that a part of the states holds those of several sentences.
    for ids, (out, _) in zip(sources, editor.post_edit_ids(sources), strict=True):
        assert out == plain_greedy(tiny_model, ids, common, penalty)


def test_a_high_penalty_leaves_only_the_pieces_of_the_input(tiny_model: Path) -> None:
    free, bound = (OnnxPostEditor(tiny_model, threads=1, precision="fp32", penalty=p) for p in (0.0, 1000.0))
    sources = [free.pieces.encode(t) for t in SENTENCES]
    assert any(set(out) - set(ids) for ids, (out, _) in zip(sources, free.post_edit_ids(sources), strict=True))
    assert not any(set(out) - set(ids) for ids, (out, _) in zip(sources, bound.post_edit_ids(sources), strict=True))


def test_a_penalty_changes_no_probability(tiny_model: Path) -> None:
    free, bound = (OnnxPostEditor(tiny_model, threads=1, penalty=p) for p in (0.0, 4.0))
    groups = [(SENTENCES[0], SENTENCES[:3])]
    assert free.score(groups) == bound.score(groups)


@pytest.mark.parametrize(
    ("source", "out", "draft"),
    [
        ([5, 6, 7, 8, 0], [5, 9, 6, 7], [8, 0]),
        ([5, 6, 7, 8, 0], [5, 9], [0]),
        ([5, 6, 5, 6, 7, 0], [9, 9, 5, 6], [7, 0]),
        ([5, 6, 0], [], [0]),
    ],
)
def test_thenext_draft_starts_where_output_meets_input(source: list[int], out: list[int], draft: list[int]) -> None:
    assert next_draft(source, out) == draft
