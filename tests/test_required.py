"""MTFIX_REQUIRE: where it names a program, a test that is skipped for want of it has failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKIPPED = """
import pytest

@pytest.mark.postgres
def test_on_postgres():
    pytest.skip("no PostgreSQL")

@pytest.mark.browser
@pytest.mark.skipif(True, reason="no Chromium")
def test_in_a_browser():
    pass

def test_anything():
    pytest.skip("no matter")
"""


@pytest.mark.parametrize(
    ("required", "skipped"), [("", 3), ("postgres", 2), ("chromium", 2), ("postgres, chromium", 1), ("else", 3)]
)
def test_a_skip_is_a_failure(tmp_path: Path, required: str, skipped: int) -> None:
    (tmp_path / "test_some.py").write_text(SKIPPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    postgres\n    browser\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MTFIX_REQUIRE": required}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, check=False)
    assert f"{skipped} skipped" in done.stdout, done.stdout + done.stderr
    assert done.returncode == (skipped < 3)
    assert ("MTFIX_REQUIRE forbids to skip this: " in done.stdout) == (skipped < 3)
    assert "no matter" not in done.stdout
