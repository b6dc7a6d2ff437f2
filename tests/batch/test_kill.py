"""SIGKILL at random moments: what a resumed batch leaves is what an undisturbed one leaves."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from mtfix.config import Config
from tests.batch.conftest import read_tree, write_archive

ROOT = Path(__file__).parents[2]


def start(archive: Path, out: Path, config: Config, log: Path) -> subprocess.Popen[bytes]:
    """Start a batch that resumes whatever is there."""
    command = [sys.executable, "-m", "tests.batch.drive", str(archive), str(out), config.packs[0], str(log)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def test_killed_at_random_moments(tmp_path: Path, config: Config) -> None:
    archive = write_archive(tmp_path / "in", documents=120)
    begun = time.monotonic()
    whole = start(archive, tmp_path / "whole", config, tmp_path / "whole.log")
    assert whole.communicate()[1] == b""
    usual = time.monotonic() - begun
    r = random.Random(20)
    out, log = tmp_path / "out", tmp_path / "log"
    kills = 0
    for _ in range(6):
        batch = start(archive, out, config, log)
        try:
            # The first run was a cold one, so later ones are quicker: begin early enough to hit them.
            batch.wait(timeout=r.uniform(0.1, 0.7) * usual)
            break
        except subprocess.TimeoutExpired:
            batch.kill()
            batch.communicate()
            kills += 1
    last = start(archive, out, config, log)
    errors = last.communicate()[1]
    assert (last.returncode, errors) == (0, b"")
    assert kills >= 1
    assert read_tree(out) == read_tree(tmp_path / "whole")
    assert log.read_bytes() == (tmp_path / "whole.log").read_bytes()
    assert not (out / ".mtfix-batch" / "scratch").exists()
