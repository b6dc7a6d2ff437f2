from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mtfix.model.drafting import next_draft
from mtfix.model.onnx import OnnxPostEditor
from tests.model.conftest import SENTENCES


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
