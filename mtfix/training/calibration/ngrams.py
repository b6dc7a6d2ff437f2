"""Count the word sequences of clean English (`mtfix.model.ngrams`), none of them from evaluation or calibration text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mtfix.model.align import tokenize
from mtfix.model.ngrams import Ngrams, count_ngrams
from mtfix.training.data.contamination import EvaluationText, evaluation_texts
from mtfix.training.data.readers import data_folder, open_lines

#: News and official prose by people, largest first.
FILES = (
    "senate-press", "au-pm-speech", "newstest-en", "reuters21578", "au-pm-media", "gmb-voa", "sotu", "abc-news", "masc",
    "state-frus-history", "state-milestones", "state-rdcr",
)  # fmt: skip


def read_sentences(files: Sequence[str], folder: Path | None, report: Callable[[str], None]) -> Iterator[list[str]]:
    """Yield the tokens of the lines of clean text that share nothing with evaluation text."""
    known = EvaluationText(evaluation_texts(folder))
    for name in files:
        lines = words = 0
        for line in open_lines(data_folder(folder) / "mono" / f"{name}.txt.xz"):
            if line in known:
                continue
            tokens = [t.text for t in tokenize(line)]
            lines, words = lines + 1, words + len(tokens)
            yield tokens
        report(f"{name}: {words:,} words in {lines:,} lines")


def build_ngrams(
    folder: Path | None = None,
    report: Callable[[str], None] = print,
    *,
    files: Sequence[str] = FILES,
    least: int = 3,
) -> Ngrams:
    """Return the counts over ``files`` of sequences seen ``least`` times. Raises InputError when data are missing."""
    return count_ngrams(read_sentences(files, folder, report), least=least)
