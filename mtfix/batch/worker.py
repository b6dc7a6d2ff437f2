"""What a worker does with a unit: read its bytes, repair its documents, write its part, report the result."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from mtfix.batch.cache import Cache
from mtfix.batch.job import Job
from mtfix.batch.plan.archive import Source
from mtfix.batch.plan.cut import STEP, digest_bytes
from mtfix.batch.plan.plan import open_lines
from mtfix.batch.plan.unit import Assembly, Unit, changed_input
from mtfix.batch.repair import FailedDocument, Repairer
from mtfix.batch.results.editlog import format_row
from mtfix.batch.results.report import NONE, TOGETHER, Mark, Result, log_path, part_path
from mtfix.batch.storage import FolderStore, Store, copy_whole, digest_stored
from mtfix.errors import InputError, MtfixError
from mtfix.files.atomic import open_whole, sync_folder
from mtfix.files.signatures import name_binary
from mtfix.formats import Container, find_format
from mtfix.formats.container import TextContainer
from mtfix.formats.registry import ReadOptions, guess_format
from mtfix.formats.tables.lines import Layout
from mtfix.formats.tables.records import read_record, split_record
from mtfix.formats.tracking import sign, write_container
from mtfix.types import Document


class Worker:
    """A pipeline and the job it serves. ``mark`` reports the current document."""

    def __init__(self, job: Job, fingerprint: str, mark: Mark = lambda index: None, store: Store | None = None) -> None:
        """Load the pipeline. Raises PackError, ConfigError, ModelError, OutputError."""
        self._job = job
        self.mark = mark
        self.alone = False  # no reading of many documents together: one of them killed a worker
        self._store = store or FolderStore(job.out, job.state / "scratch")
        self._scratch = job.state / "scratch"
        # No date: a batch that went on tomorrow writes the same bytes.
        self._signature = (
            sign(job.config.author, dated=False, comments=job.config.comments) if job.config.track_changes else None
        )
        self.repairer = Repairer(
            job.load(job.config),
            cache=Cache(job.cache or (job.state / "known.sqlite" if job.resume and store is None else None)),
            fingerprint=fingerprint,
            seconds=job.limits.seconds,
            characters=job.limits.characters,
            logged=job.log is not None,
        )

    def run(self, unit: Unit, poisoned: Mapping[int, str], alone: bool = False) -> dict[str, Any]:
        """Do a unit and return its line of the manifest. ``poisoned`` documents, by index, are passed on unread.

        Raises:
            OSError: the result cannot be written.
            InputError: the archive has changed since it was planned.
        """
        self.alone = alone
        if unit.kind == "file":
            result = self.run_files(unit.sources, {0: unit.refused} if unit.refused else poisoned)
            entry: dict[str, Any] = {"unit": unit.number, "files": result.files}
        else:
            result = Result()
            part = part_path(self._job, unit.number)
            with open_whole(part, self._scratch) as out:
                self._write_part(unit, poisoned, result, out)
            place = {"of": unit.sources[0].target, "start": unit.start, "end": unit.end, "in": unit.digest}
            entry = {"unit": unit.number, **place, "size": part.stat().st_size}
        if self._job.log is not None:
            with open_whole(log_path(self._job, unit.number), self._scratch) as out:
                out.writelines(map(format_row, result.rows))
            entry["log"] = log_path(self._job, unit.number).stat().st_size
        sync_folder(self._job.state / "parts")
        return {**entry, "failed": result.failed, "tally": result.tally.to_json()}

    def _write_part(self, unit: Unit, poisoned: Mapping[int, str], result: Result, out: BinaryIO) -> None:
        source = unit.sources[0]
        if unit.refused:
            result.fail(f"{source.target}:{unit.first + 1}", unit.refused)
            if unit.kind != "parquet":
                _copy_range(Path(source.path), unit.start, unit.end, out)
        elif unit.kind == "parquet":
            from mtfix.batch.rowgroups import repair_row_groups

            repair_row_groups(unit, self._job, self.repairer, self.mark, self.look_ahead, poisoned, result, out)
        else:
            self._repair_lines(unit, poisoned, result, out)

    def _repair_lines(self, unit: Unit, poisoned: Mapping[int, str], result: Result, out: BinaryIO) -> None:
        layout, source = unit.layout, unit.sources[0]
        assert layout is not None
        data = unit.data
        if not source.wrapping:
            with Path(source.path).open("rb") as file:
                file.seek(unit.start)
                data = file.read(unit.end - unit.start)
            if digest_bytes(data) != unit.digest:
                raise changed_input(source.path)
        self.repair_records(
            layout, data, unit.start == 0, partial(_name_record, source, unit.first), poisoned, result, out
        )

    def repair_records(
        self,
        layout: Layout,
        data: bytes,
        is_head: bool,
        name_record: Callable[[int], str],
        poisoned: Mapping[int, str],
        result: Result,
        out: BinaryIO,
        base: int = 0,
    ) -> int:
        """Repair whole records and write them to ``out``, those that fail as they are; return how many there are.

        ``is_head`` says that the table begins here; ``name_record`` names a record by its index. ``base`` is the index
        of the first in the work as a whole, by which ``poisoned`` ones are known.
        """
        ends = [0, *layout.split(data)]
        lines = [data[a:b] for a, b in itertools.pairwise(ends)]
        self.look_ahead(lambda: _read_lines(layout, lines, is_head, base, poisoned))
        for index, raw in enumerate(lines, base):
            name = name_record(index)
            try:
                if index in poisoned:
                    raise FailedDocument(poisoned[index])
                self.mark(index)
                record = layout.read(raw, first=is_head and index == base)
                if record.slots:
                    raw = self._repair_record(name, record.texts, record.replace_texts, layout.encode, raw, result)
            except (FailedDocument, MtfixError) as error:
                result.fail(name, str(error))
            finally:
                self.mark(NONE)
            out.write(raw)
        return len(lines)

    def look_ahead(self, records: Callable[[], Iterator[tuple[str, ...]]]) -> None:
        """Let the model repair the sentences of many records (their texts) together, before their turns."""
        if self.alone:
            return
        format = self._job.field_format
        reads = (lambda texts=texts: read_record(texts, "", format) for texts in records() if texts)
        self.repairer.look_ahead(reads, lambda: self.mark(TOGETHER))
        self.mark(NONE)

    def _repair_record(
        self,
        name: str,
        texts: tuple[str, ...],
        replace_texts: Callable[[Sequence[str]], str],
        encode: Callable[[str, str], bytes],
        raw: bytes,
        result: Result,
    ) -> bytes:
        format = self._job.field_format
        repair = self.repairer.repair(
            texts, lambda: read_record(texts, name, format), lambda d: split_record(d, texts), format
        )
        if repair.texts is not None:
            raw = encode(replace_texts(repair.texts), name)
        result.add(name, repair.tally, repair.rows)
        return raw

    def run_files(self, sources: Sequence[Source], poisoned: Mapping[int, str]) -> Result:
        """Repair files one by one and write each to its place. Raises OSError when that cannot be done."""
        result = Result()
        if not self.alone:
            documents = self._read_documents(sources, poisoned)
            self.repairer.look_ahead((partial(_identity, d) for d in documents), lambda: self.mark(TOGETHER))
            self.mark(NONE)
        for index, source in enumerate(sources):
            self._run_file(index, source, poisoned, result)
        self._store.settle()
        return result

    def _read_documents(self, sources: Sequence[Source], poisoned: Mapping[int, str]) -> Iterator[Document]:
        """Yield the documents of the files that can be read."""
        options = self._read_options()
        for index, source in enumerate(sources):
            if not self._is_known(source):
                continue
            entry = find_format(self._job.config.format, source.path)
            format = entry.load()
            if index in poisoned or (format.is_text and self._name_head(source.path)):
                continue
            self.mark(TOGETHER)
            try:
                raw = self._store.read(source.path, is_text=format.is_text, has_lines=entry.has_lines)
                container = self.repairer.guard(partial(format.read, raw, source.target, options))
            except (FailedDocument, MtfixError):
                continue
            yield from container.documents

    def _run_file(self, index: int, source: Source, poisoned: Mapping[int, str], result: Result) -> None:
        digest = ""
        data = None
        try:
            if index in poisoned:
                raise FailedDocument(poisoned[index])
            self.mark(index)
            if not self._is_known(source):
                result.tally.skipped += 1  # programs and data among wires stay as they are
            elif (
                not self._job.config.format
                and find_format("", source.path).name == "text"
                and (kind := self._name_head(source.path))
            ):
                if Path(source.path).suffix.lower() in find_format("text").extensions:
                    raise FailedDocument(f"is {kind}, not a text")
                result.tally.skipped += 1  # a picture among wires is no failed wire
            else:
                raw, data = self._repair_file(source, result)
                digest = digest_bytes(raw)
        except (FailedDocument, MtfixError) as error:
            result.fail(source.target, str(error))
        finally:
            self.mark(NONE)
        if data is None:
            try:
                digest = digest_stored(self._store, source.path)
            except OSError as error:
                if not result.failed or result.failed[-1][0] != source.target:
                    result.fail(source.target, f"cannot be read: {error.strerror or error}")
                result.files.append((source.target, "", -1))
                return
            size = self._store.copy(source.path, source.target)
        else:
            self._store.write(source.target, data)
            size = len(data)
        result.files.append((source.target, digest, size))

    def _repair_file(self, source: Source, result: Result) -> tuple[bytes, bytes]:
        """Return a file's bytes before and after. Raises FailedDocument, MtfixError."""
        entry = find_format(self._job.config.format, source.path)
        format = entry.load()
        raw = self._store.read(source.path, is_text=format.is_text, has_lines=entry.has_lines)
        options = self._read_options()
        container = self.repairer.guard(lambda: format.read(raw, source.target, options))
        if isinstance(container, TextContainer):
            document = container.document
            repair = self.repairer.repair(
                (document.mt,), lambda: document, lambda after: (after.text,), f"file {entry.name}"
            )
            result_bytes = raw
            if repair.texts is not None:
                result_bytes = _write_text(container, repair.texts[0])
            result.add(source.target, repair.tally, repair.rows)
            return raw, result_bytes
        return raw, self._repair_container(container, raw, source, result)

    def _is_known(self, source: Source) -> bool:
        """Whether a format is named for all files, or the file's extension is of one."""
        return bool(self._job.config.format) or guess_format(source.path) is not None

    def _name_head(self, path: str) -> str:
        try:
            with self._store.open(path) as file:
                return name_binary(file.read(4096))
        except OSError:
            return ""

    def _read_options(self) -> ReadOptions:
        job = self._job
        config = job.config
        return ReadOptions(config.encoding, job.fields, job.field_format, config.attributes, config.approved)

    def _repair_container(self, container: Container, raw: bytes, source: Source, result: Result) -> bytes:
        done = self.repairer.repair_documents(container.documents)
        data = raw
        if any(repair.tally.changed for _, repair in done):
            data = self.repairer.guard(
                lambda: write_container(container, [document for document, _ in done], self._signature)
            )
        for document, repair in done:
            name = source.target if len(done) == 1 else document.name
            result.add(name, repair.tally, repair.rows)
        return data


