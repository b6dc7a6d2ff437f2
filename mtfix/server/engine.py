"""The pipeline behind the server: one thread works, requests wait in a bounded queue, sentences are read in batches.

Rules and the model's memory belong to that thread alone. Texts that wait together are read by the model together,
whoever sent them; that changes no result, since what the model answers to a text does not depend on the texts beside it.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtfix.config import Config
from mtfix.errors import MtfixError
from mtfix.pipeline import Pipeline, load_pipeline
from mtfix.rules.packs.find import stamp_user_packs
from mtfix.server.settings import Limits
from mtfix.types import Document

if TYPE_CHECKING:
    from mtfix.model.stage import ModelStage

_PIPELINES = 12  # kept at once, one for each configuration
_BATCH = 16  # texts that are read together

Progress = Callable[[Document, int, int], None]


class BusyError(MtfixError):
    """Too many texts are waiting; the caller may try again soon."""


class SlowError(MtfixError):
    """The answer took longer than one request may take."""


@dataclass(frozen=True, slots=True)
class _Job:
    documents: tuple[Document, ...]
    config: Config
    done: Future[list[Document]]
    progress: Progress | None


class Engine:
    """Repairs documents, one after the other. Use it from any thread or event loop; `close` ends its thread."""

    def __init__(self, config: Config, limits: Limits) -> None:
        self.config = config
        self.limits = limits
        self.ready = threading.Event()
        self.failure = ""
        self._jobs: queue.Queue[_Job | None] = queue.Queue(limits.waiting)
        self._pipelines: OrderedDict[str, Pipeline] = OrderedDict()
        self._model: ModelStage | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="mtfix-engine", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many texts wait for their turn."""
        return self._jobs.qsize()

    @property
    def model_name(self) -> str:
        return "" if self._model is None else self._model.model.name

    def submit(
        self, documents: tuple[Document, ...], config: Config | None = None, progress: Progress | None = None
    ) -> Future[list[Document]]:
        """Queue documents of one request. Raises BusyError when the queue is full or the server is stopping."""
        job = _Job(documents, config or self.config, Future(), progress)
        if self._closed:
            raise BusyError("the server is stopping")
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise BusyError("too many texts are waiting; try again in a few seconds") from None
        return job.done

    async def repair(
        self, documents: tuple[Document, ...], config: Config | None = None, progress: Progress | None = None
    ) -> list[Document]:
        """Return the documents after the pipeline. Raises BusyError, SlowError and the pipeline's own errors."""
        done = self.submit(documents, config, progress)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(done), self.limits.seconds)
        except asyncio.TimeoutError:
            raise SlowError(f"the text took longer than {self.limits.seconds:g} seconds; send less at once") from None

    def close(self, timeout: float = 30.0) -> None:
        """Finish what is waiting, take nothing new, and end the thread."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._thread.join(timeout)

    def _work(self) -> None:
        try:
            self._warm_up()
        except MtfixError as error:
            self.failure = str(error)
        self.ready.set()
        for batch in self._take():
            self._read_ahead(batch)
            for job in batch:
                self._run(job)

    def _warm_up(self) -> None:
        """Load the model, whatever the options of later requests, and the rules of the server's own profile."""
        from mtfix.model.stage import ModelStage

        stage = self._pipeline(self.config).model
        self._model = stage if isinstance(stage, ModelStage) else None

    def _take(self) -> Iterator[list[_Job]]:
        while (job := self._jobs.get()) is not None:
            batch = [job]
            last = False
            while len(batch) < _BATCH:
                try:
                    more = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    last = True
                    break
                batch.append(more)
            yield [j for j in batch if j.done.set_running_or_notify_cancel()]
            if last:
                return

    def _read_ahead(self, batch: list[_Job]) -> None:
        if self._model is None or len(batch) < 2:
            return
        documents = [d for j in batch if not j.config.rules_only and j.progress is None for d in j.documents]
        try:
            self._model.warm(documents)
        except Exception:  # noqa: BLE001  reading ahead is only for speed: the job itself will say what is wrong
            return

    def _run(self, job: _Job) -> None:
        try:
            if self.failure:
                raise MtfixError(self.failure)
            pipeline = self._pipeline(job.config)
            if job.progress is not None:
                for document in job.documents:
                    self._preview(pipeline, document, job)
            job.done.set_result([pipeline(d) for d in job.documents])
        except BaseException as error:  # noqa: BLE001  whatever happened belongs to whoever asked
            job.done.set_exception(error)

    def _preview(self, pipeline: Pipeline, document: Document, job: _Job) -> None:
        """Repair a long document paragraph by paragraph, so that its reader sees something; the whole follows."""
        assert job.progress is not None
        total = len(document.segments)
        for paragraph in document.paragraphs():
            part = Document(
                document.name,
                document.segments[paragraph.start : paragraph.stop],
                ("", *document.gaps[paragraph.start + 1 : paragraph.stop], ""),
                document.format,
            )
            job.progress(pipeline(part), paragraph.stop, total)

    def _pipeline(self, config: Config) -> Pipeline:
        # A server without a model stays one, whatever a request asks for.
        config = config.for_repair().model_copy(update={"rules_only": config.rules_only or self.config.rules_only})
        key = config.model_dump_json() + stamp_user_packs()
        pipeline = self._pipelines.get(key)
        if pipeline is None:
            pipeline = load_pipeline(config)
            self._pipelines[key] = pipeline
            if len(self._pipelines) > _PIPELINES:
                self._pipelines.popitem(last=False)
        self._pipelines.move_to_end(key)
        return pipeline
