"""A batch as a program of its own, for tests that kill it: ``python -m tests.batch.drive IN OUT PACK LOG``."""

from __future__ import annotations

import sys
from pathlib import Path

from mtfix.batch.job import Job, Limits
from mtfix.batch.local import run_batch
from mtfix.config import Config
from tests.batch import pipelines

if __name__ == "__main__":
    source, out, pack, log = sys.argv[1:]
    run_batch(
        Job(
            inputs=(Path(source),),
            out=Path(out),
            config=Config(packs=(pack,), default_packs=False, rules_only=True),
            load=pipelines.load_slow,
            fields=("body.text",),
            workers=2,
            resume=True,
            log=Path(log),
            limits=Limits(unit_bytes=1500, unit_files=3),
        )
    )
