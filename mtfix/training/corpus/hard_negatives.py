"""Hard negatives: correct text that an earlier model would change.

The model leaves most clean news alone already, so there is little to learn from random samples. What it stumbles over (a headline's
lost article, a list, an old turn of phrase) is what it has to see again as it is. Source: hard-example mining
(Shrivastava, Gupta and Girshick 2016), with the hypotheses of a post-editor instead of detections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mtfix.model.posteditor import ScoringPostEditor
from mtfix.model.protect import protect
from mtfix.model.stage import find_hunks
from mtfix.training.data.pairs import Pair

_PART = 512  # sentences the model reads at once


def mine_hard(model: ScoringPostEditor, sentences: Iterable[str]) -> Iterator[Pair]:
    """Yield a pair of kind ``hard`` for each sentence in which the model proposes an edit that the guard lets through."""
    waiting = iter(sentences)
    while part := list(islice(waiting, _PART)):
        texts = [protect(s) for s in part]
        hypotheses = model.post_edit([t.text for t in texts])
        for sentence, text, hypothesis in zip(part, texts, hypotheses, strict=True):
            found = find_hunks(text.text, text.codes, hypothesis.text, model.normalize, model.count_pieces)
            if any(reason is None for _, _, reason in found):
                yield Pair(sentence, sentence, "hard")
