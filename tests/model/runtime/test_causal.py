"""The runtime of `large` on a tiny network with random weights: same answers as torch and transformers, however it is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mtfix.errors import ModelError
from mtfix.model.runtime import adapt, causal
from mtfix.model.runtime.causal_graphs import BLOCK, BODY, HEAD, SHAPE, WEIGHTS, ZERO, CausalGraphs, Shape

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
tokenizers = pytest.importorskip("tokenizers")

from mtfix.training.network.causal import CausalNetwork  # noqa: E402
from mtfix.training.network.causal_graph import write_graphs  # noqa: E402

TINY = Shape(layers=2, width=24, heads=3, key_heads=1, head_width=8, hidden=32, vocabulary=60, rotary_base=100.0)
WORDS = ["<start>", "<x>", "<end>", *(f"w{i}" for i in range(57))]


def random_tensors(seed: int = 0) -> dict[str, np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    q, kv = TINY.heads * TINY.head_width, TINY.key_heads * TINY.head_width
    tensors = {"token_embd": (TINY.vocabulary, TINY.width), "output_norm": (TINY.width,)}
    for i in range(TINY.layers):
        tensors |= {
            f"blk.{i}.attn_q": (q, TINY.width), f"blk.{i}.attn_k": (kv, TINY.width), f"blk.{i}.attn_v": (kv, TINY.width),
            f"blk.{i}.attn_output": (TINY.width, q), f"blk.{i}.ffn_gate": (TINY.hidden, TINY.width),
            f"blk.{i}.ffn_up": (TINY.hidden, TINY.width), f"blk.{i}.ffn_down": (TINY.width, TINY.hidden),
            f"blk.{i}.attn_norm": (TINY.width,), f"blk.{i}.ffn_norm": (TINY.width,),
        }  # fmt: skip
    found = {n: (rng.standard_normal(s) * 0.5 + (len(s) == 1)).astype(np.float32) for n, s in tensors.items()}
    found["token_embd"][causal.START] *= 1.5  # so that some sentences come to an end
    return found


@pytest.fixture
def network() -> Any:
    tensors = {}
    for name, values in random_tensors().items():
        if name.endswith(("attn_q", "attn_k")):
            values = adapt.interleaved_to_halves(values, TINY.heads if name.endswith("_q") else TINY.key_heads)
        tensors[name] = torch.from_numpy(values.copy())
    torch.manual_seed(1)
    made = CausalNetwork(tensors, TINY, rank=2)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made.eval()


@pytest.fixture
def folder(tmp_path: Path, network: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder, with the base replaced by a tiny one."""
    from safetensors.torch import save_file

    made = tmp_path / "tiny"
    write_graphs(made, TINY)
    save_file({n: p.detach().clone() for n, p in network.named_parameters()}, str(made / adapt.ADAPTER))
    (made / "config.json").write_text(json.dumps({"adapter_scale": 2.0, "penalty": 0.0}), encoding="utf-8")
    np.save(made / causal.SHORTLIST, np.arange(60))
    vocabulary = tokenizers.models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<x>")
    tokenizer = tokenizers.Tokenizer(vocabulary)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(made / adapt.TOKENIZER))
    base = tmp_path / "base.gguf"
    base.write_bytes(b"tiny")
    monkeypatch.setenv("MTFIX_MODELS", str(tmp_path / "cache"))
    monkeypatch.setattr(adapt, "find_base", lambda: base)
    monkeypatch.setattr(
        adapt, "read_base", lambda path: {n: (lambda v=v: v.copy()) for n, v in random_tensors().items()}
    )
    monkeypatch.setattr(causal, "_CONTENT", causal.re.compile("(?!)"))  # every word as often as the model likes
    return made


def sentences(count: int = 12, seed: int = 3) -> list[list[int]]:
    rng = np.random.default_rng(seed)
    return [[int(i) for i in rng.integers(3, 60, rng.integers(2, 15))] for _ in range(count)]


def test_graphs_say_what_torch_says(folder: Path, network: Any) -> None:
    graphs = CausalGraphs(adapt.prepare(folder))
    for ids in sentences():
        states, memory = graphs.read(ids, graphs.begin())
        with torch.no_grad():
            expected = network.logits(network.read(torch.tensor([ids])))[0].log_softmax(-1)
        found = graphs.predict(states, [5] * len(ids))
        assert memory.length == len(ids)
        np.testing.assert_allclose(found.asked_log, expected[:, 5], atol=2e-4)
        np.testing.assert_allclose(found.best_log[:, 0], expected.max(-1).values, atol=2e-4)


def test_graphs_of_8_bits_say_nearly_what_torch_says(folder: Path, network: Any) -> None:
    write_graphs(folder, replace(TINY, bits=8))
    graphs = CausalGraphs(adapt.prepare(folder))
    differences, spread = [], []
    for ids in sentences():
        states, _ = graphs.read(ids, graphs.begin())
        with torch.no_grad():
            expected = network.logits(network.read(torch.tensor([ids])))[0].log_softmax(-1)
        for asked in (5, 9, 40):
            found = graphs.predict(states, [asked] * len(ids)).asked_log
            differences += list(np.abs(found - expected[:, asked].numpy()))
            spread += list(expected[:, asked].numpy())
    assert np.mean(differences) < 0.05 * np.std(spread)


def test_whole_numbers_are_half_a_step_away_at_most() -> None:
    w = np.random.default_rng(1).standard_normal((7, 50)).astype(np.float32)
    w[3] = 0
    numbers, scales = adapt.to_whole_numbers(w)
    assert (numbers.shape, scales.shape) == ((7, 2, BLOCK), (7, 2))
    back = ((numbers.astype(np.float32) - ZERO) * scales[..., None]).reshape(7, -1)
    assert np.all(np.abs(back[:, :50] - w) <= scales.repeat(BLOCK, 1)[:, :50] * 0.501)
    assert not back[3].any()
    assert not back[:, 50:].any()


