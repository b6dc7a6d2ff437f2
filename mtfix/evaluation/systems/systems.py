"""Systems under test: nothing, the rules, the model, the full pipeline, any checkpoint, a file of outputs.

Every system gets documents (lists of examples) and gives outputs. Texts pass through the product's own reader, so that
headings, datelines and sentence boundaries are what a user would get.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from mtfix.errors import ConfigError, InputError, ModelError
from mtfix.evaluation.data.examples import Example, Output, fingerprint
from mtfix.evaluation.data.reading import Column, open_records, parse_column, pick_column
from mtfix.evaluation.result import SystemInfo
from mtfix.evaluation.systems.hypotheses import GUARDED, RAW, HypothesisSystem
from mtfix.evaluation.systems.placing import place_examples, read_outputs
from mtfix.evaluation.systems.recorded import RecordedPostEditor
from mtfix.fingerprint import fingerprint_head, name_machine
from mtfix.types import Document

BUILT_IN = ("do-nothing", "rules", "model", "full")
FILE_PREFIX = "file:"


class System(Protocol):
    """A system under test. ``info`` is whole only after ``load``.

    ``fresh`` returns the same system with nothing remembered, to be measured; None for one that computes nothing.
    """

    @property
    def info(self) -> SystemInfo: ...

    def load(self) -> None: ...

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]: ...

    def fresh(self) -> System | None: ...


class DoNothing:
    """The machine translation as it is: the baseline of every comparison, and a check of the harness."""

    info = SystemInfo(name="do-nothing", kind="baseline", fingerprint="do-nothing")

    def load(self) -> None:
        """Nothing to load."""

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]:
        return [[Output(example.mt, ()) for example in document] for document in documents]

    def fresh(self) -> None:
        """Nothing to measure."""


class PipelineSystem:
    """mtfix's own pipeline, or parts of it: ``rules``, ``model`` or both.

    With ``answers``, a folder, what the model says to a text is kept there: the systems ``model`` and ``full``, and the
    next run, ask it about each text once.
    """

    def __init__(
        self,
        name: str,
        *,
        rules: bool,
        model: bool,
        config: dict[str, Any] | None = None,
        answers: Path | None = None,
    ) -> None:
        self._name, self._rules, self._model = name, rules, model
        self._config = config or {}
        self._answers = answers
        self._pipeline: Any = None
        self._model_stage: Any = None
        self.info = SystemInfo(name=name, kind="pipeline", fingerprint="")

    def load(self) -> None:
        """Build the pipeline, once. Raises ModelError when a model is wanted and none is there."""
        if self._pipeline is not None:
            return
        from mtfix.config import load_config
        from mtfix.fingerprint import describe_outputs
        from mtfix.model.stage import ModelStage
        from mtfix.pipeline import load_pipeline

        config = load_config(None, rules_only=not self._model, **self._config)
        # Taken before the files are read: they may change while a run lasts.
        head = describe_outputs(config)
        if not self._rules:
            head |= {"packs": {}, "profile": {}}
        pipeline = load_pipeline(config, rules=None if self._rules else ())
        if self._model:
            stage = pipeline.model
            if not isinstance(stage, ModelStage):
                raise ModelError("no model is installed; test the rules alone, or name one with --system PATH")
            if self._answers is not None and not head["model"].startswith("hub:"):
                stage = replace(stage, model=RecordedPostEditor(stage.model, self._answers, head))
                pipeline = pipeline.with_model(stage)
            self._model_stage = stage
        self._pipeline = pipeline
        self.info = SystemInfo(
            name=self._name,
            kind="pipeline",
            fingerprint=fingerprint_head(head),
            model=self._model_stage.model.name if self._model else None,
            model_hash=head["model"] or None,
            packs_hash=fingerprint_head(head["packs"]) if self._rules else None,
            code_hash=head["code"],
            machine=name_machine(head["machine"]) if head["machine"] else None,
            profile=self._pipeline.profile.name if self._rules else None,
        )

    @property
    def spec(self) -> dict[str, Any]:
        """The arguments that make this system, but for its memory; plain JSON values."""
        return {"name": self._name, "rules": self._rules, "model": self._model, "config": self._config}

    def fresh(self) -> PipelineSystem:
        """Return the same system, not loaded, that keeps no answers."""
        return PipelineSystem(**self.spec)

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]:
        """Run the pipeline over each document, as a user's run would.

        The model answers faster when it is asked about many sentences at once. So it first sees those of all documents
        together; when the documents then pass one by one, it has remembered what it says to each sentence.
        """
        placed = [place_examples(examples) for examples in documents]
        if self._model_stage is not None and len(placed) > 1:
            self._ask_ahead([p.document for p in placed])
        return [read_outputs(p, self._pipeline(p.document), e) for p, e in zip(placed, documents, strict=True)]

    def _ask_ahead(self, documents: Sequence[Document]) -> None:
        for _ in range(2):  # what rules behind the model change, it reads again
            for stage in self._pipeline.stages:
                if stage is self._model_stage:
                    documents = _split(stage(_join(documents)), documents)
                else:
                    documents = [stage(document) for document in documents]


def _join(documents: Sequence[Document]) -> Document:
    segments = tuple(s for d in documents for s in d.segments)
    return Document("joined", segments, ("", *("\n\n" for _ in segments[1:]), "") if segments else ("",))


def _split(joined: Document, documents: Sequence[Document]) -> list[Document]:
    at = 0
    found = []
    for document in documents:
        size = len(document.segments)
        found.append(document.replace_segments(joined.segments[at : at + size]))
        at += size
    return found


class FileSystem:
    """Outputs that were made elsewhere. Tables are matched by the examples' ids, plain lines by their order."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._by_id: dict[str, str] = {}
        self._lines: list[str] = []
        self._next = 0
        self.info = SystemInfo(name=f"{FILE_PREFIX}{column}", kind="file", fingerprint="")

    def load(self) -> None:
        """Read the file, once. Raises InputError."""
        if self._lines or self._by_id:
            return
        name = ""
        for number, record in enumerate(open_records(self._column.path), 1):
            name = name or pick_column(record, self._column, "hypothesis")
            if "id" in record:
                if record["id"] in self._by_id:
                    raise InputError(f"{self._column.path}: record {number}: id '{record['id']}' comes twice")
                self._by_id[record["id"]] = record[name].rstrip()
            else:
                self._lines.append(record[name].rstrip())
        texts = [*self._by_id, *self._by_id.values(), *self._lines]
        self.info = self.info.model_copy(update={"fingerprint": fingerprint(texts)})

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]:
        return [[Output(self._find(example)) for example in document] for document in documents]

    def fresh(self) -> None:
        """A file of outputs has no speed."""

    def _find(self, example: Example) -> str:
        if self._by_id:
            if example.id not in self._by_id:
                raise InputError(f"{self._column.path}: no output for the segment '{example.id}'")
            return self._by_id[example.id]
        if self._next >= len(self._lines):
            raise InputError(
                f"{self._column.path}: has {len(self._lines):,} lines, and the test set goes on; "
                "give a line for every segment, or a table with the column 'id'"
            )
        self._next += 1
        return self._lines[self._next - 1]


