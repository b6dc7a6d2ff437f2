"""Writes tests/golden anew: `python -m tests.update_golden`. Read the diff before you commit it."""

from __future__ import annotations

from tests.test_seeds import GOLDEN, WIRES, repair

if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for path in WIRES:
        (GOLDEN / f"{path.stem}.txt").write_text(repair(path).text, encoding="utf-8")