def test_torch_says_what_transformers_says(network: Any) -> None:
    transformers = pytest.importorskip("transformers")
    config = transformers.LlamaConfig(
        vocab_size=TINY.vocabulary, hidden_size=TINY.width, intermediate_size=TINY.hidden, num_hidden_layers=TINY.layers,
        num_attention_heads=TINY.heads, num_key_value_heads=TINY.key_heads, head_dim=TINY.head_width, rms_norm_eps=1e-5,
        rope_theta=TINY.rotary_base, rope_parameters={"rope_type": "default", "rope_theta": TINY.rotary_base},
        tie_word_embeddings=True,
    )  # fmt: skip
    other = transformers.LlamaForCausalLM(config).eval()
    state = {
        "model.embed_tokens.weight": network.embedding,
        "model.norm.weight": network.norm,
        "lm_head.weight": network.embedding,
    }
    for i, layer in enumerate(network.layers):
        at = f"model.layers.{i}"
        state |= {
            f"{at}.input_layernorm.weight": layer.attention_norm,
            f"{at}.post_attention_layernorm.weight": layer.feed_norm,
        }
        names = {"qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"), "out": ("self_attn.o_proj",),
                 "gate_up": ("mlp.gate_proj", "mlp.up_proj"), "down": ("mlp.down_proj",)}  # fmt: skip
        for part, targets in names.items():
            module = getattr(layer, part)
            low = torch.cat([b @ module.a[j * 2 : j * 2 + 2] for j, b in enumerate(module.b)])
            rows = (module.weight + module.scale * low).split([len(b) for b in module.b])
            state |= {f"{at}.{target}.weight": row for target, row in zip(targets, rows, strict=True)}
    other.load_state_dict(state)
    ids = torch.tensor([sentences()[0]])
    with torch.no_grad():
        torch.testing.assert_close(other(ids).logits, network.logits(network.read(ids)), atol=1e-4, rtol=1e-3)


def test_reading_in_parts_is_reading_at_once(folder: Path) -> None:
    graphs = CausalGraphs(adapt.prepare(folder))
    ids = sentences()[1]
    whole, _ = graphs.read(ids, graphs.begin())
    first, memory = graphs.read(ids[:1], graphs.begin())
    _, longer = graphs.read([7, 8], memory)
    second, _ = graphs.read(ids[1:], longer.cut(1))
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-4)


def test_writes_what_greedy_search_writes(folder: Path, network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causal, "_AWAY", 10_000)  # never taken back to the copy
    monkeypatch.setattr(causal, "_LAST", 10_000)
    editor = causal.CausalPostEditor(folder, threads=1, penalty=0.0)
    ended = 0
    for source in sentences(120):
        limit = int(1.4 * len(source)) + 6
        out: list[int] = []
        while len(out) <= limit:
            with torch.no_grad():
                ids = torch.tensor([[causal.START, *source, causal.END, *out]])
                piece = int(network.logits(network.read(ids))[0, -1].argmax())
            if piece == causal.START:
                break
            out.append(piece)
        if len(out) <= limit:  # longer ones are taken back to the copy
            ended += 1
            assert editor.write(source) == out
    assert ended >= 3


def test_a_high_penalty_copies(folder: Path) -> None:
    editor = causal.CausalPostEditor(folder, threads=1, penalty=1e9)
    assert all(editor.write(source) == source for source in sentences())


def test_scores_are_sums_of_log_probabilities(folder: Path, network: Any) -> None:
    editor = causal.CausalPostEditor(folder, threads=2)
    text, candidates = "w1 w2 w3 w4", ["w1 w2 w3 w4", "w1 w9 w3 w4", "w1 w2", "w9"]
    found = editor.score([(text, candidates), (text, candidates[:1])])
    for candidate, score in zip(candidates, found[0], strict=True):
        given = [causal.START, *editor.encode(text), causal.END]
        ids = [*given, *editor.encode(candidate), causal.START]
        with torch.no_grad():
            logs = network.logits(network.read(torch.tensor([ids])))[0].log_softmax(-1)
        expected = sum(float(logs[i - 1, ids[i]]) for i in range(len(given), len(ids)))
        assert score == pytest.approx(expected, abs=1e-3)
    assert found[1][0] == found[0][0]


def test_a_sentence_is_answered_alike_alone_and_in_company(folder: Path) -> None:
    editor = causal.CausalPostEditor(folder, threads=2)
    texts = [" ".join(WORDS[i] for i in source) for source in sentences()]
    assert editor.post_edit(texts) == [editor.post_edit([t])[0] for t in texts]


def test_too_long_and_empty_texts_stay(folder: Path) -> None:
    editor = causal.CausalPostEditor(folder, threads=1)
    long = " ".join(["w5"] * (causal.LONGEST + 1))
    assert not editor.fits(long)
    assert [h.text for h in editor.post_edit([long, ""])] == [long, ""]


def test_weights_are_made_once_and_whole(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    made = adapt.prepare(folder, said.append)
    assert len(said) == 1
    assert {p.name for p in made.iterdir()} == {BODY, HEAD, SHAPE, WEIGHTS}
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [made.name]
    assert adapt.prepare(folder, said.append) == made
    assert len(said) == 1


def test_another_adapter_has_other_weights(folder: Path) -> None:
    first = adapt.prepare(folder)
    adapter = folder / adapt.ADAPTER
    adapter.write_bytes(adapter.read_bytes()[:-4] + b"\0\0\0\0")
    assert adapt.prepare(folder) != first


def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapt, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"mtfix\[large\]"):
        adapt.find_base()
