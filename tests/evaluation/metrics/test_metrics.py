"""Scores, signatures, intervals and p-values are sacrebleu's own, to the last digit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from mtfix.errors import ConfigError, InputError
from mtfix.evaluation.metrics.metrics import METRICS, Extractor, MetricSettings, StatisticsTable, build_metric
from mtfix.evaluation.metrics.resampling import bootstrap, paired_test, score_corpus
from tests.evaluation.invented import damage, make_references

REFERENCES = make_references(60)
SYSTEMS = {f"system{i}": damage(REFERENCES, 0.06 * i, i) for i in range(1, 6)}
PAIRS = [[r] for r in REFERENCES]


def run_sacrebleu(folder: Path, *arguments: str) -> str:
    """Return the table that sacrebleu's command prints; its JSON fails on single-precision numbers."""
    (folder / "ref").write_text("\n".join(REFERENCES) + "\n", encoding="utf-8")
    for name, texts in SYSTEMS.items():
        (folder / name).write_text("\n".join(texts) + "\n", encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SACREBLEU")}
    command = [sys.executable, "-m", "sacrebleu", "ref", *arguments, "-f", "text", "-q"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_paired_bootstrap_equals_the_command_line(tmp_path: Path) -> None:
    said = run_sacrebleu(
        tmp_path, "-i", *SYSTEMS, "-m", "bleu", "chrf", "ter", "--paired-bs", "--paired-bs-n", "200", "-w", "10"
    )
    scores = re.findall(r"([\d.]+) \(([\d.]+) ± ([\d.]+)\)", said)
    p_values = re.findall(r"\(p = ([\d.]+)\)", said)
    ours = paired_test(Extractor(("bleu", "chrf", "ter")).tables(SYSTEMS, PAIRS), samples=200)
    cells = [ours[name][i] for i in range(5) for name in ("bleu", "chrf", "ter")]
    assert scores == [tuple(f"{x:.10f}" for x in (c.score.value, c.score.mean, c.score.half_width)) for c in cells]
    assert p_values == [f"{c.p_value:.4f}" for c in cells[3:]]
    for name in ("bleu", "chrf", "ter"):
        assert ours[name][0].score.signature in said


def sacrebleu_paired_test(
    tables: Mapping[str, StatisticsTable], name: str, test: Literal["bs", "ar"], samples: int
) -> list[tuple[str, Any]]:
    """Return sacrebleu's own (system, Result) pairs for one metric, from statistics that we extracted."""
    from sacrebleu.significance import PairedTest

    first = next(iter(tables.values()))
    stand_ins: dict[str, list[str]] = {system: [""] * len(table) for system, table in tables.items()}
    rows = {id(stand_ins[s]): t.rows[name].tolist() for s, t in tables.items()}
    known = _Known(first.extractor.metric(name), rows)
    _, results = PairedTest(list(stand_ins.items()), {name: known}, None, test, samples)()
    label = next(k for k in results if k != "System")
    return list(zip(results["System"], results[label], strict=True))


class _Known:
    """A sacrebleu metric whose statistics were extracted before; it is asked for them by system."""

    def __init__(self, metric: Any, rows: Mapping[int, list[list[float]]]) -> None:
        self._metric, self._rows = metric, rows

    def _extract_corpus_statistics(self, hypotheses: Sequence[str], _: object) -> list[list[float]]:
        return self._rows[id(hypotheses)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._metric, name)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("test", ["bs", "ar"])
def test_both_paired_tests_equal_sacrebleus_module(name: str, test: str) -> None:
    tables = Extractor((name,)).tables(SYSTEMS, PAIRS)
    theirs = sacrebleu_paired_test(tables, name, test, 150)  # type: ignore[arg-type]
    for mine, (system, result) in zip(paired_test(tables, test=test, samples=150)[name], theirs, strict=True):  # type: ignore[arg-type]
        assert mine.system == system
        assert mine.score.value == result.score
        assert mine.p_value == result.p_value
        assert (mine.score.mean, mine.score.half_width) == (result.mean, result.ci)


def test_blocks_of_samples_continue_one_random_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Extractor(("bleu",)).tables(SYSTEMS, PAIRS)
    whole = [paired_test(tables, test=t, samples=150)["bleu"] for t in ("bs", "ar")]  # type: ignore[arg-type]
    monkeypatch.setattr("mtfix.evaluation.metrics.resampling._BLOCK_CELLS", 1)
    assert [paired_test(tables, test=t, samples=150)["bleu"] for t in ("bs", "ar")] == whole  # type: ignore[arg-type]


@pytest.mark.parametrize("name", METRICS)
def test_two_references_equal_sacrebleu(name: str) -> None:
    second = damage(REFERENCES, 0.3, 99)
    metric = build_metric(name)
    theirs = metric.corpus_score(SYSTEMS["system3"], [REFERENCES, second])
    ours = score_corpus(SYSTEMS["system3"], list(zip(REFERENCES, second, strict=True)), metrics=METRICS)[name]
    assert ours.value == pytest.approx(theirs.score, abs=1e-10)
    assert ours.signature == str(metric.get_signature())
    assert "nrefs:2" in ours.signature


def test_settings_are_in_the_signature() -> None:
    settings = MetricSettings(tokenize="intl", lowercase=True)
    score = score_corpus(["THE CAT sat down."], [["The cat SAT down."]], metrics=["bleu"], settings=settings)
    assert "tok:intl" in score["bleu"].signature and "case:lc" in score["bleu"].signature
    assert score["bleu"].value == pytest.approx(100)


def test_bootstrap_interval_has_mean_and_width() -> None:
    score = bootstrap(Extractor(("chrf",)).table(SYSTEMS["system4"], PAIRS), samples=100)["chrf"]
    assert score.mean is not None and abs(score.mean - score.value) < 2
    assert score.half_width is not None and 0 < score.half_width < 10
    assert "bs:100|seed:12345" in score.signature


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(InputError, match=r"reference has 2 segments, but hypothesis has 1"):
        score_corpus(["a"], [["a"], ["b"]])


def test_nothing_to_score_is_refused() -> None:
    with pytest.raises(InputError, match="no segments"):
        score_corpus([], [])


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("blue", MetricSettings(), "did you mean 'bleu'.*Known: bleu, chrf"),
        ("bleu", MetricSettings(tokenize="14a"), "unknown BLEU tokeniser '14a'"),
    ],
)
def test_unknown_names_list_the_known_ones(name: str, settings: MetricSettings, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_metric(name, settings)


def test_an_untouched_system_is_not_significantly_different() -> None:
    tables = Extractor(("bleu",)).tables({"a": SYSTEMS["system2"], "b": list(SYSTEMS["system2"])}, PAIRS)
    assert paired_test(tables, samples=100)["bleu"][1].p_value == pytest.approx(1 / 101)  # as sacrebleu has it
    assert (
        paired_test(tables, samples=100)["bleu"][1].score.value
        == paired_test(tables, samples=100)["bleu"][0].score.value
    )
