"""One document of an archive after the other: repaired, known already, or given up with a reason."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

from mtfix.ahead import Ahead, find_warm_stage
from mtfix.batch.cache import Cache, Repair, make_key
from mtfix.batch.results.tally import count_document
from mtfix.errors import InputError, MtfixError
from mtfix.findings import Status, list_findings
from mtfix.pipeline import Pipeline
from mtfix.report.editlog import describe_finding
from mtfix.types import Document


class FailedDocument(Exception):  # noqa: N818  a thing that is noted, not an error of the program
    """A document that is passed on as it was; the message is the reason."""


class _Late(BaseException):
    """The alarm of the time limit. Not an Exception, so that nothing on the way down takes it for its own."""


class Repairer:
    """A pipeline with a cache and limits. ``logged`` says that rows of the edit log are wanted."""

    def __init__(
        self, pipeline: Pipeline, *, cache: Cache, fingerprint: str, seconds: float, characters: int, logged: bool
    ) -> None:
        self._ahead = Ahead(pipeline) if find_warm_stage(pipeline) is not None else None
        self._pipeline = self._ahead.pipeline if self._ahead else pipeline
        self._cache = cache
        self._fingerprint = f"{fingerprint} logged={logged}"
        self._seconds = seconds
        self._characters = characters
        self._logged = logged

    def repair(
        self,
        texts: Sequence[str],
        read: Callable[[], Document],
        split: Callable[[Document], tuple[str, ...]],
        format: str,
    ) -> Repair:
        """Return the repair of a document that ``read`` makes of ``texts`` and ``split`` takes apart again.

        Identical texts in one format have one repair, whatever their document's name. Raises FailedDocument.
        """
        length = sum(map(len, texts))
        if length > self._characters:
            raise FailedDocument(f"is too large: {length} characters, more than --max-chars {self._characters}")
        key = make_key(f"{self._fingerprint} {format}", texts)
        known = self._cache.get(key)
        if known is not None:
            return known
        repair: Repair = self.guard(lambda: self._run(texts, read, split))
        self._cache.put(key, repair)
        return repair

    def look_ahead(self, reads: Iterable[Callable[[], Document]], mark: Callable[[], None]) -> None:
        """Have the model read the sentences of many documents together, if there is a model; it remembers them.

        ``mark`` is called at each step. What fails here is left for the document's own turn, which says why.
        """
        if self._ahead is None:
            return
        self._ahead.begin()
        for read in reads:
            mark()
            with contextlib.suppress(FailedDocument):
                if self.guard(lambda read=read: self._ahead and self._ahead.gather(read())):  # type: ignore[misc]
                    self.guard(self._ahead.flush)
        mark()
        with contextlib.suppress(FailedDocument):
            self.guard(self._ahead.flush)

    def _run(
        self, texts: Sequence[str], read: Callable[[], Document], split: Callable[[Document], tuple[str, ...]]
    ) -> Repair:
        document = self._pipeline(read())
        tally = count_document(document)
        after = split(document) if tally.changed else tuple(texts)
        return Repair(None if after == tuple(texts) else after, tally, self._describe(document))

    def _describe(self, document: Document) -> tuple[dict[str, Any], ...]:
        if not self._logged:
            return ()
        return tuple(
            describe_finding(replace(f, document="")) for f in list_findings(document) if f.status is not Status.REFUSED
        )

    def repair_documents(self, documents: Sequence[Document]) -> list[tuple[Document, Repair]]:
        """Run the documents of one file that is no text (a feed, a package); the texts stay in the documents.

        Raises FailedDocument.
        """
        length = max((len(d.mt) for d in documents), default=0)
        if length > self._characters:
            raise FailedDocument(f"is too large: {length} characters, more than --max-chars {self._characters}")
        results: list[tuple[Document, Repair]] = []
        for document in documents:
            after = self.guard(lambda document=document: self._pipeline(document))  # type: ignore[misc]
            results.append((after, Repair(None, count_document(after), self._describe(after))))
        return results

    def guard(self, work: Callable[[], Any]) -> Any:
        try:
            with _alarm(self._seconds):
                return work()
        except _Late:
            raise FailedDocument(f"took longer than {self._seconds:g} s") from None
        except (InputError, MtfixError) as error:
            raise FailedDocument(str(error)) from None
        except Exception as error:  # noqa: BLE001  whatever one document does to the pipeline, the archive goes on
            raise FailedDocument(f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}") from None


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise _Late in this block after ``seconds``; where there is no such signal, the engine's own clock must do."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
