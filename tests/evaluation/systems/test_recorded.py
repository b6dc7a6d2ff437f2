"""A model's answers on disk: asked once, by content, and never taken for those of another model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mtfix.evaluation.systems.recorded import RecordedPostEditor
from mtfix.types import Hypothesis

HEAD = {"model": "m1", "libraries": {"onnxruntime": "1"}, "packs": {"a": "1"}, "config": {}, "machine": {}}


class Counting:
    """Answers in capitals and counts what it was asked."""

    name = "counting@1"

    def __init__(self) -> None:
        self.asked: list[object] = []

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        self.asked += texts
        return [Hypothesis(t.upper(), -1.5) for t in texts]

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        self.asked += groups
        return [[-float(len(c)) for c in candidates] for _, candidates in groups]

    def count_pieces(self, text: str) -> int:
        return len(text)

    def normalize(self, text: str) -> str:
        return text

    def fits(self, text: str) -> bool:
        return True


def test_each_text_is_asked_about_once_in_all_runs(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    a = RecordedPostEditor(first, tmp_path, HEAD)
    assert [h.text for h in a.post_edit(["b", "a", "b"])] == ["B", "A", "B"]
    assert a.score([("a", ["aa", "a"])]) == [[-2.0, -1.0]]
    assert first.asked == ["b", "a", ("a", ["aa", "a"])]
    # Another rule pack leaves the model's answers true.
    b = RecordedPostEditor(second, tmp_path, {**HEAD, "packs": {"a": "2"}})
    assert b.post_edit(["a", "c"]) == [Hypothesis("A", -1.5), Hypothesis("C", -1.5)]
    assert b.score([("a", ["aa", "a"]), ("a", ["a", "aa"])]) == [[-2.0, -1.0], [-1.0, -2.0]]
    assert second.asked == ["c", ("a", ["a", "aa"])]


def test_another_model_or_library_is_asked_anew(tmp_path: Path) -> None:
    for head in (HEAD, {**HEAD, "model": "m2"}, {**HEAD, "libraries": {"onnxruntime": "2"}}):
        inner = Counting()
        RecordedPostEditor(inner, tmp_path, head).post_edit(["a"])
        assert inner.asked == ["a"]


def test_a_folder_that_cannot_be_used_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    editor = RecordedPostEditor(Counting(), tmp_path / "file", HEAD)
    assert editor.post_edit(["a"]) == [Hypothesis("A", -1.5)]
