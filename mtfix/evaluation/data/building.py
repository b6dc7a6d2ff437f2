"""Build a test set of one's own as a table: from parallel files, and from what sacrebleu has fetched."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from mtfix.errors import InputError
from mtfix.evaluation.data.sacrebleu_sets import find_set, join_columns
from mtfix.files.atomic import write_whole

_PACK: Mapping[str, Callable[[bytes], bytes]] = {".xz": lzma.compress, ".gz": gzip.compress}


def name_columns(
    *,
    sacrebleu: str = "",
    source: Path | None = None,
    references: Sequence[Path] = (),
    post_edit: Path | None = None,
    outputs: Sequence[str] = (),
) -> Mapping[str, Path]:
    """Return the files of a table by column: ``src``, ``ref``, ``ref2`` ..., ``pe``, and ``mt`` or ``hyp.SYSTEM`` for outputs.

    ``outputs`` are ``FILE`` or ``SYSTEM=FILE``. Raises InputError: nothing to build from, a name that comes twice, no translation.
    """
    found = dict(find_set(sacrebleu)) if sacrebleu else {}
    files: list[tuple[str, Path]] = [("src", source)] if source else []
    files += [("ref" if i == 0 else f"ref{i + 1}", path) for i, path in enumerate(references)]
    files += [("pe", post_edit)] if post_edit else []
    for output in outputs:
        system, named, path = output.partition("=")
        files.append((f"hyp.{system}", Path(path)) if named else ("mt", Path(output)))
    for column, file in files:
        if column in found:
            raise InputError(f"{file}: the column '{column}' comes twice; name each output SYSTEM=FILE")
        found[column] = file
    if not any(c == "mt" or c.startswith("hyp.") for c in found) and not sacrebleu:
        raise InputError("no translation to edit: give --mt FILE or --mt SYSTEM=FILE")
    return found


def build_table(target: Path, columns: Mapping[str, Path]) -> int:
    """Write parallel files as a TSV with the column ``seg``, packed as the name says; return the number of segments.

    The file appears whole or not at all. Raises InputError for files that are not parallel, and for tabs.
    """
    if target.suffix not in (".tsv", *_PACK) or ".tsv" not in target.suffixes:
        raise InputError(f"{target}: a test set is a table: name it .tsv, .tsv.xz or .tsv.gz")
    lines = ["\t".join(("seg", *columns)), *_rows(columns)]
    data = ("\n".join(lines) + "\n").encode()
    write_whole(target, _PACK[target.suffix](data) if target.suffix in _PACK else data)
    return len(lines) - 1


def _rows(columns: Mapping[str, Path]) -> Iterator[str]:
    for number, row in enumerate(join_columns(columns), 1):
        for column, text in row.items():
            if "\t" in text:
                raise InputError(
                    f"{columns[column]}:{number}:{text.index(chr(9)) + 1}: a tab would break the table; remove it"
                )
        yield "\t".join((str(number), *row.values()))
