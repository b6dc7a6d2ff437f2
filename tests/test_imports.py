"""Imports point down the list of layers, never up; what is light stays light (see also tests/cli/test_app.py)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mtfix

ROOT = Path(mtfix.__file__).parent
# From the ground up. Modules of one layer do not import each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("types", "profile"),
    ("trail", "config", "numberwords", "abbreviations"),
    ("numerals", "dateline"),
    ("segment",),
    ("ignore",),
    ("formats",),
    ("protect",),
    ("rules",),
    ("model",),
    ("pipeline", "fingerprint"),
    ("api",),
    ("report", "evaluation"),
    ("batch", "training"),
    ("web",),
    ("cli",),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
# A sub-app of commands belongs to the command line, wherever it stands.
COMMANDS = ("evaluation.cli", "training.cli", "batch.cli", "web.cli")


def list_modules() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


def find_imports(source: str, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield line and module (without ``mtfix.``) of every import of our own, those inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "mtfix" else [module]
        else:
            continue
        for name in names:
            if name.startswith("mtfix.") and not name.startswith("mtfix.__"):
                yield node.lineno, name.removeprefix("mtfix.")


def find_upward(source: str, own: str) -> list[str]:
    """Return the imports of module ``own`` that point up or sideways, each with its line."""
    layer = "cli" if own in COMMANDS else own.split(".")[0]
    assert layer in RANK, f"{layer} has no place in LAYERS"
    upward = []
    for line, name in find_imports(source, ("mtfix", *own.split(".")[:-1])):
        target = "cli" if name in COMMANDS else name.split(".")[0]
        assert target in RANK, f"{own}:{line}: {target} has no place in LAYERS"
        if target not in (layer, own.split(".")[0]) and RANK[target] >= RANK[layer]:
            upward.append(f"{own}:{line} imports {name}")
    return upward


@pytest.mark.parametrize("path", list_modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    assert find_upward(path.read_text(encoding="utf-8"), own) == []


@pytest.mark.parametrize(
    ("source", "own", "caught"),
    [
        ("from mtfix.cli.app import main", "types", True),
        ("def f():\n    from mtfix import api", "rules.engine", True),
        ("import mtfix.pipeline", "rules.engine", True),
        ("from ..cli import app", "rules.engine", True),
        ("from mtfix.evaluation import metrics", "report.html", True),
        ("from mtfix.rules.rule import Rule", "rules.engine", False),
        ("from mtfix import types", "rules.engine", False),
        ("from . import rule", "rules.engine", False),
        ("from mtfix import __version__", "types", False),
        ("from mtfix.cli.console import track", "training.cli", False),
        ("from mtfix.cli.console import track", "training.train", True),
    ],
)
def test_the_check_tells_up_from_down(source: str, own: str, caught: bool) -> None:
    assert bool(find_upward(source, own)) is caught


def test_library_import_is_light() -> None:
    code = "import sys, mtfix; print([m for m in ('pydantic', 're2', 'yaml', 'numpy', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rules_only_fix_needs_no_model_runtime() -> None:
    code = (
        "import sys, mtfix; mtfix.fix('It rose by 2,5 million rubles.', rules_only=True); "
        "heavy = {'torch', 'onnxruntime', 'transformers', 'sentencepiece', 'pandas', 'pyarrow', 'typer', 'rich'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
