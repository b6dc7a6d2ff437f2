"""What a batch will need, asked before any work: libraries, and the fields of every table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mtfix.batch.job import Job
from mtfix.batch.plan.archive import walk_archive
from mtfix.batch.plan.plan import check_source
from mtfix.errors import ConfigError, InputError, MtfixError

_SHOWN = 5  # files that the refusal names


def survey_archive(job: Job) -> tuple[int, int]:
    """Walk the archive once, reading the head of each table; return files and bytes.

    Raises InputError, OutputError, ConfigError: one line for all files that could not be repaired, unless the job passes
    such files on (``skip_bad``).
    """
    files = size = 0
    bad: list[MtfixError] = []
    seen: set[str] = set()
    if job.log is not None and job.log.suffix == ".parquet":
        _need_pyarrow()
    for source in walk_archive(job.inputs):
        files += 1
        size += source.size
        need = _NEEDS.get(Path(source.path).suffix.lower())
        try:
            if need is not None and need.__name__ not in seen:
                seen.add(need.__name__)
                need()
            check_source(source, job)
        except (InputError, ConfigError) as error:
            bad.append(error)
    if bad and not job.skip_bad:
        named = "; ".join(" ".join(str(error).split()) for error in bad[:_SHOWN])
        more = f"; and {len(bad) - _SHOWN} more files" if len(bad) > _SHOWN else ""
        raise type(bad[0])(f"{named}{more}. Nothing was done: mend this, or copy such files as they are by --skip-bad")
    return files, size


def _need_pyarrow() -> None:
    from mtfix.formats.tables.parquet import load_pyarrow

    load_pyarrow()


def _need_lxml() -> None:
    from mtfix.formats.docx.package import load_etree

    load_etree()


_NEEDS: dict[str, Callable[[], None]] = {".docx": _need_lxml, ".docm": _need_lxml}
