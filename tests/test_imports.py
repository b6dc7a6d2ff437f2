"""Imports: a module imports only what stands above it in docs/architecture.md, in no circle; what is light stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pytest

import mtfix

ROOT = Path(mtfix.__file__).parent
ARCHITECTURE = ROOT.parent / "docs" / "architecture.md"
MOST_MODULES = 16  # of one folder, beside its __init__.py


def read_layers(page: str) -> list[tuple[str, ...]]:
    """Return the modules and folders of the table under "Modules", a row a layer, from the ground up."""
    table = page.split("\n## Modules\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [tuple(name.rstrip("/") for name in re.findall(r"`([\w./]+)`", row)) for row in rows]


LAYERS = read_layers(ARCHITECTURE.read_text(encoding="utf-8"))
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}


def list_modules() -> list[Path]:
    """Return the files of all modules. The package itself only passes names on (see `test_library_import_is_light`)."""
    return sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


def name_module(path: Path) -> str:
    """Return a module's name without ``mtfix.``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def scan_imports(source: str, package: tuple[str, ...]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield line, module (without ``mtfix.``) and names of every import of our own: in functions and for types too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found = [(alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            names = tuple(alias.name for alias in node.names)
            found = [(f"{module}.{name}", ()) for name in names] if module == "mtfix" else [(module, names)]
        else:
            continue
        for module, names in found:
            if module.startswith("mtfix.") and not module.startswith("mtfix.__"):
                yield node.lineno, module.removeprefix("mtfix."), names


def find_imports(path: Path, modules: Collection[str]) -> set[str]:
    """Return the modules that a module imports, anywhere in it."""
    own = name_module(path)
    package = ("mtfix", *own.split(".")) if path.name == "__init__.py" else ("mtfix", *own.split(".")[:-1])
    found: set[str] = set()
    for _, module, names in scan_imports(path.read_text(encoding="utf-8"), package):
        inner = {f"{module}.{name}" for name in names} & set(modules)
        found |= inner
        if len(inner) < len(names) or not names:
            found.add(module)
    return found - {own}


def find_circles(graph: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or by way of others."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for name in graph.get(waiting.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        reached[start] = seen
    circles = {frozenset({n, *(m for m in reached[n] if n in reached.get(m, ()))}) for n in graph if n in reached[n]}
    return sorted(sorted(circle) for circle in circles)


def find_upward(source: str, own: str) -> list[str]:
    """Return the imports of module ``own`` that point up or sideways, each with its line."""
    layer = own.split(".")[0]
    assert layer in RANK, f"{layer} has no place in {ARCHITECTURE.name}"
    upward = []
    for line, name, _ in scan_imports(source, ("mtfix", *own.split(".")[:-1])):
        target = name.split(".")[0]
        assert target in RANK, f"{own}:{line}: {target} has no place in {ARCHITECTURE.name}"
        if target != layer and RANK[target] >= RANK[layer]:
            upward.append(f"{own}:{line} imports {name}")
    return upward


@pytest.mark.parametrize("path", list_modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_what_stands_above(path: Path) -> None:
    assert find_upward(path.read_text(encoding="utf-8"), name_module(path)) == []


def test_the_list_names_what_there_is() -> None:
    there = {p.name.removesuffix(".py") for p in ROOT.iterdir() if p.suffix == ".py" or list(p.glob("**/*.py"))}
    assert sorted(RANK) == sorted(there - {"__init__"} | {"packs"})


def test_no_circle() -> None:
    modules = {name_module(path): path for path in list_modules()}
    assert find_circles({name: find_imports(path, modules) for name, path in modules.items()}) == []


def test_no_folder_is_crowded() -> None:
    counts = {str(p.relative_to(ROOT)): len([*p.glob("*.py")]) - 1 for p in (ROOT, *{m.parent for m in list_modules()})}
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


@pytest.mark.parametrize(
    ("source", "own", "caught"),
    [
        ("from mtfix.cli.app import main", "types", True),
        ("def f():\n    from mtfix import api", "rules.engine", True),
        ("if TYPE_CHECKING:\n    import mtfix.pipeline", "rules.engine", True),
        ("from ..cli import app", "rules.engine", True),
        ("from mtfix.evaluation.metrics import metrics", "report.html", True),
        ("from mtfix.rules.rule import Rule", "rules.engine", False),
        ("from mtfix import types", "rules.engine", False),
        ("from . import rule", "rules.engine", False),
        ("from mtfix import __version__", "types", False),
        ("from mtfix.cli.console import track", "training.ablation", True),
    ],
)
def test_the_check_tells_up_from_down(source: str, own: str, caught: bool) -> None:
    assert bool(find_upward(source, own)) is caught


@pytest.mark.parametrize(
    ("graph", "circles"),
    [
        ({"a": ["b"], "b": ["a"]}, [["a", "b"]]),
        ({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}, [["a", "b", "c"]]),
        ({"a": ["b", "c"], "b": ["c"], "c": []}, []),
    ],
)
def test_the_check_finds_circles(graph: dict[str, list[str]], circles: list[list[str]]) -> None:
    assert find_circles(graph) == circles


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