def make_system(
    name: str,
    *,
    profile: str | None = None,
    options: Mapping[str, Any] | None = None,
    answers: Path | None = None,
) -> System:
    """Return the system of a name: a built-in one, ``file:PATH[:COLUMN]``, a model by one of `_KINDS`, or a checkpoint.

    ``options`` are those of the configuration that say how a model runs: ``backend``, ``endpoint``, ``prefix``, ``beams``,
    ``device``. ``answers`` is the folder in which a model's answers are kept. Raises ConfigError for what is none of these.
    """
    config = {"profile": profile} if profile else {}
    if name == "do-nothing":
        return DoNothing()
    running = {k: v for k, v in (options or {}).items() if v not in (None, "")}
    if name in BUILT_IN:
        parts = {"rules": name != "model", "model": name != "rules"}
        return PipelineSystem(name, **parts, config=config | (running if parts["model"] else {}), answers=answers)
    kind, named, model = name.partition(":")
    if named and kind in _KINDS:
        config |= _run_model(model, running)
        if kind in (RAW, GUARDED):
            return HypothesisSystem(kind, config, answers)
        return PipelineSystem(name, rules=kind == "full", model=True, config=config, answers=answers)
    if name.startswith(FILE_PREFIX):
        return FileSystem(parse_column(name.removeprefix(FILE_PREFIX)))
    if Path(name).is_dir() or name.count("/") == 1:
        config |= _run_model(name, running)
        return PipelineSystem(name, rules=False, model=True, config=config, answers=answers)
    raise ConfigError(
        f"unknown system '{name}'. Known: {', '.join(BUILT_IN)}, model:NAME, full:NAME, raw:NAME, guarded:NAME, "
        "file:PATH[:COLUMN], the folder of a checkpoint, or a hub name (OWNER/NAME)"
    )


_KINDS = ("model", "full", RAW, GUARDED)


def _run_model(model: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration of a model by name; a checkpoint without our graphs, and a hub's name, need transformers."""
    folder = Path(model)
    outside = not any(folder.glob("*.onnx")) if folder.is_dir() else "/" in model and not model.startswith("openai:")
    return {"model": model, **({"backend": "hf"} if outside else {}), **options}
