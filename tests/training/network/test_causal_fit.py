"""The run that fits the adapter of the large model: what it reads, and that it learns."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs mtfix[train]")

import torch.nn.functional as F  # noqa: E402, N812

from mtfix.errors import ConfigError  # noqa: E402
from mtfix.training.corpus.variation import mend_partly  # noqa: E402
from mtfix.training.network.causal import attend  # noqa: E402
from mtfix.training.network.causal_fit import (  # noqa: E402
    AdapterConfig,
    Material,
    load_adapter_config,
    make_batches,
    rate_at,
)
from mtfix.training.network.causal_fit import Example as Row  # noqa: E402
from mtfix.training.network.vocabulary_loss import ROWS, weigh_losses  # noqa: E402

MT, PE = "In Perm detained two man on Monday", "Two men were detained in Perm on Monday"


@pytest.mark.parametrize("count", [1, ROWS, ROWS + 3])
def test_losses_by_rows_are_torchs(count: int) -> None:
    torch.manual_seed(count)
    states = torch.randn(count, 8, requires_grad=True)
    embedding, targets, weights = torch.randn(50, 8), torch.randint(0, 50, (count,)), torch.rand(count)
    wanted = (F.cross_entropy(states @ embedding.T, targets, reduction="none") * weights).sum()
    found = weigh_losses(states, embedding, targets, weights)
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(torch.autograd.grad(3 * found, states), torch.autograd.grad(3 * wanted, states))


def test_attention_is_torchs() -> None:
    q, k, v = (torch.randn(2, 3, 5, 4) for _ in range(3))
    torch.testing.assert_close(attend(q, k, v), F.scaled_dot_product_attention(q, k, v, is_causal=True))


def test_some_changes_are_made_already() -> None:
    assert mend_partly(MT, PE, random.Random(1), share=0.0) == MT
    assert mend_partly(MT, PE, random.Random(1), share=1.0) == PE
    found = {mend_partly(MT, PE, random.Random(seed)) for seed in range(20)}
    assert len(found) > 2
    assert mend_partly(PE, PE, random.Random(1)) == PE


def test_a_pass_reads_all_post_edits_and_a_sample_of_the_rest() -> None:
    material = Material([(MT, PE)], [f"It rained {i} days." for i in range(9)], [("a", "b")] * 5, [("c", "d")] * 4)
    config = AdapterConfig(clean=3, other=2)
    drawn = material.draw(0, config, first=False)
    assert sorted(mt == pe for mt, pe in drawn) == [False] * 3 + [True] * 3
    assert (MT, PE) in drawn
    assert material.draw(0, config, first=True) == [("c", "d")] * 4
    assert drawn == material.draw(0, config, first=False) != material.draw(1, config, first=False)


def test_inputs_are_mended_partly_from_the_second_pass_on() -> None:
    material, config = Material([(MT, PE)] * 20), AdapterConfig(partly=1.0)
    assert set(material.draw(0, config, first=False)) == {(MT, PE)}
    assert len({mt for mt, _ in material.draw(1, config, first=False)}) > 2


def test_batches_hold_so_many_pieces() -> None:
    rows = [Row([0] * n, 1, [1.0]) for n in (3, 9, 4, 8, 5, 5)]
    batches = list(make_batches(rows, 20, random.Random(1)))
    assert sorted(len(e.ids) for b in batches for e in b) == [3, 4, 5, 5, 8, 9]
    assert all(len(b) * max(len(e.ids) for e in b) <= 20 for b in batches)


def test_the_rate_rises_and_falls() -> None:
    config = AdapterConfig(rate=1.0, warmup=10, floor=0.1)
    assert rate_at(0, 0.0, config) == pytest.approx(0.1)
    assert rate_at(20, 0.0, config) == pytest.approx(1.0)
    assert rate_at(20, 1.0, config) == rate_at(20, 2.0, config) == pytest.approx(0.1)


def test_settings(tmp_path: Path) -> None:
    path = tmp_path / "fit.yaml"
    path.write_text("rank: 48\nhalf: true\n", encoding="utf-8")
    assert load_adapter_config(path) == AdapterConfig(rank=48, half=True)
    for text, said in (("half: 1", "true or false"), ("rank: true", "a number"), ("rnk: 1", "did you mean")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            load_adapter_config(path)
