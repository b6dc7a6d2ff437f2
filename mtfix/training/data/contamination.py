"""Keep evaluation text out of training: exact sentences, and long word sequences they share."""

from __future__ import annotations

import html
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from zlib import crc32

from mtfix.training.data.development import CLEAN, CLEAN_CHOOSING, CLEAN_SENTENCES, clean_rows
from mtfix.training.data.pairs import Pair, words
from mtfix.training.data.readers import data_folder, read_table

WINDOW = 10  # words in a row that two texts hardly share by chance
_TEXT_COLUMNS = ("mt", "pe", "ref", "hyp.")


class EvaluationText:
    """Word sequences of every ``dev`` and ``test`` file."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._whole: set[int] = set()
        self._windows: set[int] = set()
        for text in texts:
            tokens = [w for w in words(text) if w[0].isalnum()]
            if len(tokens) >= 4:
                self._whole.add(crc32(" ".join(tokens).encode()))
            self._windows.update(_windows(tokens))

    def __contains__(self, text: object) -> bool:
        """Whether a text equals an evaluation sentence or shares ten words in a row with one."""
        tokens = [w for w in words(str(text)) if w[0].isalnum()]
        if len(tokens) >= 4 and crc32(" ".join(tokens).encode()) in self._whole:
            return True
        return any(window in self._windows for window in _windows(tokens))


def _windows(tokens: list[str]) -> Iterator[int]:
    for at in range(len(tokens) - WINDOW + 1):
        yield crc32(" ".join(tokens[at : at + WINDOW]).encode())


def evaluation_texts(folder: Path | None = None, trained: Container[str] = ()) -> Iterator[str]:
    """Yield every English text of the ``dev`` and ``test`` files under the data folder.

    What hunks are calibrated on is among them, or a model that has seen what people wrote there would look surer than
    it is: the references of the other WMT sets, but for those in ``trained`` (names of sets), and clean text.
    """
    root = data_folder(folder)
    for path in sorted(root.glob("*/*.tsv.xz")):
        if ".dev." in path.name or ".test." in path.name:
            for row in read_table(path):
                for name, value in row.items():
                    if name.startswith(_TEXT_COLUMNS) and value:
                        yield value
        elif path.parent.name == "wmt" and path.name.split(".")[0] not in trained:
            for row in read_table(path):
                yield from (html.unescape(v) for k, v in row.items() if k.startswith("ref") and v)
    for name, (count, skip) in (*CLEAN_CHOOSING.items(), *((n, (CLEAN_SENTENCES, skip)) for n, skip in CLEAN.items())):
        if (root / "mono" / f"{name}.txt.xz").exists():
            yield from (row.mt for row in clean_rows(name, count, folder, skip=skip))


def drop_contaminated(pairs: Iterable[Pair], text: EvaluationText) -> tuple[list[Pair], int]:
    """Return the pairs that share nothing with evaluation text, and how many were dropped."""
    kept: list[Pair] = []
    dropped = 0
    for pair in pairs:
        if pair.mt in text or (pair.pe != pair.mt and pair.pe in text):
            dropped += 1
        else:
            kept.append(pair)
    return kept, dropped
