from __future__ import annotations

from pathlib import Path

from tests.model.conftest import SENTENCES


def test_transformers_loads_and_generates_with_cache(tiny_model: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    import mtfix.model.runtime.tokenizer  # noqa: F401 - registers our classes

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
