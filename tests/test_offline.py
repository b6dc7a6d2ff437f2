"""mtfix works offline: no command opens a connection, from Python or from a library in machine code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAIN = "from mtfix.cli.app import main; main()"
WIRE = "Up to 2,5 thousand people came. Have been reported police about the detention.\n"
# In every process of a run, workers included: what looks for a host is noted and fails.
GUARD = """\
import os, sys

def watch(event, given):
    inet = event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(given[1], tuple)
    if inet or event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        with open(os.environ["CALLS"], "a") as calls:
            calls.write(f"{event} {given}\\n")
        raise OSError("no network in tests")

sys.addaudithook(watch)
"""
COMMANDS = [
    ["fix", "wire.txt", "-o", "out.txt", "--log", "log.jsonl", "--report", "report.html"],
    ["check", "wire.txt", "--output-format", "sarif"],
    ["diff", "wire.txt"],
    ["batch", "in", "-o", "out", "--workers", "1"],
    ["rules", "list"],
    ["profiles"],
    ["config"],
]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name in ("wire.txt", "in/wire.txt"):
        (tmp_path / name).write_text(WIRE)
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    return tmp_path


def run(desk: Path, *command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(desk / "guard"), str(ROOT)))
    # ONNX Runtime keeps quiet where it sees a test or a build server: a user's machine has none of these.
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "GITHUB_", "ORT_")) and k != "CI"}
    environment = {**ours, "PYTHONPATH": path, "CALLS": str(desk / "calls")}
    return subprocess.run(command, cwd=desk, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_no_command_opens_a_connection(desk: Path, command: list[str]) -> None:
    done = run(desk, sys.executable, "-c", MAIN, *command)
    assert done.returncode in (0, 1), done.stderr
    assert not (desk / "calls").exists()


def test_the_guard_notices_a_connection(desk: Path) -> None:
    code = "import socket; socket.create_connection(('localhost', 9), timeout=1)"
    assert run(desk, sys.executable, "-c", code).returncode != 0
    assert "getaddrinfo" in (desk / "calls").read_text()


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_nor_does_the_runtime_of_the_model(desk: Path) -> None:
    # The maker's telemetry asks from a thread of its own and a moment late: the process lives on until it would have.
    code = f"import mtfix, time; mtfix.fix({WIRE!r}); time.sleep(2)"
    done = run(desk, "strace", "-f", "-e", "trace=%network", "-o", "trace", sys.executable, "-c", code)
    if "ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr
    assert [line for line in (desk / "trace").read_text().splitlines() if "AF_INET" in line] == []


def test_onnx_runtime_is_taken_from_where_it_is_silenced() -> None:
    importing = {
        p.name
        for p in (ROOT / "mtfix").rglob("*.py")
        if re.search(r"^\s*(import|from) onnxruntime\b", p.read_text(), re.M)
    }
    assert importing == {"ort.py"}


def test_the_runtime_is_told_before_it_is_loaded_and_after(desk: Path) -> None:
    # Whether telemetry asks at once or later is its own affair (the trace above sees some of it): this is what we say to it.
    (desk / "guard" / "onnxruntime.py").write_text(
        "import os\nprint('loaded', os.environ.get('ORT_DISABLE_TELEMETRY'))\n"
        "def disable_telemetry_events():\n    print('disabled')\n"
    )
    done = run(desk, sys.executable, "-c", "import mtfix.model.runtime.ort")
    assert done.stdout.splitlines() == ["loaded 1", "disabled"], done.stderr
