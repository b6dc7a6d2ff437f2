"""The hooks run under pre-commit; the action and the container file hold what they promise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FAULTY, MENDED = "Up to 2,5 thousand people came.\n", "Up to 2,500 people came.\n"


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a faulty text, that uses our hooks as they stand, with the mtfix of this checkout."""
    pytest.importorskip("pre_commit")
    if shutil.which("git") is None:
        pytest.skip("no git")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "mtfix").write_text(f"#!{sys.executable}\nfrom mtfix.cli.app import main\nmain()\n")
    (programs / "mtfix").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    folder = tmp_path / "news"
    folder.mkdir()
    # Language `system`: the real one would install mtfix from the network.
    hooks = [{**hook, "language": "system"} for hook in read(".pre-commit-hooks.yaml")]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (folder / "wire.txt").write_text(FAULTY)
    (folder / "code.py").write_text(f"# {FAULTY}")
    for args in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *args], cwd=folder, check=True)
    return folder


def run(repository: Path, hook: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "run", hook, "--all-files"]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_check_reports_and_writes_nothing(repository: Path) -> None:
    done = run(repository, "mtfix-check")
    assert done.returncode == 1 and "wire.txt:1:7: RU_SCALE_DECIMAL_COMMA" in done.stdout
    assert (repository / "wire.txt").read_text() == FAULTY


def test_fix_mends_texts_and_leaves_code_alone(repository: Path) -> None:
    assert run(repository, "mtfix-fix").returncode == 1  # pre-commit fails when a hook changes files
    assert (repository / "wire.txt").read_text() == MENDED
    assert (repository / "code.py").read_text() == f"# {FAULTY}"
    assert run(repository, "mtfix-fix").returncode == 0
    assert run(repository, "mtfix-check").returncode == 0


def test_the_manifest_is_one_for_pre_commit() -> None:
    clientlib = pytest.importorskip("pre_commit.clientlib")
    hooks = clientlib.load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert [h["id"] for h in hooks] == ["mtfix-check", "mtfix-fix"]


def test_the_action_names_its_inputs_and_shells() -> None:
    text, action = (ROOT / "action.yml").read_text(encoding="utf-8"), read("action.yml")
    assert action["runs"]["using"] == "composite"
    assert all("shell" in step for step in action["runs"]["steps"] if "run" in step)
    assert all(f"inputs.{name}" in text for name in action["inputs"])
    # An input within a script could bring commands of its own: it goes through the environment.
    assert not [step for step in action["runs"]["steps"] if "${{" in step.get("run", "")]


@pytest.mark.parametrize(("text", "code"), [(FAULTY, "1"), (MENDED, "0")])
def test_the_check_of_the_action(repository: Path, text: str, code: str) -> None:
    (step,) = [s for s in read("action.yml")["runs"]["steps"] if s.get("id") == "check"]
    (repository / "wire.txt").write_text(text)
    given = {"FILES": "*.txt", "ARGUMENTS": "--rules-only", "SARIF": "out.sarif", "GITHUB_OUTPUT": "output"}
    subprocess.run(["bash", "-e", "-c", step["run"]], cwd=repository, env={**os.environ, **given}, check=True)
    assert (repository / "output").read_text() == f"code={code}\n"
    assert ("RU_SCALE_DECIMAL_COMMA" in (repository / "out.sarif").read_text()) == (code == "1")


def test_hadolint_finds_nothing() -> None:
    program = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("no hadolint")
    done = subprocess.run([program, str(ROOT / "Containerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_container_runs_without_rights() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    assert "USER 10001" in lines and lines.index("USER 10001") < lines.index('ENTRYPOINT ["mtfix"]')
