"""Archives of a few short wires, and jobs over them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mtfix.batch.job import Job, Limits
from mtfix.batch.local import run_batch
from mtfix.batch.results.summary import Summary
from mtfix.config import Config
from tests.batch import pipelines

MakeJob = Callable[..., Job]
LIMITS = Limits(seconds=20, unit_bytes=700, unit_files=3)


def make_text(r: random.Random) -> str:
    """A wire of one to eight sentences, some with something to repair."""
    kinds = (
        lambda: f"Up to {r.randint(2, 9)},{r.randint(1, 9)} thousand people came to the square.",
        lambda: f"The police said that {r.randint(2, 90)} persons were detained.",
        lambda: "It rained in the capital.",
    )
    return " ".join(r.choice(kinds)() for _ in range(r.randint(1, 8)))


def write_archive(folder: Path, seed: int = 7, documents: int = 30) -> Path:
    """Two folders of files, a JSONL table, a CSV table with quoted line ends, an empty table."""
    r = random.Random(seed)
    (folder / "sub" / "deep").mkdir(parents=True)
    for i in range(documents // 3):
        (folder / "sub" / f"wire{i:02}.txt").write_text(make_text(r) + "\n")
        (folder / "sub" / "deep" / f"wire{i:02}.md").write_text(f"# Title\n\n{make_text(r)}\n")
    lines = [json.dumps({"id": i, "body": {"text": make_text(r)}, "é": 1.0}) for i in range(documents)]
    (folder / "wires.jsonl").write_text("\n".join([*lines, "", "{broken", lines[0]]))
    rows = [f'{i},"{make_text(r)}\r\n\r\nHe said ""no"" to {i} persons.",x' for i in range(documents)]
    (folder / "table.csv").write_bytes("\r\n".join(["id,body.text,z", *rows, ""]).encode())
    (folder / "none.jsonl").write_bytes(b"")
    return folder


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One archive that tests only read."""
    return write_archive(tmp_path_factory.mktemp("archive") / "in")


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The tiny pack alone, without a model."""
    pack = tmp_path_factory.mktemp("packs") / "tiny.yaml"
    pack.write_text(pipelines.PACK)
    return Config(packs=(str(pack),), default_packs=False, rules_only=True)


@dataclass(frozen=True)
class Whole:
    """An undisturbed run: its files, its edit log, its summary."""

    tree: dict[str, bytes]
    log: bytes
    summary: Summary


@pytest.fixture(scope="session")
def whole(archive: Path, config: Config, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """What one worker makes of the archive when nothing disturbs it."""
    folder = tmp_path_factory.mktemp("whole")
    job = Job(
        inputs=(archive,),
        out=folder / "out",
        config=config,
        load=pipelines.load,
        fields=("body.text",),
        log=folder / "log",
        limits=LIMITS,
    )
    done = run_batch(job)
    return Whole(read_tree(job.out), (folder / "log").read_bytes(), done)


@pytest.fixture
def make_job(tmp_path: Path, config: Config) -> MakeJob:
    """A function that makes a job with small units."""

    def make(*inputs: Path, **options: Any) -> Job:
        limits = options.pop("limits", LIMITS)
        given = {"out": tmp_path / "out", "config": config, "load": pipelines.load, "fields": ("body.text",), **options}
        return Job(inputs=inputs, limits=limits, **given)

    return make


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file of an output folder but the state of the batch."""
    files = (p for p in folder.rglob("*") if p.is_file())
    found = {str(p.relative_to(folder)): p.read_bytes() for p in files}
    return {name: data for name, data in found.items() if not name.startswith(".mtfix-batch/")}
