"""Test sets that sacrebleu has fetched: ``sacrebleu:wmt18/ru-en`` in a suite's ``files``.

sacrebleu keeps each field of a test set (src, ref, docid, the output of a system) as a file of lines in its own folder. They are
read there; nothing is fetched here, since mtfix opens no connection that nobody asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from mtfix.errors import InputError
from mtfix.evaluation.data.reading import Record, read_lines

SCHEME = "sacrebleu:"


class MissingDataError(InputError):
    """The data of a test set is not on this machine."""


def find_set(name: str) -> dict[str, Path]:
    """Return the file of each field of a test set such as ``wmt18/ru-en`` or ``wmt21/systems/ru-en``.

    Raises MissingDataError, which says how to fetch it.
    """
    name = name.removeprefix(SCHEME)
    data, slash, languages = name.rpartition("/")
    if not slash or not data or "-" not in languages or ".." in name:
        raise InputError(f"{SCHEME}{name}: is no test set; write NAME/LANGUAGES, such as {SCHEME}wmt18/ru-en")
    folder = Path(os.environ.get("SACREBLEU") or Path.home() / ".sacrebleu") / data
    stem = f"{data.replace('/', '_')}.{languages}."
    found = {p.name.removeprefix(stem): p for p in sorted(folder.glob("*")) if p.name.startswith(stem)}
    if not found:
        raise MissingDataError(
            f"{SCHEME}{name}: is not in {folder}; fetch it with: sacrebleu -t {data} -l {languages} --echo src"
        )
    return found


def read_set(name: str) -> Iterator[Record]:
    """Yield the records of a test set, a column for each field. Raises InputError for files of different lengths."""
    yield from join_columns(find_set(name))


def join_columns(files: Mapping[str, Path]) -> Iterator[dict[str, str]]:
    """Yield the records of files whose lines belong together, a column each.

    Raises InputError with the first line that some files have and others do not.
    """
    streams = {column: read_lines(path) for column, path in files.items()}
    number = 0
    while True:
        number += 1
        row = {column: next(stream, None) for column, stream in streams.items()}
        ended = [column for column, text in row.items() if text is None]
        if len(ended) == len(row):
            return
        if ended:
            longer = next(path for column, path in files.items() if column not in ended)
            raise InputError(f"{files[ended[0]]}:{number}: has no such line, and {longer} has; give parallel files")
        yield {column: text for column, text in row.items() if text is not None}
