"""The metric from Python gives sacrebleu's own scores, however it is called."""

from __future__ import annotations

import pytest

from mtfix.errors import InputError
from mtfix.evaluation.metrics import Metric

sacrebleu = pytest.importorskip("sacrebleu")
OUTPUTS = ["He signed law on Monday.", "The court decided to wait until the end of the week."]
REFERENCES = ["He signed the law on Monday.", "The court has decided to wait until the week is over."]


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("bleu", "corpus_bleu"), ("chrf", "corpus_chrf"), ("ter", "corpus_ter"), ("hter", "corpus_ter")],
)
def test_scores_are_sacrebleus(name: str, theirs: str) -> None:
    wanted = getattr(sacrebleu, theirs)(OUTPUTS, [REFERENCES]).score
    found = Metric(name).compute(predictions=OUTPUTS, references=REFERENCES)
    assert found["score"] == pytest.approx(wanted, abs=1e-6)
    assert "version:" in found["signature"]
    assert found["segments"] == 2


def test_columns_of_datasets() -> None:
    datasets = pytest.importorskip("datasets")
    table = datasets.Dataset.from_dict(
        {"out": OUTPUTS, "ref": REFERENCES, "refs": [[r, r.lower()] for r in REFERENCES]}
    )
    one = Metric("ter").compute(predictions=table["out"], references=table["ref"])
    two = Metric("ter").compute(predictions=table["out"], references=table["refs"])
    assert one["score"] == Metric("ter").compute(predictions=OUTPUTS, references=REFERENCES)["score"] >= two["score"]


def test_segments_come_together_or_one_by_one() -> None:
    whole, parts = Metric("chrf"), Metric("chrf")
    for output, reference in zip(OUTPUTS, REFERENCES, strict=True):
        parts.add(prediction=output, reference=reference)
    assert parts.compute() == whole.compute(predictions=OUTPUTS, references=REFERENCES)
    with pytest.raises(InputError, match="nothing to score"):
        parts.compute()


def test_settings_change_the_score() -> None:
    upper = [t.upper() for t in OUTPUTS]
    assert Metric("bleu").compute(predictions=upper, references=OUTPUTS)["score"] < 100
    assert Metric("bleu", lowercase=True).compute(predictions=upper, references=OUTPUTS)["score"] == pytest.approx(100)


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(InputError, match="Known: bleu"):
        Metric("meteor")
    with pytest.raises(InputError, match="2 predictions and 1 references"):
        Metric("bleu").compute(predictions=OUTPUTS, references=REFERENCES[:1])
    with pytest.raises(InputError, match="one post-edit a segment; segment 1 has 2"):
        Metric("hter").compute(predictions=OUTPUTS[:1], references=[REFERENCES])
    with pytest.raises(InputError, match="a reference is needed"):
        Metric("ter").compute(predictions=OUTPUTS[:1], references=[[]])
