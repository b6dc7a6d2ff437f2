"""Examples as documents, and documents in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from mtfix.evaluation.data.examples import Example

BATCH = 64  # segments; a document is never split


def group_documents(examples: Sequence[Example]) -> list[list[Example]]:
    """Return the documents: neighbours with one name; an example without a name is a document of its own."""
    return [list(group) for _, group in groupby(examples, key=lambda e: e.document or f"\0{e.id}")]


def batch_documents(documents: Sequence[list[Example]], size: int = BATCH) -> Iterator[list[list[Example]]]:
    """Yield batches of whole documents with about ``size`` segments."""
    batch: list[list[Example]] = []
    held = 0
    for document in documents:
        batch.append(document)
        held += len(document)
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
