"""What a model writes, without the judge: `raw:MODEL` as it is, `guarded:MODEL` as far as the guard lets it through.

A checkpoint that nobody has calibrated only suggests, so `model:NAME` scores what it applies: nothing. These two say what
it would do. The distance between them is what the guard keeps out; that from `guarded` to `model` is what the judge does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mtfix.errors import ModelError
from mtfix.evaluation.data.examples import Example, Output
from mtfix.evaluation.result import SystemInfo
from mtfix.evaluation.systems.placing import place_examples, read_outputs
from mtfix.evaluation.systems.recorded import RecordedPostEditor
from mtfix.fingerprint import fingerprint_head, name_machine
from mtfix.types import Document, Edit, Step, Tier

RAW, GUARDED = "raw", "guarded"


class HypothesisSystem:
    """All hunks of a model's hypotheses (``raw``), or all that pass the guard; no rules, no thresholds."""

    def __init__(self, kind: str, config: dict[str, Any], answers: Path | None = None) -> None:
        self._kind, self._config, self._answers = kind, config, answers
        self._model: Any = None
        self.info = SystemInfo(name=f"{kind}:{config['model']}", kind="pipeline", fingerprint="")

    def load(self) -> None:
        """Load the model, once. Raises ModelError."""
        if self._model is not None:
            return
        from mtfix.config import load_config
        from mtfix.fingerprint import describe_outputs
        from mtfix.model.load import load_posteditor
        from mtfix.model.posteditor import RememberingPostEditor

        config = load_config(None, **self._config)
        head = describe_outputs(config) | {"packs": {}, "profile": {}, "system": self._kind}
        model = load_posteditor(config)
        if model is None:
            raise ModelError(f"no model is installed for {self.info.name}; name one by its folder")
        if self._answers is None or head["model"].startswith("hub:"):
            self._model = RememberingPostEditor(model)
        else:
            self._model = RecordedPostEditor(model, self._answers, head)
        self.info = self.info.model_copy(
            update={
                "fingerprint": fingerprint_head(head),
                "model": model.name,
                "model_hash": head["model"] or None,
                "code_hash": head["code"],
                "machine": name_machine(head["machine"]),
            }
        )

    @property
    def spec(self) -> dict[str, Any]:
        """The arguments that make this system, but for its memory; plain JSON values."""
        return {"kind": self._kind, "config": self._config}

    def fresh(self) -> HypothesisSystem:
        """Return the same system, not loaded, that keeps no answers."""
        return HypothesisSystem(**self.spec)

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]:
        """Return what becomes of each document; sentences that are too long to be read whole stay."""
        placed = [place_examples(examples) for examples in documents]
        self._model.post_edit([t for p in placed for t in self._texts(p.document)])  # in full batches
        return [read_outputs(p, self._rewrite(p.document), e) for p, e in zip(placed, documents, strict=True)]

    def _texts(self, document: Document) -> list[str]:
        from mtfix.model.protect import protect

        open_ = [s for s in document.segments if not s.is_locked and self._model.fits(s.text)]
        return [s.text if self._kind == RAW else protect(s.text).text for s in open_]

    def _rewrite(self, document: Document) -> Document:
        from mtfix.model.protect import protect
        from mtfix.model.reasons import explain
        from mtfix.model.stage import find_hunks

        model, segments = self._model, list(document.segments)
        for number, segment in enumerate(segments):
            if segment.is_locked or not model.fits(segment.text):
                continue
            protected = protect(segment.text)
            text, codes = (segment.text, ()) if self._kind == RAW else (protected.text, protected.codes)
            [hypothesis] = model.post_edit([text])
            edits = []
            for hunk, kind, refusal in find_hunks(text, codes, hypothesis.text, model.normalize, model.count_pieces):
                if refusal is None or self._kind == RAW:
                    start, end, after = hunk.start, hunk.end, hunk.replacement
                    if self._kind == GUARDED:
                        start, end, after = protected.place(start), protected.place(end), protected.restore(after)
                    edits.append(Edit(start, end, after, f"model:{model.name}", explain(hunk, kind), Tier.AUTO))
            segments[number] = segment.add(Step(self._kind, tuple(edits)))
        return document.replace_segments(segments)
