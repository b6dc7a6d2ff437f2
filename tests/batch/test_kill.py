"""SIGKILL at random moments: what a resumed batch leaves is what an undisturbed one leaves."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mtfix.config import Config
from tests.batch.conftest import read_tree, write_archive

ROOT = Path(__file__).parents[2]


def start(archive: Path, out: Path, config: Config, log: Path) -> subprocess.Popen[bytes]:
    """Start a batch that resumes whatever is there."""
    command = [sys.executable, "-m", "tests.batch.drive", str(archive), str(out), config.packs[0], str(log)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def wait_for_lines(batch: subprocess.Popen[bytes], manifest: Path, lines: int) -> bool:
    """Wait until the manifest has so many lines; return whether the batch is still alive then."""
    while batch.poll() is None:
        if manifest.exists() and manifest.read_bytes().count(b"\n") >= lines:
            return True
        time.sleep(0.002)
    return False


def test_killed_at_random_moments(tmp_path: Path, config: Config) -> None:
    archive = write_archive(tmp_path / "in", documents=120)
    whole = start(archive, tmp_path / "whole", config, tmp_path / "whole.log")
    assert whole.communicate()[1] == b""
    out, log = tmp_path / "out", tmp_path / "log"
    manifest = out / ".mtfix-batch" / "manifest.jsonl"
    everything = (tmp_path / "whole" / ".mtfix-batch" / "manifest.jsonl").read_bytes().count(b"\n")
    r = random.Random(20)
    kills = 0
    # Moments are counted in work done, not in seconds: a busy machine kills at the same places as a quiet one.
    for lines in (0, 1, *sorted(r.sample(range(2, everything), 4))):
        batch = start(archive, out, config, log)
        if wait_for_lines(batch, manifest, lines):
            time.sleep(r.uniform(0, 0.02))
            batch.kill()
            kills += 1
        batch.communicate()
    last = start(archive, out, config, log)
    errors = last.communicate()[1]
    assert (last.returncode, errors) == (0, b"")
    assert kills >= 2
    assert read_tree(out) == read_tree(tmp_path / "whole")
    assert log.read_bytes() == (tmp_path / "whole.log").read_bytes()
    assert not (out / ".mtfix-batch" / "scratch").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_terminated_while_workers_start_without_a_traceback(tmp_path: Path, config: Config) -> None:
    """SIGTERM to the program alone, as a service manager may send it, when its first workers are being started."""
    archive = write_archive(tmp_path / "in", documents=20)
    r = random.Random(3)
    for number in range(4):
        batch = start(archive, tmp_path / f"out{number}", config, tmp_path / "log")
        children = Path(f"/proc/{batch.pid}/task/{batch.pid}/children")
        while batch.poll() is None and not (children.exists() and children.read_text().strip()):
            time.sleep(0.001)
        time.sleep(r.uniform(0, 0.03))
        batch.terminate()
        assert batch.communicate()[1] == b""  # until the workers, which share the pipe, are gone too
