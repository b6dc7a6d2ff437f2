from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.errors import InputError
from mtfix.evaluation.result import Run, read_run
from mtfix.training.scores import BEGIN, END, SYSTEMS, render_scores, tabulate, write_scores

RESULTS = Path(__file__).resolve().parents[2] / "eval" / "results"


@pytest.fixture(scope="module")
def run() -> Run:
    return read_run(RESULTS / "seeds.json")


def test_every_system_of_a_test_set_has_its_row(run: Run) -> None:
    table = tabulate([run], ["seeds-wires"])
    assert [row[1] for row in table.rows] == list(SYSTEMS)
    nothing, rules, *_ = table.rows
    entry = next(e for e in run.entries if e.test_set.name == "seeds-wires" and e.system.name == "rules")
    assert nothing[3] == f"{entry.scores['bleu'].before:.2f}" and "p" not in nothing[3]
    assert rules[3].startswith(f"{entry.scores['bleu'].after:.2f} (+") and ", p 0.0" in rules[3]
    assert rules[7] == f"{entry.harm.improved} / {entry.harm.worsened}"


def test_scores_go_between_the_marks_and_nothing_else_changes(run: Run, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text(f"# Card\n\n{BEGIN}\nold\n{END}\n\n## Limits\nMany.\n")
    for _ in range(2):
        write_scores(card, render_scores([run]))
        text = card.read_text()
        assert text.startswith(f"# Card\n\n{BEGIN}\nModel default@") and text.endswith(f"{END}\n\n## Limits\nMany.\n")
        assert "old" not in text and text.count("| test set |") == 1 and "tok:13a" in text


def test_a_card_without_marks_or_results_without_scores_are_refused(run: Run, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("# Card\n")
    with pytest.raises(InputError, match="no lines"):
        write_scores(card, "x")
    assert card.read_text() == "# Card\n"
    with pytest.raises(InputError, match="cannot be read"):
        write_scores(tmp_path / "none.md", "x")
    with pytest.raises(InputError, match="no scores"):
        render_scores([run], ["unknown"])
