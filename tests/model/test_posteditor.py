"""A post-editor that remembers asks once and answers alike."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mtfix.model import posteditor
from mtfix.model.posteditor import RememberingPostEditor
from mtfix.types import Hypothesis


class Counting:
    """A post-editor that raises all letters and counts what it is asked."""

    name = "counting@0"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        self.asked += texts
        return [Hypothesis(t.upper(), -float(len(t))) for t in texts]

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        self.asked += [text for text, _ in groups]
        return [[float(len(c)) for c in candidates] for _, candidates in groups]

    def count_pieces(self, text: str) -> int:
        return len(text)

    def normalize(self, text: str) -> str:
        return text

    def fits(self, text: str) -> bool:
        return len(text) < 5


def test_each_text_is_asked_once() -> None:
    inner = Counting()
    editor = RememberingPostEditor(inner)
    assert [h.text for h in editor.post_edit(["a", "b", "a"])] == ["A", "B", "A"]
    assert [h.text for h in editor.post_edit(["b", "c"])] == ["B", "C"]
    assert inner.asked == ["a", "b", "c"]
    assert editor.score([("a", ["x", "yy"]), ("a", ["x"])]) == [[1.0, 2.0], [1.0]]
    assert editor.score([("a", ["x"])]) == [[1.0]]
    assert inner.asked[3:] == ["a", "a"]
    assert editor.post_edit([]) == []


def test_it_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posteditor, "CAPACITY", 2)
    inner = Counting()
    editor = RememberingPostEditor(inner)
    assert [h.text for h in editor.post_edit(["a", "b", "c"])] == ["A", "B", "C"]
    editor.post_edit(["a", "c"])
    assert inner.asked == ["a", "b", "c", "a"]
