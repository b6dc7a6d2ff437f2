"""Units of work, and the assembly of a table from its units."""

from __future__ import annotations

from dataclasses import dataclass

from mtfix.batch.plan.archive import Source
from mtfix.errors import InputError, MtfixError
from mtfix.formats.tables.lines import Layout


@dataclass(frozen=True, slots=True)
class Unit:
    """Work for one worker.

    ``sources`` are its files; of a table it is the one file, of which the unit is the bytes ``start:end``, ``records``
    records from number ``first`` (from 0) on; of Parquet it is the row group ``group``. ``digest`` is that of those bytes. A unit with a
    ``refused`` reason is passed on as it is.
    """

    number: int
    sources: tuple[Source, ...]
    layout: Layout | None = None
    start: int = 0
    end: int = 0
    first: int = 0
    records: int = 0
    digest: str = ""
    refused: str = ""
    group: int = -1
    data: bytes = b""  # of a wrapped table
    cost: int = -1  # bytes of the file that were read for it, -1 for as many as it has

    @property
    def kind(self) -> str:
        return self.sources[0].kind

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        if self.kind == "file":
            return sum(s.size for s in self.sources)
        return self.cost if self.cost >= 0 else self.end - self.start


@dataclass(frozen=True, slots=True)
class Assembly:
    """All units of a table are planned: their parts, ``first`` to ``last`` (exclusive), make the file."""

    source: Source
    first: int
    last: int


class ChangedArchiveError(InputError):
    """The archive is no longer what it was when its batch began."""


def changed_input(path: str) -> MtfixError:
    """Return the error for an archive that is no longer what it was when its batch began."""
    return ChangedArchiveError(
        f"{path}: the archive has changed since this batch began: bring it back as it was, or start in a new output folder"
    )
