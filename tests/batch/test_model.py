"""With the embedded model: what a batch repairs in company is what each document alone becomes. Skipped without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mtfix.batch.job import Limits
from mtfix.batch.loading import load_on_one_core
from mtfix.batch.local import run_batch
from mtfix.formats import read_document
from mtfix.model.load import installed_models
from mtfix.types import Fix
from tests.batch.conftest import MakeJob

TEXTS = (
    "In Kazan detained 4 members of armed group. It rained in the capital.",
    "The court has arrested of the suspect for two months. In Kazan detained 4 members of armed group.",
    "About it on Monday reported the press service of ministry. Up to 2,5 thousand persons came to square.",
)


@pytest.mark.skipif("default" not in installed_models(), reason="no model is installed")
def test_company_makes_no_difference(tmp_path: Path, make_job: MakeJob) -> None:
    path = tmp_path / "w.jsonl"
    path.write_text("".join(json.dumps({"text": t}) + "\n" for t in TEXTS * 2))
    job = make_job(
        path, fields=(), load=load_on_one_core, workers=2, limits=Limits(unit_bytes=400), log=tmp_path / "log"
    )
    config = job.config.model_copy(update={"rules_only": False, "fix": Fix.ALL})
    job = make_job(path, fields=(), load=load_on_one_core, workers=2, limits=job.limits, log=job.log, config=config)
    done = run_batch(job)
    pipeline = load_on_one_core(config)
    alone = [pipeline(read_document(t)) for t in TEXTS * 2]
    assert [json.loads(line)["text"] for line in (job.out / "w.jsonl").open()] == [d.text for d in alone]
    rows = [json.loads(line) for line in (tmp_path / "log").open()]
    applied = sorted((r["by"], r["after"], r["confidence"] or 0.0) for r in rows if r["applied"])
    edits = [e for d in alone for s in d.segments for e in s.edits]
    assert applied == sorted((e.by, e.replacement, e.confidence or 0.0) for e in edits)
    assert done.tally.failed == 0
    assert any(by.startswith("model:") for by in (*done.tally.edits, *done.tally.suggested, *done.tally.refused))
