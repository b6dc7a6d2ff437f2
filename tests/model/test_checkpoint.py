"""transformers opens our checkpoint after one import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("transformers")
ROOT = Path(__file__).parents[2]
CODE = """
import mtfix.model.checkpoint
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
model = AutoModelForSeq2SeqLM.from_pretrained({folder!r})
tokenizer = AutoTokenizer.from_pretrained({folder!r})
ids = model.generate(**tokenizer(["He is a good man."], return_tensors="pt"), max_new_tokens=20)
print(tokenizer.batch_decode(ids, skip_special_tokens=True)[0])
"""


def test_auto_classes_open_the_default_model() -> None:
    code = CODE.format(folder=str(ROOT / "models/default"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.stdout.strip() == "He is a good man.", done.stderr[-2000:]
