"""A key changes with every module that its result depends on, wherever the module stands."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest

from mtfix.files.digest import PACKAGE, UNRELATED, Part, digest_code, list_code
from tests.test_imports import find_imports, list_modules, name_module

PARTS = get_args(Part)
FOLDERS = sorted({str(path.parent.relative_to(PACKAGE)) for path in list_modules()})


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("package") / "mtfix"
    shutil.copytree(PACKAGE, root, ignore=shutil.ignore_patterns("__pycache__", "models"))
    return root


def take(part: Part, root: Path) -> str:
    digest_code.cache_clear()
    return digest_code(part, root)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_module_of_each_folder_counts(folder: str, copy: Path) -> None:
    module = sorted((copy / folder).glob("*.py"))[-1]
    before = {part: take(part, copy) for part in PARTS}
    kept = module.read_bytes()
    module.write_bytes(kept + b"\n# changed\n")
    try:
        changed = {part for part in PARTS if take(part, copy) != before[part]}
    finally:
        module.write_bytes(kept)
    top = Path(folder).parts[:1]
    assert changed == {part for part in PARTS if not top or top[0] not in UNRELATED[part]}
    assert {part: take(part, copy) for part in PARTS} == before


def test_a_new_folder_counts_without_being_named(copy: Path) -> None:
    before = take("rules", copy)
    (copy / "new" / "deep").mkdir(parents=True)
    (copy / "new" / "deep" / "module.py").write_text("X = 1\n")
    assert take("rules", copy) != before
    shutil.rmtree(copy / "new")
    assert take("rules", copy) == before


@pytest.mark.parametrize(
    ("part", "entries"),
    [
        ("rules", ("rules.kinds", "rules.packs.read", "rules.packs.select", "rules.packs.profiles", "english.")),
        ("model", ("model.",)),
        ("outputs", ("pipeline", "formats", "rules.", "model.")),
        ("batch", ("batch.",)),
    ],
)
def test_no_module_outside_a_key_is_reached_from_within(part: Part, entries: tuple[str, ...]) -> None:
    modules = {name_module(path): path for path in list_modules()}
    covered = {name_module(path) for path in list_code(part) if path.suffix == ".py"}
    waiting = [name for name in modules if name.startswith(entries)]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        waiting += find_imports(modules[name], modules)
    assert reached
    assert sorted(reached - covered) == []
