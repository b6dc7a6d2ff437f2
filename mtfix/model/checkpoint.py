"""Make transformers know our checkpoints: after this import its Auto classes open them like any other.

    import mtfix.model.checkpoint
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained("models/default")
    tokenizer = AutoTokenizer.from_pretrained("models/default")

Needs `pip install 'mtfix[hf]'`. No code of a checkpoint is run (``trust_remote_code`` stays off). Raises ModelError without
the extra.
"""

from __future__ import annotations

from mtfix.errors import ModelError
from mtfix.extras import say_missing

try:
    from mtfix.model.runtime.network import SsruConfig, SsruForConditionalGeneration
    from mtfix.model.runtime.tokenizer import SsruTokenizer
except ImportError as error:  # pragma: no cover
    raise ModelError(say_missing("mtfix.model.checkpoint", error.name, "hf")) from None

__all__ = ["SsruConfig", "SsruForConditionalGeneration", "SsruTokenizer"]
