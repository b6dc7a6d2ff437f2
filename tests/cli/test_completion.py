"""What the shell completes, asked as the shell asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mtfix.cli import completion
from mtfix.errors import PackError

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("complete", "beginning", "word"),
    [
        (completion.complete_profile, "reu", "reuters"),
        (completion.complete_format, "mark", "markdown"),
        (completion.complete_pack, "ru-i", "ru-idioms"),
        (completion.complete_source, "ru,u", "ru,uk"),
        (completion.complete_model, "def", "default"),
        (completion.complete_model, "open", "openai:"),
        (completion.complete_rule, "RU_YEAR_W", "RU_YEAR_WORD"),
        (completion.complete_choice, "al", "all"),
        (completion.complete_selection, "typo", "typography"),
    ],
)
def test_a_beginning_is_completed(complete, beginning: str, word: str) -> None:  # type: ignore[no-untyped-def]
    found = [w for w, _ in complete(beginning)]
    assert word in found
    assert all(w.lower().startswith(beginning.lower()) for w in found)
    assert complete("no such thing") == []


def test_a_damaged_pack_completes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(config: object) -> None:
        raise PackError("damaged")

    monkeypatch.setattr("mtfix.rules.packs.select.configured_rules", fail)
    assert completion.complete_rule("RU") == []


def test_the_shell_gets_the_words() -> None:
    """Zsh asks through the environment, as typer's script does."""
    code = "from mtfix.cli.app import main; main()"
    environment = os.environ | {
        "_MTFIX_COMPLETE": "complete_bash",
        "COMP_WORDS": "mtfix fix --profile reu",
        "COMP_CWORD": "3",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv[0] = 'mtfix'; {code}"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert "reuters" in done.stdout.split(), done.stderr
