"""The scripts of the pages are typed (JSDoc), and the TypeScript compiler agrees."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OPTIONS = (
    "--noEmit --allowJs --checkJs --strict --noUnusedLocals --noImplicitReturns --target es2022 --module es2022"
    " --moduleResolution bundler --lib es2022,dom,dom.iterable"
).split()


def find_tsc() -> list[str]:
    """Return the command of the compiler: on the PATH, or in a node_modules folder that npx finds; it installs nothing."""
    if tsc := shutil.which("tsc"):
        return [tsc]
    npx = shutil.which("npx")
    if npx is not None:
        asked = subprocess.run(
            [npx, "--no-install", "tsc", "--version"], capture_output=True, text=True, cwd=ROOT, timeout=60
        )
        if asked.returncode == 0 and asked.stdout.startswith("Version"):
            return [npx, "--no-install", "tsc"]
    pytest.skip("no TypeScript compiler: npm install --no-save typescript")


@pytest.mark.typed
@pytest.mark.parametrize("scripts", [["mtfix/server/static/*.js"], ["mtfix/report/report.js"]], ids=["desk", "report"])
def test_scripts_are_typed(scripts: list[str]) -> None:
    files = [str(path) for pattern in scripts for path in sorted(ROOT.glob(pattern))]
    assert files
    done = subprocess.run([*find_tsc(), *OPTIONS, *files], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_scripts_ask_to_be_checked() -> None:
    for path in [*(ROOT / "mtfix/server/static").glob("*.js"), ROOT / "mtfix/report/report.js"]:
        assert path.read_text(encoding="utf-8").startswith("// @ts-check"), path