def assemble(job: Job, task: Assembly) -> int:
    """Join the parts of a table into its file and return its size. Raises OSError."""
    target = job.out / task.source.target
    target.parent.mkdir(parents=True, exist_ok=True)
    if task.source.kind == "parquet":
        from mtfix.batch.rowgroups import assemble_parquet

        assemble_parquet(job, task, target)
    elif task.source.wrapping:
        _assemble_wrapped(job, task, target)
    else:
        with open_whole(target, job.state / "scratch") as out:
            for piece in _read_parts(job, task):
                out.write(piece)
    sync_folder(target.parent)
    return target.stat().st_size


def _assemble_wrapped(job: Job, task: Assembly, target: Path) -> None:
    """Wrap the parts as the table was; one in which nothing changed is copied."""
    source, scratch = task.source, job.state / "scratch"
    with Path(source.path).open("rb") as file:
        lines = open_lines(file, source)
        is_changed = any(lines.read(len(piece)) != piece for piece in _read_parts(job, task))
    if not is_changed:
        copy_whole(Path(source.path), target, scratch)
        return
    with open_whole(target, scratch) as out:
        for piece in source.wrapping.wrap(_read_parts(job, task)):
            out.write(piece)


def _read_parts(job: Job, task: Assembly) -> Iterator[bytes]:
    for number in range(task.first, task.last):
        with part_path(job, number).open("rb") as part:
            while piece := part.read(STEP):
                yield piece


def _name_record(source: Source, first: int, index: int) -> str:
    return f"{source.target}:{first + index + 1}"


def _read_lines(
    layout: Layout, lines: Sequence[bytes], is_head: bool, base: int, poisoned: Mapping[int, str]
) -> Iterator[tuple[str, ...]]:
    """Yield the texts of the records that can be read; the others have their turn, and their reason, later."""
    for index, raw in enumerate(lines, base):
        if index not in poisoned:
            try:
                texts = layout.read(raw, first=is_head and index == base).texts
            except InputError:
                continue
            yield texts


def _identity(document: Document) -> Document:
    return document


def _write_text(container: TextContainer, text: str) -> bytes:
    from mtfix.files.encoding import encode

    return encode(text, container.decoded, container.document.name)


def _copy_range(path: Path, start: int, end: int, out: BinaryIO) -> None:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (chunk := file.read(min(1 << 20, end - start))):
            out.write(chunk)
            start += len(chunk)
