"""How a worker's time divides between the model and the rest: `python benchmarks/model_share.py TABLE DOCUMENTS`.

Reads the first documents of a JSONL table as a batch does and prints one line of JSON.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from mtfix.ahead import Ahead, find_warm_stage
from mtfix.batch.loading import load_on_one_core
from mtfix.config import Config
from mtfix.formats import read_document

_TOGETHER = 12  # documents, as in a unit of 128 kB


def main(path: str, documents: int) -> None:
    """Measure and print sentences a CPU second, the share of the model, the share of distinct sentences."""
    pipeline = load_on_one_core(Config())
    if find_warm_stage(pipeline) is None:
        sys.exit("no model is installed")
    ahead = Ahead(pipeline)
    inside = 0.0

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            nonlocal inside
            begun = time.process_time()
            try:
                return work(*given)
            finally:
                inside += time.process_time() - begun

        return call

    editor: Any = ahead._stage.model.inner  # type: ignore[attr-defined]
    editor.post_edit, editor.score = timed(editor.post_edit), timed(editor.score)
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        texts = [json.loads(line)["body"]["text"] for line in itertools.islice(file, documents)]
    begun = time.process_time()
    segments = 0
    distinct: set[str] = set()
    for first in range(0, len(texts), _TOGETHER):
        ahead.begin()
        for text in texts[first : first + _TOGETHER]:
            ahead.gather(read_document(text))
        ahead.flush()
        for text in texts[first : first + _TOGETHER]:
            document = ahead.pipeline(read_document(text))
            segments += len(document.segments)
            distinct.update(s.mt for s in document.segments)
    whole = time.process_time() - begun
    found = {
        "sentences": segments,
        "distinct": round(len(distinct) / max(1, segments), 3),
        "sentences_per_cpu_second": round(segments / whole, 1),
        "model_share": round(inside / whole, 3),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
